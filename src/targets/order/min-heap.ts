/** The least of a changing set of numbers: a binary heap. */
export class MinHeap {
  readonly #values: number[] = [];

  /** The least value, or undefined where there is none. */
  get least(): number | undefined {
    return this.#values[0];
  }

  push(value: number): void {
    const values = this.#values;
    let at = values.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = values[parent] ?? 0;
      if (above <= value) break;
      values[at] = above;
      at = parent;
    }
    values[at] = value;
  }

  /** Takes the least value out. */
  pop(): void {
    const values = this.#values;
    const value = values.pop();
    if (value === undefined || values.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= values.length) break;
      if (child + 1 < values.length && (values[child + 1] ?? 0) < (values[child] ?? 0)) child += 1;
      const below = values[child] ?? 0;
      if (value <= below) break;
      values[at] = below;
      at = child;
    }
    values[at] = value;
  }
}
