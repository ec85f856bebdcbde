/** Readers of the form `Decoded<T>`: asked again with all bytes so far until they no longer need more. */
import { isDeepStrictEqual } from "node:util";
import type { Decoded } from "../../../src/bytes/decoded.ts";
import type { Read, Subject } from "./law.ts";
import type { Random } from "./random.ts";
import { joined, perhapsDamaged, trailer } from "./wire.ts";

type Decode = (bytes: Uint8Array) => Decoded<unknown>;

/** The structure, perhaps damaged, with what may follow it: what follows changes nothing. */
export const decoderSubject =
  (decode: Decode, structure: (random: Random) => Uint8Array) =>
  (random: Random): Subject => {
    const alone = perhapsDamaged(structure(random), random);
    const bytes = joined([alone, trailer(random)]);
    const isWhole = decode(alone).status !== "need";
    return { bytes, read: reading(decode), ...(isWhole ? { also: alone } : {}) };
  };

const reading =
  (decode: Decode): Read =>
  (pieces) => {
    let known: Uint8Array = new Uint8Array(0);
    for (const piece of pieces) {
      known = joined([known, piece]);
      const result = decode(known);
      if (result.status !== "need") return result;
    }
    return "needs more";
  };

/**
 * Readers of all bytes so far, that know more with each piece: what `settled` says of an earlier state may not
 * be taken back by a later one.
 */
export const growing =
  <T>(read: (bytes: Uint8Array) => T, settled: (state: T) => readonly unknown[]): Read =>
  (pieces) => {
    let known: Uint8Array = new Uint8Array(0);
    let state = read(known);
    let takenBack: unknown = null;
    for (const piece of pieces) {
      const before = settled(state);
      known = joined([known, piece]);
      state = read(known);
      const after = settled(state);
      const isKept = before.every((fact, index) => fact === null || isDeepStrictEqual(fact, after[index]));
      if (!isKept) takenBack ??= { before, after };
    }
    return { state, takenBack };
  };
