/**
 * A cursor over bytes that are all there: the body of a structure whose length is already known. A read
 * past the end records a fault and yields zeros, so that a decoder reads straight through and asks once,
 * at its end, whether all went well.
 */
import { bad, type Decoded, type DecodeFault, done, faultAt } from "./decoded.ts";

const EMPTY = new Uint8Array(0);

export class Reader {
  readonly #bytes: Uint8Array;
  readonly #base: number;
  #at = 0;
  #fault: DecodeFault | null = null;

  /** @param base offset of `bytes` in the whole input, for the faults. */
  constructor(bytes: Uint8Array, base = 0) {
    this.#bytes = bytes;
    this.#base = base;
  }

  /** Offset of the next byte in the whole input. */
  get offset(): number {
    return this.#base + this.#at;
  }

  /** Bytes left; 0 once a fault is recorded, so that length-driven loops end. */
  get remaining(): number {
    return this.#fault === null ? this.#bytes.length - this.#at : 0;
  }

  /** The first fault, or null. */
  get fault(): DecodeFault | null {
    return this.#fault;
  }

  /** Records a fault at the current offset, or at `offset`; the first one stays. */
  reject(field: string, reason: string, offset = this.offset): void {
    this.#fault ??= { field, offset, reason };
  }

  /** Takes over the fault of a part that was decoded on its own. */
  rejectWith(fault: DecodeFault, base = 0): void {
    this.#fault ??= faultAt(fault, base);
  }

  /** `count` bytes as a view, not a copy; empty after a fault. */
  bytes(count: number, field: string): Uint8Array {
    const start = this.#step(count, field);
    return start < 0 ? EMPTY : this.#bytes.subarray(start, start + count);
  }

  rest(): Uint8Array {
    return this.bytes(this.remaining, "rest");
  }

  /** A reader over the next `count` bytes, which this one steps over. */
  sub(count: number, field: string): Reader {
    const base = this.offset;
    const part = new Reader(this.bytes(count, field), base);
    if (this.#fault !== null) part.#fault = this.#fault;
    return part;
  }

  u8(field: string): number {
    const at = this.#step(1, field);
    return at < 0 ? 0 : this.#byte(at);
  }

  /** Big endian. */
  u16(field: string): number {
    const at = this.#step(2, field);
    return at < 0 ? 0 : this.#byte(at) * 0x100 + this.#byte(at + 1);
  }

  /** Big endian. */
  u24(field: string): number {
    const at = this.#step(3, field);
    return at < 0 ? 0 : this.#byte(at) * 0x10000 + this.#byte(at + 1) * 0x100 + this.#byte(at + 2);
  }

  /** Big endian. */
  u32(field: string): number {
    const at = this.#step(4, field);
    if (at < 0) return 0;
    const high = this.#byte(at) * 0x1000000 + this.#byte(at + 1) * 0x10000;
    return high + this.#byte(at + 2) * 0x100 + this.#byte(at + 3);
  }

  /** Little endian. */
  u16le(field: string): number {
    const at = this.#step(2, field);
    return at < 0 ? 0 : this.#byte(at + 1) * 0x100 + this.#byte(at);
  }

  /** Little endian. */
  u32le(field: string): number {
    const at = this.#step(4, field);
    if (at < 0) return 0;
    const high = this.#byte(at + 3) * 0x1000000 + this.#byte(at + 2) * 0x10000;
    return high + this.#byte(at + 1) * 0x100 + this.#byte(at);
  }

  /** Faults when bytes are left over. */
  end(field: string): void {
    if (this.remaining > 0) this.reject(field, `${this.remaining} bytes left over`);
  }

  /** The value, or the first fault of all that was read. */
  result<T>(value: T, size: number): Decoded<T> {
    const fault = this.#fault;
    return fault === null ? done(value, size) : bad(fault.field, fault.offset, fault.reason);
  }

  /** Steps over `count` bytes and gives where they begin; -1 where they are not there, or after a fault. */
  #step(count: number, field: string): number {
    if (this.remaining < count) {
      this.reject(field, `${count} bytes wanted, ${this.remaining} left`);
      return -1;
    }
    const start = this.#at;
    this.#at += count;
    return start;
  }

  #byte(at: number): number {
    return this.#bytes[at] ?? 0;
  }
}
