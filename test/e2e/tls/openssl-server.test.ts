import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { cipherSuite, cipherSuiteByName } from "../../../src/tls/tables/cipher-suites.ts";
import { encodeClientHelloRecord } from "../../../src/tls/wire/client-hello.ts";
import type { ClientProfile } from "../../../src/tls/profiles/client-profile.ts";
import { CLIENT_PROFILES } from "../../../src/tls/profiles/client-profiles.ts";
import { clientHelloOf } from "../../../src/tls/profiles/hello-of-profile.ts";
import { groupName, NAMED_GROUP } from "../../../src/tls/tables/named-groups.ts";
import { profileOfVersions, WIDEST_PROFILE } from "../../../src/tls/profiles/profile-variants.ts";
import type { ServerFlight } from "../../../src/tls/wire/server-flight.ts";
import { negotiatedVersion, selectedGroup } from "../../../src/tls/wire/server-hello.ts";
import { sizeInBits } from "../../../src/tls/wire/server-key-exchange.ts";
import { TLS_VERSION, tlsVersionName } from "../../../src/tls/tables/versions.ts";
import {
  type Certificates,
  type ClientReport,
  flightAfter,
  freshKeyShare,
  hasOpenssl,
  type KeyKind,
  makeCertificates,
  type OpensslServer,
  reportOfClient,
  sha256,
  startServer,
} from "./openssl-server.ts";

const { tls10, tls11, tls12, tls13 } = TLS_VERSION;

const helloBytes = (profile: ClientProfile): Uint8Array => {
  const hello = clientHelloOf(profile, {
    serverName: "pc.example",
    isAddress: false,
    random: new Uint8Array(randomBytes(32)),
    sessionId: new Uint8Array(randomBytes(32)),
    keyShares: freshKeyShare,
  });
  return encodeClientHelloRecord(hello, profile.recordVersion);
};

const heldTo = (profile: ClientProfile, min: number, max: number): ClientProfile => {
  const held = profileOfVersions(profile, min, max);
  if (held === null) throw new Error("nothing is left of the profile");
  return held;
};

/** The key that the server made for this connection, in the words of s_client. */
const temporaryKeyOf = ({ hello, keyExchange }: ServerFlight): string | null => {
  if (keyExchange?.kind === "dhe") return `DH, ${sizeInBits(keyExchange.prime)} bits`;
  const group =
    keyExchange?.kind === "ecdhe" ? keyExchange.group : hello === null ? null : selectedGroup(hello);
  return group === null ? null : (TEMPORARY_KEYS[groupName(group) ?? ""] ?? "unknown");
};

const TEMPORARY_KEYS: Readonly<Record<string, string>> = {
  x25519: "X25519, 253 bits",
  secp256r1: "ECDH, prime256v1, 256 bits",
  secp384r1: "ECDH, secp384r1, 384 bits",
  secp521r1: "ECDH, secp521r1, 521 bits",
};

/** The flight in the words of s_client. */
const reportOfFlight = (flight: ServerFlight): Omit<ClientReport, "certificates"> => {
  const { hello } = flight;
  if (hello === null) throw new Error(`no hello: ${JSON.stringify(flight)}`);
  const version = tlsVersionName(negotiatedVersion(hello));
  return {
    version: version === "1.0" ? "TLSv1" : `TLSv${version}`,
    cipher: cipherSuite(hello.cipherSuite)?.openssl ?? null,
    temporaryKey: temporaryKeyOf(flight),
  };
};

const SECLEVEL0 = ["-cipher", "DEFAULT:@SECLEVEL=0"];

interface Case {
  readonly name: string;
  readonly key: KeyKind | null;
  readonly server: readonly string[];
  readonly client?: readonly string[];
  readonly profile?: ClientProfile;
}

const suite = (openssl: string): ClientProfile => ({
  ...heldTo(WIDEST_PROFILE, tls10, tls12),
  cipherSuites: [cipherSuiteByName(openssl)?.code ?? 0],
});

const CASES: readonly Case[] = [
  { name: "TLS 1.3, x25519, RSA", key: "rsa", server: ["-tls1_3"] },
  {
    name: "TLS 1.3 with ChaCha20, ECDSA",
    key: "ec",
    server: ["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"],
  },
  { name: "TLS 1.2, secp384r1, RSA", key: "rsa", server: ["-tls1_2", "-groups", "P-384"] },
  { name: "TLS 1.2, secp521r1, RSA", key: "rsa", server: ["-tls1_2", "-groups", "P-521"] },
  { name: "TLS 1.2, ECDSA", key: "ec", server: ["-tls1_2", "-groups", "P-256"] },
  { name: "TLS 1.2, CBC", key: "rsa", server: ["-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384"] },
  { name: "TLS 1.2, DHE", key: "rsa", server: ["-tls1_2", "-cipher", "DHE-RSA-AES256-GCM-SHA384"] },
  { name: "TLS 1.2, RSA key exchange", key: "rsa", server: ["-tls1_2", "-cipher", "AES128-GCM-SHA256"] },
  {
    name: "TLS 1.2, DHE with a DSA certificate",
    key: "dsa",
    server: ["-tls1_2", "-cipher", "DHE-DSS-AES256-SHA:@SECLEVEL=0", "-sigalgs", "DSA+SHA1"],
    client: ["-cipher", "DHE-DSS-AES256-SHA:@SECLEVEL=0", "-sigalgs", "DSA+SHA1"],
  },
  {
    name: "TLS 1.2, anonymous DH",
    key: null,
    server: ["-nocert", "-tls1_2", "-cipher", "ADH-AES256-GCM-SHA384:@SECLEVEL=0"],
    client: ["-cipher", "ADH-AES256-GCM-SHA384:@SECLEVEL=0"],
    profile: suite("ADH-AES256-GCM-SHA384"),
  },
  {
    name: "TLS 1.2, anonymous ECDH",
    key: null,
    server: ["-nocert", "-tls1_2", "-cipher", "AECDH-AES256-SHA:@SECLEVEL=0"],
    client: ["-cipher", "AECDH-AES256-SHA:@SECLEVEL=0"],
    profile: suite("AECDH-AES256-SHA"),
  },
  {
    name: "TLS 1.1",
    key: "rsa",
    server: ["-tls1_1", ...SECLEVEL0],
    client: SECLEVEL0,
    profile: heldTo(WIDEST_PROFILE, tls10, tls11),
  },
  { name: "TLS 1.0, RSA", key: "rsa", server: ["-tls1", ...SECLEVEL0], client: SECLEVEL0 },
  {
    name: "TLS 1.0, ECDSA",
    key: "ec",
    server: ["-tls1", ...SECLEVEL0],
    client: SECLEVEL0,
    profile: heldTo(WIDEST_PROFILE, tls10, tls10),
  },
  {
    name: "TLS 1.0, DHE",
    key: "rsa",
    server: ["-tls1", "-cipher", "DHE-RSA-AES128-SHA:@SECLEVEL=0"],
    client: SECLEVEL0,
  },
];

describe.skipIf(!hasOpenssl)(
  "The flight of a real server (openssl s_server; skipped where there is none)",
  () => {
    let certificates: Certificates;
    let server: OpensslServer | null = null;

    const start = async (args: readonly string[]): Promise<OpensslServer> => {
      server = await startServer(args);
      return server;
    };

    beforeAll(() => {
      certificates = makeCertificates();
    });
    afterAll(() => certificates.remove());
    afterEach(() => {
      server?.stop();
      server = null;
    });

    it.each(CASES)(
      "$name: version, suite, key and certificates are what openssl s_client reports",
      async (setup) => {
        const options = setup.key === null ? [] : certificates.options(setup.key);
        const { port } = await start([...options, ...setup.server]);
        const flight = await flightAfter(port, helloBytes(setup.profile ?? WIDEST_PROFILE));
        const { certificates: expectedCertificates, ...expected } = reportOfClient(port, setup.client ?? []);

        expect(flight.fault).toBeNull();
        expect(reportOfFlight(flight)).toEqual(expected);
        if (flight.encrypted) {
          expect(expected.version).toBe("TLSv1.3");
          expect(flight.certificates).toBeNull();
        } else {
          expect(flight.helloDone).toBe(true);
          expect(expectedCertificates).toHaveLength(setup.key === null ? 0 : 1);
          expect((flight.certificates ?? []).map(sha256)).toEqual(expectedCertificates);
        }
      },
    );

    it("a chain has the leaf first", async () => {
      const chain = ["-cert_chain", join(certificates.directory, "ec.crt")];
      const { port } = await start([...certificates.options("rsa"), ...chain, "-tls1_2"]);
      const flight = await flightAfter(port, helloBytes(WIDEST_PROFILE));
      const expected = reportOfClient(port, []).certificates;
      expect(expected).toHaveLength(2);
      expect((flight.certificates ?? []).map(sha256)).toEqual(expected);
    });

    it.each([
      ["TLS 1.2", ["-tls1_2"], true],
      ["TLS 1.0", ["-tls1", ...SECLEVEL0], false],
    ])("a request for a client certificate is read: %s", async (_, version, hasSchemes) => {
      const authority = ["-Verify", "1", "-CAfile", join(certificates.directory, "ec.crt")];
      const { port } = await start([...certificates.options("rsa"), ...authority, ...version]);
      const { certificateRequest, fault } = await flightAfter(port, helloBytes(WIDEST_PROFILE));
      expect(fault).toBeNull();
      expect(certificateRequest?.certificateTypes).toContain(1);
      expect(certificateRequest?.signatureAlgorithms !== null).toBe(hasSchemes);
      expect(certificateRequest?.authorities).toHaveLength(1);
    });

    it("a server that wants another key share asks for it", async () => {
      const { port } = await start([...certificates.options("rsa"), "-tls1_3", "-groups", "P-384"]);
      const flight = await flightAfter(port, helloBytes(WIDEST_PROFILE));
      const retry = flight.helloRetryRequest;
      expect(retry === null ? null : selectedGroup(retry)).toBe(0x0018);
      expect(flight).toMatchObject({ hello: null, fault: null, alert: null, encrypted: false });
    });

    it.each([
      ["no shared version", ["-tls1_3"], tls12, tls12, 70],
      ["no shared suite", ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"], tls12, tls12, 40],
      ["no shared group", ["-tls1_3", "-groups", "X448"], tls13, tls13, 40],
    ])("a refusal is an alert: %s", async (_, args, min, max, description) => {
      const { port } = await start([...certificates.options("rsa"), ...args]);
      const flight = await flightAfter(port, helloBytes(heldTo(WIDEST_PROFILE, min, max)));
      expect(flight).toMatchObject({ alert: { level: 2, description }, hello: null, fault: null });
    });

    // The test's own key shares are points and curve25519's values: none of them is ML-KEM's.
    const sendable = CLIENT_PROFILES.filter(
      ({ keyShareGroups }) => !keyShareGroups.includes(NAMED_GROUP.X25519MLKEM768),
    );

    it.each(sendable.map((profile) => [profile.id, profile] as const))(
      "the hello of %s is accepted, in no version above its newest",
      async (_, profile) => {
        const { port } = await start([...certificates.options("rsa"), "-cipher", "ALL:@SECLEVEL=0"]);
        const flight = await flightAfter(port, helloBytes(profile));
        expect(flight).toMatchObject({ alert: null, fault: null });
        expect(flight.hello === null ? null : negotiatedVersion(flight.hello)).toBe(profile.maxVersion);
        expect(profile.cipherSuites).toContain(flight.hello?.cipherSuite);
      },
    );
  },
);
