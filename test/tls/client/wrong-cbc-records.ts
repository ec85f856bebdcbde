/** Records of a block cipher that no client should open, as a server makes them who has the keys (RFC 5246 6.2.3.2). */
import { createCipheriv, createHmac } from "node:crypto";
import { Writer } from "../../../src/bytes/writer.ts";
import { bulkCipher, derivationHash, macHash } from "../../../src/tls/tables/bulk-ciphers.ts";
import type { CipherSuite } from "../../../src/tls/tables/cipher-suites.ts";
import { keyBlock } from "../../../src/tls/decrypt/key-schedule-12.ts";
import { encodeRecord } from "../../../src/tls/wire/record.ts";
import type { RecordSealer } from "../../../src/tls/decrypt/record-protection.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { TLS_ENTROPY } from "../../../src/transport/entropy/tls-entropy.ts";
import { joined } from "./scripted-conversation.ts";

/** What is encrypted, in its parts: content, MAC, padding with its length byte; and what stands after it in the record. */
interface CbcParts {
  readonly content: Uint8Array;
  /** Empty with encrypt-then-MAC. */
  readonly mac: Uint8Array;
  readonly padding: Uint8Array;
  /** The MAC over the ciphertext; empty without encrypt-then-MAC. */
  readonly outerMac: (ciphertext: Uint8Array) => Uint8Array;
  readonly blockBytes: number;
}

export type CbcChange = (parts: CbcParts) => CbcParts;

const changedAt = (bytes: Uint8Array, at: number, xor = 1): Uint8Array =>
  bytes.map((byte, index) => (index === (at < 0 ? bytes.length + at : at) ? byte ^ xor : byte));

/** A whole block more of padding, every byte of it right. */
const longer = ({ padding, blockBytes }: CbcParts): Uint8Array =>
  new Uint8Array(padding.length + blockBytes).fill(padding.length + blockBytes - 1);

/** Each with what is wrong. */
export const wrongCbcRecords = (
  encryptThenMac: boolean,
): readonly (readonly [what: string, change: CbcChange])[] => [
  [
    "a first byte of padding that is another",
    (parts) => ({ ...parts, padding: changedAt(longer(parts), 0) }),
  ],
  [
    "a byte in the midst of its padding that is another",
    (parts) => ({ ...parts, padding: changedAt(longer(parts), 3) }),
  ],
  [
    "a padding length over the record",
    (parts) => ({ ...parts, padding: changedAt(longer(parts), -1, 0x80) }),
  ],
  [
    "SSL 3's padding, of any bytes (POODLE)",
    (parts) => ({
      ...parts,
      padding: longer(parts).map((_, at, all) => (at === all.length - 1 ? all.length - 1 : 0)),
    }),
  ],
  [
    "a padding of 256 zeros",
    (parts) => ({
      ...parts,
      padding: Uint8Array.of(
        ...longer(parts)
          .map(() => 0)
          .subarray(1),
        255,
      ),
    }),
  ],
  ...(encryptThenMac ? OUTER : INNER),
];

const INNER: readonly (readonly [string, CbcChange])[] = [
  ["a MAC whose first bit is another", (parts) => ({ ...parts, mac: changedAt(parts.mac, 0) })],
  ["a MAC whose last bit is another", (parts) => ({ ...parts, mac: changedAt(parts.mac, -1) })],
  ["a MAC of zeros", (parts) => ({ ...parts, mac: new Uint8Array(parts.mac.length) })],
  ["content that is another", (parts) => ({ ...parts, content: changedAt(parts.content, -1) })],
  [
    "a MAC that is cut by a block",
    (parts) => ({ ...parts, mac: parts.mac.subarray(0, parts.mac.length - parts.blockBytes) }),
  ],
  [
    "padding alone",
    (parts) => ({ ...parts, content: NOTHING, mac: NOTHING, padding: new Uint8Array(64).fill(63) }),
  ],
];

const OUTER: readonly (readonly [string, CbcChange])[] = [
  [
    "a MAC whose first bit is another",
    (parts) => ({ ...parts, outerMac: (text) => changedAt(parts.outerMac(text), 0) }),
  ],
  [
    "a MAC that is a byte short",
    (parts) => ({ ...parts, outerMac: (text) => parts.outerMac(text).subarray(1) }),
  ],
  ["no MAC", (parts) => ({ ...parts, outerMac: () => NOTHING })],
  [
    "a MAC of zeros",
    (parts) => ({ ...parts, outerMac: (text) => new Uint8Array(parts.outerMac(text).length) }),
  ],
];

const NOTHING = new Uint8Array(0);

export interface CbcSecrets {
  readonly version: number;
  readonly master: Uint8Array;
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
  readonly encryptThenMac: boolean;
}

/** The server's sealer, written apart from the product's own, with each record's parts changed. */
export const cbcSealerOf = (suite: CipherSuite, secrets: CbcSecrets, change: CbcChange): RecordSealer => {
  const cipher = bulkCipher(suite);
  const mac = macHash(suite);
  if (cipher?.kind !== "cbc" || mac === null) throw new Error("no block cipher");
  const { blockBytes, algorithm, keyBytes } = cipher;
  const { version, encryptThenMac } = secrets;
  const isChained = version < TLS_VERSION.tls11;
  const { server } = keyBlock({
    ...{ ...secrets, hash: derivationHash(suite), macKeyBytes: mac.sizeBytes, keyBytes },
    ivBytes: isChained ? blockBytes : 0,
  });
  let chainedIv = server.iv;
  let sequence = 0;
  return (contentType, content) => {
    const macOf = (bytes: Uint8Array): Uint8Array => {
      const header = new Writer().u32(0).u32(sequence).u8(contentType).u16(version).u16(bytes.length);
      return createHmac(mac.algorithm, server.macKey).update(header.finish()).update(bytes).digest();
    };
    const inner = encryptThenMac ? NOTHING : macOf(content);
    const paddingBytes = blockBytes - ((content.length + inner.length) % blockBytes);
    const parts = change({
      ...{ content, mac: inner, blockBytes },
      padding: new Uint8Array(paddingBytes).fill(paddingBytes - 1),
      outerMac: encryptThenMac ? macOf : () => NOTHING,
    });
    const iv = isChained ? chainedIv : TLS_ENTROPY.bytes(blockBytes).slice();
    const encrypt = createCipheriv(algorithm, server.key, iv).setAutoPadding(false);
    const text = encrypt.update(joined([parts.content, parts.mac, parts.padding]));
    chainedIv = text.subarray(-blockBytes);
    const sealed = isChained ? text : joined([iv, text]);
    const fragment = joined([sealed, parts.outerMac(sealed)]);
    sequence += 1;
    return encodeRecord({ contentType, version, fragment });
  };
};
