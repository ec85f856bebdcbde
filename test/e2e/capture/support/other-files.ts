/** Writes capture files in the forms that others write and the product only reads. */
import { concatBytes } from "../../../../src/bytes/concat-bytes.ts";
import { type Captured, fields } from "../../../capture/support/capture-files.ts";

export interface FileForm {
  readonly name: string;
  /** An Ethernet capture in this form. */
  readonly write: (packets: readonly Captured[]) => Uint8Array;
  /** How close a time comes back. */
  readonly precisionMs: number;
  readonly headerBytes: number;
  /** What bytes after the file's end are: more records, or nothing that is looked at. */
  readonly trailing: "record" | "unread";
  /** Where the records end; the rest is looked at no more. */
  readonly recordsEnd: (file: Uint8Array) => number;
}

const wholeMs = (timeMs: number): number => Math.floor(timeMs / 1000);

const microseconds = (timeMs: number): number => Math.round((timeMs - wholeMs(timeMs) * 1000) * 1000);

const modifiedPcap = (littleEndian: boolean): FileForm => ({
  name: `modified pcap, ${littleEndian ? "little" : "big"} endian`,
  precisionMs: 0.001,
  headerBytes: 24,
  trailing: "record",
  recordsEnd: ({ length }) => length,
  write: (packets) =>
    concatBytes(
      fields(littleEndian, [4, 0xa1b2cd34], [2, 2], [2, 4], [4, 0], [4, 0], [4, 65_535], [4, 1]),
      ...packets.flatMap(({ bytes, timeMs, wireLength = bytes.length }) => [
        fields(
          littleEndian,
          [4, wholeMs(timeMs)],
          [4, microseconds(timeMs)],
          [4, bytes.length],
          [4, wireLength],
          [4, 2],
          [2, 8],
          [2, 0],
        ),
        bytes,
      ]),
    ),
});

const snoop: FileForm = {
  name: "snoop",
  precisionMs: 0.001,
  headerBytes: 16,
  trailing: "record",
  recordsEnd: ({ length }) => length,
  write: (packets) =>
    concatBytes(
      new TextEncoder().encode("snoop\0\0\0"),
      fields(false, [4, 2], [4, 4]),
      ...packets.flatMap(({ bytes, timeMs, wireLength = bytes.length }) => {
        const padding = (4 - (bytes.length % 4)) % 4;
        return [
          fields(
            false,
            [4, wireLength],
            [4, bytes.length],
            [4, 24 + bytes.length + padding],
            [4, 0],
            [4, wholeMs(timeMs)],
            [4, microseconds(timeMs)],
          ),
          bytes,
          new Uint8Array(padding),
        ];
      }),
    ),
};

const TRAILER_BYTES = [0, 2, 6, 15] as const;

/** Network Monitor of this version; the frames begin a second after the capture. */
const netmon = (major: 1 | 2, minor: 0 | 1 | 2 | 3): FileForm => ({
  name: `Network Monitor ${major}.${minor}`,
  precisionMs: major === 1 ? 1 : 0.001,
  headerBytes: 128,
  trailing: "unread",
  recordsEnd: (file) => new DataView(file.buffer, file.byteOffset).getUint32(24, true),
  write: (packets) => {
    const startedAtMs = Math.floor((packets[0]?.timeMs ?? 0) - 1000);
    const frames = packets.map(({ bytes, timeMs, wireLength = bytes.length }) => {
      const sinceStartMs = timeMs - startedAtMs;
      const head =
        major === 1
          ? fields(true, [4, Math.floor(sinceStartMs)], [2, wireLength], [2, bytes.length])
          : fields(true, [4, Math.round(sinceStartMs * 1000)], [4, 0], [4, wireLength], [4, bytes.length]);
      const trailer = new Uint8Array(major === 1 ? 0 : TRAILER_BYTES[minor]);
      const view = new DataView(trailer.buffer);
      if (trailer.length >= 2) view.setUint16(0, 1, true);
      if (trailer.length === 15) {
        view.setBigUint64(6, BigInt(Math.round((timeMs + 11_644_473_600_000) * 1000)) * 10n, true);
      }
      return concatBytes(head, bytes, trailer);
    });
    const header = new Uint8Array(128);
    const view = new DataView(header.buffer);
    const start = new Date(startedAtMs);
    header.set(new TextEncoder().encode(major === 1 ? "RTSS" : "GMBU"));
    header[4] = minor;
    header[5] = major;
    const parts = [
      1,
      start.getUTCFullYear(),
      start.getUTCMonth() + 1,
      start.getUTCDay(),
      start.getUTCDate(),
      start.getUTCHours(),
      start.getUTCMinutes(),
      start.getUTCSeconds(),
      start.getUTCMilliseconds(),
    ];
    for (const [index, part] of parts.entries()) view.setUint16(6 + 2 * index, part, true);
    const table: number[] = [];
    let at = header.length;
    for (const frame of frames) {
      table.push(at);
      at += frame.length;
    }
    view.setUint32(24, at, true);
    view.setUint32(28, 4 * table.length, true);
    return concatBytes(header, ...frames, fields(true, ...table.map((place): [4, number] => [4, place])));
  },
});

export const FILE_FORMS: readonly FileForm[] = [
  modifiedPcap(true),
  modifiedPcap(false),
  snoop,
  netmon(1, 1),
  netmon(2, 0),
  netmon(2, 1),
  netmon(2, 2),
  netmon(2, 3),
];
