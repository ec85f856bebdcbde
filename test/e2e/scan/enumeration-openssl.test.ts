import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { TlsSupport, VersionSupport } from "../../../src/handshake/enumeration/tls-support.ts";
import { groupName } from "../../../src/tls/tables/named-groups.ts";
import { TLS_VERSIONS, type TlsVersionName } from "../../../src/tls/tables/versions.ts";
import { describeWhere } from "../../support/availability.ts";
import {
  type CertificateFolder,
  type CertificateKind,
  certificatesAvailable,
  makeCertificates,
} from "../servers/programs/certificates.ts";
import { OPENSSL_VERSIONS, opensslSuites } from "../servers/views/openssl-suites.ts";
import { startX224Front, type X224Front } from "../servers/fronts/x224-front.ts";
import { OPENSSL_ADDRESS, type OpensslServer, startServer } from "../tls/openssl-server.ts";
import { acceptedNames, bothWays, contradictions, enumerateServer, unknowns } from "./simulated.ts";

interface Row {
  readonly name: string;
  readonly certificate: CertificateKind;
  /** A second one that the server has besides. */
  readonly second?: CertificateKind;
  readonly args: readonly string[];
  /** The versions that are on. */
  readonly versions: readonly Exclude<TlsVersionName, "ssl3">[];
  /** Whose order decides, by version; for those with two suites. */
  readonly serverPreference: boolean | null;
  /** Up to TLS 1.2, or in TLS 1.3. */
  readonly groups: readonly string[];
  readonly groupsComplete: boolean;
  readonly dhBits: readonly number[];
  /** TLS 1.3 alone is refused in a way that does not say whether the server selects it. */
  readonly isAmbiguous?: true;
}

const LEVEL_0 = "ALL:@SECLEVEL=0";
const OWN_GROUPS = ["x25519", "secp256r1", "secp384r1", "secp521r1", "x448"] as const;

const ROWS: readonly Row[] = [
  {
    name: "TLS 1.2 by default, RSA",
    certificate: "rsa-2048",
    args: ["-tls1_2"],
    versions: ["1.2"],
    serverPreference: false,
    groups: OWN_GROUPS,
    groupsComplete: true,
    dhBits: [2048],
  },
  {
    name: "TLS 1.2 by default, the server's order and groups, RSA",
    certificate: "rsa-2048",
    args: ["-tls1_2", "-serverpref", "-groups", "P-384:P-256"],
    versions: ["1.2"],
    serverPreference: true,
    groups: ["secp384r1", "secp256r1"],
    groupsComplete: false,
    dhBits: [2048],
  },
  {
    name: "TLS 1.2 by default, EC",
    certificate: "ec-p256",
    args: ["-tls1_2"],
    versions: ["1.2"],
    serverPreference: false,
    groups: OWN_GROUPS,
    groupsComplete: true,
    dhBits: [],
  },
  {
    name: "TLS 1.2 with RSA and EC, the server's order",
    certificate: "rsa-2048",
    second: "ec-p256",
    args: ["-tls1_2", "-serverpref"],
    versions: ["1.2"],
    serverPreference: true,
    groups: ["x25519", "secp256r1"],
    groupsComplete: false,
    dhBits: [2048],
  },
  {
    name: "TLS 1.2, everything, RSA-1024",
    certificate: "rsa-1024-sha1",
    args: ["-tls1_2", "-cipher", LEVEL_0],
    versions: ["1.2"],
    serverPreference: false,
    groups: OWN_GROUPS,
    groupsComplete: true,
    dhBits: [1024, 3072],
  },
  {
    name: "TLS 1.2, Ed25519",
    certificate: "ed25519",
    args: ["-tls1_2"],
    versions: ["1.2"],
    serverPreference: false,
    groups: OWN_GROUPS,
    groupsComplete: true,
    dhBits: [],
  },
  {
    name: "signatures with SHA-512 alone, which TLS 1.3 has none of for RSA",
    certificate: "rsa-2048",
    args: ["-no_tls1", "-no_tls1_1", "-sigalgs", "RSA+SHA512"],
    versions: ["1.2"],
    serverPreference: false,
    groups: OWN_GROUPS,
    groupsComplete: true,
    dhBits: [2048],
    isAmbiguous: true,
  },
  {
    name: "TLS 1.0, everything, RSA",
    certificate: "rsa-2048",
    args: ["-tls1", "-cipher", LEVEL_0],
    versions: ["1.0"],
    serverPreference: false,
    groups: ["x25519", "secp256r1", "secp384r1", "secp521r1", "x448"],
    groupsComplete: false,
    dhBits: [2048, 1024, 3072],
  },
  {
    name: "TLS 1.1, everything, EC, the server's order",
    certificate: "ec-p256",
    args: ["-tls1_1", "-cipher", LEVEL_0, "-serverpref"],
    versions: ["1.1"],
    serverPreference: true,
    groups: ["x25519", "secp256r1"],
    groupsComplete: false,
    dhBits: [3072, 1024],
  },
  {
    name: "TLS 1.0 to 1.2 with one suite of the RSA key exchange",
    certificate: "rsa-2048",
    args: ["-no_tls1_3", "-cipher", "AES128-SHA:@SECLEVEL=0"],
    versions: ["1.0", "1.1", "1.2"],
    serverPreference: null,
    groups: [],
    groupsComplete: true,
    dhBits: [],
  },
  {
    name: "TLS 1.3 by default, RSA",
    certificate: "rsa-2048",
    args: ["-tls1_3"],
    versions: ["1.3"],
    serverPreference: false,
    groups: ["x25519", "secp256r1", "secp384r1", "secp521r1"],
    groupsComplete: false,
    dhBits: [],
  },
  {
    name: "TLS 1.3 with all suites, the server's order, EC",
    certificate: "ec-p256",
    args: [
      ...["-tls1_3", "-serverpref", "-groups", "P-384:X25519", "-ciphersuites"],
      "TLS_AES_128_CCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256",
    ],
    versions: ["1.3"],
    serverPreference: true,
    groups: ["x25519", "secp384r1"],
    groupsComplete: true,
    dhBits: [],
  },
  {
    name: "TLS 1.3 with one suite, Ed25519",
    certificate: "ed25519",
    args: ["-tls1_3", "-groups", "P-521:P-256", "-ciphersuites", "TLS_AES_128_GCM_SHA256"],
    versions: ["1.3"],
    serverPreference: null,
    groups: ["secp256r1", "secp521r1"],
    groupsComplete: false,
    dhBits: [],
  },
  {
    name: "TLS 1.2 and 1.3, RSA",
    certificate: "rsa-2048",
    args: ["-no_tls1", "-no_tls1_1", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384:AES128-GCM-SHA256"],
    versions: ["1.2", "1.3"],
    serverPreference: false,
    groups: ["x25519", "secp256r1", "secp384r1", "secp521r1"],
    groupsComplete: false,
    dhBits: [],
  },
];

let certificates: CertificateFolder;
let server: OpensslServer | null = null;
let front: X224Front | null = null;

const start = async (row: Row): Promise<X224Front> => {
  const files = (kind: CertificateKind) => certificates.files[kind];
  const first = files(row.certificate);
  const second = row.second === undefined ? null : files(row.second);
  server = await startServer([
    ...["-cert", first.certificateFile, "-key", first.keyFile],
    ...(second === null ? [] : ["-dcert", second.certificateFile, "-dkey", second.keyFile]),
    ...row.args,
  ]);
  front = await startX224Front({ host: OPENSSL_ADDRESS, port: server.port });
  return front;
};

const versionsOf = (support: TlsSupport, row: Row): readonly VersionSupport[] =>
  row.versions.map((version) => support.versions[version]);

describeWhere(certificatesAvailable())("the enumeration of openssl s_server behind an X.224 front", () => {
  beforeAll(async () => {
    certificates = await makeCertificates();
  });
  afterAll(() => certificates.remove());
  afterEach(async () => {
    await front?.stop();
    server?.stop();
    front = null;
    server = null;
  });

  it.each(ROWS)(
    "$name: the suites are those of whole handshakes with openssl",
    async (row) => {
      const { host, port } = await start(row);
      const support = await enumerateServer({ host, port });
      for (const { name } of TLS_VERSIONS) expect(support.versions[name].complete).toBe(true);
      for (const version of OPENSSL_VERSIONS) {
        const backend = { host: OPENSSL_ADDRESS, port: server?.port ?? 0 };
        const expected = row.versions.includes(version) ? await opensslSuites(backend, version) : [];
        expect({ version, accepted: acceptedNames(support, version) }).toEqual({
          version,
          accepted: expected,
        });
      }
      expect(support.versions.ssl3.accepted).toEqual([]);
    },
    60_000,
  );

  it.each(ROWS)("$name: order, groups, primes and the number of connections", async (row) => {
    const { host, port, connections } = await start(row);
    const support = await enumerateServer({ host, port });
    const known = versionsOf(support, row);
    for (const version of known) {
      expect(version).toMatchObject({ serverPreference: row.serverPreference });
      if (row.versions.length === 1) expect(version.groupsComplete).toBe(row.groupsComplete);
    }
    const groups = new Set(known.flatMap((version) => version.groups).map(groupName));
    expect([...groups].toSorted()).toEqual(row.groups.toSorted());
    const primes = known.flatMap(({ accepted }) => accepted.flatMap(({ dhBits }) => dhBits ?? []));
    expect([...new Set(primes)].toSorted()).toEqual(row.dhBits.toSorted());
    const suites = known.reduce((sum, { accepted }) => sum + accepted.length, 0);
    expect(connections().total).toBeLessThanOrEqual(suites + 2 * TLS_VERSIONS.length);
    expect(connections().maxOpen).toBe(1);
  });

  it.each(ROWS)("$name: what is computed for a client is what its own hello meets", async (row) => {
    const running = await start(row);
    const clients = await bothWays(running, await enumerateServer(running, "all"));
    expect(contradictions(clients)).toEqual([]);
    expect(unknowns(clients) > 0).toBe(row.isAmbiguous === true);
  });

  it("within the connections of the suites nothing false is computed either", async () => {
    for (const row of ROWS) {
      const running = await start(row);
      expect(contradictions(await bothWays(running, await enumerateServer(running)))).toEqual([]);
      await front?.stop();
      server?.stop();
    }
  }, 60_000);
});
