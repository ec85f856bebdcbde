/** A capture file of either format, told apart by its first bytes. */
import type { CaptureEvent } from "./capture-event.ts";
import type { Packet } from "./packet.ts";
import { type CaptureSink, isPcapMagic, PcapFormat } from "./pcap-file.ts";
import { BLOCK_TYPE } from "./pcapng-block.ts";
import { PcapngFormat } from "./pcapng-file.ts";
import { type RecordFormat, RecordStream } from "./record-stream.ts";

/** What is told while a capture file is read. */
export interface CaptureFileOptions {
  /** The packet is filled anew for each call and belongs to the reader. */
  readonly onPacket: (packet: Packet) => void;
  readonly onEvent: (event: CaptureEvent) => void;
  readonly packet: Packet;
}

const MAGIC_BYTES = 4;
const GZIP_MAGIC = 0x1f8b;

/** Reads one file, pcap or pcapng: `receive` takes its bytes in order, `finish` says that they have ended. */
export class CaptureFile implements RecordFormat, CaptureSink {
  readonly packet: Packet;
  readonly #options: CaptureFileOptions;
  readonly #records: RecordStream;
  #format: RecordFormat | null = null;
  #refused = false;

  constructor(options: CaptureFileOptions) {
    this.#options = options;
    this.packet = options.packet;
    this.#records = new RecordStream(this);
  }

  /** Takes the next bytes of the file; the chunk may be used again afterwards. */
  receive(chunk: Uint8Array): void {
    this.#records.receive(chunk);
  }

  /** Reports a record that the file's end cuts, and a file too short to be a capture. */
  finish(): void {
    if (this.#refused || (this.#format !== null && !this.#records.incomplete)) return;
    const offset = this.#records.offset;
    this.onEvent({
      type: "fault",
      code: this.#format === null ? "not-a-capture" : "file-truncated",
      fault: { field: "file", offset, reason: "the file ends inside a record" },
      packetNumber: null,
    });
  }

  measure(view: DataView, at: number, available: number): number {
    if (this.#format !== null) return this.#format.measure(view, at, available);
    if (available < MAGIC_BYTES) return MAGIC_BYTES;
    const magic = view.getUint32(at);
    if (isPcapMagic(magic)) this.#format = new PcapFormat(this);
    else if (magic === BLOCK_TYPE.sectionHeader) this.#format = new PcapngFormat(this);
    else {
      this.#refused = true;
      const reason =
        magic >>> 16 === GZIP_MAGIC ? "is gzip, to be decompressed first" : "is neither pcap nor pcapng";
      this.onEvent({
        type: "fault",
        code: "not-a-capture",
        fault: { field: "file.magic", offset: 0, reason },
        packetNumber: null,
      });
      return 0;
    }
    return this.#format.measure(view, at, available);
  }

  consume(bytes: Uint8Array, view: DataView, at: number, size: number): void {
    this.#format?.consume(bytes, view, at, size);
  }

  offset(): number {
    return this.#records.offset;
  }

  onEvent(event: CaptureEvent): void {
    this.#options.onEvent(event);
  }

  onPacket(): void {
    const packet = this.packet;
    packet.number += 1;
    if (packet.captured < packet.wireLength) {
      this.onEvent({
        type: "fault",
        code: "packet-truncated",
        fault: {
          field: "packet.capturedLength",
          offset: packet.captured,
          reason: "less than was on the wire",
        },
        packetNumber: packet.number,
      });
    }
    this.#options.onPacket(packet);
  }
}
