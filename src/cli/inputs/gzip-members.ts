/**
 * Unpacks gzip (RFC 1952) member by member. zlib checks the digest of a member and then throws away what it
 * has unpacked and not yet handed out; here all that can be unpacked is handed out, and the fault is told.
 */
import { crc32, createInflateRaw, type InflateRaw } from "node:zlib";

/** What one call of zlib unpacks at most: much for the only member, less where there are many. */
const CHUNK_BYTES = 1024 * 1024;
const LATER_CHUNK_BYTES = 64 * 1024;
const LEAST_SLICE_BYTES = 512;
const MAX_SLICE_BYTES = 512 * 1024;
const FIXED_HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
const MAX_HEADER_BYTES = 256 * 1024;
/** Each member costs as much as many kilobytes: a file of small ones only slows its reader down. */
const MAX_SMALL_MEMBERS = 10_000;
const SMALL_MEMBER_BYTES = 1024;
const FLAG = { headerCrc: 0x02, extra: 0x04, name: 0x08, comment: 0x10 } as const;
const NO_BYTES = new Uint8Array(0);

export interface Unpacker {
  /** Takes the next packed bytes; false once no more are wanted. */
  write(chunk: Uint8Array): Promise<boolean>;
  /** Null where all was whole, else what was wrong. `early`: the reading was ended before the file's end. */
  end(early: boolean): Promise<string | null>;
}

/** Unpacks what is written and hands it to `onChunk`; a chunk is used again once that has returned. */
export const gunzip = (onChunk: (chunk: Uint8Array) => void): Unpacker => new GzipMembers(onChunk);

type Part = "header" | "body" | "trailer";

class GzipMembers implements Unpacker {
  readonly #onChunk: (chunk: Uint8Array) => void;
  #part: Part = "header";
  #pending: Uint8Array = NO_BYTES;
  #body: MemberBody | null = null;
  #members = 0;
  #smallMembers = 0;
  #damage: string | null = null;

  constructor(onChunk: (chunk: Uint8Array) => void) {
    this.#onChunk = onChunk;
  }

  async write(chunk: Uint8Array): Promise<boolean> {
    this.#pending = this.#pending.length === 0 ? chunk : joined(this.#pending, chunk);
    while (this.#damage === null && (await this.#step()));
    // The chunk belongs to the caller.
    this.#pending = this.#damage === null ? this.#pending.slice() : NO_BYTES;
    return this.#damage === null;
  }

  async end(early: boolean): Promise<string | null> {
    this.#body?.close();
    if (early || this.#damage !== null) return early ? null : this.#damage;
    const isWhole = this.#part === "header" && this.#members > 0 && this.#pending.every((byte) => byte === 0);
    return isWhole ? null : "the compressed file ends inside its data";
  }

  /** Takes one part of what is pending; false where more is needed. */
  async #step(): Promise<boolean> {
    switch (this.#part) {
      case "header":
        return this.#readHeader();
      case "body":
        return await this.#readBody();
      case "trailer":
        return this.#readTrailer();
    }
  }

  #readHeader(): boolean {
    const bytes = this.#pending;
    if (bytes.length === 0) return false;
    const size = headerBytes(bytes);
    if (this.#members > 0 && size === "none") {
      // Tapes pad with zeros.
      if (bytes.every((byte) => byte === 0)) return false;
      this.#damage = "bytes follow that are no gzip";
    } else if (size === "none") {
      this.#damage = "the header is none of gzip";
    } else if (this.#smallMembers > MAX_SMALL_MEMBERS) {
      this.#damage = `more than ${MAX_SMALL_MEMBERS} members of less than ${SMALL_MEMBER_BYTES} bytes`;
    } else if (size === "need") {
      if (bytes.length > MAX_HEADER_BYTES) this.#damage = "the header has no end";
    } else {
      this.#pending = bytes.subarray(size);
      this.#members += 1;
      this.#body = new MemberBody(this.#onChunk, this.#members === 1 ? CHUNK_BYTES : LATER_CHUNK_BYTES);
      this.#part = "body";
      return true;
    }
    return false;
  }

  async #readBody(): Promise<boolean> {
    const body = this.#body;
    if (body === null || this.#pending.length === 0) return false;
    const used = await body.write(this.#pending);
    this.#damage = body.damage;
    this.#pending = this.#pending.subarray(used);
    if (body.isOver) {
      this.#part = "trailer";
      if (body.packedBytes < SMALL_MEMBER_BYTES) this.#smallMembers += 1;
    }
    return true;
  }

  #readTrailer(): boolean {
    const { length, buffer, byteOffset } = this.#pending;
    if (length < TRAILER_BYTES) return false;
    const view = new DataView(buffer, byteOffset, TRAILER_BYTES);
    const isRight = this.#body?.hasDigest(view.getUint32(0, true), view.getUint32(4, true)) ?? false;
    if (!isRight) this.#damage = "the checksum or the length is not that of the data";
    this.#pending = this.#pending.subarray(TRAILER_BYTES);
    this.#body = null;
    this.#part = "header";
    return isRight;
  }
}

/** RFC 1952 2.3: how long the header is; "none" where the bytes are not gzip's. */
const headerBytes = (bytes: Uint8Array): number | "need" | "none" => {
  const [first, second, method, flags = 0] = bytes;
  if (first !== 0x1f || (second !== undefined && second !== 0x8b) || (method !== undefined && method !== 8))
    return "none";
  if (bytes.length < FIXED_HEADER_BYTES) return "need";
  let at = FIXED_HEADER_BYTES;
  if ((flags & FLAG.extra) !== 0) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
  for (const flag of [FLAG.name, FLAG.comment]) {
    if ((flags & flag) === 0) continue;
    const end = at < bytes.length ? bytes.indexOf(0, at) : -1;
    if (end < 0) return "need";
    at = end + 1;
  }
  if ((flags & FLAG.headerCrc) !== 0) at += 2;
  return at <= bytes.length ? at : "need";
};

/** The deflate stream of one member. */
class MemberBody {
  readonly #stream: InflateRaw;
  readonly #over: Promise<void>;
  isOver = false;
  damage: string | null = null;
  #crc = 0;
  #size = 0;

  constructor(onChunk: (chunk: Uint8Array) => void, chunkBytes: number) {
    this.#stream = createInflateRaw({ chunkSize: chunkBytes });
    this.#stream.on("data", (chunk: Uint8Array) => {
      // Node has it from 20.15 on; before, the length alone is held against the trailer.
      if (typeof crc32 === "function") this.#crc = crc32(chunk, this.#crc);
      this.#size += chunk.length;
      onChunk(chunk);
    });
    this.#over = new Promise((resolve) => {
      this.#stream
        .once("end", () => {
          this.isOver = true;
          resolve();
        })
        .once("error", (error) => {
          this.damage = error.message;
          resolve();
        });
    });
  }

  get packedBytes(): number {
    return this.#stream.bytesWritten;
  }

  /** Takes some of the bytes; gives how many. */
  async write(all: Uint8Array): Promise<number> {
    const before = this.#stream.bytesWritten;
    // What one write has unpacked is lost where it ends in damage: an eighth at most of what came before.
    const bytes = all.subarray(
      0,
      Math.min(MAX_SLICE_BYTES, Math.max(LEAST_SLICE_BYTES, Math.floor(before / 8))),
    );
    const written = new Promise<void>((resolve) => this.#stream.write(bytes, () => resolve()));
    await Promise.race([written, this.#over]);
    const used = this.#stream.bytesWritten - before;
    // Bytes that are left over were written behind the end, which is told a turn later.
    if (used < bytes.length) await this.#over;
    return used;
  }

  hasDigest(crc: number, size: number): boolean {
    return size === this.#size % 0x1_0000_0000 && (typeof crc32 !== "function" || crc === this.#crc);
  }

  close(): void {
    this.#stream.destroy();
  }
}

/** Two runs of bytes as one. */
export const joined = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
};
