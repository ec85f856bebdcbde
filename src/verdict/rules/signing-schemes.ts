/** The signature schemes that a server's key can make (RFC 8446 4.2.3, RFC 5246 7.4.1.4.1, RFC 8422 5.1.3). */
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import type { KeyFacts } from "../../x509/public-key.ts";

const RSA_PSS_RSAE = [0x0804, 0x0805, 0x0806] as const;
const RSA_PSS_PSS = [0x0809, 0x080a, 0x080b] as const;
const RSA_PKCS1 = [0x0401, 0x0501, 0x0601, 0x0301, 0x0201, 0x0101] as const;
const ECDSA = [0x0403, 0x0503, 0x0603, 0x0303, 0x0203] as const;
const DSA = [0x0402, 0x0502, 0x0602, 0x0302, 0x0202] as const;

/** TLS 1.3 ties each scheme to one curve. */
const ECDSA_OF_CURVE: Readonly<Record<string, readonly number[]>> = {
  secp256r1: [0x0403],
  secp384r1: [0x0503],
  secp521r1: [0x0603],
};

/**
 * Codes of SIGNATURE_SCHEMES that a key of this kind can sign with; what the server's settings forbid of them
 * is not known.
 * @param version a value of TLS_VERSION, TLS 1.2 or newer
 */
export const signingSchemes = ({ type, curve }: KeyFacts, version: number): readonly number[] => {
  const isTls13 = version >= TLS_VERSION.tls13;
  switch (type) {
    case "rsa":
      return isTls13 ? RSA_PSS_RSAE : [...RSA_PSS_RSAE, ...RSA_PKCS1];
    case "rsa-pss":
      return RSA_PSS_PSS;
    case "ec":
      return isTls13 ? (ECDSA_OF_CURVE[curve ?? ""] ?? []) : ECDSA;
    case "ed25519":
      return [0x0807];
    case "ed448":
      return [0x0808];
    case "dsa":
      return isTls13 ? [] : DSA;
    case "unknown":
      return [];
  }
};
