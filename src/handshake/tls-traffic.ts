/**
 * One direction of TLS as far as its record headers tell: what was said in the clear, and how much came
 * sealed. Enough to see from outside whether a handshake was completed.
 */
import { ALERT_LEVEL, type Alert, decodeAlert } from "../tls/alert.ts";
import { CONTENT_TYPE } from "../tls/record.ts";
import { type PlacedRecord, RecordStream } from "../tls/record-stream.ts";

/** A record of application data: the size of its fragment, and where it ends in its side's TLS bytes. */
export interface SealedRecord {
  readonly sizeBytes: number;
  readonly endOffset: number;
}

/** Those of a handshake are not more. */
const MAX_RECORDS = 64;

/** What one side's records have shown so far. */
export class TlsTraffic {
  readonly #records = new RecordStream();
  /** ChangeCipherSpec came: up to TLS 1.2 all behind it is sealed. */
  changedCipherSpec = false;
  /** Handshake records behind the ChangeCipherSpec: Finished, up to TLS 1.2. */
  sealedHandshakes = 0;
  /** Alert records behind the ChangeCipherSpec. */
  sealedAlerts = 0;
  /** Records of application data, which TLS 1.3 also seals its handshake and its alerts in. */
  applicationRecords: SealedRecord[] = [];
  /** The first fatal alert in the clear. */
  fatalAlert: Alert | null = null;
  /** These bytes are no TLS records, or no longer. */
  broken = false;

  receive(bytes: Uint8Array): void {
    if (this.broken) return;
    this.#records.append(bytes);
    for (let next = this.#records.next(); next.status !== "need"; next = this.#records.next()) {
      if (next.status === "bad") {
        this.broken = true;
        return;
      }
      this.#take(next.value);
    }
  }

  #take({ contentType, fragment, fragmentOffset }: PlacedRecord): void {
    switch (contentType) {
      case CONTENT_TYPE.changeCipherSpec:
        this.changedCipherSpec = true;
        break;
      case CONTENT_TYPE.handshake:
        if (this.changedCipherSpec) this.sealedHandshakes += 1;
        break;
      case CONTENT_TYPE.alert:
        if (this.changedCipherSpec) this.sealedAlerts += 1;
        else this.#takeAlert(fragment);
        break;
      case CONTENT_TYPE.applicationData:
        if (this.applicationRecords.length < MAX_RECORDS) {
          const sizeBytes = fragment.length;
          this.applicationRecords.push({ sizeBytes, endOffset: fragmentOffset + sizeBytes });
        }
        break;
    }
  }

  #takeAlert(fragment: Uint8Array): void {
    const alert = decodeAlert(fragment);
    if (alert.status === "done" && alert.value.level === ALERT_LEVEL.fatal) this.fatalAlert ??= alert.value;
  }
}

/** A record as long as a sealed alert of TLS 1.3: two bytes, its type, and the tag (RFC 8446 5.2). */
export const SEALED_ALERT_BYTES = 2 + 1 + 16;
