/** What the client puts on the wire: records in the clear, and under keys once there are some. */
import { ALERT_LEVEL, encodeAlert } from "../wire/alert.ts";
import { CONTENT_TYPE, encodeRecord } from "../wire/record.ts";
import type { RecordSealer } from "../decrypt/record-protection.ts";
import { TLS_VERSION } from "../tables/versions.ts";

const CHANGE_CIPHER_SPEC = Uint8Array.of(1);

export class ClientRecords {
  #pieces: Uint8Array[] = [];
  #sealer: RecordSealer | null = null;
  /** Version in the records of messages in the clear, after the hello. */
  #version: number = TLS_VERSION.tls12;

  /** The ServerHello said the version; TLS 1.3 writes its records as 1.2. */
  agreeOn(version: number): void {
    this.#version = Math.min(version, TLS_VERSION.tls12);
  }

  sealWith(sealer: RecordSealer): void {
    this.#sealer = sealer;
  }

  /** A record that is ready, as the hello's. */
  raw(record: Uint8Array): void {
    this.#pieces.push(record);
  }

  handshake(message: Uint8Array): void {
    this.#pieces.push(this.record(CONTENT_TYPE.handshake, message));
  }

  changeCipherSpec(): void {
    const contentType = CONTENT_TYPE.changeCipherSpec;
    this.#pieces.push(encodeRecord({ contentType, version: this.#version, fragment: CHANGE_CIPHER_SPEC }));
  }

  alertRecord(level: number = ALERT_LEVEL.warning, description = 0): Uint8Array {
    return this.record(CONTENT_TYPE.alert, encodeAlert({ level, description }));
  }

  /** One record, under the keys of the moment. */
  record(contentType: number, bytes: Uint8Array): Uint8Array {
    return this.#sealer === null
      ? encodeRecord({ contentType, version: this.#version, fragment: bytes })
      : this.#sealer(contentType, bytes);
  }

  /** All that waits, as one piece; null where nothing does. */
  drain(): Uint8Array | null {
    const pieces = this.#pieces;
    const only = pieces[0];
    if (only === undefined) return null;
    this.#pieces = [];
    if (pieces.length === 1) return only;
    let size = 0;
    for (const piece of pieces) size += piece.length;
    const whole = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}
