/** What a cipher suite is made of: every part is read off its registered name, once. */
import { CIPHER_SUITE_NAMES } from "./cipher-suite-names.ts";
import { TLS_VERSION } from "./versions.ts";

/** How the keys are agreed on. Anonymous Diffie-Hellman is `dhe` or `ecdhe`, authenticated as `anon`. */
type KeyExchange =
  | "rsa"
  | "dh"
  | "dhe"
  | "ecdh"
  | "ecdhe"
  | "psk"
  | "dhe-psk"
  | "ecdhe-psk"
  | "rsa-psk"
  | "srp"
  | "krb5"
  | "gost"
  | "eccpwd"
  /** TLS 1.3: the suite does not say. */
  | "any"
  /** Signalling values, and the suite that stands for no protection at all. */
  | "none";

/** Which kind of key the server proves itself with. */
type Authentication =
  | "rsa"
  | "dss"
  | "ecdsa"
  | "psk"
  | "srp"
  | "krb5"
  | "gost"
  | "eccpwd"
  | "anon"
  | "any"
  | "none";

/** Why nobody should rely on a suite any more; the gravest reason of several. */
export type SuiteWeakness = "null" | "anon" | "export" | "rc2" | "des" | "rc4" | "3des" | "idea" | "md5";

export interface CipherSuite {
  readonly code: number;
  /** IANA's name: `TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384`. */
  readonly name: string;
  /** `ECDHE-RSA-AES256-GCM-SHA384`, or null where OpenSSL never had the suite. */
  readonly openssl: string | null;
  readonly keyExchange: KeyExchange;
  readonly authentication: Authentication;
  /** In IANA's words: `AES_256_GCM`, `3DES_EDE_CBC`, `NULL`. */
  readonly cipher: string;
  /** `AEAD`, or the hash of the HMAC: `SHA384`. */
  readonly mac: string;
  readonly weak: SuiteWeakness | null;
  /** Export suites wrap keys with an ephemeral RSA key of 512 or 1024 bits. */
  readonly isExport: boolean;
  /** A signalling value (SCSV): a message to the server, never a suite that it may select. */
  readonly isSignal: boolean;
  /** Oldest version that the suite is defined for, a value of TLS_VERSION. */
  readonly minVersion: number;
  /** Newest version that the suite is defined for, a value of TLS_VERSION. */
  readonly maxVersion: number;
}

/** The suite of a code, or null where the registry has none. */
export const cipherSuite = (code: number): CipherSuite | null => {
  const known = made.get(code);
  if (known !== undefined) return known;
  const row = ROWS.get(code);
  if (row === undefined) return null;
  const [, name, openssl] = row;
  const suite = suiteOf(code, name, openssl);
  made.set(code, suite);
  return suite;
};

/** The suite of a name, IANA's or OpenSSL's, or null. */
export const cipherSuiteByName = (name: string): CipherSuite | null => suitesByName().get(name) ?? null;

/** May the suite be selected in this version of the protocol? */
export const isSuiteOfVersion = (suite: CipherSuite, version: number): boolean =>
  !suite.isSignal && version >= suite.minVersion && version <= suite.maxVersion;

/** The words before `_WITH_`, without `_EXPORT` and `_EXPORT1024`. */
const KEY_EXCHANGES: Readonly<Record<string, readonly [KeyExchange, Authentication]>> = {
  NULL: ["none", "none"],
  RSA: ["rsa", "rsa"],
  DH_DSS: ["dh", "dss"],
  DH_RSA: ["dh", "rsa"],
  DHE_DSS: ["dhe", "dss"],
  DHE_RSA: ["dhe", "rsa"],
  DH_anon: ["dhe", "anon"],
  ECDH_ECDSA: ["ecdh", "ecdsa"],
  ECDH_RSA: ["ecdh", "rsa"],
  ECDHE_ECDSA: ["ecdhe", "ecdsa"],
  ECDHE_RSA: ["ecdhe", "rsa"],
  ECDH_anon: ["ecdhe", "anon"],
  PSK: ["psk", "psk"],
  DHE_PSK: ["dhe-psk", "psk"],
  PSK_DHE: ["dhe-psk", "psk"],
  ECDHE_PSK: ["ecdhe-psk", "psk"],
  RSA_PSK: ["rsa-psk", "rsa"],
  SRP_SHA: ["srp", "srp"],
  SRP_SHA_RSA: ["srp", "rsa"],
  SRP_SHA_DSS: ["srp", "dss"],
  KRB5: ["krb5", "krb5"],
  ECCPWD: ["eccpwd", "eccpwd"],
  GOSTR341112_256: ["gost", "gost"],
};

/** First match wins; tried on cipher, authentication and MAC. */
const WEAKNESSES: readonly {
  readonly why: SuiteWeakness;
  readonly holds: (suite: Omit<CipherSuite, "weak">) => boolean;
}[] = [
  { why: "null", holds: (suite) => suite.cipher === "NULL" },
  { why: "anon", holds: (suite) => suite.authentication === "anon" },
  { why: "export", holds: (suite) => suite.isExport },
  { why: "rc2", holds: (suite) => suite.cipher.startsWith("RC2") },
  { why: "des", holds: (suite) => suite.cipher.startsWith("DES") },
  { why: "rc4", holds: (suite) => suite.cipher.startsWith("RC4") },
  { why: "3des", holds: (suite) => suite.cipher.startsWith("3DES") },
  { why: "idea", holds: (suite) => suite.cipher.startsWith("IDEA") },
  { why: "md5", holds: (suite) => suite.mac === "MD5" },
];

const suiteOf = (code: number, name: string, openssl: string | null): CipherSuite => {
  const suite = { code, name, openssl, ...partsOf(name) };
  const weak = suite.isSignal ? null : (WEAKNESSES.find(({ holds }) => holds(suite))?.why ?? null);
  return { ...suite, weak };
};

type Parts = Omit<CipherSuite, "code" | "name" | "openssl" | "weak">;

const partsOf = (name: string): Parts => {
  if (name.endsWith("_SCSV")) return SIGNAL;
  const [, left, right] = /^TLS_(.+)_WITH_(.+)$/.exec(name) ?? [];
  if (left === undefined || right === undefined) return tls13PartsOf(name);
  const [keyExchange, authentication] = keyExchangeOf(left);
  const { cipher, mac } = protectionOf(right);
  return {
    keyExchange,
    authentication,
    cipher,
    mac,
    isExport: left.includes("_EXPORT"),
    isSignal: false,
    ...versionsOf(right, keyExchange, mac),
  };
};

/** RFC 5487 3.2 and RFC 5489 3: CBC suites with a pre-shared key are older than their hashes look. */
const versionsOf = (
  right: string,
  keyExchange: KeyExchange,
  mac: string,
): Pick<CipherSuite, "minVersion" | "maxVersion"> => {
  if (/_MGM_[LS]$/.test(right)) return { minVersion: TLS_VERSION.tls13, maxVersion: TLS_VERSION.tls13 };
  const isOfTls12 =
    mac === "AEAD" ||
    keyExchange === "gost" ||
    (/_SHA(256|384)$/.test(right) && !keyExchange.endsWith("psk"));
  return { minVersion: isOfTls12 ? TLS_VERSION.tls12 : TLS_VERSION.ssl3, maxVersion: TLS_VERSION.tls12 };
};

const keyExchangeOf = (left: string): readonly [KeyExchange, Authentication] => {
  const found = KEY_EXCHANGES[left.replace(/_EXPORT(1024)?$/, "")];
  if (found === undefined) throw new RangeError(`cipher suites: no key exchange is called ${left}`);
  return found;
};

/** `AES_256_GCM_SHA384` has its hash for the key derivation only: the cipher itself is the MAC. */
const protectionOf = (right: string): { readonly cipher: string; readonly mac: string } => {
  const aead = /^((?:AES|CAMELLIA|ARIA)_\d+_(?:GCM|CCM_8|CCM)|CHACHA20_POLY1305|.*_MGM_[LS])/.exec(
    right,
  )?.[1];
  if (aead !== undefined) return { cipher: aead, mac: "AEAD" };
  const at = right.lastIndexOf("_");
  return at < 0 ? { cipher: right, mac: "NULL" } : { cipher: right.slice(0, at), mac: right.slice(at + 1) };
};

const SIGNAL: Parts = {
  keyExchange: "none",
  authentication: "none",
  cipher: "NULL",
  mac: "NULL",
  isExport: false,
  isSignal: true,
  minVersion: TLS_VERSION.ssl3,
  maxVersion: TLS_VERSION.tls13,
};

/** `TLS_AES_128_GCM_SHA256`; `TLS_SHA256_SHA256` protects integrity only (RFC 9150). */
const tls13PartsOf = (name: string): Parts => {
  const parts = name.replace(/^TLS_/, "");
  const cipher = parts.slice(0, parts.lastIndexOf("_"));
  const integrityOnly = /^SHA\d+$/.test(cipher);
  return {
    keyExchange: "any",
    authentication: "any",
    cipher: integrityOnly ? "NULL" : cipher,
    mac: integrityOnly ? cipher : "AEAD",
    isExport: false,
    isSignal: false,
    minVersion: TLS_VERSION.tls13,
    maxVersion: TLS_VERSION.tls13,
  };
};

let all: readonly CipherSuite[] | null = null;

/** All suites, in the order of their codes; made when they are first asked for, since most probes need a few. */
export const cipherSuites = (): readonly CipherSuite[] => {
  all ??= CIPHER_SUITE_NAMES.flatMap(([code]) => cipherSuite(code) ?? []);
  return all;
};

const ROWS: ReadonlyMap<number, (typeof CIPHER_SUITE_NAMES)[number]> = new Map(
  CIPHER_SUITE_NAMES.map((row) => [row[0], row]),
);

const made = new Map<number, CipherSuite>();

let byName: ReadonlyMap<string, CipherSuite> | null = null;

const suitesByName = (): ReadonlyMap<string, CipherSuite> => {
  byName ??= new Map(
    cipherSuites().flatMap((suite) => [
      [suite.name, suite] as const,
      ...(suite.openssl === null ? [] : [[suite.openssl, suite] as const]),
    ]),
  );
  return byName;
};
