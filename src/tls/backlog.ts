/** Bytes that have come and are not read yet: appended at one end, taken at the other, at a constant cost. */

const SMALLEST_BYTES = 1024;
const NOTHING = new Uint8Array(0);

export class Backlog {
  #buffer: Uint8Array = NOTHING;
  /** The buffer is what `append` was given, and not ours to write to. */
  #isBorrowed = true;
  #start = 0;
  #end = 0;

  get size(): number {
    return this.#end - this.#start;
  }

  /** All of them, as a view that holds until the next `append`. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** The bytes must not change until they are dropped: as long as nothing else waits, they are not copied. */
  append(bytes: Uint8Array): void {
    if (this.size === 0) {
      this.#buffer = bytes;
      this.#isBorrowed = true;
      this.#start = 0;
      this.#end = bytes.length;
      return;
    }
    if (this.#isBorrowed || this.#end + bytes.length > this.#buffer.length) this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Drops the first `count` bytes, at most all of them. */
  drop(count: number): void {
    this.#start = Math.min(this.#start + count, this.#end);
  }

  #makeRoom(count: number): void {
    const live = this.bytes;
    const wanted = live.length + count;
    // At most half full after the move, so that many small appends seldom move the rest.
    const fits = !this.#isBorrowed && 2 * wanted <= this.#buffer.length;
    const buffer = fits ? this.#buffer : new Uint8Array(Math.max(SMALLEST_BYTES, 2 * wanted));
    buffer.set(live, 0);
    this.#buffer = buffer;
    this.#isBorrowed = false;
    this.#start = 0;
    this.#end = live.length;
  }
}
