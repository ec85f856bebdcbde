/**
 * IANA's TLS SignatureScheme registry, and the pairs of hash and signature that TLS 1.2 has besides
 * (RFC 5246 7.4.1.4.1), which are named in the same manner.
 */

export const SIGNATURE_SCHEMES = [
  { code: 0x0101, name: "rsa_pkcs1_md5" },
  { code: 0x0201, name: "rsa_pkcs1_sha1" },
  { code: 0x0202, name: "dsa_sha1" },
  { code: 0x0203, name: "ecdsa_sha1" },
  { code: 0x0301, name: "rsa_pkcs1_sha224" },
  { code: 0x0302, name: "dsa_sha224" },
  { code: 0x0303, name: "ecdsa_sha224" },
  { code: 0x0401, name: "rsa_pkcs1_sha256" },
  { code: 0x0402, name: "dsa_sha256" },
  { code: 0x0403, name: "ecdsa_secp256r1_sha256" },
  { code: 0x0420, name: "rsa_pkcs1_sha256_legacy" },
  { code: 0x0501, name: "rsa_pkcs1_sha384" },
  { code: 0x0502, name: "dsa_sha384" },
  { code: 0x0503, name: "ecdsa_secp384r1_sha384" },
  { code: 0x0520, name: "rsa_pkcs1_sha384_legacy" },
  { code: 0x0601, name: "rsa_pkcs1_sha512" },
  { code: 0x0602, name: "dsa_sha512" },
  { code: 0x0603, name: "ecdsa_secp521r1_sha512" },
  { code: 0x0620, name: "rsa_pkcs1_sha512_legacy" },
  { code: 0x0704, name: "eccsi_sha256" },
  { code: 0x0705, name: "iso_ibs1" },
  { code: 0x0706, name: "iso_ibs2" },
  { code: 0x0707, name: "iso_chinese_ibs" },
  { code: 0x0708, name: "sm2sig_sm3" },
  { code: 0x0709, name: "gostr34102012_256a" },
  { code: 0x070a, name: "gostr34102012_256b" },
  { code: 0x070b, name: "gostr34102012_256c" },
  { code: 0x070c, name: "gostr34102012_256d" },
  { code: 0x070d, name: "gostr34102012_512a" },
  { code: 0x070e, name: "gostr34102012_512b" },
  { code: 0x070f, name: "gostr34102012_512c" },
  { code: 0x0804, name: "rsa_pss_rsae_sha256" },
  { code: 0x0805, name: "rsa_pss_rsae_sha384" },
  { code: 0x0806, name: "rsa_pss_rsae_sha512" },
  { code: 0x0807, name: "ed25519" },
  { code: 0x0808, name: "ed448" },
  { code: 0x0809, name: "rsa_pss_pss_sha256" },
  { code: 0x080a, name: "rsa_pss_pss_sha384" },
  { code: 0x080b, name: "rsa_pss_pss_sha512" },
  { code: 0x081a, name: "ecdsa_brainpoolP256r1tls13_sha256" },
  { code: 0x081b, name: "ecdsa_brainpoolP384r1tls13_sha384" },
  { code: 0x081c, name: "ecdsa_brainpoolP512r1tls13_sha512" },
  { code: 0x0904, name: "mldsa44" },
  { code: 0x0905, name: "mldsa65" },
  { code: 0x0906, name: "mldsa87" },
] as const;

/** The registered name, `rsa_pss_rsae_sha256`, or null. */
export const signatureSchemeName = (code: number): string | null =>
  SIGNATURE_SCHEMES.find((scheme) => scheme.code === code)?.name ?? null;
