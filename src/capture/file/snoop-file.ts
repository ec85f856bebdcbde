/** The snoop capture file of Solaris (RFC 1761), version 2. */
import { type CaptureSink, MAX_PACKET_BYTES } from "./pcap-file.ts";
import type { RecordFormat } from "./record-stream.ts";

/** `snoop` and three zeros; its first four bytes tell it from every other format. */
export const SNOOP_MAGIC = 0x736e6f6f;

const FILE_HEADER_BYTES = 16;
const RECORD_HEADER_BYTES = 24;
const VERSION = 2;
const CONVERT = "convert the file with: editcap -F pcapng in out";
/** Records are padded to four bytes; some writers pad to more. */
const MAX_PADDING_BYTES = 4096;

/** RFC 1761 datalink types as LINKTYPE_ values; any other is reported with the number that it has in snoop. */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [0, 1], // IEEE 802.3
  [4, 1], // Ethernet
  [9, 9], // PPP, where it is written
]);

export class SnoopFormat implements RecordFormat {
  readonly #sink: CaptureSink;
  #headerRead = false;
  #linkType = 0;

  constructor(sink: CaptureSink) {
    this.#sink = sink;
  }

  measure(view: DataView, at: number, available: number): number {
    if (!this.#headerRead) {
      if (available < FILE_HEADER_BYTES) return FILE_HEADER_BYTES;
      const version = view.getUint32(at + 8);
      return version === VERSION
        ? FILE_HEADER_BYTES
        : this.#lose("snoop.version", 8, `${version} is not read`);
    }
    if (available < RECORD_HEADER_BYTES) return RECORD_HEADER_BYTES;
    const captured = view.getUint32(at + 4);
    const size = view.getUint32(at + 8);
    const least = RECORD_HEADER_BYTES + captured;
    if (captured > MAX_PACKET_BYTES) {
      return this.#lose(
        "snoop.record.includedLength",
        4,
        `${captured} bytes are more than a packet may have`,
      );
    }
    if (size < least || size > least + MAX_PADDING_BYTES) {
      return this.#lose("snoop.record.recordLength", 8, `${size} does not fit a packet of ${captured} bytes`);
    }
    return size;
  }

  consume(bytes: Uint8Array, view: DataView, at: number): void {
    if (!this.#headerRead) {
      this.#readFileHeader(view, at);
      return;
    }
    const packet = this.#sink.packet;
    packet.linkType = this.#linkType;
    packet.timeMs = view.getUint32(at + 16) * 1000 + view.getUint32(at + 20) / 1000;
    packet.load(bytes, view, at + RECORD_HEADER_BYTES, view.getUint32(at + 4), view.getUint32(at));
    this.#sink.onPacket();
  }

  #readFileHeader(view: DataView, at: number): void {
    this.#headerRead = true;
    const dataLink = view.getUint32(at + 12);
    this.#linkType = LINK_TYPES.get(dataLink) ?? dataLink;
    this.#sink.onEvent({
      type: "section",
      format: "snoop",
      hardware: null,
      operatingSystem: null,
      application: null,
    });
    this.#sink.onEvent({
      type: "interface",
      id: 0,
      linkType: this.#linkType,
      snapLengthBytes: 0,
      name: null,
    });
  }

  #lose(field: string, offset: number, reason: string): 0 {
    const fault = { field, offset: this.#sink.offset() + offset, reason: `${reason}: ${CONVERT}` };
    const code = this.#headerRead ? "file-damaged" : "not-a-capture";
    this.#sink.onEvent({ type: "fault", code, fault, packetNumber: null });
    return 0;
  }
}
