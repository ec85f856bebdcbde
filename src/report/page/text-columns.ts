/** Texts that come row by row, each kept once. */
import type { TextColumn } from "./page-data.ts";

/** Texts by number: each distinct text once. */
export class Texts {
  readonly values: string[] = [];
  readonly #places = new Map<string, number>();

  /** -1 for null. */
  placeOf(text: string | null): number {
    if (text === null) return -1;
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.values.length);
    return this.values.push(text) - 1;
  }
}

/** One column as it grows. */
export class GrowingTextColumn {
  readonly #texts = new Texts();
  readonly #at: number[] = [];

  add(text: string | null): void {
    this.#at.push(this.#texts.placeOf(text));
  }

  /** The column with its rows in this order; where each has a text of its own, without places. */
  inOrder(order: readonly number[]): TextColumn {
    const { values } = this.#texts;
    const at = order.map((row) => this.#at[row] ?? -1);
    const isOneEach = values.length === at.length && !at.includes(-1);
    return isOneEach ? { values: at.map((place) => values[place] ?? ""), at: null } : { values, at };
  }
}
