/** Hellos that offer one version alone, with the suites and groups of one's choice: an enumeration asks with them. */
import { cipherSuite, isSuiteOfVersion } from "../tables/cipher-suites.ts";
import type { ClientProfile } from "./client-profile.ts";
import { NAMED_GROUP } from "../tables/named-groups.ts";
import { EVERYTHING_PROFILE } from "./probe-profiles.ts";
import { profileOfVersions } from "./profile-variants.ts";
import { TLS_VERSION, type TlsVersionName, tlsVersionName } from "../tables/versions.ts";

/** Every suite that a server may select in this version, in the order in which an enumeration offers them. */
export const suitesOfVersion = (version: number): readonly number[] =>
  SUITES.filter((code) => {
    const suite = cipherSuite(code);
    return suite !== null && isSuiteOfVersion(suite, version);
  });

/** Every group that a server is asked for in this version; none in SSL 3, which cannot ask. */
export const groupsOfVersion = (version: number): readonly number[] => {
  if (version === TLS_VERSION.ssl3) return [];
  return version >= TLS_VERSION.tls13 ? TLS13_GROUPS : CURVES;
};

/**
 * A client that has one version alone, and these suites and groups in this order.
 * @throws RangeError for a version that is none of TLS_VERSION.
 */
export const versionProfile = (
  version: number,
  cipherSuites: readonly number[],
  groups: readonly number[],
): ClientProfile => {
  const shape = SHAPES.get(version);
  if (shape === undefined) throw new RangeError(`tls: no version 0x${version.toString(16)}`);
  return {
    ...shape,
    cipherSuites: version === TLS_VERSION.ssl3 ? [...cipherSuites, RENEGOTIATION_SCSV] : cipherSuites,
    groups,
    keyShareGroups: version >= TLS_VERSION.tls13 ? groups.slice(0, 1).filter(hasPublicValue) : [],
  };
};

/** RFC 5746 3.3: some servers answer nobody who says neither this nor renegotiation_info. */
const RENEGOTIATION_SCSV = 0x00ff;

/**
 * All suites that any Windows has had on, those of XP and 2003 last. The shorter key comes before the longer
 * one, the other way round than Windows has them: a server that goes by its own order shows it by its choices.
 */
const WINDOWS_SUITES = [
  0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0x009e, 0x009f, 0xc023, 0xc024, 0xc027, 0xc028,
  0xc009, 0xc00a, 0xc013, 0xc014, 0x0033, 0x0039, 0x009c, 0x009d, 0x003c, 0x003d, 0x002f, 0x0035, 0x000a,
  0x0040, 0x006a, 0x0032, 0x0038, 0x0013, 0x0004, 0x0005, 0x0009, 0x0012, 0x0064, 0x0062, 0x0063, 0x0003,
  0x0006, 0x0002, 0x0001, 0x003b,
] as const;

/** Windows' own in front: Windows Server 2003 reads no more than the first 64 of a hello. */
const SUITES: readonly number[] = [...new Set([...WINDOWS_SUITES, ...EVERYTHING_PROFILE.cipherSuites])];

const NIST_AND_MONTGOMERY = [
  NAMED_GROUP.x25519,
  NAMED_GROUP.secp256r1,
  NAMED_GROUP.secp384r1,
  NAMED_GROUP.secp521r1,
  NAMED_GROUP.x448,
] as const;

/** With secp256k1 and Brainpool's; a finite field of RFC 7919 would keep a server from its own Diffie-Hellman. */
const CURVES = [...NIST_AND_MONTGOMERY, 0x0016, 0x001a, 0x001b, 0x001c] as const;

/** With Brainpool's, finite fields and the hybrids with ML-KEM. */
const TLS13_GROUPS = [
  ...NIST_AND_MONTGOMERY,
  ...[0x001f, 0x0020, 0x0021],
  ...[0x0100, 0x0101, 0x0102, 0x0103, 0x0104],
  ...[0x11ec, 0x11eb, 0x11ed],
] as const;

const WITH_PUBLIC_VALUE: ReadonlySet<number> = new Set([
  NAMED_GROUP.x25519,
  NAMED_GROUP.secp256r1,
  NAMED_GROUP.secp384r1,
  NAMED_GROUP.secp521r1,
]);

/** For the others the server has to ask, by a HelloRetryRequest, which is all the answer that is wanted. */
const hasPublicValue = (group: number): boolean => WITH_PUBLIC_VALUE.has(group);

const shapeOf = (version: number, name: TlsVersionName): ClientProfile => {
  const narrowed = profileOfVersions(EVERYTHING_PROFILE, version, version);
  if (narrowed === null) throw new RangeError(`tls: nothing is left of ${EVERYTHING_PROFILE.id} in ${name}`);
  return {
    ...narrowed,
    id: `${name}-alone`,
    name: `${name} alone`,
    // An address in server_name is against RFC 6066, and some servers end the handshake over it.
    sni: "name",
    extensionOrder: version === TLS_VERSION.ssl3 ? [] : narrowed.extensionOrder,
  };
};

const SHAPES: ReadonlyMap<number, ClientProfile> = new Map(
  Object.values(TLS_VERSION).map((version) => {
    const name = tlsVersionName(version);
    if (name === null) throw new RangeError(`tls: version 0x${version.toString(16)} has no name`);
    return [version, shapeOf(version, name)] as const;
  }),
);
