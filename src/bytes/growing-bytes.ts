/** Bytes that grow at their end, at a constant cost a byte. */

const SMALLEST_BYTES = 256;

export class GrowingBytes {
  #buffer: Uint8Array = new Uint8Array(0);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** All of them: a view that later appends do not change. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#size);
  }

  append(bytes: Uint8Array): void {
    const wanted = this.#size + bytes.length;
    if (wanted > this.#buffer.length) {
      const buffer = new Uint8Array(Math.max(SMALLEST_BYTES, 2 * wanted));
      buffer.set(this.bytes, 0);
      this.#buffer = buffer;
    }
    this.#buffer.set(bytes, this.#size);
    this.#size = wanted;
  }
}
