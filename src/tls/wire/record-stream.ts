/** One direction of a TLS connection, cut anywhere, as its records; each knows where it began. */
import { type Decoded, faultAt, need } from "../../bytes/decoded.ts";
import { Backlog } from "./backlog.ts";
import { decodeRecord, RECORD_HEADER_SIZE_BYTES, type TlsRecord } from "./record.ts";

export interface PlacedRecord extends TlsRecord {
  /** Offset of the fragment's first byte, counted from the first byte of the stream. */
  readonly fragmentOffset: number;
}

export class RecordStream {
  readonly #backlog = new Backlog();
  #offset = 0;

  /** The bytes must not change until `next` gives no more records: then what is left of them is copied. */
  append(bytes: Uint8Array): void {
    this.#backlog.append(bytes);
  }

  /** Nothing more is to be read. */
  release(): void {
    this.#backlog.release();
  }

  /** Bytes of a record are there, and not all of it. */
  get isWithinRecord(): boolean {
    return this.#backlog.size > 0;
  }

  /** The next record; its fragment is a view that changes no earlier than the appended bytes do. */
  next(): Decoded<PlacedRecord> {
    if (this.#backlog.size === 0) return need(RECORD_HEADER_SIZE_BYTES);
    const decoded = decodeRecord(this.#backlog.bytes);
    if (decoded.status !== "done") {
      this.#backlog.keep();
      return decoded.status === "bad" ? { ...decoded, fault: faultAt(decoded.fault, this.#offset) } : decoded;
    }
    const fragmentOffset = this.#offset + RECORD_HEADER_SIZE_BYTES;
    this.#backlog.drop(decoded.size);
    this.#offset += decoded.size;
    return { ...decoded, value: { ...decoded.value, fragmentOffset } };
  }
}
