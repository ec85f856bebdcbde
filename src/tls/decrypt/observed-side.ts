/**
 * One direction of a TLS connection seen from outside: its records, cut once; how much of it came sealed; and what
 * keys open.
 */
import type { DecodeFault } from "../../bytes/decoded.ts";
import { cipherSuite } from "../tables/cipher-suites.ts";
import { CONTENT_TYPE } from "../wire/record.ts";
import { type PlacedRecord, RecordStream } from "../wire/record-stream.ts";
import type { SideOpener } from "./session-openers.ts";

/** A record of application data: the size of its fragment, and where it ends in its side's TLS bytes. */
export interface SealedRecord {
  readonly sizeBytes: number;
  readonly endOffset: number;
}

/** Those of a handshake are not more. */
const MAX_RECORDS = 64;

/** A record as long as a sealed alert of TLS 1.3: two bytes, its type, and the tag (RFC 8446 5.2). */
export const SEALED_ALERT_BYTES = 2 + 1 + 16;

/** A sealed Finished of TLS 1.3: header, hash, content type, tag (RFC 8446 4.4.4 and 5.2). */
export const sealedFinishedBytes = (suite: number): number =>
  4 + (cipherSuite(suite)?.name.endsWith("SHA384") === true ? 48 : 32) + 1 + 16;

export class ObservedSide {
  readonly #records = new RecordStream();
  sizeBytes = 0;
  /** ChangeCipherSpec came: up to TLS 1.2 all after it is sealed. */
  changedCipherSpec = false;
  /** Handshake records after it: Finished, up to TLS 1.2. */
  sealedHandshakes = 0;
  /** Alert records after it. */
  sealedAlerts = 0;
  /** Records of application data, which TLS 1.3 also seals its handshake and its alerts in. */
  readonly applicationRecords: SealedRecord[] = [];
  /** These bytes are no TLS records, or no longer. */
  #isBroken = false;
  opener: SideOpener | null = null;
  /** The keys did not open a record: what follows is not read. */
  isUnfit = false;

  get isWithinRecord(): boolean {
    return this.#records.isWithinRecord;
  }

  /** The last record of application data; null without one. */
  get lastRecord(): SealedRecord | null {
    return this.applicationRecords.at(-1) ?? null;
  }

  /** Takes the next bytes, and passes on each record that is whole; gives what is wrong with them, the first time. */
  receive(bytes: Uint8Array, take: (record: PlacedRecord) => void): DecodeFault | null {
    this.sizeBytes += bytes.length;
    if (this.#isBroken) return null;
    this.#records.append(bytes);
    for (let next = this.#records.next(); next.status !== "need"; next = this.#records.next()) {
      if (next.status === "bad") {
        this.#isBroken = true;
        return next.fault;
      }
      take(next.value);
    }
    return null;
  }

  /** Counts a sealed record, and gives its content where the keys open it. */
  openSealed(record: PlacedRecord): { readonly contentType: number; readonly bytes: Uint8Array } | null {
    const { contentType, fragment, fragmentOffset } = record;
    const sizeBytes = fragment.length;
    if (contentType === CONTENT_TYPE.handshake) this.sealedHandshakes += 1;
    else if (contentType === CONTENT_TYPE.alert) this.sealedAlerts += 1;
    else if (this.applicationRecords.length < MAX_RECORDS) {
      this.applicationRecords.push({ sizeBytes, endOffset: fragmentOffset + sizeBytes });
    }
    if (this.opener === null || this.isUnfit) return null;
    const opened = this.opener.open(record);
    this.isUnfit = opened === null;
    return opened;
  }
}
