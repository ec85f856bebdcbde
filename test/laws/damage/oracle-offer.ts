/** What a profile offers, in the words of node:tls, so that the oracle is asked for the same. */
import { getCiphers, type SecureContextOptions, type SecureVersion } from "node:tls";
import { cipherSuite } from "../../../src/tls/cipher-suites.ts";
import type { ClientProfile } from "../../../src/tls/client-profile.ts";
import { groupName } from "../../../src/tls/named-groups.ts";
import { signatureSchemeName } from "../../../src/tls/signature-schemes.ts";
import { TLS_VERSION } from "../../../src/tls/versions.ts";

const VERSIONS: Readonly<Record<number, SecureVersion>> = {
  [TLS_VERSION.tls10]: "TLSv1",
  [TLS_VERSION.tls11]: "TLSv1.1",
  [TLS_VERSION.tls12]: "TLSv1.2",
  [TLS_VERSION.tls13]: "TLSv1.3",
};

/** Schemes that OpenSSL 3.0 knows by their registered names. */
const REGISTERED = /^(ecdsa_secp\d+r1_sha\d+|rsa_pss_(rsae|pss)_sha\d+|rsa_pkcs1_sha\d+|ed25519|ed448)$/;
/** Those that it knows as key and hash alone. */
const KEY_AND_HASH = /^(ecdsa|dsa)_sha(\d+)$/;

const opensslScheme = (name: string): readonly string[] => {
  if (REGISTERED.test(name)) return [name];
  const [, key, bits] = KEY_AND_HASH.exec(name) ?? [];
  return key === undefined ? [] : [`${key.toUpperCase()}+SHA${bits}`];
};

type Offer = Pick<SecureContextOptions, "ciphers" | "sigalgs" | "ecdhCurve" | "minVersion" | "maxVersion">;

const offers = new Map<string, Offer>();

/** Versions, suites, groups and signature schemes in the client's order. */
export const sessionOffer = (profile: ClientProfile): Offer => {
  const known = offers.get(profile.id);
  if (known !== undefined) return known;
  const offer = makeOffer(profile);
  offers.set(profile.id, offer);
  return offer;
};

const makeOffer = (profile: ClientProfile): Offer => {
  const available = new Set(getCiphers().map((name) => name.toUpperCase()));
  const names = profile.cipherSuites.flatMap((code) => {
    const suite = cipherSuite(code);
    const name = suite?.openssl ?? null;
    return name !== null && available.has(name.toUpperCase()) ? [name] : [];
  });
  const groups = profile.groups.flatMap((code) => OPENSSL_GROUPS[groupName(code) ?? ""] ?? []);
  const schemes = profile.signatureAlgorithms.flatMap((code) =>
    opensslScheme(signatureSchemeName(code) ?? ""),
  );
  return {
    ciphers: [...names, "@SECLEVEL=0"].join(":"),
    ...(groups.length > 0 ? { ecdhCurve: groups.join(":") } : {}),
    ...(schemes.length > 0 ? { sigalgs: schemes.join(":") } : {}),
    minVersion: VERSIONS[Math.max(profile.minVersion, TLS_VERSION.tls10)] ?? "TLSv1",
    maxVersion: VERSIONS[profile.maxVersion] ?? "TLSv1.3",
  };
};

const OPENSSL_GROUPS: Readonly<Record<string, string>> = {
  x25519: "X25519",
  x448: "X448",
  secp256r1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
};
