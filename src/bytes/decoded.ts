/**
 * What a decoder gives: a value, a wish for more bytes, or a fault. "Need more" is a value, never an
 * exception; what a peer does wrong is a result.
 */

/** Why bytes break their protocol: which field, at which byte of the decoder's input, and what is wrong. */
export interface DecodeFault {
  /** Dotted name of the field in the specification's words, for example `tpkt.length`. */
  readonly field: string;
  /** Offset in bytes from the start of the decoder's input. */
  readonly offset: number;
  /** Lower case, no full stop, composable: `length 3 is shorter than its own header`. */
  readonly reason: string;
}

export type Decoded<T> =
  /** `size` is the count of bytes consumed. */
  | { readonly status: "done"; readonly value: T; readonly size: number }
  /** At least `bytes` more bytes are needed. */
  | { readonly status: "need"; readonly bytes: number }
  | { readonly status: "bad"; readonly fault: DecodeFault };

export const done = <T>(value: T, size: number): Decoded<T> => ({ status: "done", value, size });

export const need = (bytes: number): Decoded<never> => ({ status: "need", bytes });

export const bad = (field: string, offset: number, reason: string): Decoded<never> => ({
  status: "bad",
  fault: { field, offset, reason },
});

/** Moves a fault found in a part to its place in the whole. */
export const faultAt = (fault: DecodeFault, base: number): DecodeFault => ({
  ...fault,
  offset: fault.offset + base,
});

/** One line: `tpkt.length at byte 2: length 3 is shorter than its own header`. */
export const describeFault = (fault: DecodeFault): string =>
  `${fault.field} at byte ${fault.offset}: ${fault.reason}`;
