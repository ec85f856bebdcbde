import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TcpStreamEvent } from "../../../src/capture/tcp/tcp-event.ts";
import { type Captured, PCAP_FORMS, pcapFile } from "../../capture/support/capture-files.ts";
import {
  CLIENT,
  data,
  handshake,
  ipPacket,
  SERVER,
  START_MS,
  timed,
} from "../../capture/support/conversation.ts";
import {
  ENCAPSULATIONS,
  type Encapsulation,
  fits,
  frameOf,
  ipPdu,
  PPP_FRAMINGS,
  type Pdu,
} from "./support/encapsulations.ts";
import { ipv4Fragments, ipv4Packet } from "../../capture/support/ip-forms.ts";
import { readCapture } from "../../capture/support/read-capture.ts";
import { hasTshark, tshark, withCaptureFile } from "./support/tshark.ts";

const FORM = PCAP_FORMS[0] ?? { littleEndian: true, nanoseconds: false };
const ETHERNET = 1;
const ETHERNET_BYTES = 14;
/** Captures of others, which are no part of the tree. */
const CASES = "../shared/cases/captures";

const fixtures = readdirSync("fixtures", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".pcap"))
  .sort();

/** The IP packets of a fixture; all of them are little-endian pcap of Ethernet frames. */
const packetsOf = (name: string): Captured[] => {
  const file = readFileSync(join("fixtures", name));
  const packets: Captured[] = [];
  for (let at = 24; at < file.length; ) {
    const size = file.readUInt32LE(at + 8);
    const bytes = Uint8Array.from(file.subarray(at + 16 + ETHERNET_BYTES, at + 16 + size));
    packets.push({ bytes, timeMs: file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1000 });
    at += 16 + size;
  }
  return packets;
};

const FIXTURE = packetsOf("xrdp/tls-1.2-only.pcap").slice(0, 30);

/** Encapsulates with each in turn, the innermost first; those that cannot carry what they get are left out. */
const encapsulate = (ip: Uint8Array, layers: readonly Encapsulation[]): Pdu =>
  layers.reduce((inner, layer) => (fits(layer, inner) ? layer.wrap(inner) : inner), ipPdu(ip));

const fileOf = (packets: readonly Captured[], layers: readonly Encapsulation[]): Uint8Array =>
  pcapFile(
    FORM,
    ETHERNET,
    packets.map(({ bytes, timeMs }) => ({ bytes: frameOf(encapsulate(bytes, layers)), timeMs })),
  );

/** Events without the stream, which refers to itself. */
const told = (events: readonly TcpStreamEvent[]): unknown[] =>
  events.map(({ stream, ...event }) => ({ ...event, stream: stream.number, client: stream.client }));

const expectAlike = (packets: readonly Captured[], layers: readonly Encapsulation[]): void => {
  const limits = { maxStreams: 64 };
  const plain = readCapture(fileOf(packets, []), limits);
  const wrapped = readCapture(fileOf(packets, layers), limits);
  expect(wrapped.counts).toEqual(plain.counts);
  expect(wrapped.faults).toEqual(plain.faults);
  expect(told(wrapped.streamEvents)).toEqual(told(plain.streamEvents));
  expect(plain.counts.tcpSegments).toBeGreaterThan(0);
};

describe("an encapsulated connection is the same connection", () => {
  it.each(ENCAPSULATIONS)("in $name", (encapsulation) => expectAlike(FIXTURE, [encapsulation]));

  it.each(PPP_FRAMINGS)("in the link type of $name", ({ linkType, wrap }) => {
    const packets = FIXTURE.map(({ bytes, timeMs }) => ({ bytes: wrap(bytes), timeMs }));
    const wrapped = readCapture(pcapFile(FORM, linkType, packets));
    const plain = readCapture(fileOf(FIXTURE, []));
    expect(wrapped.counts).toEqual(plain.counts);
    expect(told(wrapped.streamEvents)).toEqual(told(plain.streamEvents));
  });

  it("in every pair, one within the other", () => {
    const packets = FIXTURE.slice(0, 5);
    for (const inner of ENCAPSULATIONS)
      for (const outer of ENCAPSULATIONS) expectAlike(packets, [inner, outer]);
  }, 60_000);

  it("in any nesting of up to six, for every fixture", () => {
    const nesting = fc.array(fc.constantFrom(...ENCAPSULATIONS), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...fixtures), nesting, (name, layers) =>
        expectAlike(packetsOf(name).slice(0, 60), layers),
      ),
      { numRuns: 150 },
    );
  }, 120_000);

  it("in a tunnel that is fragmented, and in fragments within it", () => {
    const [first, ...rest] = [...handshake, data("client", 1, "x".repeat(400))].map((s) => ipPacket(s));
    const pieces = rest.flatMap((ip, id) => ipv4Fragments(ip, 64, id));
    const tunnelled = pieces.flatMap((ip, id) =>
      ipv4Fragments(ipv4Packet([10, 0, 0, 1], [10, 0, 0, 2], 4, ip), 40, 1000 + id),
    );
    const read = readCapture(pcapFile(FORM, 101, timed([first ?? new Uint8Array(0), ...tunnelled])));
    expect(read.faults).toEqual([]);
    expect(Buffer.from(read.payload(0, "client")).toString()).toBe("x".repeat(400));
  });
});

describe("headers that are cut or changed", () => {
  const whole = ENCAPSULATIONS.map((layer) => ({
    name: layer.name,
    frame: frameOf(encapsulate(ipPacket(data("client", 1, "hello")), [layer])),
  }));

  it.each(whole)("$name, cut at every offset, never throws", ({ frame }) => {
    const frames = Array.from({ length: frame.length }, (_, size) => frame.subarray(0, size));
    const read = readCapture(pcapFile(FORM, ETHERNET, timed(frames)));
    expect(read.counts.packets).toBe(frame.length);
    expect(read.faults.every((fault) => fault.startsWith("packet-damaged"))).toBe(true);
  });

  it("with bytes changed never throw", () => {
    const change = fc.array(fc.tuple(fc.nat(90), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...whole), change, ({ frame }, changes) => {
        const bytes = frame.slice();
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        expect(readCapture(pcapFile(FORM, ETHERNET, timed([bytes]))).counts.packets).toBe(1);
      }),
      { numRuns: 3000 },
    );
  });

  it("a stray datagram on a tunnel's port is a datagram", () => {
    const payloads = fc.uint8Array({ minLength: 8, maxLength: 120 });
    fc.assert(
      fc.property(fc.constantFrom(1701, 2152, 4789, 4790, 6081, 8472, 37_008), payloads, (port, payload) => {
        const udp = Uint8Array.from([
          0xc0,
          0,
          port >>> 8,
          port & 0xff,
          0,
          8 + payload.length,
          0,
          0,
          ...payload,
        ]);
        const ip = ipv4Packet([192, 0, 2, 1], [192, 0, 2, 2], 17, udp);
        const { counts, datagrams, faults } = readCapture(pcapFile(FORM, 101, timed([ip])));
        // L2TP has sixteen bits that tell, and PPP says anything: what follows may be read as some protocol.
        if (port === 1701 && counts.udpDatagrams === 0) return;
        expect(counts).toMatchObject({ udpDatagrams: 1, unread: {} });
        expect(faults).toEqual([]);
        expect(datagrams).toMatchObject([{ destination: { port }, payload }]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("what is not read is counted by kind", () => {
  const esp = (protocol: number): Pdu =>
    ipPdu(ipv4Packet([192, 0, 2, 1], [192, 0, 2, 2], protocol, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)));
  const udp = (port: number, payload: readonly number[]): Pdu =>
    ipPdu(
      ipv4Packet(
        [192, 0, 2, 1],
        [192, 0, 2, 2],
        17,
        Uint8Array.from([
          ...[port >>> 8, port & 0xff],
          ...[port >>> 8, port & 0xff],
          0,
          8 + payload.length,
          0,
          0,
          ...payload,
        ]),
      ),
    );
  const pdu = (etherType: number, ...bytes: readonly number[]): Pdu => ({
    etherType,
    bytes: Uint8Array.from(bytes),
  });

  it.each<[string, Pdu, Readonly<Record<string, number>>]>([
    ["MACsec that encrypts", pdu(0x88e5, 0x2c, 0, 0, 0, 0, 1), { MACsec: 2 }],
    ["an EtherType that nobody knows", pdu(0x1234, 1), { "EtherType 0x1234": 2 }],
    ["ESP", esp(50), { "IPsec ESP": 2 }],
    ["ESP behind NAT", udp(4500, [0, 0, 0, 9, 0, 0, 0, 1]), { "IPsec ESP": 2 }],
    ["an IP protocol that nobody knows", esp(253), { "IP protocol 253": 2 }],
    [
      "PPP of another protocol",
      pdu(0x8864, 0x11, 0, 0, 1, 0, 3, 0x00, 0x2b, 1),
      { "PPP protocol 0x002b": 2 },
    ],
    ["encrypted PPP", pdu(0x8864, 0x11, 0, 0, 1, 0, 3, 0x00, 0xfd, 1), { "compressed or encrypted PPP": 2 }],
    ["MPLS with something else", pdu(0x8847, 0, 1, 1, 64, 0x99, 1), { "MPLS with an unknown payload": 2 }],
    ["ARP", pdu(0x0806, 0, 1), {}],
    ["spanning tree", pdu(3, 0x42, 0x42, 3), {}],
    ["LLDP", pdu(0x88cc, 2), {}],
    ["PPPoE discovery", pdu(0x8863, 0x11, 9), {}],
    ["LCP in PPPoE", pdu(0x8864, 0x11, 0, 0, 1, 0, 3, 0xc0, 0x21, 9), {}],
    ["OSPF", esp(89), {}],
    ["IKE behind NAT", udp(4500, [0, 0, 0, 0, 0, 0, 0, 1]), {}],
  ])("%s", (_name, { etherType, bytes }, unread) => {
    const frame = frameOf({ etherType, bytes });
    const read = readCapture(pcapFile(FORM, ETHERNET, timed([frame, frame])));
    expect(read.counts.unread).toEqual(unread);
    expect(read.faults).toEqual([]);
  });

  it("a link type, once a packet, and fragments of a datagram that never became whole", () => {
    const read = readCapture(pcapFile(FORM, 147, timed([Uint8Array.of(1), Uint8Array.of(2)])));
    expect(read.counts.unread).toEqual({ "link type 147": 2 });
    const fragments = ipv4Fragments(ipPacket(data("client", 1, "x".repeat(100))), 32, 7).slice(1);
    const lost = readCapture(pcapFile(FORM, 101, timed(fragments)));
    expect(lost.counts.unread).toEqual({ "incomplete IP datagrams": fragments.length });
  });

  it("the most frequent kind first, and no more kinds than the bound", () => {
    const frames = Array.from({ length: 300 }, (_, index) => frameOf(pdu(0x4000 + (index % 200), 1)));
    const { unread } = readCapture(pcapFile(FORM, ETHERNET, timed(frames))).counts;
    expect(Object.keys(unread)).toHaveLength(65);
    expect(Object.values(unread).reduce((sum, count) => sum + count, 0)).toBe(300);
    expect(Object.entries(unread)[0]).toEqual(["other kinds", 172]);
  });
});

describe.skipIf(!hasTshark)("against tshark", () => {
  const known = ENCAPSULATIONS.filter(({ notInTshark }) => notInTshark !== true);
  const packets = FIXTURE.slice(0, 12);
  const FIELDS = ["-T", "fields", "-e", "tcp.stream", "-e", "tcp.payload"] as const;

  /** What tshark says of each frame: the stream, and the payload of the segment. */
  const dissected = (file: Uint8Array): string[] =>
    withCaptureFile(file, (path) =>
      tshark(path, ...FIELDS)
        .replace(/\n$/, "")
        .split("\n"),
    );

  it("every encapsulation, alone and within another, holds the payload that tshark sees", () => {
    const nestings = [
      ...known.map((layer) => [layer]),
      ...known.map((layer, index) => [layer, known[(7 * index + 5) % known.length] ?? layer]),
    ];
    const frames = nestings.flatMap((layers) =>
      packets.map(({ bytes, timeMs }) => ({ bytes: frameOf(encapsulate(bytes, layers)), timeMs })),
    );
    const plain = dissected(fileOf(packets, []));
    const seen = dissected(pcapFile(FORM, ETHERNET, frames));
    const different = nestings.flatMap((layers, index) => {
      const own = seen.slice(index * packets.length, (index + 1) * packets.length);
      return own.join() === plain.join() ? [] : [layers.map(({ name }) => name).join(" in ")];
    });
    expect(different).toEqual([]);
    expect(plain.some((line) => /^0\t[0-9a-f]+$/.test(line))).toBe(true);
  }, 60_000);
});

describe("captures of others, encapsulated", () => {
  const files = existsSync(CASES)
    ? readdirSync(CASES).filter((name) => name.startsWith("encapsulated-"))
    : [];

  it.skipIf(files.length === 0)("hold one stream each, all of it read", () => {
    for (const name of files) {
      const { counts, faults } = readCapture(readFileSync(join(CASES, name)));
      expect({ name, streams: counts.streams, unread: counts.unread, faults }).toEqual({
        name,
        streams: 1,
        unread: {},
        faults: [],
      });
      expect(counts.tcpSegments).toBe(counts.packets);
    }
  });
});

describe("a connection that is seen inside a tunnel and outside", () => {
  const vxlan = ENCAPSULATIONS.filter(({ name }) => name === "VXLAN");
  const segments = [
    ...handshake,
    data("client", 1, "hello"),
    data("server", 1, "world", 6),
    { from: "server", flags: "RA", seq: 6, ack: 6 } as const,
  ];
  /** The copy in the tunnel was taken one hop earlier. */
  const inside = segments.map((segment) => encapsulate(ipPacket({ ...segment, hopLimit: 63 }), vxlan));
  const outside = segments.map((segment) => ipPdu(ipPacket(segment)));
  const orders = {
    "each copy right after its packet": outside.flatMap((packet, index) => [packet, inside[index] ?? packet]),
    "the tunnel first": outside.flatMap((packet, index) => [inside[index] ?? packet, packet]),
    "all copies two packets later": [
      ...outside.slice(0, 2),
      ...outside.slice(2).flatMap((packet, index) => [packet, inside[index] ?? packet]),
      ...inside.slice(-2),
    ],
  };

  it.each(Object.entries(orders))("is one connection, told once: %s", (_order, pdus) => {
    const packets = pdus.map((packet, index) => ({ bytes: frameOf(packet), timeMs: START_MS + index }));
    const read = readCapture(pcapFile(FORM, ETHERNET, packets));
    expect(read.story(0)).toEqual([
      "syn client",
      "synack server",
      "data client 0+5",
      "data server 0+5",
      "rst server",
      "end capture-ended",
    ]);
    expect(read.counts).toMatchObject({ streams: 1, tcpSegments: 2 * segments.length });
    expect(read.streams[0]).toMatchObject({ client: CLIENT, server: SERVER, packets: 2 * segments.length });
    const hopLimits = read.streamEvents.flatMap((event) =>
      "packet" in event ? [event.packet.hopLimit] : [],
    );
    expect(new Set(hopLimits).size).toBe(1);
    expect(read.streams[0]?.serverDirection).toMatchObject({ retransmissions: 0, resets: 1, packets: 3 });
  });

  it("fills with the copy what the other view has missed", () => {
    const missed = orders["each copy right after its packet"].filter((_, index) => index !== 6);
    const packets = missed.map((packet, index) => ({ bytes: frameOf(packet), timeMs: START_MS + index }));
    expect(readCapture(pcapFile(FORM, ETHERNET, packets)).story(0)).toContain("data client 0+5");
  });
});
