import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../../src/bytes/concat-bytes.ts";
import { PCAP_FORMS, pcapFile, pcapngFile } from "../../capture/support/capture-files.ts";
import { data, handshake, ipPacket, START_MS } from "../../capture/support/conversation.ts";
import { frameOf, ipPdu } from "./support/encapsulations.ts";
import { FILE_FORMS, type FileForm } from "./support/other-files.ts";
import { type ReadCapture, readCapture } from "../../capture/support/read-capture.ts";

const LITTLE = PCAP_FORMS[0] ?? { littleEndian: true, nanoseconds: false };
const ETHERNET = 1;
const SEGMENTS = [...handshake, data("client", 1, "hello"), data("server", 1, "worlds", 6)];
const PACKETS = SEGMENTS.map((segment, index) => ({
  bytes: frameOf(ipPdu(ipPacket(segment))),
  timeMs: START_MS + 17 * index + 0.25,
}));
const PLAIN = readCapture(pcapFile(LITTLE, ETHERNET, PACKETS));

/** All that was told, without what refers to itself. */
const told = (read: ReadCapture): unknown => ({
  counts: read.counts,
  events: read.events,
  streams: read.streamEvents.map(({ stream, ...event }) => ({
    ...event,
    stream: stream.number,
    clock: stream.clock,
  })),
});

const timesOf = (read: ReadCapture): number[] => read.streamEvents.map(({ timeMs }) => timeMs);

describe.each(FILE_FORMS)("$name", (form: FileForm) => {
  const whole = form.write(PACKETS);

  it("gives the packets and their times", () => {
    const read = readCapture(whole);
    expect(read.faults).toEqual([]);
    expect(read.counts).toEqual(PLAIN.counts);
    expect(read.story(0)).toEqual(PLAIN.story(0));
    expect(read.streams[0]?.clock).toBe("dated");
    for (const [index, timeMs] of timesOf(PLAIN).entries()) {
      expect(Math.abs((timesOf(read)[index] ?? 0) - timeMs)).toBeLessThanOrEqual(form.precisionMs);
    }
  });

  it("tells of a packet that the capture cut", () => {
    const cut = PACKETS.map(({ bytes, timeMs }) => ({
      bytes: bytes.subarray(0, bytes.length - 1),
      timeMs,
      wireLength: bytes.length,
    }));
    expect(readCapture(form.write(cut)).faults).toContain("packet-truncated packet.capturedLength");
  });

  it("reads the same whole, byte by byte and in any pieces", () => {
    const expected = told(readCapture(whole));
    expect(told(readCapture(whole, { chunkBytes: 1 }))).toEqual(expected);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: whole.length + 1 }), (chunkBytes) => {
        expect(told(readCapture(whole, { chunkBytes }))).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it("with bytes behind the end, the same packets come first", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (more) => {
        const read = readCapture(concatBytes(whole, more));
        expect(read.story(0).slice(0, -1)).toEqual(PLAIN.story(0).slice(0, -1));
        if (form.trailing === "unread") expect(read.faults).toEqual([]);
      }),
    );
  });

  it("cut anywhere, gives the packets before the cut, and a fault unless the cut is between two", () => {
    const end = form.recordsEnd(whole);
    let last = 0;
    for (let size = 0; size <= whole.length; size += 1) {
      const read = readCapture(whole.subarray(0, size), { maxStreams: 16 });
      const { packets } = read.counts;
      expect(packets).toBeGreaterThanOrEqual(last);
      // Nothing is lost where one more packet has just become whole.
      expect(read.faults.length).toBe(packets > last || size >= end || size === form.headerBytes ? 0 : 1);
      last = packets;
    }
    expect(last).toBe(PACKETS.length);
  });

  it("with bytes changed or arbitrary, never throws, and is bounded", () => {
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 300 }), (list, chunkBytes) => {
        const bytes = whole.slice();
        for (const [at, value] of list) bytes[at] = value;
        expect(readCapture(bytes, { chunkBytes }).counts.packets).toBeLessThanOrEqual(whole.length / 8);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the table of frames of Network Monitor", () => {
  const form = FILE_FORMS.find(({ name }) => name === "Network Monitor 2.0") ?? FILE_FORMS[0];
  const changed = (at: number, value: number): Uint8Array => {
    const file = form?.write(PACKETS).slice() ?? new Uint8Array(0);
    new DataView(file.buffer).setUint32(at, value, true);
    return file;
  };

  it.each([
    ["it lists other frames than there are", changed(28, 400), "file-damaged netmon.frameTable", 5],
    ["it stands inside the header", changed(24, 4), "not-a-capture netmon.frameTableOffset", 0],
    ["it stands inside a frame", changed(24, 150), "file-damaged netmon.frame.includedLength", 0],
  ])("%s", (_name, file, fault, packets) => {
    const read = readCapture(file);
    expect(read.faults).toEqual([fault]);
    expect(read.counts.packets).toBe(packets);
  });
});

const reasonsOf = (file: Uint8Array): string[] =>
  readCapture(file).events.flatMap((event) => (event.type === "fault" ? [event.fault.reason] : []));

const padded = (...bytes: readonly number[]): Uint8Array =>
  concatBytes(Uint8Array.from(bytes), new Uint8Array(200));

const atPlace = (place: number, ...bytes: readonly number[]): Uint8Array =>
  concatBytes(new Uint8Array(place).fill(1), padded(...bytes));

describe("what is no capture that is read is named, with what to do", () => {
  it.each<[string, Uint8Array, RegExp]>([
    ["empty", new Uint8Array(0), /^is empty$/],
    ["one byte", Uint8Array.of(0xd4), /1 bytes long/],
    ["gzip", gzipSync(padded(1)), /gzip -d/],
    ["zstd", padded(0x28, 0xb5, 0x2f, 0xfd), /zstd -d/],
    ["zip", padded(0x50, 0x4b, 3, 4), /unzip/],
    ["xz, short", Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), /xz -d/],
    ["an event trace of 64 bits", atPlace(72, 2, 0, 2, 0xc0), /pktmon etl2pcap/],
    ["an event trace of 32 bits", atPlace(72, 2, 0, 1, 0xc0), /pktmon etl2pcap/],
    [
      "snoop of version 4",
      concatBytes(new TextEncoder().encode("snoop\0\0\0"), padded(0, 0, 0, 4)),
      /editcap -F pcapng/,
    ],
    [
      "Network Monitor of version 3",
      concatBytes(new TextEncoder().encode("GMBU"), padded(0, 3)),
      /editcap -F pcapng/,
    ],
    ["text", new TextEncoder().encode(`{"text": "${"x".repeat(200)}"}`), /no capture file/],
  ])("%s", (_name, file, reason) => {
    const reasons = reasonsOf(file);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(reason);
    expect(readCapture(file).faults[0]).toMatch(/^not-a-capture /);
    expect(told(readCapture(file, { chunkBytes: 1 }))).toEqual(told(readCapture(file)));
  });
});

const hasEditcap = spawnSync("editcap", ["--version"], { timeout: 20_000 }).status === 0;

/** A fixture in another format, as Wireshark writes it. */
const converted = (format: string): Uint8Array => {
  const folder = mkdtempSync(join(tmpdir(), "editcap-"));
  try {
    const [from, to] = [join(folder, "in.pcapng"), join(folder, "out")];
    writeFileSync(from, pcapngFile(true, ETHERNET, PACKETS));
    execFileSync("editcap", ["-F", format, from, to], {
      stdio: "ignore",
      timeout: 20_000,
      env: { ...process.env, TZ: "UTC" },
    });
    expect(readdirSync(folder)).toContain("out");
    return readFileSync(to);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

describe.skipIf(!hasEditcap)("files that Wireshark writes", () => {
  it.each(["netmon1", "netmon2", "snoop", "modpcap", "nsecpcap", "pcap"])("%s is read", (format) => {
    const read = readCapture(converted(format));
    expect(read.faults).toEqual([]);
    expect(read.story(0)).toEqual(PLAIN.story(0));
    for (const [index, timeMs] of timesOf(PLAIN).entries()) {
      expect(Math.abs((timesOf(read)[index] ?? 0) - timeMs)).toBeLessThanOrEqual(1);
    }
  });

  it.each([
    "5views",
    "k12text",
    "lanalyzer",
    "nettl",
    "ngsniffer",
    "ngwsniffer_1_1",
    "ngwsniffer_2_0",
    "visual",
    "observer",
  ])("%s is named, with the line that converts it", (format) =>
    expect(reasonsOf(converted(format))).toEqual([expect.stringContaining("editcap -F pcapng")]),
  );

  it("a variant of pcap with the same magic number is told as damaged, with that line", () => {
    expect(reasonsOf(converted("rh6_1pcap")).some((reason) => reason.includes("editcap -F pcapng"))).toBe(
      true,
    );
  });
});
