import { describe, expect, it } from "vitest";
import { PCAP_FORMS, pcapFile } from "./support/capture-files.ts";
import { ascii, data, FLOW, FLOW_6, handshake, ipPacket, timed } from "./support/conversation.ts";
import { FRAMINGS } from "./support/frames.ts";
import { readCapture } from "./support/read-capture.ts";

const LITTLE = PCAP_FORMS[0] ?? { littleEndian: true, nanoseconds: false };
const SEGMENTS = [...handshake, data("client", 1, "hello"), data("server", 1, "world", 6)];

const cases = FRAMINGS.flatMap((framing) =>
  [4, 6]
    .filter((version) => framing.only === undefined || framing.only === version)
    .map((version) => ({ ...framing, version, flow: version === 4 ? FLOW : FLOW_6 })),
);

describe("link layers (tcpdump.org/linktypes.html)", () => {
  it.each(cases)("IPv$version in $name", ({ linkType, wrap, flow }) => {
    const frames = SEGMENTS.map((segment) => wrap(ipPacket(segment, flow)));
    const read = readCapture(pcapFile(LITTLE, linkType, timed(frames)));
    expect(read.faults).toEqual([]);
    expect(read.payload(0, "client")).toEqual(ascii("hello"));
    expect(read.payload(0, "server")).toEqual(ascii("world"));
    expect(read.streams[0]?.client).toEqual(flow.client);
    expect(read.streams[0]?.server).toEqual(flow.server);
  });

  it.each(cases)(
    "IPv$version in $name, cut at every offset, is a fault or nothing and never a throw",
    (framing) => {
      const whole = framing.wrap(ipPacket(data("client", 1, "hello"), framing.flow));
      const frames = Array.from({ length: whole.length }, (_, size) => whole.subarray(0, size));
      const read = readCapture(pcapFile(LITTLE, framing.linkType, timed(frames)));
      expect(read.counts.packets).toBe(whole.length);
      expect(read.faults.every((fault) => fault.startsWith("packet-damaged"))).toBe(true);
      expect(read.faults.length).toBeGreaterThan(0);
    },
  );

  it.each([
    { name: "ARP in Ethernet", linkType: 1, frame: [...new Array<number>(12).fill(2), 0x08, 0x06, 0, 1] },
    {
      name: "an 802.3 length in Ethernet",
      linkType: 1,
      frame: [...new Array<number>(12).fill(2), 0, 3, 0x42, 0x42, 3],
    },
    { name: "AppleTalk in NULL", linkType: 0, frame: [16, 0, 0, 0, 1, 2, 3] },
    { name: "version 9 in raw IP", linkType: 101, frame: [0x95, 0, 0, 0] },
  ])("$name is passed over", ({ linkType, frame }) => {
    const read = readCapture(pcapFile(LITTLE, linkType, timed([Uint8Array.from(frame)])));
    expect(read.faults).toEqual([]);
    expect(read.counts).toMatchObject({ packets: 1, streams: 0 });
  });

  it("a link type that is not read is told once", () => {
    const read = readCapture(pcapFile(LITTLE, 147, timed([ascii("one"), ascii("two"), ascii("three")])));
    expect(read.faults).toEqual(["link-type-unsupported linkType"]);
    expect(read.counts.packets).toBe(3);
  });

  it("more tags than any network has end the search", () => {
    const frame = [...new Array<number>(12).fill(2), ...new Array<number[]>(20).fill([0x81, 0, 0, 1]).flat()];
    const read = readCapture(pcapFile(LITTLE, 1, timed([Uint8Array.from(frame)])));
    expect(read.faults).toEqual([]);
  });
});
