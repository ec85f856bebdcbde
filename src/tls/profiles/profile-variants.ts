/** Profiles made from profiles: held to some versions or suites, or as wide as a hello can be. */
import { cipherSuite, isSuiteOfVersion } from "../tables/cipher-suites.ts";
import type { ClientProfile } from "./client-profile.ts";
import { EXTENSION } from "../wire/extension.ts";
import { NAMED_GROUP } from "../tables/named-groups.ts";
import { TLS_VERSION, TLS_VERSIONS } from "../tables/versions.ts";
import { SCHANNEL_TLS13, WIN11_SCHEMES } from "./windows-client-profiles.ts";

/** Offers every version, and all suites that any Windows release has had on: the least that may fail. */
export const WIDEST_PROFILE: ClientProfile = {
  ...SCHANNEL_TLS13,
  id: "widest",
  name: "everything that any Windows client offers",
  source: [],
  confidence: "assumed",
  note: "",
  cipherSuites: [
    0x1302, 0x1301, 0x1303, 0xc02c, 0xc02b, 0xc030, 0xc02f, 0x009f, 0x009e, 0xc024, 0xc023, 0xc028, 0xc027,
    0xc00a, 0xc009, 0xc014, 0xc013, 0x0039, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0x000a,
    0x006a, 0x0040, 0x0038, 0x0032, 0x0013, 0x0005, 0x0004,
  ],
  groups: [NAMED_GROUP.x25519, NAMED_GROUP.secp256r1, NAMED_GROUP.secp384r1, NAMED_GROUP.secp521r1],
  signatureAlgorithms: WIN11_SCHEMES,
  pointFormats: [0],
  extensionOrder: [0, 5, 43, 13, 35, 10, 11, 51, 49, 23, 65281, 45],
};

/**
 * The profile with only the versions from `minVersion` to `maxVersion` on, in the shape that such a client
 * sends: without what belongs to TLS 1.3 alone where it is not offered, and with the suites that are left.
 * Null where nothing is left.
 */
export const profileOfVersions = (
  profile: ClientProfile,
  minVersion: number,
  maxVersion: number,
): ClientProfile | null => {
  const versions = TLS_VERSIONS.map(({ code }) => code).filter(
    (code) =>
      code >= Math.max(minVersion, profile.minVersion) && code <= Math.min(maxVersion, profile.maxVersion),
  );
  const oldest = versions[0];
  const newest = versions.at(-1);
  const cipherSuites = profile.cipherSuites.filter((code) => {
    const suite = cipherSuite(code);
    return suite === null || suite.isSignal || versions.some((version) => isSuiteOfVersion(suite, version));
  });
  if (oldest === undefined || newest === undefined || cipherSuites.length === 0) return null;
  const narrowed = { ...profile, cipherSuites, minVersion: oldest, maxVersion: newest };
  return newest >= TLS_VERSION.tls13
    ? { ...narrowed, supportedVersions: versions.toReversed() }
    : withoutTls13(narrowed, newest);
};

const TLS13_EXTENSIONS: ReadonlySet<number> = new Set([
  EXTENSION.supportedVersions,
  EXTENSION.keyShare,
  EXTENSION.pskKeyExchangeModes,
  EXTENSION.postHandshakeAuth,
]);

const withoutTls13 = (profile: ClientProfile, newest: number): ClientProfile => ({
  ...profile,
  recordVersion: Math.min(profile.recordVersion, newest),
  helloVersion: newest,
  supportedVersions: null,
  keyShareGroups: [],
  pskModes: [],
  signatureAlgorithms: newest >= TLS_VERSION.tls12 ? profile.signatureAlgorithms : [],
  extensionOrder: profile.extensionOrder.filter(
    (type) =>
      !TLS13_EXTENSIONS.has(type) && (type !== EXTENSION.signatureAlgorithms || newest >= TLS_VERSION.tls12),
  ),
  sessionIdLength: 0,
});
