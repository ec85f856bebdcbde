/**
 * Law of a client's demands: `rdprobe clients` and `--client freerdp-openssl3` say that this client connects exactly
 * where the real one (Debian's xfreerdp, as it is installed) gets past TLS.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { probeAddress } from "../../src/scan/one/probe-address.ts";
import { startHelloSeries } from "../../src/scan/one/hello-series.ts";
import { simulateClients } from "../../src/scan/one/simulate-clients.ts";
import { clientProfile } from "../../src/tls/profiles/client-profiles.ts";
import { DEFAULT_EXPIRY } from "../../src/verdict/findings/certificate-findings.ts";
import { allAvailable, describeWhere } from "../support/availability.ts";
import {
  type CertificateFolder,
  certificatesAvailable,
  makeCertificates,
} from "../e2e/servers/programs/certificates.ts";
import { gnutlsAvailable, startGnutlsServer } from "../e2e/servers/programs/gnutls-server.ts";
import { startX224Front } from "../e2e/servers/fronts/x224-front.ts";
import {
  type FreeRdpClient,
  startFreeRdpClient,
  xfreerdpAvailable,
} from "../e2e/servers/programs/xfreerdp.ts";
import { OPENSSL_ADDRESS, startServer } from "../e2e/tls/openssl-server.ts";

type Kind = keyof CertificateFolder["files"];

interface Backend {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

interface Row {
  readonly name: string;
  readonly through: boolean;
  start(files: CertificateFolder["files"]): Promise<Backend>;
}

const openssl = (name: string, through: boolean, kind: Kind, ...args: readonly string[]): Row => ({
  name: `openssl: ${name}`,
  through,
  start: async (files) => {
    const { certificateFile, keyFile } = files[kind];
    const server = await startServer(["-cert", certificateFile, "-key", keyFile, ...args]);
    return { host: OPENSSL_ADDRESS, port: server.port, stop: async () => server.stop() };
  },
});

const gnutls = (name: string, through: boolean, priority: string): Row => ({
  name: `gnutls: ${name}`,
  through,
  start: (files) => startGnutlsServer(files["rsa-2048"], priority),
});

const suites = (kind: string): readonly string[] => ["-cipher", `${kind}:@SECLEVEL=0`];

const ROWS: readonly Row[] = [
  openssl("TLS 1.0, ECDHE: a signature with MD5 and SHA-1", false, "rsa-2048", "-tls1", ...suites("ECDHE")),
  openssl("TLS 1.0, DHE: the same", false, "rsa-2048", "-tls1", ...suites("DHE")),
  openssl("TLS 1.0, ECDHE with an EC key: SHA-1", false, "ec-p256", "-tls1", ...suites("ECDHE")),
  openssl("TLS 1.0, RSA: no signature", true, "rsa-2048", "-tls1", ...suites("kRSA")),
  openssl("TLS 1.1, ECDHE", false, "rsa-2048", "-tls1_1", ...suites("ECDHE")),
  openssl("TLS 1.1, RSA", true, "rsa-2048", "-tls1_1", ...suites("kRSA")),
  openssl("TLS 1.2, ECDHE", true, "rsa-2048", "-tls1_2", ...suites("ECDHE")),
  openssl("TLS 1.2, RSA", true, "rsa-2048", "-tls1_2", ...suites("kRSA")),
  openssl("TLS 1.2, DHE", true, "rsa-2048", "-tls1_2", ...suites("DHE")),
  openssl("TLS 1.2, RSA 1024", true, "rsa-1024-sha1", "-tls1_2", ...suites("ALL")),
  openssl("TLS 1.2, RSA 512", true, "rsa-512", "-tls1_2", ...suites("ALL")),
  openssl("TLS 1.2, RSA 512 without a signature", true, "rsa-512", "-tls1_2", ...suites("kRSA")),
  openssl("TLS 1.2, RSA with a key for signatures alone", true, "rsa-signing", "-tls1_2", ...suites("kRSA")),
  openssl("TLS 1.2, Ed25519", false, "ed25519", "-tls1_2"),
  openssl("TLS 1.3, Ed25519", false, "ed25519", "-tls1_3"),
  openssl("TLS 1.3", true, "rsa-2048", "-tls1_3"),
  openssl("TLS 1.3, EC", true, "ec-p256", "-tls1_3"),
  gnutls(
    "TLS 1.2 without renegotiation_info",
    false,
    "NORMAL:-VERS-ALL:+VERS-TLS1.2:%DISABLE_SAFE_RENEGOTIATION",
  ),
  gnutls(
    "TLS 1.0 and RSA without renegotiation_info",
    false,
    "NORMAL:-VERS-ALL:+VERS-TLS1.0:-KX-ALL:+RSA:%DISABLE_SAFE_RENEGOTIATION",
  ),
  gnutls("TLS 1.0 and RSA with it", true, "NORMAL:-VERS-ALL:+VERS-TLS1.0:-KX-ALL:+RSA"),
  gnutls("TLS 1.3, which has none", true, "NORMAL:-VERS-ALL:+VERS-TLS1.3:%DISABLE_SAFE_RENEGOTIATION"),
  gnutls("TLS 1.2 without extended master secret", true, "NORMAL:-VERS-ALL:+VERS-TLS1.2:%NO_SESSION_HASH"),
];

const reference = clientProfile("freerdp-openssl3") ?? expect.unreachable("the profile is there");

const computedFor = async (host: string, port: number): Promise<string> => {
  const series = startHelloSeries({
    ...{ endpoint: { address: host, port, family: 4 }, host, routing: null },
    ...{ timeoutMs: 5000, deadlineMs: 60_000, pauseMs: 0 },
  });
  const { clients } = await simulateClients([reference], series, { certificate: null });
  return clients[0]?.outcome ?? "none";
};

const verdictFor = async (host: string, port: number): Promise<string> => {
  const { verdict } = await probeAddress(
    { input: host, host, endpoint: { address: host, port, family: 4 }, resolution: null },
    {
      ...{ timeoutMs: 5000, deadlineMs: 20_000, depth: "standard", pauseMs: 0 },
      ...{ routing: null, reference, expiry: DEFAULT_EXPIRY },
    },
  );
  return verdict.code;
};

describeWhere(allAvailable(xfreerdpAvailable(), certificatesAvailable(), gnutlsAvailable()))(
  "law of a client's demands: FreeRDP on OpenSSL 3",
  () => {
    let certificates: CertificateFolder;
    let client: FreeRdpClient;

    beforeAll(async () => {
      certificates = await makeCertificates();
      client = await startFreeRdpClient();
    }, 30_000);

    afterAll(async () => {
      await client.stop();
      certificates.remove();
    });

    it.each(ROWS)("$name: through $through", { timeout: 60_000 }, async ({ through, start }) => {
      const backend = await start(certificates.files);
      const front = await startX224Front(backend);
      try {
        const real = await client.connect(front.host, front.port);
        expect(real.through === "SSL", "the real client").toBe(through);
        const outcome = await computedFor(front.host, front.port);
        expect(outcome === "connects", `rdprobe clients: ${outcome}`).toBe(through);
        const verdict = await verdictFor(front.host, front.port);
        expect(verdict === "ok", `--client: ${verdict}`).toBe(through);
      } finally {
        await front.stop();
        await backend.stop();
      }
    });
  },
);
