/** How each signature scheme is verified (RFC 8446 4.2.3, RFC 5246 7.4.1.4.1, RFC 8422 5.10). */
import { constants, type KeyObject, verify } from "node:crypto";
import type { LeafKeyType } from "./certificate-check.ts";

export interface SchemeRule {
  readonly key: LeafKeyType;
  /** Null where the key's algorithm hashes itself. */
  readonly hash: string | null;
  readonly pss: boolean;
  /** The curve that TLS 1.3 binds the scheme to. */
  readonly curve: string | null;
}

const rule = (
  key: LeafKeyType,
  hash: string | null,
  { pss = false, curve = null }: { readonly pss?: boolean; readonly curve?: string | null } = {},
): SchemeRule => ({ key, hash, pss, curve });

/** By the scheme's code: all that OpenSSL verifies. */
const SCHEME_RULES: ReadonlyMap<number, SchemeRule> = new Map([
  [0x0201, rule("rsa", "sha1")],
  [0x0301, rule("rsa", "sha224")],
  [0x0401, rule("rsa", "sha256")],
  [0x0501, rule("rsa", "sha384")],
  [0x0601, rule("rsa", "sha512")],
  [0x0203, rule("ec", "sha1")],
  [0x0303, rule("ec", "sha224")],
  [0x0403, rule("ec", "sha256", { curve: "prime256v1" })],
  [0x0503, rule("ec", "sha384", { curve: "secp384r1" })],
  [0x0603, rule("ec", "sha512", { curve: "secp521r1" })],
  [0x0202, rule("dsa", "sha1")],
  [0x0302, rule("dsa", "sha224")],
  [0x0402, rule("dsa", "sha256")],
  [0x0502, rule("dsa", "sha384")],
  [0x0602, rule("dsa", "sha512")],
  [0x0804, rule("rsa", "sha256", { pss: true })],
  [0x0805, rule("rsa", "sha384", { pss: true })],
  [0x0806, rule("rsa", "sha512", { pss: true })],
  [0x0807, rule("ed25519", null)],
  [0x0808, rule("ed448", null)],
  [0x0809, rule("rsa-pss", "sha256", { pss: true })],
  [0x080a, rule("rsa-pss", "sha384", { pss: true })],
  [0x080b, rule("rsa-pss", "sha512", { pss: true })],
]);

export const schemeRule = (scheme: number): SchemeRule | null => SCHEME_RULES.get(scheme) ?? null;

/** Before TLS 1.2 the kind of key decides (RFC 2246 7.4.3, RFC 8422 5.10); null for keys that came later. */
export const legacyRule = (key: LeafKeyType): SchemeRule | null => LEGACY_RULES[key] ?? null;

const LEGACY_RULES: Readonly<Partial<Record<LeafKeyType, SchemeRule>>> = {
  rsa: rule("rsa", "md5-sha1"),
  ec: rule("ec", "sha1"),
  dsa: rule("dsa", "sha1"),
};

/** Does the signature verify with the key? What is no signature at all does not. */
export const verifies = (
  { hash, pss }: SchemeRule,
  key: KeyObject,
  signed: Uint8Array,
  signature: Uint8Array,
): boolean => {
  try {
    return pss ? verify(hash, signed, { key, ...PSS }, signature) : verify(hash, signed, key, signature);
  } catch {
    return false;
  }
};

const PSS = {
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
} as const;
