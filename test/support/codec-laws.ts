/** What holds for every decoder of a stream: tests of all folders state it through these functions. */
import { expect } from "vitest";
import type { Decoded } from "../../src/bytes/decoded.ts";

const TRAILERS = [[0x00], [0xff], [0x03, 0x00, 0x00, 0x09, 0x02, 0xf0, 0x80, 0x21, 0x80]] as const;

/** A decoder under test: a pure function of the bytes that have come so far. */
export type Decode = (bytes: Uint8Array) => Decoded<unknown>;

/**
 * Expects that the decoder sees the same thing however the network cuts `whole`:
 * - every proper prefix gives "need", with at least 1 byte and, where `whole` is a value, no more than what
 *   is really missing; where it is faulty, a prefix may give that same fault, and then all longer ones do;
 * - fed byte by byte, and fed just what "need" asks for, it ends in the same value or fault;
 * - bytes that follow change neither value nor size.
 *
 * `whole` holds one structure and nothing after it, or bytes that end in a fault.
 */
export const expectSameUnderEveryCut = (decode: Decode, whole: Uint8Array): void => {
  const result = decode(whole);
  expect(result.status, "the whole is a value or a fault").not.toBe("need");
  if (result.status === "done") expect(result.size, "the whole is consumed").toBe(whole.length);

  expectPrefixesToAgree(decode, whole, result);
  expect(feedWhatIsNeeded(decode, whole), "fed what it asks for").toEqual(result);
  for (const trailer of TRAILERS) {
    const longer = Uint8Array.from([...whole, ...trailer]);
    expect(decode(longer), `${trailer.length} bytes follow`).toEqual(result);
  }
};

/** Expects that the decoder never throws on `bytes`, and never claims more than there is. */
export const expectNoClaimBeyond = (decode: Decode, bytes: Uint8Array): void => {
  const result = decode(bytes);
  if (result.status === "done") {
    expect(result.size).toBeGreaterThanOrEqual(0);
    expect(result.size).toBeLessThanOrEqual(bytes.length);
  } else if (result.status === "need") {
    expect(result.bytes).toBeGreaterThanOrEqual(1);
    expect(Number.isSafeInteger(result.bytes)).toBe(true);
  } else {
    expect(result.fault.field).not.toBe("");
    expect(result.fault.reason).toMatch(/^[^A-Z].*[^.]$/s);
    expect(result.fault.offset).toBeGreaterThanOrEqual(0);
    expect(result.fault.offset).toBeLessThanOrEqual(bytes.length);
  }
};

const expectPrefixesToAgree = (decode: Decode, whole: Uint8Array, result: Decoded<unknown>): void => {
  let faulted = false;
  for (let length = 0; length < whole.length; length += 1) {
    const prefix = decode(whole.slice(0, length));
    if (prefix.status === "need" && !faulted) {
      expect(prefix.bytes, `need at ${length} of ${whole.length} bytes`).toBeGreaterThanOrEqual(1);
      const missing = result.status === "done" ? whole.length - length : Number.MAX_SAFE_INTEGER;
      expect(prefix.bytes, `need at ${length} of ${whole.length} bytes`).toBeLessThanOrEqual(missing);
    } else {
      faulted = true;
      expect(prefix, `cut at ${length} of ${whole.length} bytes`).toEqual(result);
      expect(prefix.status, `cut at ${length} of ${whole.length} bytes`).toBe("bad");
    }
  }
};

const feedWhatIsNeeded = (decode: Decode, whole: Uint8Array): Decoded<unknown> => {
  let length = 0;
  for (let step = 0; step <= whole.length; step += 1) {
    const result = decode(whole.slice(0, length));
    if (result.status !== "need") return result;
    length = Math.min(length + result.bytes, whole.length);
  }
  return decode(whole);
};
