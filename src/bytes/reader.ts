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
    if (this.remaining < count) {
      this.reject(field, `${count} bytes wanted, ${this.remaining} left`);
      return EMPTY;
    }
    const start = this.#at;
    this.#at += count;
    return this.#bytes.subarray(start, this.#at);
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
    return this.bytes(1, field)[0] ?? 0;
  }

  /** Big endian. */
  u16(field: string): number {
    const [a = 0, b = 0] = this.bytes(2, field);
    return a * 0x100 + b;
  }

  /** Big endian. */
  u24(field: string): number {
    const [a = 0, b = 0, c = 0] = this.bytes(3, field);
    return a * 0x10000 + b * 0x100 + c;
  }

  /** Big endian. */
  u32(field: string): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.bytes(4, field);
    return a * 0x1000000 + b * 0x10000 + c * 0x100 + d;
  }

  /** Little endian. */
  u16le(field: string): number {
    const [a = 0, b = 0] = this.bytes(2, field);
    return b * 0x100 + a;
  }

  /** Little endian. */
  u32le(field: string): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.bytes(4, field);
    return d * 0x1000000 + c * 0x10000 + b * 0x100 + a;
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
}
