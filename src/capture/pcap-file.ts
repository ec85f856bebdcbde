/** The classic pcap file ([draft-ietf-opsawg-pcap] 4 and 5), in both byte orders, micro- and nanoseconds. */
import type { CaptureEvent } from "./capture-event.ts";
import type { Packet } from "./packet.ts";
import type { RecordFormat } from "./record-stream.ts";

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

/** Wireshark's bound for one packet; a greater length is not a packet but a lost framing. */
export const MAX_PACKET_BYTES = 262_144;

/** What a file format hands to whoever reads the capture. */
export interface CaptureSink {
  readonly packet: Packet;
  /** `packet` holds the next packet. */
  onPacket(): void;
  onEvent(event: CaptureEvent): void;
  /** Offset in the file of the record that is read now. */
  offset(): number;
}

/** Whether the first four bytes of a file, read as big endian, are a pcap magic number. */
export const isPcapMagic = (magic: number): boolean =>
  isEither(magic, MAGIC_MICROSECONDS) || isEither(magic, MAGIC_NANOSECONDS);

export class PcapFormat implements RecordFormat {
  readonly #sink: CaptureSink;
  #headerRead = false;
  #littleEndian = false;
  #fractionsPerMs = 1000;
  #linkType = 0;

  constructor(sink: CaptureSink) {
    this.#sink = sink;
  }

  measure(view: DataView, at: number, available: number): number {
    if (!this.#headerRead) return FILE_HEADER_BYTES;
    if (available < RECORD_HEADER_BYTES) return RECORD_HEADER_BYTES;
    const captured = view.getUint32(at + 8, this.#littleEndian);
    if (captured <= MAX_PACKET_BYTES) return RECORD_HEADER_BYTES + captured;
    this.#sink.onEvent({
      type: "fault",
      code: "file-damaged",
      fault: {
        field: "pcap.record.capturedLength",
        offset: this.#sink.offset() + 8,
        reason: `${captured} bytes are more than a packet may have`,
      },
      packetNumber: null,
    });
    return 0;
  }

  consume(bytes: Uint8Array, view: DataView, at: number, size: number): void {
    if (!this.#headerRead) {
      this.#readFileHeader(view, at);
      return;
    }
    const packet = this.#sink.packet;
    packet.linkType = this.#linkType;
    packet.timeMs =
      view.getUint32(at, this.#littleEndian) * 1000 +
      view.getUint32(at + 4, this.#littleEndian) / this.#fractionsPerMs;
    const wireLength = view.getUint32(at + 12, this.#littleEndian);
    packet.load(bytes, view, at + RECORD_HEADER_BYTES, size - RECORD_HEADER_BYTES, wireLength);
    this.#sink.onPacket();
  }

  #readFileHeader(view: DataView, at: number): void {
    this.#headerRead = true;
    const magic = view.getUint32(at);
    this.#littleEndian = magic !== MAGIC_MICROSECONDS && magic !== MAGIC_NANOSECONDS;
    this.#fractionsPerMs = isEither(magic, MAGIC_NANOSECONDS) ? 1_000_000 : 1000;
    // The upper half tells of frame check sequences, which the IP length cuts off anyway.
    this.#linkType = view.getUint32(at + 20, this.#littleEndian) & 0xffff;
    this.#sink.onEvent({
      type: "section",
      format: "pcap",
      hardware: null,
      operatingSystem: null,
      application: null,
    });
    this.#sink.onEvent({
      type: "interface",
      id: 0,
      linkType: this.#linkType,
      snapLengthBytes: view.getUint32(at + 16, this.#littleEndian),
      name: null,
    });
  }
}

const swap32 = (value: number): number =>
  (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | ((value >>> 24) & 0xff)) >>>
  0;

const isEither = (magic: number, expected: number): boolean =>
  magic === expected || magic === swap32(expected);
