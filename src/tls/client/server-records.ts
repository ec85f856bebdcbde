/**
 * The server's records, opened under the keys of the moment, with the rules of records that OpenSSL's client
 * holds a server to (RFC 8446 5, RFC 5246 6.2).
 */
import { CONTENT_TYPE, RECORD_HEADER_SIZE_BYTES } from "../wire/record.ts";
import type { RecordOpener } from "../decrypt/record-protection.ts";
import { type PlacedRecord, RecordStream } from "../wire/record-stream.ts";
import { TLS_VERSION } from "../tables/versions.ts";
import { faultOf, type TlsFault, type TlsFaultKind } from "./tls-fault.ts";

export interface ServerRecord {
  readonly contentType: number;
  readonly bytes: Uint8Array;
  /** Of the fragment, in the server's TLS bytes. */
  readonly offset: number;
  /** It came under keys. */
  readonly isSealed: boolean;
}

export type NextRecord =
  | { readonly kind: "need" }
  | { readonly kind: "record"; readonly record: ServerRecord }
  | { readonly kind: "fault"; readonly fault: TlsFault };

/** A fragment in the clear has up to this many bytes. */
const MAX_PLAINTEXT_BYTES = 2 ** 14;
/** What OpenSSL takes, who compresses nothing. */
const MAX_SEALED_BYTES = MAX_PLAINTEXT_BYTES + 320;
/** RFC 8446 5.2. */
const MAX_SEALED_13_BYTES = MAX_PLAINTEXT_BYTES + 256;
/** More empty records in a row are an attack. */
const MAX_EMPTY_RECORDS = 32;

/** RFC 8446 6.1. */
const USER_CANCELED = 90;

const NEED: NextRecord = { kind: "need" };

export class ServerRecords {
  readonly #stream = new RecordStream();
  #opener: RecordOpener | null = null;
  /** Null as long as no ServerHello has said it. */
  #version: number | null = null;
  #emptyInARow = 0;
  #isRetrying = false;
  #isStanding = false;

  append(bytes: Uint8Array): void {
    this.#stream.append(bytes);
  }

  /** Nothing more is to be read. */
  release(): void {
    this.#stream.release();
  }

  /** A HelloRetryRequest came: a ChangeCipherSpec means nothing from now on. */
  retry(): void {
    this.#isRetrying = true;
  }

  /** The ServerHello said the version. */
  agreeOn(version: number): void {
    this.#version = version;
  }

  openWith(opener: RecordOpener): void {
    this.#opener = opener;
  }

  /** Both Finished went over: in TLS 1.3 nothing comes in the clear any more. */
  stand(): void {
    this.#isStanding = true;
  }

  /** The next record that means something. */
  next(): NextRecord {
    for (;;) {
      const decoded = this.#stream.next();
      if (decoded.status === "need") return NEED;
      if (decoded.status === "bad") {
        const { field, offset, reason } = decoded.fault;
        return {
          kind: "fault",
          fault: { kind: "record", message: "record", field, offset, reason },
        };
      }
      const record = decoded.value;
      const fault = this.#headerFault(record);
      if (fault !== null) return { kind: "fault", fault };
      if (this.#isCompatibility(record)) {
        const wrong = this.#compatibilityFault(record);
        if (wrong !== null) return { kind: "fault", fault: wrong };
        continue;
      }
      const opened = this.#open(record);
      if (opened.kind !== "record") return opened;
      const { bytes, contentType } = opened.record;
      if (bytes.length > 0) this.#emptyInARow = 0;
      else if (++this.#emptyInARow > MAX_EMPTY_RECORDS) {
        return recordFault(record, "record", "fragment", "too many empty records in a row");
      } else if (contentType !== CONTENT_TYPE.alert) continue;
      return opened;
    }
  }

  get #is13(): boolean {
    return this.#version === TLS_VERSION.tls13;
  }

  #headerFault(record: PlacedRecord): TlsFault | null {
    const { version, fragment, contentType } = record;
    const wanted = this.#is13 ? TLS_VERSION.tls12 : this.#version;
    if (wanted !== null && version !== wanted) {
      return faultIn(
        record,
        "record",
        "version",
        `0x${version.toString(16).padStart(4, "0")} is not the version`,
      );
    }
    const isSealed = this.#opener !== null;
    const limit =
      !isSealed && contentType !== CONTENT_TYPE.applicationData
        ? MAX_PLAINTEXT_BYTES
        : this.#is13
          ? MAX_SEALED_13_BYTES
          : MAX_SEALED_BYTES;
    return fragment.length > limit
      ? faultIn(record, "record", "length", `length ${fragment.length} is over the limit of ${limit}`)
      : null;
  }

  /** Does TLS 1.3 send it for the sake of middleboxes (RFC 8446 D.4)? */
  #isCompatibility({ contentType }: PlacedRecord): boolean {
    return (
      contentType === CONTENT_TYPE.changeCipherSpec && (this.#is13 || this.#isRetrying) && !this.#isStanding
    );
  }

  #compatibilityFault(record: PlacedRecord): TlsFault | null {
    if (record.fragment.length !== 1 || record.fragment[0] !== 1) {
      return faultIn(record, "decode", "fragment", "it is no ChangeCipherSpec");
    }
    this.#emptyInARow += 1;
    return this.#emptyInARow > MAX_EMPTY_RECORDS
      ? faultIn(record, "record", "fragment", "too many ChangeCipherSpec in a row")
      : null;
  }

  #open(record: PlacedRecord): NextRecord {
    const { contentType, fragment, fragmentOffset: offset } = record;
    const opener = this.#opener;
    if (opener === null) {
      return { kind: "record", record: { contentType, bytes: fragment, offset, isSealed: false } };
    }
    if (this.#is13 && contentType !== CONTENT_TYPE.applicationData) {
      // An alert of a server that has no keys yet ends the handshake; one that changes nothing has no place here.
      const isEnd = contentType === CONTENT_TYPE.alert && fragment[1] !== USER_CANCELED && !this.#isStanding;
      return isEnd
        ? { kind: "record", record: { contentType, bytes: fragment, offset, isSealed: false } }
        : recordFault(record, "record", "type", `content type ${contentType} in the clear`);
    }
    const opened = opener(record);
    if (opened === null) return recordFault(record, "record", "fragment", "it does not authenticate");
    if (opened.bytes.length > MAX_PLAINTEXT_BYTES) {
      return recordFault(record, "record", "fragment", `${opened.bytes.length} bytes inside`);
    }
    const wrong = this.#is13 ? innerFault(opened.contentType, opened.bytes.length) : null;
    if (wrong !== null) return recordFault(record, "record", "content_type", wrong);
    return { kind: "record", record: { ...opened, offset, isSealed: true } };
  }
}

const INNER_TYPES: ReadonlySet<number> = new Set([
  CONTENT_TYPE.alert,
  CONTENT_TYPE.handshake,
  CONTENT_TYPE.applicationData,
]);

/** What TLS 1.3 may not have inside (RFC 8446 5.1 and 5.4). */
const innerFault = (contentType: number, size: number): string | null => {
  if (!INNER_TYPES.has(contentType)) return `content type ${contentType} inside`;
  return size === 0 && contentType !== CONTENT_TYPE.applicationData ? "nothing inside" : null;
};

const faultIn = (record: PlacedRecord, kind: TlsFaultKind, field: string, reason: string): TlsFault =>
  faultOf(kind, "record", field, reason, record.fragmentOffset - RECORD_HEADER_SIZE_BYTES);

const recordFault = (
  record: PlacedRecord,
  kind: TlsFaultKind,
  field: string,
  reason: string,
): NextRecord => ({ kind: "fault", fault: faultIn(record, kind, field, reason) });
