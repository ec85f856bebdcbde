/**
 * Long lists of numbers. A list of targets may have millions of rows; in chunks it grows without being
 * copied, and a row of typed arrays takes a fraction of an object.
 */

/** A list that grows at its end. */
export interface Column<A> {
  readonly length: number;
  /** Undefined behind the end. */
  at(row: number): A | undefined;
  push(value: A): void;
  /** Replaces a value; a row behind the end is left alone. */
  replace(row: number, value: A): void;
}

const CHUNK_BITS = 14;
const CHUNK = 1 << CHUNK_BITS;

/** Whole numbers up to 2^53, eight bytes each. */
export class NumberColumn implements Column<number> {
  readonly #chunks: Float64Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  at(row: number): number | undefined {
    return row < this.#length ? this.#chunks[row >> CHUNK_BITS]?.[row & (CHUNK - 1)] : undefined;
  }

  push(value: number): void {
    if (this.#length % CHUNK === 0) this.#chunks.push(new Float64Array(CHUNK));
    this.#length += 1;
    this.replace(this.#length - 1, value);
  }

  replace(row: number, value: number): void {
    const chunk = row < this.#length ? this.#chunks[row >> CHUNK_BITS] : undefined;
    if (chunk !== undefined) chunk[row & (CHUNK - 1)] = value;
  }
}

export class BigintColumn implements Column<bigint> {
  readonly #values: bigint[] = [];

  get length(): number {
    return this.#values.length;
  }

  at(row: number): bigint | undefined {
    return this.#values[row];
  }

  push(value: bigint): void {
    this.#values.push(value);
  }

  replace(row: number, value: bigint): void {
    if (row < this.length) this.#values[row] = value;
  }
}
