/** The pcapng file ([draft-ietf-opsawg-pcapng] 3 and 4): sections, interfaces, packets, secrets. */
import type { CaptureFaultCode } from "../capture-event.ts";
import { type CaptureSink, MAX_PACKET_BYTES } from "./pcap-file.ts";
import { BLOCK_TYPE, BYTE_ORDER_MAGIC, OPTION, paddedTo4, walkOptions } from "./pcapng-block.ts";
import type { RecordFormat } from "./record-stream.ts";
import { boundedTimeMs } from "./timestamp.ts";

const BLOCK_HEADER_BYTES = 12;
const MAX_BLOCK_BYTES = 4 * 1024 * 1024;
const MAX_INTERFACES = 65_536;

/** Types that are read, with the least that their block can have. */
const LEAST_BLOCK_BYTES: ReadonlyMap<number, number> = new Map([
  [BLOCK_TYPE.sectionHeader, 28],
  [BLOCK_TYPE.interfaceDescription, 20],
  [BLOCK_TYPE.obsoletePacket, 32],
  [BLOCK_TYPE.simplePacket, 16],
  [BLOCK_TYPE.enhancedPacket, 32],
  [BLOCK_TYPE.decryptionSecrets, 20],
]);

interface CaptureInterface {
  readonly linkType: number;
  readonly snapLengthBytes: number;
  readonly ticksPerMs: number;
  readonly offsetMs: number;
}

const DAMAGED = 0;

export class PcapngFormat implements RecordFormat {
  readonly #sink: CaptureSink;
  readonly #text = new TextDecoder();
  #littleEndian = false;
  #interfaces: CaptureInterface[] = [];

  constructor(sink: CaptureSink) {
    this.#sink = sink;
  }

  measure(view: DataView, at: number, available: number): number {
    if (available < BLOCK_HEADER_BYTES) return BLOCK_HEADER_BYTES;
    // The section header's type reads the same in both byte orders.
    if (view.getUint32(at) === BLOCK_TYPE.sectionHeader && !this.#readByteOrder(view, at + 8)) return DAMAGED;
    const type = view.getUint32(at, this.#littleEndian);
    const size = view.getUint32(at + 4, this.#littleEndian);
    const least = LEAST_BLOCK_BYTES.get(type);
    if (size < BLOCK_HEADER_BYTES || size % 4 !== 0) {
      this.#fault("file-damaged", "pcapng.block.totalLength", 4, `${size} is not a block's length`);
      return DAMAGED;
    }
    if (least === undefined) return -size;
    if (size >= least && size <= MAX_BLOCK_BYTES) return size;
    const bound = size < least ? `less than ${least}` : `more than ${MAX_BLOCK_BYTES}`;
    this.#fault("block-damaged", "pcapng.block.totalLength", 4, `${size} bytes are ${bound}`);
    return -size;
  }

  consume(bytes: Uint8Array, view: DataView, at: number, size: number): void {
    if (view.getUint32(at + size - 4, this.#littleEndian) !== size) {
      this.#fault(
        "block-damaged",
        "pcapng.block.trailingTotalLength",
        size - 4,
        "differs from the leading one",
      );
      return;
    }
    switch (view.getUint32(at, this.#littleEndian)) {
      case BLOCK_TYPE.enhancedPacket:
        this.#readPacket(bytes, view, at, size, view.getUint32(at + 8, this.#littleEndian), 12);
        break;
      case BLOCK_TYPE.obsoletePacket:
        this.#readPacket(bytes, view, at, size, view.getUint16(at + 8, this.#littleEndian), 12);
        break;
      case BLOCK_TYPE.simplePacket:
        this.#readSimplePacket(bytes, view, at, size);
        break;
      case BLOCK_TYPE.interfaceDescription:
        this.#readInterface(bytes, view, at, size);
        break;
      case BLOCK_TYPE.decryptionSecrets:
        this.#readSecrets(bytes, view, at, size);
        break;
      default:
        this.#readSection(bytes, view, at, size);
    }
  }

  /** Time, captured length, original length and data stand at `field` in both kinds of packet block. */
  #readPacket(
    bytes: Uint8Array,
    view: DataView,
    at: number,
    size: number,
    interfaceId: number,
    field: number,
  ): void {
    const origin = this.#interfaces[interfaceId];
    if (origin === undefined) {
      this.#fault(
        "block-damaged",
        "pcapng.packet.interfaceId",
        8,
        `interface ${interfaceId} is not described`,
      );
      return;
    }
    const captured = view.getUint32(at + field + 8, this.#littleEndian);
    if (captured > size - field - 20 || captured > MAX_PACKET_BYTES) {
      const reason = `${captured} bytes do not fit a block of ${size}`;
      this.#fault("block-damaged", "pcapng.packet.capturedLength", field + 8, reason);
      return;
    }
    const ticks =
      view.getUint32(at + field, this.#littleEndian) * 0x1_0000_0000 +
      view.getUint32(at + field + 4, this.#littleEndian);
    const packet = this.#sink.packet;
    packet.timeMs = boundedTimeMs(ticks / origin.ticksPerMs + origin.offsetMs);
    packet.linkType = origin.linkType;
    const wireLength = view.getUint32(at + field + 12, this.#littleEndian);
    packet.load(bytes, view, at + field + 16, captured, wireLength);
    const options = at + field + 16 + paddedTo4(captured);
    if (options < at + size - 4) this.#findComment(view, options, at + size - 4);
    this.#sink.onPacket();
  }

  /** Notes where the first comment among the options in `[start, end)` stands. */
  #findComment(view: DataView, start: number, end: number): void {
    const packet = this.#sink.packet;
    walkOptions(view, start, end, this.#littleEndian, (code, from, length) => {
      if (code !== OPTION.comment || packet.commentEnd > 0) return;
      packet.commentStart = from;
      packet.commentEnd = from + length;
    });
  }

  /** A Simple Packet Block has no time: the packet before it lends its own. */
  #readSimplePacket(bytes: Uint8Array, view: DataView, at: number, size: number): void {
    const origin = this.#interfaces[0];
    if (origin === undefined) {
      this.#fault("block-damaged", "pcapng.simplePacket", 0, "interface 0 is not described");
      return;
    }
    const wireLength = view.getUint32(at + 8, this.#littleEndian);
    const snapLength = origin.snapLengthBytes === 0 ? MAX_PACKET_BYTES : origin.snapLengthBytes;
    const packet = this.#sink.packet;
    packet.linkType = origin.linkType;
    packet.load(bytes, view, at + 12, Math.min(wireLength, size - 16, snapLength), wireLength);
    packet.hasTime = false;
    this.#sink.onPacket();
  }

  #readInterface(bytes: Uint8Array, view: DataView, at: number, size: number): void {
    if (this.#interfaces.length >= MAX_INTERFACES) {
      this.#fault("block-damaged", "pcapng.interface", 0, `more than ${MAX_INTERFACES} interfaces`);
      return;
    }
    let ticksPerMs = 1000;
    let offsetMs = 0;
    let name: string | null = null;
    const fits = walkOptions(view, at + 16, at + size - 4, this.#littleEndian, (code, from, length) => {
      if (code === OPTION.interfaceTimestampResolution && length >= 1) {
        const resolution = view.getUint8(from);
        const base = resolution >= 0x80 ? 2 : 10;
        ticksPerMs = base ** (resolution % 0x80) / 1000;
      } else if (code === OPTION.interfaceTimestampOffset && length >= 8) {
        offsetMs = Number(view.getBigInt64(from, this.#littleEndian)) * 1000;
      } else if (code === OPTION.interfaceName) {
        name = this.#text.decode(bytes.subarray(from, from + length));
      }
    });
    if (!fits) this.#fault("block-damaged", "pcapng.interface.options", 16, "an option exceeds its block");
    const linkType = view.getUint16(at + 8, this.#littleEndian);
    const snapLengthBytes = view.getUint32(at + 12, this.#littleEndian);
    const id = this.#interfaces.length;
    this.#interfaces.push({ linkType, snapLengthBytes, ticksPerMs, offsetMs });
    this.#sink.onEvent({ type: "interface", id, linkType, snapLengthBytes, name });
  }

  #readSecrets(bytes: Uint8Array, view: DataView, at: number, size: number): void {
    const length = view.getUint32(at + 12, this.#littleEndian);
    if (length > size - 20) {
      this.#fault(
        "block-damaged",
        "pcapng.secrets.length",
        12,
        `${length} bytes do not fit a block of ${size}`,
      );
      return;
    }
    this.#sink.onEvent({
      type: "secrets",
      secretsType: view.getUint32(at + 8, this.#littleEndian),
      data: Uint8Array.from(bytes.subarray(at + 16, at + 16 + length)),
    });
  }

  #readSection(bytes: Uint8Array, view: DataView, at: number, size: number): void {
    this.#interfaces = [];
    const texts = new Map<number, string>();
    const fits = walkOptions(view, at + 24, at + size - 4, this.#littleEndian, (code, from, length) => {
      texts.set(code, this.#text.decode(bytes.subarray(from, from + length)));
    });
    if (!fits) this.#fault("block-damaged", "pcapng.section.options", 24, "an option exceeds its block");
    this.#sink.onEvent({
      type: "section",
      format: "pcapng",
      hardware: texts.get(OPTION.sectionHardware) ?? null,
      operatingSystem: texts.get(OPTION.sectionOperatingSystem) ?? null,
      application: texts.get(OPTION.sectionApplication) ?? null,
    });
  }

  #readByteOrder(view: DataView, at: number): boolean {
    if (view.getUint32(at) === BYTE_ORDER_MAGIC) this.#littleEndian = false;
    else if (view.getUint32(at, true) === BYTE_ORDER_MAGIC) this.#littleEndian = true;
    else {
      this.#fault("file-damaged", "pcapng.section.byteOrderMagic", 8, "is neither byte order's");
      return false;
    }
    return true;
  }

  #fault(code: CaptureFaultCode, field: string, offset: number, reason: string): void {
    this.#sink.onEvent({
      type: "fault",
      code,
      fault: { field, offset: this.#sink.offset() + offset, reason },
      packetNumber: null,
    });
  }
}
