import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TlsSupport } from "../../../src/handshake/enumeration/tls-support.ts";
import { TLS_VERSIONS } from "../../../src/tls/tables/versions.ts";
import { allAvailable, describeWhere } from "../../support/availability.ts";
import {
  type CertificateFolder,
  certificatesAvailable,
  makeCertificates,
} from "../servers/programs/certificates.ts";
import { connectsWith, OPENSSL_VERSIONS } from "../servers/views/openssl-suites.ts";
import { outputOf } from "../servers/programs/processes.ts";
import type { RealServer } from "../servers/programs/real-server.ts";
import { sslscanAvailable, sslscanSuites } from "../servers/views/sslscan-view.ts";
import { startX224Relay } from "../../support/x224-relay.ts";
import { startXrdp, xrdpAvailable } from "../servers/programs/xrdp.ts";
import { REAL_CONFIGURATIONS, type RealConfiguration } from "../servers/programs/xrdp-configurations.ts";
import { acceptedNames, bothWays, contradictions, enumerateServer, unknowns } from "./simulated.ts";

const EVERYTHING = "ALL:COMPLEMENTOFALL:@SECLEVEL=0";

/** Old versions and weak suites, which the configurations of the other tests have one at a time. */
const OLD_AND_WEAK = (["rsa-2048", "ec-p256", "rsa-1024-sha1"] as const).map((certificate) => ({
  id: `everything, ${certificate}`,
  start: (made: CertificateFolder) =>
    startXrdp({
      sslProtocols: "TLSv1, TLSv1.1, TLSv1.2, TLSv1.3",
      tlsCiphers: EVERYTHING,
      certificate: made.files[certificate],
    }),
}));

const CONFIGURATIONS: readonly Pick<RealConfiguration, "id" | "start">[] = [
  ...REAL_CONFIGURATIONS.filter(({ server, truth }) => server === "xrdp" && truth.tls.lenient.connected),
  ...OLD_AND_WEAK,
];

/** A curve that few clients name, and without which the server cannot use its certificate. */
const startOnSecp256k1 = async ({ folder }: CertificateFolder): Promise<RealServer> => {
  const files = { certificateFile: join(folder, "secp256k1.pem"), keyFile: join(folder, "secp256k1.key") };
  await outputOf("openssl", [
    ...["req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
    ...["-subj", "/CN=rdp.example", "-keyout", files.keyFile, "-out", files.certificateFile],
  ]);
  return startXrdp({ sslProtocols: "TLSv1.2", certificate: files });
};

let certificates: CertificateFolder;

beforeAll(async () => {
  if (certificatesAvailable().available) certificates = await makeCertificates();
});

afterAll(() => certificates?.remove());

const whileRunning = async (
  { start }: Pick<RealConfiguration, "start">,
  body: (server: RealServer) => Promise<void>,
): Promise<void> => {
  const server = await start(certificates);
  try {
    await body(server);
  } finally {
    await server.stop();
  }
};

const configuration = (id: string): Pick<RealConfiguration, "id" | "start"> => {
  const found = CONFIGURATIONS.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no configuration ${id}`);
  return found;
};

/** What the enumeration and sslscan do not agree on, with what a whole handshake says of it. */
const disputes = async (server: RealServer, support: TlsSupport) => {
  const other = await sslscanSuites(server);
  const relay = await startX224Relay(server, "0x01");
  try {
    const found = [];
    for (const version of OPENSSL_VERSIONS) {
      const ours = new Set(acceptedNames(support, version));
      const theirs = new Set(other[version]);
      const disputed = [...new Set([...ours, ...theirs])].filter(
        (suite) => ours.has(suite) !== theirs.has(suite),
      );
      for (const suite of disputed) {
        found.push({
          version,
          suite,
          ours: ours.has(suite),
          truth: await connectsWith(relay, version, suite),
        });
      }
    }
    return found;
  } finally {
    await relay.stop();
  }
};

describeWhere(allAvailable(xrdpAvailable(), certificatesAvailable(), sslscanAvailable()))(
  "the enumeration of a real xrdp",
  () => {
    it.each(CONFIGURATIONS)(
      "$id: the suites are sslscan's, or a whole handshake shows who is right",
      async (one) => {
        await whileRunning(one, async (server) => {
          const support = await enumerateServer(server);
          for (const { name } of TLS_VERSIONS) expect(support.versions[name].complete).toBe(true);
          const found = await disputes(server, support);
          const accepted = Object.values(support.versions).flatMap((version) => version.accepted);
          expect(found.length, "sslscan agrees on something").toBeLessThan(accepted.length);
          for (const { version, suite, ours, truth } of found) {
            expect({ version, suite, accepted: ours }).toEqual({ version, suite, accepted: truth });
          }
        });
      },
      60_000,
    );

    it("where sslscan does not offer the certificate's curve, whole handshakes show that it is wrong", async () => {
      await whileRunning({ start: startOnSecp256k1 }, async (server) => {
        const found = await disputes(server, await enumerateServer(server));
        expect(found.map(({ suite }) => suite)).toContain("ECDHE-ECDSA-AES256-GCM-SHA384");
        for (const { ours, truth } of found) expect({ ours, truth }).toEqual({ ours: true, truth: true });
      });
    });
  },
);

describeWhere(allAvailable(xrdpAvailable(), certificatesAvailable()))("clients at a real xrdp", () => {
  it.each(CONFIGURATIONS)(
    "$id: what is computed for a client is what its own hello meets",
    async (one) => {
      await whileRunning(one, async (server) => {
        const clients = await bothWays(server, await enumerateServer(server, "all"));
        expect(contradictions(clients)).toEqual([]);
        expect(unknowns(clients)).toBe(0);
      });
    },
    60_000,
  );

  it.each([
    ["anonymous-suites-only", "no-shared-cipher", /anonymous suites, which show no certificate, alone/],
    ["null-suites-only", "no-shared-cipher", /NULL suites, which do not encrypt, alone/],
    ["ed25519-certificate", "no-shared-signature-scheme", /the certificate's key is Ed25519/],
  ])("%s: no Windows client connects, and it is said which of the three it is", async (id, outcome, why) => {
    await whileRunning(configuration(id), async (server) => {
      const clients = await bothWays(server, await enumerateServer(server));
      const windows = clients.filter((client) => client.id.startsWith("win"));
      expect(windows.length).toBeGreaterThan(15);
      for (const client of windows) {
        if (client.observed.outcome === "no-shared-tls-version") continue;
        expect({ id: client.id, outcome: client.observed.outcome }).toEqual({ id: client.id, outcome });
        expect(client.why).toMatch(why);
      }
      expect(windows.filter((client) => client.observed.outcome === outcome).length).toBeGreaterThan(10);
    });
  });
});
