/** Signature algorithms of certificates ([RFC 3279] 2.2, [RFC 4055], [RFC 5758], [RFC 8410]). */
import { DER_TAG, type DerElement } from "../bytes/der.ts";
import { hasTag, membersOf, oidOf } from "./field.ts";

type SignatureHash = "md2" | "md5" | "sha1" | "sha224" | "sha256" | "sha384" | "sha512";

export interface SignatureFacts {
  /** The name that OpenSSL gives it, or the dotted OID. */
  readonly name: string;
  readonly oid: string;
  /** Null where the algorithm names no hash of its own (Ed25519, Ed448) or an unknown one. */
  readonly hash: SignatureHash | null;
}

type Row = readonly [name: string, hash: SignatureHash | null];

const SIGNATURE_ALGORITHMS = {
  "1.2.840.113549.1.1.2": ["md2WithRSAEncryption", "md2"],
  "1.2.840.113549.1.1.3": ["md4WithRSAEncryption", null],
  "1.2.840.113549.1.1.4": ["md5WithRSAEncryption", "md5"],
  "1.2.840.113549.1.1.5": ["sha1WithRSAEncryption", "sha1"],
  "1.2.840.113549.1.1.11": ["sha256WithRSAEncryption", "sha256"],
  "1.2.840.113549.1.1.12": ["sha384WithRSAEncryption", "sha384"],
  "1.2.840.113549.1.1.13": ["sha512WithRSAEncryption", "sha512"],
  "1.2.840.113549.1.1.14": ["sha224WithRSAEncryption", "sha224"],
  "1.2.840.113549.1.1.15": ["sha512-224WithRSAEncryption", null],
  "1.2.840.113549.1.1.16": ["sha512-256WithRSAEncryption", null],
  "1.3.14.3.2.3": ["md5WithRSA", "md5"],
  "1.3.14.3.2.15": ["shaWithRSAEncryption", null],
  "1.3.14.3.2.29": ["sha1WithRSA", "sha1"],
  "1.2.840.10040.4.3": ["dsaWithSHA1", "sha1"],
  "1.3.14.3.2.27": ["dsaWithSHA1-old", "sha1"],
  "2.16.840.1.101.3.4.3.1": ["dsa_with_SHA224", "sha224"],
  "2.16.840.1.101.3.4.3.2": ["dsa_with_SHA256", "sha256"],
  "2.16.840.1.101.3.4.3.3": ["dsa_with_SHA384", "sha384"],
  "2.16.840.1.101.3.4.3.4": ["dsa_with_SHA512", "sha512"],
  "1.2.840.10045.4.1": ["ecdsa-with-SHA1", "sha1"],
  "1.2.840.10045.4.3.1": ["ecdsa-with-SHA224", "sha224"],
  "1.2.840.10045.4.3.2": ["ecdsa-with-SHA256", "sha256"],
  "1.2.840.10045.4.3.3": ["ecdsa-with-SHA384", "sha384"],
  "1.2.840.10045.4.3.4": ["ecdsa-with-SHA512", "sha512"],
  "2.16.840.1.101.3.4.3.9": ["ecdsa_with_SHA3-224", null],
  "2.16.840.1.101.3.4.3.10": ["ecdsa_with_SHA3-256", null],
  "2.16.840.1.101.3.4.3.11": ["ecdsa_with_SHA3-384", null],
  "2.16.840.1.101.3.4.3.12": ["ecdsa_with_SHA3-512", null],
  "2.16.840.1.101.3.4.3.13": ["RSA-SHA3-224", null],
  "2.16.840.1.101.3.4.3.14": ["RSA-SHA3-256", null],
  "2.16.840.1.101.3.4.3.15": ["RSA-SHA3-384", null],
  "2.16.840.1.101.3.4.3.16": ["RSA-SHA3-512", null],
  "1.3.101.112": ["ED25519", null],
  "1.3.101.113": ["ED448", null],
} as const satisfies Record<string, Row>;

const RSASSA_PSS = "1.2.840.113549.1.1.10";

const HASHES = {
  "1.2.840.113549.2.2": "md2",
  "1.2.840.113549.2.5": "md5",
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.4": "sha224",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
} as const satisfies Record<string, SignatureHash>;

const ROWS: ReadonlyMap<string, Row> = new Map(Object.entries(SIGNATURE_ALGORITHMS));
const HASH_OF: ReadonlyMap<string, SignatureHash> = new Map(Object.entries(HASHES));

/** Reads an AlgorithmIdentifier. @throws UnreadableField when it does not start with an OID. */
export const readSignatureAlgorithm = (algorithm: DerElement): SignatureFacts => {
  const [oidNode, parameters] = membersOf(algorithm, "AlgorithmIdentifier");
  const oid = oidOf(oidNode, "algorithm");
  if (oid === RSASSA_PSS) return { name: "rsassaPss", oid, hash: pssHash(parameters) };
  const [name, hash] = ROWS.get(oid) ?? [oid, null];
  return { name, oid, hash };
};

/** [RFC 4055] 3.1: hashAlgorithm is the parameter [0], SHA-1 when it is absent. */
const pssHash = (parameters: DerElement | undefined): SignatureHash | null => {
  if (!hasTag(parameters, DER_TAG.sequence)) return null;
  const tagged = membersOf(parameters, "RSASSA-PSS-params").find((member) =>
    hasTag(member, DER_TAG.context0),
  );
  if (tagged === undefined) return "sha1";
  const [hashAlgorithm] = membersOf(tagged, "hashAlgorithm");
  const [oid] = membersOf(hashAlgorithm, "hashAlgorithm");
  return HASH_OF.get(oidOf(oid, "hashAlgorithm")) ?? null;
};
