/** Signatures that no client should take, as a server makes them who has the key. */
import { constants, createHash, privateEncrypt, sign } from "node:crypto";
import { fromHex } from "../../../src/bytes/hex.ts";
import { type Identity, RSA } from "./identities.ts";
import { flipped, joined } from "./scripted-conversation.ts";

type Wrong = readonly [what: string, signs: (content: Uint8Array) => Uint8Array];

const SIZE = 256;
const { key } = RSA;

const sha256 = (content: Uint8Array): Uint8Array => createHash("sha256").update(content).digest();

/** The private operation on a block of the modulus' size. */
const raw = (block: Uint8Array): Uint8Array =>
  privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);

const pss = (saltLength: number) => (content: Uint8Array) =>
  sign("sha256", content, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

/** DigestInfo of SHA-256, up to the digest (RFC 8017 9.2). */
const SHA256_INFO = fromHex("3031300d060960864801650304020105000420");
/** The same without the NULL of its parameters, and with other ones. */
const SHA256_INFO_WITHOUT_NULL = fromHex("302f300b06096086480165030402010420");
const SHA1_INFO = fromHex("3021300906052b0e03021a05000414");

/** EMSA-PKCS1-v1_5 with its parts as they are given, filled up to the modulus with `fill`. */
const block = (parts: {
  readonly start?: readonly number[];
  readonly fill?: number;
  readonly paddingBytes?: number;
  readonly separator?: readonly number[];
  readonly info: Uint8Array;
  readonly after?: Uint8Array;
}): Uint8Array => {
  const { start = [0, 1], fill = 0xff, separator = [0], info, after = new Uint8Array(0) } = parts;
  const fixed = start.length + separator.length + info.length + after.length;
  const padding = new Uint8Array(parts.paddingBytes ?? SIZE - fixed).fill(fill);
  const whole = joined([Uint8Array.from(start), padding, Uint8Array.from(separator), info, after]);
  const sized = new Uint8Array(SIZE);
  sized.set(whole.subarray(0, SIZE));
  return sized;
};

const info = (content: Uint8Array, prefix: Uint8Array = SHA256_INFO): Uint8Array =>
  joined([prefix, sha256(content)]);

const ofAnyRsa = (right: (content: Uint8Array) => Uint8Array): readonly Wrong[] => [
  ["RSA signature with a bit changed", (content) => flipped(right(content), 100)],
  ["RSA signature of no bytes", () => new Uint8Array(0)],
  ["RSA signature of zeros", () => new Uint8Array(SIZE)],
  ["RSA signature of one", () => new Uint8Array(SIZE).fill(1, SIZE - 1)],
  ["RSA signature over the modulus", () => new Uint8Array(SIZE).fill(0xff)],
  ["RSA signature a byte short", (content) => right(content).subarray(1)],
  ["RSA signature a byte long", (content) => joined([Uint8Array.of(0), right(content)])],
  ["RSA signature of other content", (content) => right(flipped(content, 0))],
];

/** Of RSA with 2048 bits and SHA-256: scheme 0x0804 and 0x0401. */
export const wrongRsaSignatures = (padding: "pss" | "pkcs1"): readonly Wrong[] =>
  padding === "pss"
    ? [
        ...ofAnyRsa((content) => RSA.sign(0x0804, content)),
        ["PSS signature without salt", pss(0)],
        ["PSS signature with a salt of 20 bytes", pss(20)],
        ["PSS signature with a salt of 31 bytes", pss(31)],
        ["PSS signature with a salt of 33 bytes", pss(33)],
        ["PSS signature with the longest salt", pss(SIZE - 2 - 32)],
        ["PKCS #1 signature for PSS", (content) => RSA.sign(0x0401, content)],
        ["PSS signature with another hash", (content) => RSA.sign(0x0805, content)],
      ]
    : [
        ...ofAnyRsa((content) => RSA.sign(0x0401, content)),
        ["PSS signature for PKCS #1", (content) => RSA.sign(0x0804, content)],
        ["PKCS #1 block of type 2", (content) => raw(block({ start: [0, 2], info: info(content) }))],
        ["PKCS #1 block of type 0", (content) => raw(block({ start: [0, 0], fill: 0, info: info(content) }))],
        ["PKCS #1 padding of other bytes", (content) => raw(block({ fill: 0xfe, info: info(content) }))],
        ["PKCS #1 padding without its end", (content) => raw(block({ separator: [], info: info(content) }))],
        [
          "PKCS #1 padding of 8 bytes and what is left behind the digest (CVE-2006-4339)",
          (content) => raw(block({ paddingBytes: 8, info: info(content) })),
        ],
        [
          "PKCS #1 DigestInfo without its NULL",
          (content) => raw(block({ info: info(content, SHA256_INFO_WITHOUT_NULL) })),
        ],
        ["PKCS #1 digest without DigestInfo", (content) => raw(block({ info: sha256(content) }))],
        [
          "PKCS #1 DigestInfo of SHA-1",
          (content) => raw(block({ info: joined([SHA1_INFO, createHash("sha1").update(content).digest()]) })),
        ],
        [
          "PKCS #1 digest that is a byte short",
          (content) => raw(block({ info: info(content).subarray(0, -1) })),
        ],
        [
          "PKCS #1 digest and a byte after it",
          (content) => raw(block({ info: info(content), after: Uint8Array.of(0) })),
        ],
      ];

const INTEGER = 2;
const SEQUENCE = 0x30;

const der = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const contents = joined(parts);
  const { length } = contents;
  const header = length < 0x80 ? [tag, length] : [tag, 0x81, length];
  return joined([Uint8Array.from(header), contents]);
};

/** The order of P-256 (SEC 2 2.4.2). */
const ORDER = fromHex("00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

/** r and s of a DER signature, each as its INTEGER. */
const numbersOf = (signature: Uint8Array): readonly [Uint8Array, Uint8Array] => {
  const size = 2 + (signature[3] ?? 0);
  return [signature.subarray(2, 2 + size), signature.subarray(2 + size)];
};

/** Of ECDSA on P-256 with SHA-256. */
export const wrongEcdsaSignatures = (identity: Identity): readonly Wrong[] => {
  const right = (content: Uint8Array) => identity.sign(0x0403, content);
  const zero = der(INTEGER, Uint8Array.of(0));
  const one = der(INTEGER, Uint8Array.of(1));
  const order = der(INTEGER, ORDER);
  const withParts =
    (make: (r: Uint8Array, s: Uint8Array) => Uint8Array) =>
    (content: Uint8Array): Uint8Array =>
      make(...numbersOf(right(content)));
  const raws = (content: Uint8Array) =>
    sign("sha256", content, { key: identity.key, dsaEncoding: "ieee-p1363" });
  return [
    ["ECDSA signature with r of 0", withParts((_, s) => der(SEQUENCE, zero, s))],
    ["ECDSA signature with s of 0", withParts((r) => der(SEQUENCE, r, zero))],
    ["ECDSA signature with r and s of 0", () => der(SEQUENCE, zero, zero)],
    ["ECDSA signature with r and s of 1", () => der(SEQUENCE, one, one)],
    ["ECDSA signature with r of the order", withParts((_, s) => der(SEQUENCE, order, s))],
    ["ECDSA signature with s of the order", withParts((r) => der(SEQUENCE, r, order))],
    [
      "ECDSA signature with r below 0",
      withParts((_, s) => der(SEQUENCE, der(INTEGER, Uint8Array.of(0xff)), s)),
    ],
    ["ECDSA signature with r and s in each other's place", withParts((r, s) => der(SEQUENCE, s, r))],
    ["ECDSA signature of r alone", withParts((r) => der(SEQUENCE, r))],
    ["ECDSA signature with a third number", withParts((r, s) => der(SEQUENCE, r, s, one))],
    ["ECDSA signature with a byte after it", (content) => joined([right(content), Uint8Array.of(0)])],
    ["ECDSA signature that is cut", (content) => right(content).subarray(0, -1)],
    ["ECDSA signature as two bare numbers", raws],
    ["ECDSA signature of no bytes", () => new Uint8Array(0)],
    ["ECDSA signature in an OCTET STRING", withParts((r, s) => der(4, r, s))],
    [
      "ECDSA signature with a length that is longer than it need be",
      withParts((r, s) => joined([Uint8Array.of(SEQUENCE, 0x82, 0, r.length + s.length), r, s])),
    ],
    [
      "ECDSA signature of no definite length",
      withParts((r, s) => joined([Uint8Array.of(SEQUENCE, 0x80), r, s, Uint8Array.of(0, 0)])),
    ],
    [
      "ECDSA signature with a leading zero that need not be",
      withParts((r, s) => {
        const digits = r.subarray(2);
        const padded = der(INTEGER, Uint8Array.of(0, 0, ...digits));
        return der(SEQUENCE, padded, s);
      }),
    ],
    ["ECDSA signature of other content", (content) => right(flipped(content, 0))],
  ];
};
