/** What is offered: one offer, in the words of our client and in those of node:tls. */
import type { ConnectionOptions } from "node:tls";
import { type CipherSuite, cipherSuite } from "../../../src/tls/tables/cipher-suites.ts";
import type { ClientProfile } from "../../../src/tls/profiles/client-profile.ts";
import { EXTENSION } from "../../../src/tls/wire/extension.ts";
import { profileOfVersions, WIDEST_PROFILE } from "../../../src/tls/profiles/profile-variants.ts";
import { signatureSchemeName } from "../../../src/tls/tables/signature-schemes.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import type { KeyKind } from "./certificates.ts";
import { GROUPS, type GroupName } from "./servers.ts";

export interface HelloOffer {
  readonly minVersion: number;
  readonly maxVersion: number;
  /** Codes, in order. */
  readonly suites: readonly number[];
  /** In order; TLS 1.3 has a share of the first. */
  readonly groups: readonly GroupName[];
}

const { tls10, tls11, tls12, tls13 } = TLS_VERSION;

const SUITES_13 = [0x1301, 0x1302, 0x1303];
/** ECDHE with AES-GCM, ChaCha20 and AES-CBC, DHE and RSA; no 3DES, which OpenSSL has no more. */
const SUITES_12 = [
  ...[0xc02b, 0xc02c, 0xc023, 0xc024, 0xc009, 0xc00a, 0xcca9],
  ...[0xc02f, 0xc030, 0xc027, 0xc028, 0xc013, 0xc014, 0xcca8],
  ...[0x009e, 0x009f, 0x0067, 0x006b, 0x0033, 0x0039, 0xccaa],
  ...[0x009c, 0x009d, 0x003c, 0x003d, 0x002f, 0x0035],
];
const SUITES_10 = [0xc009, 0xc00a, 0xc013, 0xc014, 0x0033, 0x0039, 0x002f, 0x0035];
const ALL_GROUPS = ["X25519", "P-256", "P-384", "P-521"] as const;

const one = (version: number, suite: number, ...groups: readonly GroupName[]): HelloOffer => ({
  ...{ minVersion: version, maxVersion: version, suites: [suite], groups },
});

const ofVersion = (version: number, suites: readonly number[]): readonly HelloOffer[] =>
  suites.flatMap((code) => {
    const { keyExchange, authentication } = cipherSuite(code) ?? {};
    if (keyExchange !== "ecdhe") return [one(version, code, ...ALL_GROUPS)];
    return ALL_GROUPS.map((group) => {
      // Those of certificates are in the same list.
      const others = authentication === "ecdsa" ? ALL_GROUPS.filter((other) => other !== group) : [];
      return one(version, code, group, ...others);
    });
  });

/** Each version with each suite and group, some with a choice of all. */
export const OFFERS: readonly HelloOffer[] = [
  ...SUITES_13.flatMap((suite) => ALL_GROUPS.map((group) => one(tls13, suite, group))),
  // The second is what a server may ask for by a HelloRetryRequest.
  ...ALL_GROUPS.flatMap((first) =>
    ALL_GROUPS.filter((second) => second !== first).map((second) => one(tls13, 0x1302, first, second)),
  ),
  ...ofVersion(tls12, SUITES_12),
  ...ofVersion(tls11, SUITES_10),
  ...ofVersion(tls10, SUITES_10),
  ...[tls13, tls12, tls11, tls10].flatMap((maxVersion) =>
    [tls10, tls12].flatMap((minVersion) => {
      const suites = [...SUITES_13.toReversed(), ...SUITES_12, ...SUITES_10];
      const offer = { minVersion, maxVersion, suites: [...new Set(suites)], groups: ALL_GROUPS };
      return minVersion > maxVersion ? [] : [offer, { ...offer, suites: offer.suites.toReversed() }];
    }),
  ),
];

/** 3DES with RSA, which OpenSSL has no more, in each version that has it. */
export const TRIPLE_DES_OFFERS: readonly HelloOffer[] = [tls12, tls11, tls10].map((version) =>
  one(version, 0x000a, ...ALL_GROUPS),
);

/** Can a server with such a key take it at all? */
export const fitsKey = (offer: HelloOffer, key: KeyKind): boolean =>
  offer.suites.some((code) => {
    const suite = cipherSuite(code);
    if (suite?.authentication === "any") return offer.maxVersion >= tls13;
    // What has no signature before TLS 1.2, and is never encrypted to.
    const isNew = key === "rsa-pss" || key === "ed25519";
    if (isNew && (offer.maxVersion < tls12 || suite?.keyExchange === "rsa")) return false;
    return suite?.authentication === (key.startsWith("rsa") ? "rsa" : "ecdsa");
  });

export const offerName = ({ minVersion, maxVersion, suites, groups }: HelloOffer): string =>
  [
    minVersion === maxVersion ? hex(maxVersion) : `${hex(minVersion)} to ${hex(maxVersion)}`,
    suites.length === 1 ? hex(suites[0] ?? 0) : `${suites.length} suites from ${hex(suites[0] ?? 0)}`,
    groups.join(" "),
  ].join(" / ");

const hex = (code: number): string => `0x${code.toString(16).padStart(4, "0")}`;

/** OpenSSL's own order, and SHA-1 as well. */
const SCHEMES = [
  ...[0x0403, 0x0503, 0x0603, 0x0807, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806],
  ...[0x0401, 0x0501, 0x0601, 0x0203, 0x0201],
];

/** @throws RangeError for an offer of nothing */
export const profileOf = (offer: HelloOffer): ClientProfile => {
  const groups = offer.groups.map((name) => GROUPS[name].code);
  const base: ClientProfile = {
    ...WIDEST_PROFILE,
    id: "interop",
    ...{ cipherSuites: suitesInOrder(offer), groups, keyShareGroups: groups.slice(0, 1) },
    signatureAlgorithms: SCHEMES,
    extensionOrder: [...WIDEST_PROFILE.extensionOrder, EXTENSION.encryptThenMac],
  };
  const profile = profileOfVersions(base, offer.minVersion, offer.maxVersion);
  if (profile === null) throw new RangeError(`an offer of nothing: ${offerName(offer)}`);
  return profile;
};

const VERSION_NAMES = new Map([
  [tls10, "TLSv1"],
  [tls11, "TLSv1.1"],
  [tls12, "TLSv1.2"],
  [tls13, "TLSv1.3"],
] as const);

/** OpenSSL puts those of TLS 1.3 before the others. */
const suitesInOrder = ({ suites }: HelloOffer): readonly number[] => [
  ...suites.filter((code) => code >> 8 === 0x13),
  ...suites.filter((code) => code >> 8 !== 0x13),
];

export const nodeOptionsOf = (offer: HelloOffer): ConnectionOptions => {
  const suites = suitesInOrder(offer)
    .map(cipherSuite)
    .filter((suite): suite is CipherSuite => suite !== null);
  const names = suites.map(({ name, openssl, minVersion }) => (minVersion >= tls13 ? name : openssl));
  return {
    minVersion: versionName(offer.minVersion),
    maxVersion: versionName(offer.maxVersion),
    // Node wants one of TLS 1.2 too, which OpenSSL leaves out where that version is not offered.
    ciphers: [...names, ...(offer.minVersion >= tls13 ? ["AES128-SHA"] : []), "@SECLEVEL=0"].join(":"),
    ecdhCurve: offer.groups.join(":"),
    sigalgs: SCHEMES.map((code) => OPENSSL_NAMES.get(code) ?? signatureSchemeName(code)).join(":"),
    rejectUnauthorized: false,
  };
};

const OPENSSL_NAMES = new Map([
  [0x0203, "ECDSA+SHA1"],
  [0x0201, "RSA+SHA1"],
]);

const versionName = (code: number) => {
  const name = [...VERSION_NAMES].find(([known]) => known === code)?.[1];
  if (name === undefined) throw new RangeError(`version ${hex(code)}`);
  return name;
};
