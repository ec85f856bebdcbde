/**
 * A shuffled order that is computed, not stored: a Feistel network over the product of two numbers just
 * large enough for the size, with cycle walking for the few values beyond it (Black and Rogaway, Ciphers
 * with Arbitrary Finite Domains, 2002; masscan orders its targets alike). It spreads targets; it is no
 * cipher.
 */

/** Sizes up to here are computed in numbers: the product of the two factors stays below 2^53. */
const MAX_NUMBER_SIZE = 2 ** 52;

/** Four rounds make it a pseudo-random permutation (Luby and Rackoff); two more cost little, for small sizes. */
const ROUNDS = 6;

/**
 * A permutation of the numbers below `size`; the same seed gives the same one, on every machine.
 * @param seed a whole number from 0 to 2^53 - 1.
 * @returns takes an index below `size`.
 */
export const numberPermutation = (size: number, seed: number): ((index: number) => number) => {
  const left = Math.max(1, Math.floor(Math.sqrt(size)));
  const right = Math.ceil(size / left);
  const keys = roundKeys(seed, BigInt(size));
  const [k0 = 0, k1 = 0, k2 = 0, k3 = 0, k4 = 0, k5 = 0] = keys;
  return (index) => {
    let value = index;
    do {
      let high = Math.floor(value / right);
      let low = value - high * right;
      high = (high + (mixed(low ^ k0) % left)) % left;
      low = (low + (mixed(high ^ k1) % right)) % right;
      high = (high + (mixed(low ^ k2) % left)) % left;
      low = (low + (mixed(high ^ k3) % right)) % right;
      high = (high + (mixed(low ^ k4) % left)) % left;
      low = (low + (mixed(high ^ k5) % right)) % right;
      value = high * right + low;
    } while (value >= size);
    return value;
  };
};

/** The same for sizes beyond numbers. */
export const bigintPermutation = (size: bigint, seed: number): ((index: bigint) => bigint) => {
  const left = squareRoot(size);
  const right = (size + left - 1n) / left;
  const keys = roundKeys(seed, size);
  return (index) => {
    let value = index;
    do {
      let high = value / right;
      let low = value % right;
      for (const [round, key] of keys.entries()) {
        if (round % 2 === 0) high = (high + wideMix(low, key)) % left;
        else low = (low + wideMix(high, key)) % right;
      }
      value = high * right + low;
    } while (value >= size);
    return value;
  };
};

export const fitsNumbers = (size: bigint): boolean => size <= BigInt(MAX_NUMBER_SIZE);

/** The finalizer of MurmurHash3: every bit of the input changes half of the output's bits. */
const mixed = (value: number): number => {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
};

/** 96 bits from all bits of a value, more than any factor has (2^144 addresses and ports have factors of 2^72). */
const wideMix = (value: bigint, key: number): bigint => {
  let state = key;
  for (let rest = value; rest > 0n; rest >>= 32n) state = mixed(state ^ Number(rest & 0xffff_ffffn));
  let output = 0n;
  for (let word = 1; word <= 3; word += 1)
    output = (output << 32n) | BigInt(mixed(state + Math.imul(word, 0x9e37_79b9)));
  return output;
};

const roundKeys = (seed: number, size: bigint): number[] => {
  let state = 0;
  for (const word of [seed >>> 0, Math.floor(seed / 2 ** 32), Number(BigInt.asUintN(32, size))]) {
    state = mixed(state ^ word) + 0x9e37_79b9;
  }
  return Array.from({ length: ROUNDS }, (_, round) => mixed(state + Math.imul(round + 1, 0x9e37_79b9)));
};

/** The whole part of the root, by Newton's method from above. */
const squareRoot = (value: bigint): bigint => {
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
};
