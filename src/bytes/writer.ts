/** Builds bytes front to back; lengths that are known only afterwards are filled in by `prefixed`. */

/** V8 keeps an array of up to so many bytes on its own heap, where it costs a tenth of another. */
const INITIAL_SIZE = 64;

export class Writer {
  #bytes: Uint8Array;
  #size = 0;

  /** @param sizeBytes what will be written, as far as it is known; more is taken as well. */
  constructor(sizeBytes = INITIAL_SIZE) {
    this.#bytes = new Uint8Array(sizeBytes);
  }

  get size(): number {
    return this.#size;
  }

  bytes(bytes: ArrayLike<number>): this {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  u8(value: number): this {
    return this.#number(value, 1, false);
  }

  /** Big endian. */
  u16(value: number): this {
    return this.#number(value, 2, false);
  }

  /** Big endian. */
  u24(value: number): this {
    return this.#number(value, 3, false);
  }

  /** Big endian. */
  u32(value: number): this {
    return this.#number(value, 4, false);
  }

  /** Little endian. */
  u16le(value: number): this {
    return this.#number(value, 2, true);
  }

  /** Little endian. */
  u32le(value: number): this {
    return this.#number(value, 4, true);
  }

  /** A big-endian length of `width` bytes, then what `body` writes. */
  prefixed(width: 1 | 2 | 3 | 4, body: (writer: Writer) => void): this {
    const at = this.#room(width);
    body(this);
    this.#put(at, this.#size - at - width, width, false);
    return this;
  }

  /** The bytes so far. What is given is never written to again: whatever follows needs a larger array. */
  finish(): Uint8Array {
    return this.#size === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#size);
  }

  #number(value: number, width: number, littleEndian: boolean): this {
    this.#put(this.#room(width), value, width, littleEndian);
    return this;
  }

  #put(at: number, value: number, width: number, littleEndian: boolean): void {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * width)) {
      throw new RangeError(`writer: ${value} does not fit ${width} bytes`);
    }
    let rest = value;
    for (let i = 0; i < width; i += 1) {
      this.#bytes[at + (littleEndian ? i : width - 1 - i)] = rest % 0x100;
      rest = Math.floor(rest / 0x100);
    }
  }

  /** The place for `count` more bytes, which are zero. */
  #room(count: number): number {
    const at = this.#size;
    this.#size += count;
    if (this.#size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#size, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    return at;
  }
}
