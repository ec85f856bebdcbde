/**
 * The handshake messages in the fragments of handshake records: one may span several records and one record
 * may hold several (RFC 8446 5.1). Faults name the place on the wire, record headers counted in.
 */
import { type Decoded, type DecodeFault, need } from "../../bytes/decoded.ts";
import { Backlog } from "./backlog.ts";
import {
  decodeHandshakeMessage,
  HANDSHAKE_HEADER_SIZE_BYTES,
  type HandshakeMessage,
} from "./handshake-message.ts";
import type { PlacedRecord } from "./record-stream.ts";

export interface PlacedMessage extends HandshakeMessage {
  /** A fault of the body, with its offset moved to its place on the wire. */
  readonly placed: (fault: DecodeFault) => DecodeFault;
}

/** From byte `from` of the joined fragments on, the wire is `shift` bytes ahead. */
interface Seam {
  readonly from: number;
  readonly shift: number;
}

export class HandshakeStream {
  readonly #backlog = new Backlog();
  #seams: Seam[] = [];
  #offset = 0;

  /** The fragment must not change until `next` gives no more messages: then what is left of it is copied. */
  append(record: PlacedRecord): void {
    const from = this.#offset + this.#backlog.size;
    if (record.fragment.length > 0) this.#seams.push({ from, shift: record.fragmentOffset - from });
    this.#backlog.append(record.fragment);
  }

  /** Bytes of a message are there, and not all of it. */
  get isWithinMessage(): boolean {
    return this.#backlog.size > 0;
  }

  /** The next message, with a body of its own. */
  next(): Decoded<PlacedMessage> {
    if (this.#backlog.size === 0) return need(HANDSHAKE_HEADER_SIZE_BYTES);
    const decoded = decodeHandshakeMessage(this.#backlog.bytes);
    const seams = this.#seams;
    const start = this.#offset;
    if (decoded.status !== "done") {
      this.#backlog.keep();
      return decoded.status === "bad"
        ? { ...decoded, fault: placedOn(seams, start)(decoded.fault) }
        : decoded;
    }
    const body = decoded.value.body.slice();
    this.#backlog.drop(decoded.size);
    this.#offset += decoded.size;
    this.#seams = seamsFrom(seams, this.#offset);
    const placed = placedOn(seams, start + HANDSHAKE_HEADER_SIZE_BYTES);
    return { ...decoded, value: { type: decoded.value.type, body, placed } };
  }
}

const placedOn =
  (seams: readonly Seam[], base: number) =>
  (fault: DecodeFault): DecodeFault => {
    const at = base + fault.offset;
    const shift = seams.findLast((seam) => seam.from <= at)?.shift ?? 0;
    return { ...fault, offset: at + shift };
  };

/** Those that still matter: the last one at or before `offset`, and all behind it. */
const seamsFrom = (seams: readonly Seam[], offset: number): Seam[] =>
  seams.slice(
    Math.max(
      0,
      seams.findLastIndex((seam) => seam.from <= offset),
    ),
  );
