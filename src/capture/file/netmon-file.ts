/**
 * Capture files of Microsoft Network Monitor 1 and 2 (Capture File Format, in the help of Network Monitor 3.4).
 * Frames stand one after the other behind the header, up to a table of their places. They are read in the
 * order of the file, and the table only counts them, since it comes last and the file may be a pipe.
 */
import { type CaptureSink, MAX_PACKET_BYTES } from "./pcap-file.ts";
import type { RecordFormat } from "./record-stream.ts";
import { boundedTimeMs } from "./timestamp.ts";

/** `RTSS` and `GMBU`. */
export const NETMON_MAGICS: ReadonlySet<number> = new Set([0x52545353, 0x474d4255]);

const FILE_HEADER_BYTES = 128;
const CONVERT = "convert the file with: editcap -F pcapng in out";

/** What a version writes before and behind each frame. */
interface FrameForm {
  readonly headerBytes: 8 | 16;
  /** Link type; from 2.2 on a process; from 2.3 on the time in UTC and its zone. */
  readonly trailerBytes: 0 | 2 | 6 | 15;
}

const VERSION_1: FrameForm = { headerBytes: 8, trailerBytes: 0 };
const VERSIONS_2: readonly FrameForm[] = [
  { headerBytes: 16, trailerBytes: 0 },
  { headerBytes: 16, trailerBytes: 2 },
  { headerBytes: 16, trailerBytes: 6 },
  { headerBytes: 16, trailerBytes: 15 },
];

const ETHERNET = 1;
const RAW_IP = 101;
/** Network types as LINKTYPE_ values; frames of a VPN say 0 and have an Ethernet header. */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [0, ETHERNET],
  [1, ETHERNET],
  [7, RAW_IP], // tunnelling interfaces
  [8, RAW_IP], // wireless WAN
  [9, RAW_IP], // raw IP frames
]);
/** From here on the rest is a LINKTYPE_ value. */
const FIRST_LINK_TYPE = 0xe000;
/** From here on they are notes of Network Monitor and no packets. */
const FIRST_NOTE = 0xffe0;

/** From 1601, where FILETIME begins, to 1970. */
const EPOCH_OFFSET_MS = 11_644_473_600_000;

export class NetmonFormat implements RecordFormat {
  readonly #sink: CaptureSink;
  #form: FrameForm | null = null;
  #network = 0;
  #startedAtMs = 0;
  #tableOffset = 0;
  #tableFrames = 0;
  #frames = 0;

  constructor(sink: CaptureSink) {
    this.#sink = sink;
  }

  measure(view: DataView, at: number, available: number): number {
    const form = this.#form;
    if (form === null) return this.#measureHeader(view, at, available);
    const offset = this.#sink.offset();
    if (offset === this.#tableOffset) return this.#endFrames();
    if (available < form.headerBytes) return form.headerBytes;
    const captured = capturedIn(form, view, at);
    const size = form.headerBytes + captured + form.trailerBytes;
    if (captured > MAX_PACKET_BYTES || offset + size > this.#tableOffset) {
      return this.#lose(
        "netmon.frame.includedLength",
        `${captured} bytes do not fit before the table of frames`,
      );
    }
    return size;
  }

  consume(bytes: Uint8Array, view: DataView, at: number, size: number): void {
    if (this.#form === null) this.#readFileHeader(view, at);
    else this.#readFrame(this.#form, bytes, view, at, size);
  }

  #measureHeader(view: DataView, at: number, available: number): number {
    if (available < FILE_HEADER_BYTES) return FILE_HEADER_BYTES;
    const major = view.getUint8(at + 5);
    if (major !== 1 && major !== 2) return this.#lose("netmon.version", `${major} is not read`);
    const tableOffset = view.getUint32(at + 24, true);
    if (tableOffset >= FILE_HEADER_BYTES) return FILE_HEADER_BYTES;
    return this.#lose("netmon.frameTableOffset", `${tableOffset} is inside the header`);
  }

  #readFileHeader(view: DataView, at: number): void {
    const newest = VERSIONS_2.length - 1;
    const minor = Math.min(view.getUint8(at + 4), newest);
    this.#form = view.getUint8(at + 5) === 1 ? VERSION_1 : (VERSIONS_2[minor] ?? VERSION_1);
    this.#network = view.getUint16(at + 6, true);
    this.#startedAtMs = systemTimeAt(view, at + 8);
    this.#tableOffset = view.getUint32(at + 24, true);
    this.#tableFrames = Math.floor(view.getUint32(at + 28, true) / 4);
    const linkType = linkTypeOf(this.#network);
    this.#sink.onEvent({
      type: "section",
      format: "netmon",
      hardware: null,
      operatingSystem: null,
      application: null,
    });
    this.#sink.onEvent({ type: "interface", id: 0, linkType, snapLengthBytes: 0, name: null });
  }

  #readFrame(form: FrameForm, bytes: Uint8Array, view: DataView, at: number, size: number): void {
    this.#frames += 1;
    const trailer = at + size - form.trailerBytes;
    const network = form.trailerBytes === 0 ? this.#network : view.getUint16(trailer, true);
    if (network >= FIRST_NOTE) return;
    const packet = this.#sink.packet;
    packet.linkType = linkTypeOf(network);
    packet.timeMs = boundedTimeMs(
      form.trailerBytes === 15
        ? unsigned64(view, trailer + 6) / 10_000 - EPOCH_OFFSET_MS
        : this.#startedAtMs + sinceStartMs(form, view, at),
    );
    const wireLength = form.headerBytes === 8 ? view.getUint16(at + 4, true) : view.getUint32(at + 8, true);
    packet.load(bytes, view, at + form.headerBytes, capturedIn(form, view, at), wireLength);
    this.#sink.onPacket();
  }

  /** The table of frames is reached: it must list as many as were there. */
  #endFrames(): 0 {
    if (this.#frames === this.#tableFrames) return 0;
    return this.#lose(
      "netmon.frameTable",
      `it lists ${this.#tableFrames} frames, and ${this.#frames} are before it`,
    );
  }

  #lose(field: string, reason: string): 0 {
    const fault = { field, offset: this.#sink.offset(), reason: `${reason}: ${CONVERT}` };
    const code = this.#form === null ? "not-a-capture" : "file-damaged";
    this.#sink.onEvent({ type: "fault", code, fault, packetNumber: null });
    return 0;
  }
}

const capturedIn = ({ headerBytes }: FrameForm, view: DataView, at: number): number =>
  headerBytes === 8 ? view.getUint16(at + 6, true) : view.getUint32(at + 12, true);

/** Version 1 counts milliseconds, version 2 microseconds, which may be negative. */
const sinceStartMs = ({ headerBytes }: FrameForm, view: DataView, at: number): number =>
  headerBytes === 8
    ? view.getUint32(at, true)
    : (view.getInt32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true)) / 1000;

const unsigned64 = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);

const linkTypeOf = (network: number): number =>
  LINK_TYPES.get(network) ??
  (network > FIRST_LINK_TYPE && network < FIRST_NOTE ? network - FIRST_LINK_TYPE : network);

/** A SYSTEMTIME, which is local time and says not whose: it is taken for UTC. */
const systemTimeAt = (view: DataView, at: number): number => {
  const field = (index: number): number => view.getUint16(at + 2 * index, true);
  return boundedTimeMs(
    Date.UTC(field(0), field(1) - 1, field(3), field(4), field(5), field(6), field(7)) || 0,
  );
};
