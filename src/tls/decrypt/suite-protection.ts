/** How a suite protects the records of each side, once the secrets are known. */
import { type BulkCipher, bulkCipher, derivationHash, macHash } from "../tables/bulk-ciphers.ts";
import { cbcOpener, cbcSealer } from "./cbc-protection.ts";
import type { CipherSuite } from "../tables/cipher-suites.ts";
import { type DirectionKeys, keyBlock } from "./key-schedule-12.ts";
import { type TrafficKeys, trafficKeys } from "./key-schedule-13.ts";
import {
  type AeadCipher,
  aeadOpener,
  aeadSealer,
  innerOpener,
  innerSealer,
  type RecordOpener,
  type RecordSealer,
} from "./record-protection.ts";
import { TLS_VERSION } from "../tables/versions.ts";

/** One direction of a connection. */
export interface DirectionProtection {
  opener(): RecordOpener;
  /** @param explicitIv gives the IV of a CBC record, from TLS 1.1 on */
  sealer(explicitIv: (size: number) => Uint8Array): RecordSealer;
}

export interface Protection {
  readonly client: DirectionProtection;
  readonly server: DirectionProtection;
}

interface ConnectionSecrets {
  /** TLS 1.0 to 1.2. */
  readonly version: number;
  readonly master: Uint8Array;
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
  readonly encryptThenMac: boolean;
}

/** Can records of this suite be sealed and opened here? */
export const hasProtection = (suite: CipherSuite): boolean => {
  const cipher = bulkCipher(suite);
  return cipher !== null && (cipher.kind !== "cbc" || macHash(suite) !== null);
};

/** TLS 1.0 to 1.2; null for a suite whose cipher is not known here. */
export const protection12 = (suite: CipherSuite, secrets: ConnectionSecrets): Protection | null => {
  const cipher = bulkCipher(suite);
  if (cipher === null || secrets.version < TLS_VERSION.tls10) return null;
  const mac = macHash(suite);
  const { version, encryptThenMac } = secrets;
  const keys = keyBlock({
    ...secrets,
    hash: derivationHash(suite),
    macKeyBytes: cipher.kind === "cbc" ? (mac?.sizeBytes ?? 0) : 0,
    keyBytes: cipher.keyBytes,
    ivBytes: ivBytesOf(cipher, version),
  });
  if (cipher.kind !== "cbc") {
    const directionOf = ({ key, iv }: DirectionKeys): DirectionProtection => ({
      opener: () => aeadOpener(cipher, key, iv),
      sealer: () => aeadSealer(cipher, key, iv, version),
    });
    return { client: directionOf(keys.client), server: directionOf(keys.server) };
  }
  if (mac === null) return null;
  const directionOf = (direction: DirectionKeys): DirectionProtection => {
    const cbcKeys = { ...direction, mac, encryptThenMac, version };
    return {
      opener: () => cbcOpener(cipher, cbcKeys),
      sealer: (explicitIv) => cbcSealer(cipher, cbcKeys, explicitIv),
    };
  };
  return { client: directionOf(keys.client), server: directionOf(keys.server) };
};

/** One direction of TLS 1.3 under a traffic secret; null for a suite whose cipher is not known here. */
export const protection13 = (suite: CipherSuite, secret: Uint8Array): DirectionProtection | null => {
  const cipher = bulkCipher(suite);
  return cipher === null || cipher.kind === "cbc" ? null : directionOf13(suite, cipher, secret);
};

/** The keys are derived where they are needed: a direction in which nothing more is sent has none. */
const directionOf13 = (suite: CipherSuite, cipher: AeadCipher, secret: Uint8Array): DirectionProtection => {
  const keys = (): TrafficKeys => trafficKeys(derivationHash(suite), secret, cipher.keyBytes);
  return {
    opener() {
      let open: RecordOpener | null = null;
      return (record) => {
        if (open === null) {
          const { key, iv } = keys();
          open = innerOpener(cipher, key, iv);
        }
        return open(record);
      };
    },
    sealer() {
      const { key, iv } = keys();
      return innerSealer(cipher, key, iv);
    },
  };
};

/** What of a nonce or IV comes from the key block (RFC 5288 3, RFC 6655 3, RFC 7905 2, RFC 5246 6.3). */
const ivBytesOf = (cipher: BulkCipher, version: number): number => {
  switch (cipher.kind) {
    case "gcm":
    case "ccm":
      return 4;
    case "chacha20":
      return 12;
    case "cbc":
      return version < TLS_VERSION.tls11 ? cipher.blockBytes : 0;
  }
};
