/** What is fuzzed: something that reads a stranger's bytes, and what has to hold of it whatever they are. */

export interface FuzzTarget {
  readonly name: string;
  /** The file that reads, or the first of them. */
  readonly source: string;
  /** Which changes make sense of: DER's elements, TLS records and TPKTs, text, or bytes alone. */
  readonly form: "bytes" | "der" | "records" | "text";
  /** Inputs as they should be, and known bad ones. */
  readonly seeds: () => readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  /** Larger inputs are not made. */
  readonly maxBytes: number;
  /** @throws where something does not hold. */
  readonly run: (bytes: Uint8Array) => void | Promise<void>;
}

/** What does not hold, in a few words that are the same whatever the input is. */
export class Breach extends Error {
  override readonly name = "Breach";
}

export const expectThat = (holds: boolean, what: string): void => {
  if (!holds) throw new Breach(what);
};
