import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../src/bytes/concat-bytes.ts";
import { MAX_HEADERS } from "../../src/capture/enter-layers.ts";
import { parseIpAddress } from "../../src/capture/ip/ip-address.ts";
import { PCAP_FORMS, pcapFile } from "./support/capture-files.ts";
import {
  ascii,
  CLIENT,
  captureOf,
  data,
  FLOW_6,
  handshake,
  ipPacket,
  rawCapture,
  START_MS,
  syn,
} from "./support/conversation.ts";
import {
  ipv4Fragments,
  ipv4Packet,
  ipv6Fragments,
  ipv6Packet,
  withExtensionHeaders,
  withField,
  withIpv4Options,
} from "./support/ip-forms.ts";
import { readCapture } from "./support/read-capture.ts";

const TEXT = "the quick brown fox jumps over the lazy dog";
const SYN = ipPacket(syn);
const DATA = ipPacket(data("client", 1, TEXT));
const SYN_6 = ipPacket(syn, FLOW_6);
const DATA_6 = ipPacket(data("client", 1, TEXT), FLOW_6);

describe("IPv4 header (RFC 791 3.1)", () => {
  it.each([1, 5, 10])("steps over %i words of options", (words) => {
    const read = readCapture(rawCapture([SYN, withIpv4Options(DATA, words)]));
    expect(read.faults).toEqual([]);
    expect(read.payload(0, "client")).toEqual(ascii(TEXT));
  });

  it("takes the captured length where total length is 0, as with segmentation offload", () => {
    expect(readCapture(rawCapture([SYN, withField(DATA, 2, 0)])).payload(0, "client")).toEqual(ascii(TEXT));
  });

  it("drops what stands behind total length", () => {
    const padded = concatBytes(DATA, new Uint8Array(13));
    expect(readCapture(rawCapture([SYN, padded])).payload(0, "client")).toEqual(ascii(TEXT));
  });

  it("counts on total length where the capture has less", () => {
    const read = readCapture(rawCapture([SYN, DATA.subarray(0, DATA.length - 3)]));
    expect(read.story(0)).toEqual(["syn client", "data client 0+40", "gap client 40+3", "end capture-ended"]);
  });

  it.each([
    { name: "a header of 16 bytes", packet: withField(SYN, 0, 0x4400), fault: "ipv4.ihl" },
    { name: "a total length below the header's", packet: withField(SYN, 2, 19), fault: "ipv4.totalLength" },
    {
      name: "options beyond the packet",
      packet: withField(SYN, 0, 0x4f00).subarray(0, 40),
      fault: "ipv4.options",
    },
    { name: "half a header", packet: SYN.subarray(0, 12), fault: "ipv4.header" },
    { name: "half a TCP header", packet: SYN.subarray(0, 32), fault: "tcp.header" },
    { name: "a TCP header of 16 bytes", packet: withField(SYN, 32, 0x4002), fault: "tcp.dataOffset" },
    { name: "a TCP header beyond the packet", packet: withField(SYN, 32, 0xf002), fault: "tcp.dataOffset" },
  ])("$name is a fault", ({ packet, fault }) => {
    const read = readCapture(rawCapture([packet]));
    expect(read.faults).toEqual([`packet-damaged ${fault}`]);
    expect(read.events.at(-1)).toMatchObject({ packetNumber: 1 });
  });

  it("another version in an IPv4 link type is a fault", () => {
    const form = { littleEndian: true, nanoseconds: false };
    const file = (linkType: number, bytes: Uint8Array) => pcapFile(form, linkType, [{ bytes, timeMs: 0 }]);
    expect(readCapture(file(228, SYN_6)).faults).toEqual(["packet-damaged ipv4.version"]);
    expect(readCapture(file(229, DATA)).faults).toEqual(["packet-damaged ipv6.version"]);
  });

  it("reads IP in IP, as deep as the bound", () => {
    const inside = (depth: number): Uint8Array =>
      depth === 0 ? SYN : ipv4Packet([1, 1, 1, depth], [2, 2, 2, 2], 4, inside(depth - 1));
    for (const depth of [1, 4, MAX_HEADERS - 1]) {
      expect(readCapture(rawCapture([inside(depth)])).story(0)[0]).toBe("syn client");
    }
    const { counts, faults } = readCapture(rawCapture([inside(MAX_HEADERS), inside(200)]));
    expect(faults).toEqual([]);
    expect(counts).toMatchObject({
      streams: 0,
      unread: { [`tunnels of more than ${MAX_HEADERS} headers`]: 2 },
    });
  });

  it("reads IPv6 in IPv4", () => {
    const read = readCapture(rawCapture([ipv4Packet([1, 1, 1, 1], [2, 2, 2, 2], 41, SYN_6)]));
    expect(read.streams[0]?.client).toEqual(FLOW_6.client);
  });
});

describe("IPv6 extension headers (RFC 8200 4)", () => {
  const eight = [0, 0, 0, 0, 0, 0, 0, 0];
  const sixteen = [0, 1, ...new Array<number>(14).fill(0)];
  it.each([
    { name: "hop-by-hop options", headers: [{ protocol: 0, bytes: eight }] },
    { name: "routing", headers: [{ protocol: 43, bytes: sixteen }] },
    { name: "destination options", headers: [{ protocol: 60, bytes: sixteen }] },
    {
      name: "authentication header",
      headers: [{ protocol: 51, bytes: [0, 1, ...new Array<number>(10).fill(0)] }],
    },
    { name: "an atomic fragment", headers: [{ protocol: 44, bytes: eight }] },
    {
      name: "all of them",
      headers: [
        { protocol: 0, bytes: eight },
        { protocol: 60, bytes: sixteen },
        { protocol: 43, bytes: eight },
        { protocol: 44, bytes: eight },
        { protocol: 60, bytes: eight },
      ],
    },
  ])("steps over $name", ({ headers }) => {
    const read = readCapture(rawCapture([SYN_6, withExtensionHeaders(DATA_6, ...headers)]));
    expect(read.faults).toEqual([]);
    expect(read.payload(0, "client")).toEqual(ascii(TEXT));
  });

  it.each([
    {
      name: "a length beyond the packet",
      packet: withExtensionHeaders(SYN_6, { protocol: 60, bytes: [0, 255, 0, 0, 0, 0, 0, 0] }),
      fault: "ipv6.extensionHeader.length",
    },
    {
      name: "a packet that ends inside it",
      packet: withExtensionHeaders(SYN_6, { protocol: 60, bytes: eight }).subarray(0, 44),
      fault: "ipv6.extensionHeader",
    },
    { name: "half a header", packet: SYN_6.subarray(0, 39), fault: "ipv6.header" },
    {
      name: "a chain without end",
      packet: withExtensionHeaders(SYN_6, ...new Array(40).fill({ protocol: 60, bytes: eight })),
      fault: "ipv6.extensionHeaders",
    },
  ])("$name is a fault", ({ packet, fault }) => {
    expect(readCapture(rawCapture([packet])).faults).toContain(`packet-damaged ${fault}`);
  });

  it("takes the captured length where payload length is 0", () => {
    expect(readCapture(rawCapture([SYN_6, withField(DATA_6, 4, 0)])).payload(0, "client")).toEqual(
      ascii(TEXT),
    );
  });
});

describe.each([
  { version: 4, start: SYN, whole: DATA, cut: ipv4Fragments },
  { version: 6, start: SYN_6, whole: DATA_6, cut: ipv6Fragments },
])("fragments of IPv$version (RFC 791 3.2, RFC 8200 4.5)", ({ start, whole, cut }) => {
  it("become one segment, in whatever order and however often they come", () => {
    const fragments = cut(whole, 8, 77);
    const order = fc.shuffledSubarray([...fragments, ...fragments], { minLength: 2 * fragments.length });
    fc.assert(
      fc.property(order, (shuffled) => {
        const read = readCapture(rawCapture([start, ...shuffled]));
        expect(read.payload(0, "client")).toEqual(ascii(TEXT));
      }),
    );
  });

  it("of several datagrams do not mix", () => {
    const other = ipPacket(data("client", 1 + TEXT.length, TEXT), start === SYN ? undefined : FLOW_6);
    const [one, two] = [cut(whole, 16, 1), cut(other, 16, 2)];
    const mixed = one.flatMap((fragment, index) => [fragment, ...two.slice(index, index + 1)]);
    expect(readCapture(rawCapture([start, ...mixed])).payload(0, "client")).toEqual(ascii(TEXT + TEXT));
  });

  it("that never become whole are told as lost, with the packet that began it", () => {
    const read = readCapture(rawCapture([start, ...cut(whole, 16, 1).slice(1)]));
    expect(read.faults).toEqual(["fragments-lost ip.fragment"]);
    expect(read.events.at(-1)).toMatchObject({ packetNumber: 2 });
    expect(read.story(0)).toEqual(["syn client", "end capture-ended"]);
  });

  it("are bounded in number: the oldest datagram is given up", () => {
    const begun = Array.from({ length: 10 }, (_, id) => cut(whole, 16, id)[0] ?? start);
    const read = readCapture(rawCapture(begun), { maxFragmentedDatagrams: 4 });
    expect(read.faults).toHaveLength(10);
    expect(read.events.at(-1)).toMatchObject({ packetNumber: 10 });
  });

  it("do not wait longer than a minute of the capture's time", () => {
    const [first = start, ...rest] = cut(whole, 16, 1);
    const packets = [first, ...rest].map((bytes, index) => ({
      bytes,
      timeMs: START_MS + (index > 0 ? 61_000 : 0),
    }));
    const form = PCAP_FORMS[0] ?? { littleEndian: true, nanoseconds: false };
    expect(readCapture(pcapFile(form, 101, packets)).faults).toEqual([
      "fragments-lost ip.fragment",
      "fragments-lost ip.fragment",
    ]);
  });

  it("that the capture cut are lost", () => {
    const [first = start, ...rest] = cut(whole, 16, 1);
    expect(readCapture(rawCapture([start, first.subarray(0, first.length - 1), ...rest])).faults).toEqual([
      "fragments-lost ip.fragment",
    ]);
  });
});

describe("fragments that lie", () => {
  const fragment = (offset: number, more: boolean, size: number): Uint8Array => {
    const packet = ipv4Packet([192, 0, 2, 10], [198, 51, 100, 20], 6, new Uint8Array(size));
    return withField(packet, 6, (more ? 0x2000 : 0) + offset / 8);
  };
  it.each([
    {
      name: "beyond 65535 bytes",
      packets: [fragment(65_528, false, 16)],
      fault: "packet-damaged ip.fragmentOffset",
    },
    {
      name: "a middle that is no multiple of 8",
      packets: [fragment(0, true, 13)],
      fault: "packet-damaged ip.fragment",
    },
    {
      name: "an end before what has arrived",
      packets: [fragment(64, true, 8), fragment(8, false, 8)],
      fault: "fragments-lost ip.fragment",
    },
    {
      name: "a part behind the end",
      packets: [fragment(8, false, 8), fragment(16, true, 8)],
      fault: "fragments-lost ip.fragment",
    },
  ])("$name", ({ packets, fault }) => {
    expect(readCapture(rawCapture(packets)).faults).toEqual([fault]);
  });

  it("arbitrary fragments never throw", () => {
    const some = fc.tuple(fc.nat(8191), fc.boolean(), fc.nat(200));
    fc.assert(
      fc.property(fc.array(some, { maxLength: 12 }), (list) => {
        const packets = list.map(([unit, more, size]) => fragment(unit * 8, more, size));
        expect(readCapture(rawCapture(packets)).counts.packets).toBe(list.length);
      }),
    );
  });
});

describe("UDP datagram (RFC 768)", () => {
  const udp = (length: number, payload: Uint8Array): Uint8Array =>
    concatBytes(Uint8Array.of(0xc3, 0x50, 0x0d, 0x3d, length >>> 8, length & 0xff, 0, 0), payload);
  const payload = ascii("rdpeudp");

  it("carries addresses, ports, time and payload", () => {
    const read = readCapture(
      rawCapture([ipv4Packet([192, 0, 2, 10], [198, 51, 100, 20], 17, udp(15, payload))]),
    );
    expect(read.datagrams).toEqual([
      {
        packetNumber: 1,
        timeMs: START_MS,
        source: CLIENT,
        destination: { address: "198.51.100.20", port: 3389 },
        hopLimit: 60,
        payload,
        payloadLength: 7,
      },
    ]);
  });

  it("carries IPv6 addresses in their short form", () => {
    const packet = ipv6Packet(parseIpAddress("2001:db8::10"), parseIpAddress("::1"), 17, udp(15, payload));
    expect(readCapture(rawCapture([packet])).datagrams).toMatchObject([
      { source: { address: "2001:db8::10" }, destination: { address: "::1" } },
    ]);
  });

  it.each([7, 16, 65_535])("a length of %i is a fault", (length) => {
    const read = readCapture(rawCapture([ipv4Packet([1, 2, 3, 4], [5, 6, 7, 8], 17, udp(length, payload))]));
    expect(read.faults).toEqual(["packet-damaged udp.length"]);
    expect(read.datagrams).toEqual([]);
  });

  it("a header that is cut is a fault", () => {
    const packet = ipv4Packet([1, 2, 3, 4], [5, 6, 7, 8], 17, udp(15, payload).subarray(0, 5));
    expect(readCapture(rawCapture([packet])).faults).toEqual(["packet-damaged udp.header"]);
  });

  it("does not count as a TCP stream", () => {
    const packet = ipv4Packet([192, 0, 2, 10], [198, 51, 100, 20], 17, udp(15, payload));
    const read = readCapture(concatBytes(captureOf(handshake), rawCapture([packet]).subarray(24)));
    expect(read.counts).toEqual({ packets: 4, tcpSegments: 3, udpDatagrams: 1, streams: 1, unread: {} });
  });
});
