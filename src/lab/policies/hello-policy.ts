/** What a server of the lab takes, as a table, and what it selects from a ClientHello by it. */
import { type CipherSuite, cipherSuite, isSuiteOfVersion } from "../../tls/tables/cipher-suites.ts";
import type { ClientHello } from "../../tls/wire/client-hello.ts";
import { EXTENSION, extensionData } from "../../tls/wire/extension.ts";
import {
  decodeSignatureAlgorithms,
  decodeSupportedGroups,
  decodeSupportedVersions,
  wellFormed,
} from "../../tls/wire/extension-lists.ts";
import { decodeClientKeyShares, type KeyShareEntry } from "../../tls/wire/key-share.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import { sealingCipher } from "../flight/handshake-secrets-13.ts";
import type { HandshakeSigner } from "../flight/handshake-signatures.ts";

/** What the server does with a ClientHello that it cannot agree with. */
export type Refusal =
  | { readonly kind: "alert"; readonly description: number }
  | { readonly kind: "reset" | "close" | "silence" };

export interface HelloPolicy {
  /** Values of TLS_VERSION; the newest that the client has as well is selected. */
  readonly versions: readonly number[];
  /** Codes, in the server's order. */
  readonly cipherSuites: readonly number[];
  /** Codes of NAMED_GROUPS, in the server's order. */
  readonly groups: readonly number[];
  /** Whose order of suites and groups decides. */
  readonly preference: "server" | "client";
  /** Size of the prime in a finite-field exchange; export suites have their own. */
  readonly dhBits: number;
  /** A server older than TLS 1.3 does not, and takes `legacy_version` for the client's newest. */
  readonly readsSupportedVersions: boolean;
  readonly refusal: Refusal;
}

/** What the server proves itself with. */
export interface ServerCertificate {
  readonly authentication: "rsa" | "dss" | "ecdsa";
  /** DER, the leaf first. */
  readonly chain: readonly Uint8Array[];
  readonly sign: HandshakeSigner;
}

export interface Selection {
  readonly version: number;
  readonly suite: CipherSuite;
  /** Null where the exchange runs in no named group. */
  readonly group: number | null;
  /** Null before TLS 1.2, and where nothing is signed. */
  readonly scheme: number | null;
}

/** Why nothing is selected. */
export type Misfit = "version" | "cipher-suite";

/**
 * What the server selects. A suite fits when both have it, the version has it, the certificate's kind suits it,
 * and a group and a signature scheme are there that it needs (RFC 5246 7.4.1.2, RFC 8422 4, RFC 8446 4.1.1).
 * @param authentication the kind of the server's key, or null where it has no certificate
 */
export const selectParameters = (
  hello: ClientHello,
  policy: HelloPolicy,
  authentication: ServerCertificate["authentication"] | null,
): Selection | Misfit => {
  const version = sharedVersion(hello, policy);
  if (version === null) return "version";
  const codes = inOrder(policy.preference, policy.cipherSuites, hello.cipherSuites);
  for (const suite of codes.map(cipherSuite)) {
    if (suite === null || !isSuiteOfVersion(suite, version) || !isAnswered(suite)) continue;
    const group = groupFor(suite, hello, policy);
    const signature = signatureFor(suite, version, hello, authentication);
    if (group !== "none" && signature !== "none") return { version, suite, group, scheme: signature };
  }
  return "cipher-suite";
};

/** The key shares that the client sends; none before TLS 1.3. */
export const clientKeyShareEntries = (hello: ClientHello): readonly KeyShareEntry[] =>
  wellFormed(extensionData(hello.extensions, EXTENSION.keyShare), decodeClientKeyShares) ?? [];

/** Schemes by the kind of key; those of TLS 1.3 need RSA-PSS (RFC 8446 4.2.3). */
const SCHEMES = {
  rsa: {
    tls12: [0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0201],
    tls13: [0x0804, 0x0805, 0x0806],
    whenUnsaid: 0x0201,
  },
  dss: { tls12: [0x0402, 0x0202], tls13: [], whenUnsaid: 0x0202 },
  ecdsa: { tls12: [0x0403, 0x0503, 0x0603, 0x0203], tls13: [0x0403, 0x0503, 0x0603], whenUnsaid: 0x0203 },
} as const satisfies Readonly<
  Record<
    ServerCertificate["authentication"],
    { readonly tls12: readonly number[]; readonly tls13: readonly number[]; readonly whenUnsaid: number }
  >
>;

/** Codes above are finite fields and hybrids, which TLS 1.3 alone has under this name. */
const LAST_CURVE = 0xff;

const sharedVersion = (hello: ClientHello, policy: HelloPolicy): number | null => {
  const data = policy.readsSupportedVersions
    ? extensionData(hello.extensions, EXTENSION.supportedVersions)
    : null;
  const listed = wellFormed(data, decodeSupportedVersions);
  const shared = policy.versions.filter((version) =>
    listed === null ? version < TLS_VERSION.tls13 && version <= hello.version : listed.includes(version),
  );
  return shared.length === 0 ? null : Math.max(...shared);
};

const inOrder = (
  preference: HelloPolicy["preference"],
  server: readonly number[],
  client: readonly number[],
): readonly number[] =>
  preference === "server"
    ? server.filter((code) => client.includes(code))
    : client.filter((code) => server.includes(code));

/** Is it one of the exchanges that the lab writes a flight for? */
const isAnswered = (suite: CipherSuite): boolean => {
  const { keyExchange } = suite;
  if (keyExchange === "any") return sealingCipher(suite) !== null;
  return keyExchange === "rsa" || keyExchange === "dhe" || keyExchange === "ecdhe";
};

const groupFor = (suite: CipherSuite, hello: ClientHello, policy: HelloPolicy): number | null | "none" => {
  const { keyExchange } = suite;
  if (keyExchange !== "ecdhe" && keyExchange !== "any") return null;
  const data = extensionData(hello.extensions, EXTENSION.supportedGroups);
  const offered = wellFormed(data, decodeSupportedGroups);
  if (keyExchange === "ecdhe") {
    const curves = policy.groups.filter((group) => group <= LAST_CURVE);
    // A client that does not say which groups it has leaves the choice to the server (RFC 8422 4).
    return (offered === null ? curves[0] : inOrder(policy.preference, curves, offered)[0]) ?? "none";
  }
  const shared = inOrder(policy.preference, policy.groups, offered ?? []);
  const shares = clientKeyShareEntries(hello);
  return shared.find((group) => shares.some((share) => share.group === group)) ?? shared[0] ?? "none";
};

const signatureFor = (
  suite: CipherSuite,
  version: number,
  hello: ClientHello,
  kind: ServerCertificate["authentication"] | null,
): number | null | "none" => {
  if (suite.authentication === "anon") return null;
  if (kind === null || (suite.authentication !== "any" && suite.authentication !== kind)) return "none";
  const isSigned = suite.keyExchange !== "rsa" || suite.isExport;
  if (version < TLS_VERSION.tls12 || !isSigned) return null;
  const data = extensionData(hello.extensions, EXTENSION.signatureAlgorithms);
  const offered = wellFormed(data, decodeSignatureAlgorithms);
  const { tls12, tls13, whenUnsaid } = SCHEMES[kind];
  if (version >= TLS_VERSION.tls13) return offered?.find((scheme) => includes(tls13, scheme)) ?? "none";
  // RFC 5246 7.4.1.4.1: a client that does not say has SHA-1.
  return offered === null ? whenUnsaid : (offered.find((scheme) => includes(tls12, scheme)) ?? "none");
};

const includes = (schemes: readonly number[], scheme: number): boolean => schemes.includes(scheme);
