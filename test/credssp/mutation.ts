/** Hostile bytes that are nearly right: a good structure with a few bytes changed, dropped or added. */
import fc from "fast-check";

/** Variants of `seeds`, most of them broken in one to four places. */
export const mutated = (...seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 4 }))
    .map(([seed, edits]) => edits.reduce((bytes, apply) => apply(bytes), seed));

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const byte = fc.oneof(
  fc.constantFrom(0x00, 0x01, 0x02, 0x30, 0x7f, 0x80, 0x81, 0x82, 0xa0, 0xff),
  fc.nat(255),
);

const edit = fc.oneof(
  fc.tuple(place, byte).map(([where, value]) => (bytes: Uint8Array) => {
    const copy = Uint8Array.from(bytes);
    copy[Math.floor(where * copy.length)] = value;
    return copy;
  }),
  fc.tuple(place, fc.uint8Array({ maxLength: 3 })).map(([where, added]) => (bytes: Uint8Array) => {
    const at = Math.floor(where * bytes.length);
    return Uint8Array.from([...bytes.subarray(0, at), ...added, ...bytes.subarray(at)]);
  }),
  fc.tuple(place, fc.nat(3)).map(([where, count]) => (bytes: Uint8Array) => {
    const at = Math.floor(where * bytes.length);
    return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + count)]);
  }),
);
