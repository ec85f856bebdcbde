/** Hellos that no client sends: each asks a server one question, by what it offers and what it leaves out. */
import { type CipherSuite, cipherSuites } from "../tables/cipher-suites.ts";
import type { ClientProfile } from "./client-profile.ts";
import { EXTENSION } from "../wire/extension.ts";
import { NAMED_GROUP } from "../tables/named-groups.ts";
import { profileOfVersions, WIDEST_PROFILE } from "./profile-variants.ts";
import { SIGNATURE_SCHEMES } from "../tables/signature-schemes.ts";
import { TLS_VERSION } from "../tables/versions.ts";

/** Key exchanges that servers of RDP run, the anonymous and the broken ones among them. */
const KEY_EXCHANGES: ReadonlySet<CipherSuite["keyExchange"]> = new Set(["rsa", "dhe", "ecdhe", "any"]);

/** What is weak comes last, so that a server that follows the client's order picks something better. */
const allSuites = (): readonly number[] =>
  cipherSuites()
    .filter(({ isSignal, keyExchange }) => !isSignal && KEY_EXCHANGES.has(keyExchange))
    .toSorted((a, b) => Number(a.weak !== null) - Number(b.weak !== null) || b.minVersion - a.minVersion)
    .map(({ code }) => code);

/** Finite-field groups come with TLS 1.3 and RFC 7919. */
const ALL_GROUPS = [
  NAMED_GROUP.x25519,
  NAMED_GROUP.secp256r1,
  NAMED_GROUP.secp384r1,
  NAMED_GROUP.secp521r1,
  NAMED_GROUP.x448,
  0x001a,
  0x001b,
  0x001c,
  0x0100,
  0x0101,
  0x0102,
] as const;

/** Those of TLS 1.2 with DSA, RSA and ECDSA, and TLS 1.3's with RSA-PSS and EdDSA. */
const ALL_SCHEMES: readonly number[] = SIGNATURE_SCHEMES.map(({ code }) => code)
  .filter((code) => (code & 0xff) <= 0x03 || (code >= 0x0804 && code <= 0x080b))
  .toReversed();

const EVERYTHING_BUT_SUITES = {
  ...WIDEST_PROFILE,
  id: "everything",
  name: "everything that a hello can offer",
  minVersion: TLS_VERSION.ssl3,
  groups: ALL_GROUPS,
  keyShareGroups: [NAMED_GROUP.x25519],
  signatureAlgorithms: ALL_SCHEMES,
  // The session ticket and status_request would only make the answer longer.
  extensionOrder: WIDEST_PROFILE.extensionOrder.filter(
    (type) => type !== EXTENSION.sessionTicket && type !== EXTENSION.statusRequest,
  ),
};

/**
 * Every version from SSL 3 to TLS 1.3, every suite, group and signature scheme: the least that may fail. The
 * suites are gathered when they are asked for: most probes never come to it.
 */
export const EVERYTHING_PROFILE: ClientProfile = {
  ...EVERYTHING_BUT_SUITES,
  get cipherSuites() {
    return allSuites();
  },
};

const narrowed = (profile: ClientProfile, version: number): ClientProfile => {
  const result = profileOfVersions(profile, version, version);
  if (result === null) throw new RangeError(`tls: profile ${profile.id} has nothing of these versions`);
  return result;
};

/** A suite of every version before TLS 1.3: stands in for all of them where only the shape is wanted. */
const ANY_SUITE = 0x002f;

const shapeOf = (version: number): ClientProfile =>
  narrowed({ ...EVERYTHING_BUT_SUITES, cipherSuites: [ANY_SUITE] }, version);

/** TLS 1.2 alone, without a word of 1.3, with every suite. */
export const TLS12_PROFILE: ClientProfile = {
  ...shapeOf(TLS_VERSION.tls12),
  id: "tls12-alone",
  get cipherSuites() {
    return narrowed(EVERYTHING_PROFILE, TLS_VERSION.tls12).cipherSuites;
  },
};

/** TLS 1.0 alone, in the shape of its time: no extension but the groups and the name. */
export const TLS10_PROFILE: ClientProfile = {
  ...shapeOf(TLS_VERSION.tls10),
  id: "tls10-alone",
  extensionOrder: [EXTENSION.serverName, EXTENSION.supportedGroups, EXTENSION.ecPointFormats],
  get cipherSuites() {
    return narrowed(EVERYTHING_PROFILE, TLS_VERSION.tls10).cipherSuites;
  },
};

/** Under 200 bytes: TLS 1.2 with the suites that most servers have one of. */
export const SMALL_PROFILE: ClientProfile = {
  ...shapeOf(TLS_VERSION.tls12),
  id: "small",
  cipherSuites: [
    0xc030, 0xc02f, 0xc02c, 0xc02b, 0xc028, 0xc027, 0xc014, 0xc013, 0x009d, 0x009c, 0x003d, 0x0035, 0x002f,
    0x000a,
  ],
  groups: [NAMED_GROUP.x25519, NAMED_GROUP.secp256r1, NAMED_GROUP.secp384r1],
  signatureAlgorithms: [0x0804, 0x0401, 0x0501, 0x0403, 0x0503, 0x0201],
  extensionOrder: [
    EXTENSION.supportedGroups,
    EXTENSION.ecPointFormats,
    EXTENSION.signatureAlgorithms,
    EXTENSION.renegotiationInfo,
  ],
};

/** A suite that no server has (GREASE, RFC 8701): whatever the answer is, it is a short one. */
const UNKNOWN_SUITE = 0x0a0a;

export const SHORT_ANSWER_PROFILE: ClientProfile = {
  ...SMALL_PROFILE,
  id: "short-answer",
  cipherSuites: [UNKNOWN_SUITE],
};

/** The client's own hello, but with every signature scheme that there is. */
export const withEverySignature = (profile: ClientProfile): ClientProfile => ({
  ...profile,
  id: "signatures",
  signatureAlgorithms: EVERYTHING_PROFILE.signatureAlgorithms,
});

/** The same without some suites. */
export const withoutSuites = (profile: ClientProfile, refused: ReadonlySet<number>): ClientProfile => ({
  ...profile,
  cipherSuites: profile.cipherSuites.filter((code) => !refused.has(code)),
});

/** The same without the server's name. */
export const withoutName = (profile: ClientProfile): ClientProfile => ({
  ...profile,
  id: "without-name",
  extensionOrder: profile.extensionOrder.filter((type) => type !== EXTENSION.serverName),
});
