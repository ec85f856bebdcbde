import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { allAvailable, describeWhere } from "../../support/availability.ts";
import {
  type CertificateFolder,
  certificatesAvailable,
  makeCertificates,
} from "../servers/programs/certificates.ts";
import { shadowAvailable } from "../servers/programs/freerdp-shadow.ts";
import { opensslCertificates } from "../servers/views/openssl-view.ts";
import { probeServer } from "../servers/programs/probe-server.ts";
import { xrdpAvailable } from "../servers/programs/xrdp.ts";
import { REAL_CONFIGURATIONS, type RealConfiguration } from "../servers/programs/xrdp-configurations.ts";

/** The verdict on each configuration; `ok at done` where none is named. */
const VERDICTS: Readonly<Record<string, string>> = {
  "security-layer-rdp": "standard-security-only at negotiation",
  "camellia-only": "no-shared-cipher at tls",
  "expired-certificate": "certificate-expired at certificate",
  "not-yet-valid-certificate": "certificate-not-yet-valid at certificate",
  "rsa-1024-sha1-certificate-unusable": "refused at negotiation",
  "no-certificate-negotiate": "standard-security-only at negotiation",
  "no-certificate-tls": "no-server-certificate at negotiation",
  "anonymous-suites-only": "no-shared-cipher at tls",
  "null-suites-only": "no-shared-cipher at tls",
  "ed25519-certificate": "no-shared-cipher at tls",
  "crypt-level-none": "standard-security-only at negotiation",
  "crypt-level-low": "standard-security-only at negotiation",
  "crypt-level-medium": "standard-security-only at negotiation",
  "crypt-level-high": "standard-security-only at negotiation",
  "crypt-level-fips": "standard-security-only at negotiation",
  "shadow-nla": "nla-required at negotiation",
  "shadow-rdp": "standard-security-only at negotiation",
};

/** The verdicts that a whole handshake goes before. */
const HANDSHAKES: ReadonlySet<string> = new Set([
  "ok",
  "nla-required",
  "certificate-expired",
  "certificate-not-yet-valid",
]);

/** Nothing is shared with mstsc, and the hello of everything, asked afterwards, is shown the certificate. */
const SHOWN_TO_OTHERS: ReadonlySet<string> = new Set(["camellia-only", "null-suites-only"]);

let certificates: CertificateFolder;

beforeAll(async () => {
  if (certificatesAvailable().available) certificates = await makeCertificates();
});

afterAll(() => certificates?.remove());

const probesEach = (server: RealConfiguration["server"]): void => {
  const configurations = REAL_CONFIGURATIONS.filter((configuration) => configuration.server === server);
  it.each(configurations)(
    "$id: verdict, version, cipher, group and certificate are right",
    async (configuration) => {
      const running = await configuration.start(certificates);
      try {
        const result = await probeServer(running);
        const { verdict, tls, certificate, security } = result;
        expect(`${verdict.code} at ${verdict.stage}`).toBe(VERDICTS[configuration.id] ?? "ok at done");
        expect(security.nla).toBe(configuration.id === "shadow-nla" ? "required" : "unsupported");
        const showsCertificate = HANDSHAKES.has(verdict.code) || SHOWN_TO_OTHERS.has(configuration.id);
        expect(certificate === null).toBe(!showsCertificate);
        if (certificate === null) return;
        const truth = SHOWN_TO_OTHERS.has(configuration.id)
          ? { connected: true, version: null, cipher: undefined, group: null }
          : configuration.truth.tls.lenient;
        expect({
          connected: true,
          version: tls?.version,
          cipher: tls?.cipher?.openssl,
          group: tls?.group?.toUpperCase() ?? null,
        }).toEqual(truth);
        if (configuration.truth.certificate === "generated") return;
        const pem = readFileSync(running.certificateFile ?? "", "utf8");
        const [leaf, ...issuers] = await opensslCertificates(pem);
        expect(certificate).toMatchObject({
          sha1: leaf?.sha1,
          sha256: leaf?.sha256,
          serial: leaf?.serial.toLowerCase(),
          notBefore: new Date(leaf?.notBefore ?? "").toISOString(),
          notAfter: new Date(leaf?.notAfter ?? "").toISOString(),
        });
        expect(certificate.chain.map(({ sha256 }) => sha256)).toEqual(issuers.map(({ sha256 }) => sha256));
      } finally {
        await running.stop();
      }
    },
  );

  it.each(configurations.filter(({ id }) => !(id in VERDICTS) || id === "shadow-nla"))(
    "$id: a healthy server sees at most two connections",
    async (configuration) => {
      const running = await configuration.start(certificates);
      try {
        expect((await probeServer(running)).connections).toBeLessThanOrEqual(2);
      } finally {
        await running.stop();
      }
    },
  );
};

describeWhere(allAvailable(xrdpAvailable(), certificatesAvailable()))("a probe of a real xrdp", () => {
  probesEach("xrdp");
});

describeWhere(allAvailable(shadowAvailable(), certificatesAvailable()))(
  "a probe of FreeRDP's shadow server",
  () => {
    probesEach("freerdp-shadow");
  },
);
