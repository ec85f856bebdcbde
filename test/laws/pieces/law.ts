/**
 * The law of pieces: what is read of bytes does not depend on how they were cut on the way. Each piece comes
 * in one memory that is used again, as a socket's or a file's is: a reader that keeps a view of it reads rubbish.
 */
import { isDeepStrictEqual } from "node:util";
import { type Random, randomOfCase } from "./random.ts";

/** Reads the pieces in their order, and says all that it read. */
export type Read = (pieces: Iterable<Uint8Array>) => unknown;

/** Something to read. */
export interface Subject {
  readonly bytes: Uint8Array;
  readonly read: Read;
  /** Another cut of the same content, which has to read the same: its end alone, other records. */
  readonly also?: Uint8Array;
}

export interface PieceReader {
  readonly name: string;
  /** The file that the law is about. */
  readonly source: string;
  readonly subject: (random: Random) => Subject;
}

/** How many fragmentations of one subject are tried. */
const CUTS_A_SUBJECT = 10;

/** A reader that read a whole and its pieces differently: all that is needed to see it again. */
export interface Broken {
  readonly reader: string;
  readonly seed: number;
  readonly number: number;
  readonly pieceBytes: readonly number[];
  readonly whole: unknown;
  readonly cut: unknown;
}

/** The first of the fragmentations from `first` on that breaks the law, or null where none does. */
export const breakOf = (reader: PieceReader, seed: number, cases: number, first = 0): Broken | null => {
  for (let from = first - (first % CUTS_A_SUBJECT); from < first + cases; from += CUTS_A_SUBJECT) {
    const { bytes, also, read } = reader.subject(randomOfCase(seed, reader.name, from));
    const whole = readLent(read, bytes, [bytes.length]);
    const last = Math.min(from + CUTS_A_SUBJECT, first + cases);
    for (let number = Math.max(from, first); number < last; number += 1) {
      const random = randomOfCase(seed, `cut of ${reader.name}`, number);
      const input = also !== undefined && random.oneIn(2) ? also : bytes;
      const pieceBytes = cutsOf(input.length, random);
      const cut = readLent(read, input, pieceBytes);
      if (!isDeepStrictEqual(cut, whole))
        return { reader: reader.name, seed, number, pieceBytes, whole, cut };
    }
  }
  return null;
};

/** Whether some cut of these bytes reads as the whole of them. */
export const readsAlike = (read: Read, bytes: Uint8Array, random: Random): boolean =>
  isDeepStrictEqual(
    readLent(read, bytes, cutsOf(bytes.length, random)),
    readLent(read, bytes, [bytes.length]),
  );

/** All that is read of `bytes` in pieces of these sizes, each of which is gone when the next is asked for. */
const readLent = (read: Read, bytes: Uint8Array, pieceBytes: readonly number[]): unknown => {
  const lent = new Uint8Array(bytes.length);
  const pieces = function* (): Generator<Uint8Array> {
    let at = 0;
    for (const size of pieceBytes) {
      // At one place for all, so that each overwrites the one before it.
      lent.set(bytes.subarray(at, at + size));
      yield lent.subarray(0, size);
      lent.fill(0xa5, 0, size);
      at += size;
    }
  };
  return read(pieces());
};

/** Sizes of the pieces of `size` bytes, cut in one of the ways that networks and files do. */
const cutsOf = (size: number, random: Random): readonly number[] => {
  switch (random.between(0, 6)) {
    case 0:
      return size <= 2048 ? evenly(size, 1) : randomly(size, () => random.between(1, 7));
    case 1: {
      const at = random.between(0, size);
      return [at, size - at];
    }
    case 2:
      return evenly(size, 1448);
    case 3:
      return evenly(size, random.magnitude(1, 20_000));
    case 4:
      return randomly(size, () => random.magnitude(1, 4000));
    case 5:
      // A reader may be woken without a byte.
      return randomly(size, () => random.between(0, 60));
    default:
      return randomly(size, () => random.between(1, 1448));
  }
};

const evenly = (size: number, each: number): readonly number[] => randomly(size, () => each);

const randomly = (size: number, next: () => number): readonly number[] => {
  const sizes: number[] = [];
  for (let left = size; left > 0; ) {
    const piece = Math.min(left, next());
    sizes.push(piece);
    left -= piece;
  }
  return sizes;
};

/** A broken case in one line, with the command that shows it again. */
export const describeBreak = ({ reader, seed, number, pieceBytes }: Broken): string => {
  const sizes = pieceBytes.slice(0, 12).join("+");
  const command = `npm run law:pieces -- --reader "${reader}" --seed ${seed} --first ${number} --cases 1`;
  return `${reader}: case ${number}, pieces of ${sizes}${pieceBytes.length > 12 ? "..." : ""}: ${command}`;
};
