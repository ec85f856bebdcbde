/** The ciphers that records are opened with: how OpenSSL names them, and the sizes that they need. */
import type { CipherCCMTypes, CipherGCMTypes } from "node:crypto";
import type { CipherSuite } from "./cipher-suites.ts";

type AeadCipher = { readonly keyBytes: number } & (
  | { readonly kind: "gcm"; readonly algorithm: CipherGCMTypes }
  | { readonly kind: "ccm"; readonly algorithm: CipherCCMTypes }
  | { readonly kind: "chacha20"; readonly algorithm: "chacha20-poly1305" }
);

interface BlockCipher {
  readonly kind: "cbc";
  readonly algorithm: string;
  readonly keyBytes: number;
  readonly blockBytes: number;
}

export type BulkCipher = AeadCipher | BlockCipher;

/** By the registry's name of the cipher. */
const BULK_CIPHERS: Readonly<Record<string, BulkCipher>> = {
  AES_128_GCM: { kind: "gcm", algorithm: "aes-128-gcm", keyBytes: 16 },
  AES_256_GCM: { kind: "gcm", algorithm: "aes-256-gcm", keyBytes: 32 },
  // With tags of 16 bytes; the CCM_8 suites have others.
  AES_128_CCM: { kind: "ccm", algorithm: "aes-128-ccm", keyBytes: 16 },
  AES_256_CCM: { kind: "ccm", algorithm: "aes-256-ccm", keyBytes: 32 },
  CHACHA20_POLY1305: { kind: "chacha20", algorithm: "chacha20-poly1305", keyBytes: 32 },
  AES_128_CBC: { kind: "cbc", algorithm: "aes-128-cbc", keyBytes: 16, blockBytes: 16 },
  AES_256_CBC: { kind: "cbc", algorithm: "aes-256-cbc", keyBytes: 32, blockBytes: 16 },
  "3DES_EDE_CBC": { kind: "cbc", algorithm: "des-ede3-cbc", keyBytes: 24, blockBytes: 8 },
};

interface MacHash {
  readonly algorithm: string;
  readonly sizeBytes: number;
}

const MAC_HASHES: Readonly<Record<string, MacHash>> = {
  SHA: { algorithm: "sha1", sizeBytes: 20 },
  SHA256: { algorithm: "sha256", sizeBytes: 32 },
  SHA384: { algorithm: "sha384", sizeBytes: 48 },
};

/** The cipher of a suite, or null where its records are not opened here. */
export const bulkCipher = ({ cipher }: CipherSuite): BulkCipher | null => BULK_CIPHERS[cipher] ?? null;

/** The hash of a suite's HMAC; null for AEAD. */
export const macHash = ({ mac }: CipherSuite): MacHash | null => MAC_HASHES[mac] ?? null;

/** The hash that keys are derived with, from TLS 1.2 on: the suite's name ends in it. */
export const derivationHash = ({ name }: CipherSuite): "sha256" | "sha384" =>
  name.endsWith("SHA384") ? "sha384" : "sha256";
