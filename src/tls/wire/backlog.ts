/**
 * Bytes that have come and are not read yet: appended at one end, taken at the other, at a constant cost. A byte
 * of its own memory is written once: what it lends is never overwritten.
 */

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

  /** All of them: a view of the memory that `append` was given, or of our own, which does not change. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** As long as nothing else waits, the bytes are borrowed and not copied: `keep` ends that. */
  append(bytes: Uint8Array): void {
    if (this.size === 0) {
      this.#buffer = bytes;
      this.#isBorrowed = true;
      this.#start = 0;
      this.#end = bytes.length;
      return;
    }
    if (this.#isBorrowed || this.#end + bytes.length > this.#buffer.length) this.#move(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Drops the first `count` bytes, at most all of them. */
  drop(count: number): void {
    this.#start = Math.min(this.#start + count, this.#end);
  }

  /** Nothing more is to be read: lets go of the memory. */
  release(): void {
    this.#buffer = NOTHING;
    this.#isBorrowed = true;
    this.#start = 0;
    this.#end = 0;
  }

  /** Copies what waits: whoever gave it may do with its memory as it likes from now on. */
  keep(): void {
    if (this.#isBorrowed && this.size > 0) this.#move(0);
  }

  /**
   * To memory of our own with room for `count` more and as much again, so that many small appends seldom move
   * the rest. Never within the buffer: what was lent of it must not change.
   */
  #move(count: number): void {
    const live = this.bytes;
    const buffer = new Uint8Array(Math.max(SMALLEST_BYTES, 2 * (live.length + count)));
    buffer.set(live, 0);
    this.#buffer = buffer;
    this.#isBorrowed = false;
    this.#start = 0;
    this.#end = live.length;
  }
}
