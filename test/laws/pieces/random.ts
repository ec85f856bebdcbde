/** Random numbers that a seed decides: a case that fails is the same case when it is run again. */

export interface Random {
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number;
  /** The same, where each magnitude is as likely as the next. */
  magnitude(min: number, max: number): number;
  /** True once in `count` times. */
  oneIn(count: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  bytes(size: number): Uint8Array;
}

/** mulberry32 over a seed of 32 bits. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    between,
    magnitude: (min, max) =>
      Math.min(max, Math.floor(Math.exp(Math.log(min + 1) + next() * Math.log((max + 1) / (min + 1)))) - 1),
    oneIn: (count) => between(1, count) === 1,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    bytes: (size) => Uint8Array.from({ length: size }, () => between(0, 255)),
  };
};

/** The generator of the case with this number, of the reader called `name`. */
export const randomOfCase = (seed: number, name: string, number: number): Random =>
  createRandom(
    [...name].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), seed) ^
      Math.imul(number + 1, 0x9e3779b1),
  );
