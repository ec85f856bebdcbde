import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../../src/bytes/concat-bytes.ts";
import {
  fields,
  PCAP_FORMS,
  type PcapForm,
  pcapFile,
  pcapHeader,
  pcapRecord,
} from "../support/capture-files.ts";
import { ack, captureOf, data, handshake, ipPacket, START_MS, syn } from "../support/conversation.ts";
import { readCapture } from "../support/read-capture.ts";

const RAW_IP = 101;
const LITTLE: PcapForm = { littleEndian: true, nanoseconds: false };
const named = PCAP_FORMS.map((form) => ({
  ...form,
  order: form.littleEndian ? "little endian" : "big endian",
  unit: form.nanoseconds ? "nanoseconds" : "microseconds",
}));

describe("pcap file ([draft-ietf-opsawg-pcap] 4 and 5)", () => {
  describe.each(named)("$order, $unit", (form) => {
    it("gives interface, packets and their times", () => {
      const file = pcapFile(form, RAW_IP, [{ bytes: ipPacket(syn), timeMs: START_MS + 0.25 }]);
      const read = readCapture(file);
      expect(read.faults).toEqual([]);
      expect(read.counts).toEqual({ packets: 1, tcpSegments: 1, udpDatagrams: 0, streams: 1, unread: {} });
      expect(read.events).toContainEqual({
        type: "interface",
        id: 0,
        linkType: RAW_IP,
        snapLengthBytes: 65_535,
        name: null,
      });
      expect(read.streamEvents[0]?.timeMs).toBe(START_MS + 0.25);
    });

    it("reads the same in chunks of every size", () => {
      const segments = [...handshake, data("client", 1, "hello"), data("server", 1, "world", 6)];
      const file = pcapFile(
        form,
        RAW_IP,
        segments.map((segment, i) => ({ bytes: ipPacket(segment), timeMs: i })),
      );
      const whole = readCapture(file);
      for (let chunkBytes = 1; chunkBytes <= file.length; chunkBytes += 1) {
        const read = readCapture(file, { chunkBytes });
        expect(read.counts).toEqual(whole.counts);
        expect(read.story(0)).toEqual(whole.story(0));
        expect(read.payload(0, "server")).toEqual(whole.payload(0, "server"));
      }
    });
  });

  it("a file cut at any offset gives the packets before the cut, and a fault unless the cut is between them", () => {
    const file = captureOf([...handshake, data("client", 1, "hello")]);
    const record = 16 + ipPacket(ack).length;
    const ends = new Set([24, 24 + record, 24 + 2 * record, 24 + 3 * record, file.length]);
    for (let size = 0; size <= file.length; size += 1) {
      const read = readCapture(file.subarray(0, size));
      const expected = size < 4 ? ["not-a-capture file"] : ends.has(size) ? [] : ["file-truncated file"];
      expect({ size, faults: read.faults }).toEqual({ size, faults: expected });
      expect(read.counts.packets).toBe([...ends].filter((end) => end > 24 && end <= size).length);
    }
  });

  it.each([262_145, 0x7fffffff, 0xffffffff])(
    "a captured length of %i is a lost framing, and what came before counts",
    (length) => {
      const lying = fields(true, [4, 0], [4, 0], [4, length], [4, length]);
      const read = readCapture(concatBytes(captureOf(handshake), lying, new Uint8Array(1000)));
      expect(read.faults).toEqual(["file-damaged pcap.record.capturedLength"]);
      expect(read.counts.packets).toBe(3);
      expect(read.story(0)).toEqual(["syn client", "synack server", "end capture-ended"]);
      const fault = read.events.find((event) => event.type === "fault");
      expect(fault).toMatchObject({ fault: { offset: captureOf(handshake).length + 8 } });
    },
  );

  it("a snapshot length that the packets exceed is no reason to drop them", () => {
    const file = concatBytes(
      pcapHeader(LITTLE, RAW_IP, 8),
      pcapRecord(LITTLE, { bytes: ipPacket(syn), timeMs: 0 }),
    );
    expect(readCapture(file)).toMatchObject({ counts: { streams: 1 }, faults: [] });
  });

  it("a length on the wire below the captured one is taken for the captured one", () => {
    const file = pcapFile(LITTLE, RAW_IP, [{ bytes: ipPacket(syn), timeMs: 0, wireLength: 3 }]);
    expect(readCapture(file)).toMatchObject({ counts: { streams: 1 }, faults: [] });
  });

  it("a packet that the capture cut is reported, and its bytes count", () => {
    const bytes = ipPacket(data("client", 1, "hello"));
    const cut = { bytes: bytes.subarray(0, bytes.length - 2), timeMs: 0, wireLength: bytes.length };
    const read = readCapture(pcapFile(LITTLE, RAW_IP, [{ bytes: ipPacket(syn), timeMs: 0 }, cut]));
    expect(read.faults).toEqual(["packet-truncated packet.capturedLength"]);
    expect(read.story(0)).toEqual(["syn client", "data client 0+3", "gap client 3+2", "end capture-ended"]);
  });

  it.each([
    { name: "text", bytes: [...Buffer.from("GET / HTTP/1.1")], field: "file" },
    { name: "gzip", bytes: [0x1f, 0x8b, 8, 0, 0, 0], field: "file" },
    { name: "nothing", bytes: [], field: "file" },
    { name: "three bytes", bytes: [0xd4, 0xc3, 0xb2], field: "file" },
  ])("$name is not a capture", ({ bytes, field }) => {
    const read = readCapture(Uint8Array.from(bytes));
    expect(read.faults).toEqual([`not-a-capture ${field}`]);
    expect(read.counts.packets).toBe(0);
  });

  it("arbitrary bytes after the header neither throw nor read further than they are", () => {
    const linkType = fc.constantFrom(0, 1, 12, 14, 101, 108, 113, 228, 229, 276, 147);
    const form = fc.constantFrom(...PCAP_FORMS);
    fc.assert(
      fc.property(
        form,
        linkType,
        fc.uint8Array({ maxLength: 600 }),
        fc.integer({ min: 1, max: 50 }),
        (f, l, rest, n) => {
          const read = readCapture(concatBytes(pcapHeader(f, l), rest), { chunkBytes: n });
          expect(read.counts.packets).toBeLessThanOrEqual(rest.length / 16);
        },
      ),
    );
  });

  it("arbitrary packets under every link type never throw", () => {
    const linkType = fc.constantFrom(0, 1, 12, 14, 101, 108, 113, 228, 229, 276);
    const packets = fc.array(fc.uint8Array({ maxLength: 120 }), { maxLength: 8 });
    fc.assert(
      fc.property(linkType, packets, (l, list) => {
        const file = pcapFile(
          LITTLE,
          l,
          list.map((bytes, i) => ({ bytes, timeMs: i })),
        );
        expect(readCapture(file).counts.packets).toBe(list.length);
      }),
    );
  });

  it("real packets with flipped bytes never throw", () => {
    const source = [...handshake, data("client", 1, "hello"), data("server", 1, "world")].map((s) =>
      ipPacket(s),
    );
    const flips = fc.array(fc.tuple(fc.nat(4), fc.nat(60), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(flips, (list) => {
        const packets = source.map((bytes) => bytes.slice());
        for (const [packet, at, value] of list) packets[packet]?.fill(value, at, at + 1);
        const file = pcapFile(
          LITTLE,
          RAW_IP,
          packets.map((bytes, i) => ({ bytes, timeMs: i })),
        );
        expect(readCapture(file).counts.packets).toBe(source.length);
      }),
    );
  });
});
