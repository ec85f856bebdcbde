/** A capture file of any format that is read, told apart by its first bytes. */
import type { CaptureEvent } from "../capture-event.ts";
import { describeForeignFormat, RECOGNISED_BYTES } from "./foreign-format.ts";
import { NETMON_MAGICS, NetmonFormat } from "./netmon-file.ts";
import { SNOOP_MAGIC, SnoopFormat } from "./snoop-file.ts";
import type { Packet } from "../packet.ts";
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
const NO_CAPTURE = "is no capture file that is known";

/** Reads one file: `receive` takes its bytes in order, `finish` says that they have ended. */
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
    const { offset, held } = this.#records;
    if (this.#format === null) {
      const isShort = held.length < MAGIC_BYTES;
      const reason = held.length === 0 ? "is empty" : `is ${held.length} bytes long, which is no capture`;
      this.#refuse(isShort ? reason : (describeForeignFormat(held) ?? NO_CAPTURE));
      return;
    }
    this.onEvent({
      type: "fault",
      code: "file-truncated",
      fault: { field: "file", offset, reason: "the file ends inside a record" },
      packetNumber: null,
    });
  }

  measure(view: DataView, at: number, available: number): number {
    if (this.#format !== null) return this.#format.measure(view, at, available);
    if (available < MAGIC_BYTES) return MAGIC_BYTES;
    this.#format = this.#formatOf(view.getUint32(at));
    if (this.#format !== null) return this.#format.measure(view, at, available);
    if (available < RECOGNISED_BYTES) return RECOGNISED_BYTES;
    const head = new Uint8Array(view.buffer, view.byteOffset + at, RECOGNISED_BYTES);
    this.#refuse(describeForeignFormat(head) ?? NO_CAPTURE);
    return 0;
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

  #formatOf(magic: number): RecordFormat | null {
    if (isPcapMagic(magic)) return new PcapFormat(this);
    if (magic === BLOCK_TYPE.sectionHeader) return new PcapngFormat(this);
    if (magic === SNOOP_MAGIC) return new SnoopFormat(this);
    return NETMON_MAGICS.has(magic) ? new NetmonFormat(this) : null;
  }

  #refuse(reason: string): void {
    this.#refused = true;
    this.onEvent({
      type: "fault",
      code: "not-a-capture",
      fault: { field: "file", offset: 0, reason },
      packetNumber: null,
    });
  }
}
