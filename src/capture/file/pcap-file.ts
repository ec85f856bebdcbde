/**
 * The classic pcap file ([draft-ietf-opsawg-pcap] 4 and 5), in both byte orders, micro- and nanoseconds; and
 * the one that Linux once wrote, with interface, protocol and kind of each packet (libpcap, KUZNETZOV_TCPDUMP_MAGIC).
 */
import type { CaptureEvent } from "../capture-event.ts";
import type { Packet } from "../packet.ts";
import type { RecordFormat } from "./record-stream.ts";

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const MAGIC_MODIFIED = 0xa1b2cd34;
const MAGICS = [MAGIC_MICROSECONDS, MAGIC_NANOSECONDS, MAGIC_MODIFIED] as const;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const MODIFIED_RECORD_HEADER_BYTES = 24;

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
export const isPcapMagic = (magic: number): boolean => MAGICS.some((known) => isEither(magic, known));

export class PcapFormat implements RecordFormat {
  readonly #sink: CaptureSink;
  #headerRead = false;
  #littleEndian = false;
  #fractionsPerMs = 1000;
  #recordHeaderBytes = RECORD_HEADER_BYTES;
  #linkType = 0;

  constructor(sink: CaptureSink) {
    this.#sink = sink;
  }

  measure(view: DataView, at: number, available: number): number {
    if (!this.#headerRead) return FILE_HEADER_BYTES;
    if (available < this.#recordHeaderBytes) return this.#recordHeaderBytes;
    const captured = view.getUint32(at + 8, this.#littleEndian);
    if (captured <= MAX_PACKET_BYTES) return this.#recordHeaderBytes + captured;
    this.#sink.onEvent({
      type: "fault",
      code: "file-damaged",
      fault: {
        field: "pcap.record.capturedLength",
        offset: this.#sink.offset() + 8,
        reason: `${captured} bytes are more than a packet may have; a variant of pcap is converted with: editcap -F pcapng in out`,
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
    const headerBytes = this.#recordHeaderBytes;
    packet.load(bytes, view, at + headerBytes, size - headerBytes, wireLength);
    this.#sink.onPacket();
  }

  #readFileHeader(view: DataView, at: number): void {
    this.#headerRead = true;
    const magic = view.getUint32(at);
    this.#littleEndian = MAGICS.every((known) => known !== magic);
    if (isEither(magic, MAGIC_MODIFIED)) this.#recordHeaderBytes = MODIFIED_RECORD_HEADER_BYTES;
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
