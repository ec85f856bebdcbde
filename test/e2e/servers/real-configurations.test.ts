import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { afterAll, beforeAll, expect, it } from "vitest";
import { allAvailable, describeWhere } from "../../support/availability.ts";
import { type CertificateFolder, certificatesAvailable, makeCertificates } from "./programs/certificates.ts";
import { SHADOW_HOST_NAME, shadowAvailable, startShadow } from "./programs/freerdp-shadow.ts";
import { type OpensslView, opensslCertificates, opensslView } from "./views/openssl-view.ts";
import { groupMembers } from "./programs/processes.ts";
import { rawExchange } from "../../support/raw-exchange.ts";
import type { RealServer } from "./programs/real-server.ts";
import { standardSecurityView } from "./views/standard-security-view.ts";
import { CONNECTION_REQUESTS, REQUESTED_PROTOCOLS } from "../../support/x224-relay.ts";
import { xrdpAvailable } from "./programs/xrdp.ts";
import {
  REAL_CONFIGURATIONS,
  type RealConfiguration,
  type TlsTruth,
} from "./programs/xrdp-configurations.ts";

let certificates: CertificateFolder;

beforeAll(async () => {
  if (certificatesAvailable().available) certificates = await makeCertificates();
});

afterAll(() => certificates?.remove());

const configurationsOf = (server: RealConfiguration["server"]): readonly RealConfiguration[] =>
  REAL_CONFIGURATIONS.filter((configuration) => configuration.server === server);

const whileRunning = async <T>(
  configuration: RealConfiguration,
  body: (server: RealServer) => Promise<T>,
): Promise<T> => {
  const server = await configuration.start(certificates);
  try {
    return await body(server);
  } finally {
    await server.stop();
  }
};

const UNTIL_CLOSED = { quietMs: 3000 };

const asTruth = (view: OpensslView): TlsTruth =>
  view.connected
    ? { connected: true, version: view.version, cipher: view.cipher, group: view.group }
    : { connected: false, alert: view.alert };

const holdsForEach = (configurations: readonly RealConfiguration[]): void => {
  it.concurrent.each(configurations)(
    "$id answers every Connection Request as known",
    async (configuration) => {
      await whileRunning(configuration, async (server) => {
        for (const requested of REQUESTED_PROTOCOLS) {
          const { raw, closes } = configuration.truth.confirms[requested];
          const answer = await rawExchange(
            server,
            CONNECTION_REQUESTS[requested],
            closes ? UNTIL_CLOSED : {},
          );
          expect(answer, requested).toEqual({ received: raw, ending: closes ? "fin" : "open" });
        }
      });
    },
  );

  it.concurrent.each(configurations)("$id encrypts Standard RDP Security as known", async (configuration) => {
    const view = await whileRunning(configuration, standardSecurityView);
    expect(view).toEqual(configuration.truth.standardSecurity);
  });

  it.concurrent.each(configurations)(
    "$id comes to the known TLS with openssl, and shows the known certificates",
    async (configuration) => {
      await whileRunning(configuration, async (server) => {
        const modern = await opensslView({ ...server, client: "modern" });
        const lenient = await opensslView({ ...server, client: "lenient" });
        expect({ modern: asTruth(modern), lenient: asTruth(lenient) }).toEqual(configuration.truth.tls);
        const shown = configuration.truth.certificate === null ? null : server.certificateFile;
        const expected = shown === null ? [] : await opensslCertificates(readFileSync(shown, "utf8"));
        expect(lenient.connected ? lenient.chain : []).toEqual(expected);
      });
    },
  );
};

describeWhere(allAvailable(xrdpAvailable(), certificatesAvailable()))("xrdp", () => {
  holdsForEach(configurationsOf("xrdp"));
});

describeWhere(allAvailable(shadowAvailable(), certificatesAvailable()))("FreeRDP's shadow server", () => {
  holdsForEach(configurationsOf("freerdp-shadow"));

  it("runs under a host name of its own", async () => {
    const server = await startShadow({ security: "tls" });
    const view = await opensslView(server);
    await server.stop();
    expect(view).toMatchObject({ connected: true, chain: [{ subject: `CN=${SHADOW_HOST_NAME}` }] });
    expect(hostname()).not.toBe(SHADOW_HOST_NAME);
  });
});

describeWhere(allAvailable(xrdpAvailable(), shadowAvailable()))("a stopped server", () => {
  it.each(["security-layer-tls", "shadow-nla"])(
    "%s leaves no process and no file, with a connection still open",
    async (id) => {
      const configuration = REAL_CONFIGURATIONS.find((candidate) => candidate.id === id);
      if (configuration === undefined) throw new Error(`no configuration ${id}`);
      const server = await configuration.start(certificates);
      const alive = server.groups.map((group) => groupMembers(group).length);
      const pending = rawExchange(server, CONNECTION_REQUESTS["0x0b"], { quietMs: 5000 });
      await rawExchange(server, CONNECTION_REQUESTS["0x0b"]);
      await server.stop();
      expect(alive.every((count) => count > 0)).toBe(true);
      expect((await pending).ending).not.toBe("open");
      expect(server.groups.flatMap((group) => groupMembers(group))).toEqual([]);
      expect(
        existsSync(/\/\S*?rdprobe-(xrdp|shadow)-[^/\s]+/.exec(server.commands.join(" "))?.[0] ?? "/"),
      ).toBe(false);
    },
  );
});
