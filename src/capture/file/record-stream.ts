/**
 * Cuts a file that is pushed in as chunks of any size into its records, each one contiguous: in place where
 * a chunk holds it whole, else in a buffer that carries it over. Memory is one chunk and one record.
 */

/** How the records of a file format are measured and read. */
export interface RecordFormat {
  /**
   * How many bytes of the record at `at` are wanted, when `available` of them are there. A number up to
   * `available` is the record's size, and `consume` follows; a greater one asks to be called again with at
   * least that many. A negative number passes over that many bytes unread; 0 ends the reading.
   */
  measure(view: DataView, at: number, available: number): number;
  consume(bytes: Uint8Array, view: DataView, at: number, size: number): void;
}

const FIRST_CARRY_BYTES = 4096;

export class RecordStream {
  readonly #format: RecordFormat;
  #carry = new Uint8Array(FIRST_CARRY_BYTES);
  #carryView = new DataView(this.#carry.buffer);
  #held = 0;
  #wanted = 0;
  #skip = 0;
  #stopped = false;
  #offset = 0;

  constructor(format: RecordFormat) {
    this.#format = format;
  }

  /** Offset in the file of the record that is read now, or comes next. */
  get offset(): number {
    return this.#offset;
  }

  /** True when the bytes so far end inside a record. */
  get incomplete(): boolean {
    return !this.#stopped && (this.#held > 0 || this.#skip > 0);
  }

  /** The bytes of the record that is not whole yet; until the next call, for its memory is used again. */
  get held(): Uint8Array {
    return this.#carry.subarray(0, this.#held);
  }

  /** Takes the next bytes of the file. They are not kept: the caller may use the chunk again. */
  receive(chunk: Uint8Array): void {
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    while (at < chunk.length && !this.#stopped) {
      if (this.#skip > 0) at += this.#passOver(chunk.length - at);
      else if (this.#held > 0) at += this.#topUp(chunk, at);
      else at = this.#readInPlace(chunk, view, at);
    }
  }

  #passOver(available: number): number {
    const count = Math.min(this.#skip, available);
    this.#skip -= count;
    this.#offset += count;
    return count;
  }

  #readInPlace(chunk: Uint8Array, view: DataView, from: number): number {
    let at = from;
    while (at < chunk.length) {
      const wanted = this.#format.measure(view, at, chunk.length - at);
      if (wanted <= 0) {
        this.#leave(-wanted, 0);
        return at;
      }
      if (wanted > chunk.length - at) {
        this.#wanted = wanted;
        return at + this.#hold(chunk.subarray(at));
      }
      this.#format.consume(chunk, view, at, wanted);
      this.#offset += wanted;
      at += wanted;
    }
    return at;
  }

  #topUp(chunk: Uint8Array, at: number): number {
    const taken = this.#hold(chunk.subarray(at, at + this.#wanted - this.#held));
    if (this.#held < this.#wanted) return taken;
    const wanted = this.#format.measure(this.#carryView, 0, this.#held);
    if (wanted <= 0) {
      this.#leave(-wanted, this.#held);
      this.#held = 0;
    } else if (wanted > this.#held) {
      this.#wanted = wanted;
    } else {
      this.#format.consume(this.#carry, this.#carryView, 0, wanted);
      this.#offset += wanted;
      this.#held = 0;
    }
    return taken;
  }

  /** Passes over a record of `size` bytes of which `taken` were already held; 0 ends the reading. */
  #leave(size: number, taken: number): void {
    if (size === 0) this.#stopped = true;
    else {
      this.#skip = size - taken;
      this.#offset += taken;
    }
  }

  #hold(part: Uint8Array): number {
    const needed = this.#held + part.length;
    if (needed > this.#carry.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#carry.length));
      grown.set(this.#carry.subarray(0, this.#held));
      this.#carry = grown;
      this.#carryView = new DataView(grown.buffer);
    }
    this.#carry.set(part, this.#held);
    this.#held = needed;
    return part.length;
  }
}
