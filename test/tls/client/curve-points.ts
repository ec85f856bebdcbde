/** Public values that no peer should take: of each curve, by what is wrong with them. */
import { createECDH } from "node:crypto";
import { fromHex } from "../../../src/bytes/hex.ts";
import { flipped } from "./scripted-conversation.ts";

/** RFC 7748's curve has points of order 1, 2, 4 and 8, and each has a second form that is not reduced. */
export const SMALL_ORDER_X25519: readonly Uint8Array[] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  // The same with the bit on that RFC 7748 5 masks.
  "0000000000000000000000000000000000000000000000000000000000000080",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
].map(fromHex);

export const CURVES = [
  { group: 0x0017, name: "P-256", curve: "prime256v1", size: 32 },
  { group: 0x0018, name: "P-384", curve: "secp384r1", size: 48 },
  { group: 0x0019, name: "P-521", curve: "secp521r1", size: 66 },
] as const;

/** Each with what is wrong with it. */
export const wrongPoints = ({
  curve,
  size,
}: (typeof CURVES)[number]): readonly (readonly [what: string, point: Uint8Array])[] => {
  const ecdh = createECDH(curve);
  const right = Uint8Array.from(ecdh.generateKeys());
  const withForm = (form: number, bytes: Uint8Array): Uint8Array => Uint8Array.of(form, ...bytes);
  return [
    ["is not on the curve", flipped(right, -1)],
    ["is (0, 0)", withForm(4, new Uint8Array(2 * size))],
    ["has coordinates over the field's prime", withForm(4, new Uint8Array(2 * size).fill(0xff))],
    ["is compressed", Uint8Array.from(ecdh.getPublicKey(null, "compressed"))],
    ["is in hybrid form", Uint8Array.from(ecdh.getPublicKey(null, "hybrid"))],
    ["is compressed in the size of one that is not", withForm(2, new Uint8Array(2 * size).fill(1))],
    ["is the point at infinity", Uint8Array.of(0)],
    ["is the point at infinity, padded", withForm(0, new Uint8Array(2 * size))],
    ["is a byte short", right.subarray(0, -1)],
    ["is a byte long", Uint8Array.of(...right, 0)],
    ["is of another form", withForm(5, right.subarray(1))],
  ];
};
