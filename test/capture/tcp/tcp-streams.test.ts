import { describe, expect, it } from "vitest";
import { createTcpStreams } from "../../../src/capture/tcp/tcp-streams.ts";
import { PCAP_FORMS, pcapFile } from "../support/capture-files.ts";
import {
  ack,
  ascii,
  CLIENT,
  captureOf,
  data,
  FLOW,
  FLOW_6,
  handshake,
  ipPacket,
  rawCapture,
  SERVER,
  type Segment,
  START_MS,
  syn,
  synAck,
  timed,
} from "../support/conversation.ts";
import { readCapture } from "../support/read-capture.ts";

const rst = (from: "client" | "server", seq: number, acked?: number): Segment => ({
  from,
  flags: acked === undefined ? "R" : "RA",
  seq,
  ...(acked === undefined ? {} : { ack: acked }),
});
const fin = (from: "client" | "server", seq: number, acked = 1): Segment => ({
  from,
  flags: "FA",
  seq,
  ack: acked,
});
const acks = (from: "client" | "server", seq: number, acked: number): Segment => ({
  from,
  flags: "A",
  seq,
  ack: acked,
});

const END = "end capture-ended";

describe("TCP streams (RFC 9293 3.10.7.4)", () => {
  const stories: readonly {
    readonly name: string;
    readonly segments: readonly Segment[];
    readonly story: readonly string[];
  }[] = [
    {
      name: "a connection from SYN to FIN",
      segments: [
        ...handshake,
        data("client", 1, "hello"),
        data("server", 1, "world!", 6),
        fin("client", 6, 7),
        fin("server", 7, 7),
      ],
      story: [
        "syn client",
        "synack server",
        "data client 0+5",
        "data server 0+6",
        "fin client",
        "fin server",
        END,
      ],
    },
    {
      name: "a refused SYN",
      segments: [syn, rst("server", -900_000, 1)],
      story: ["syn client", "rst server", END],
    },
    {
      name: "a SYN that nobody answers",
      segments: [syn, syn, syn],
      story: ["syn client", "syn client again", "syn client again", END],
    },
    {
      name: "a reset after the first data",
      segments: [...handshake, data("client", 1, "hello"), rst("server", 1, 6)],
      story: ["syn client", "synack server", "data client 0+5", "rst server", END],
    },
    {
      name: "several resets, as a middlebox sends them",
      segments: [...handshake, rst("server", 1), rst("server", 1461), rst("client", 1)],
      story: ["syn client", "synack server", "rst server", "rst server", "rst client", END],
    },
    {
      name: "data in the SYN",
      segments: [{ ...syn, payload: ascii("hey") }, { ...synAck, ack: 4 }, data("client", 4, "you")],
      story: ["syn client", "data client 0+3", "synack server", "data client 3+3", END],
    },
    {
      name: "data and FIN in one segment",
      segments: [
        ...handshake,
        { ...data("server", 1, "bye"), flags: "FPA" },
        { ...data("server", 1, "bye"), flags: "FPA" },
      ],
      story: ["syn client", "synack server", "data server 0+3", "fin server", END],
    },
    {
      name: "a FIN that overtakes its data",
      segments: [...handshake, fin("server", 4), data("server", 1, "bye")],
      story: ["syn client", "synack server", "data server 0+3", "fin server", END],
    },
    {
      name: "a retransmission",
      segments: [
        ...handshake,
        data("client", 1, "hello"),
        data("client", 1, "hello"),
        data("client", 6, "you"),
      ],
      story: ["syn client", "synack server", "data client 0+5", "data client 5+3", END],
    },
    {
      name: "a retransmission that brings more",
      segments: [...handshake, data("client", 1, "hello"), data("client", 3, "llo you")],
      story: ["syn client", "synack server", "data client 0+5", "data client 5+4", END],
    },
    {
      name: "segments out of order",
      segments: [...handshake, data("client", 6, "you"), data("client", 1, "hello")],
      story: ["syn client", "synack server", "data client 0+5", "data client 5+3", END],
    },
    {
      name: "a keep-alive with and without a byte, and a window probe",
      segments: [
        ...handshake,
        data("client", 1, "hello"),
        data("client", 5, "\0"),
        acks("client", 5, 1),
        data("client", 6, "y"),
        data("client", 6, "you"),
      ],
      story: ["syn client", "synack server", "data client 0+5", "data client 5+1", "data client 6+2", END],
    },
    {
      name: "a keep-alive before any data",
      segments: [...handshake, data("client", 0, "\0"), data("client", 1, "hello")],
      story: ["syn client", "synack server", "data client 0+5", END],
    },
    {
      name: "a keep-alive after the FIN",
      segments: [...handshake, fin("client", 1), data("client", 1, "\0")],
      story: ["syn client", "synack server", "fin client", END],
    },
    {
      name: "a hole at the capture's end",
      segments: [...handshake, data("client", 1, "hello"), data("client", 10, "you")],
      story: ["syn client", "synack server", "data client 0+5", "gap client 5+4", "data client 9+3", END],
    },
    {
      name: "new ports' use with another initial sequence number",
      segments: [...handshake, data("client", 1, "hello"), { ...syn, seq: 500_000 }],
      story: ["syn client", "synack server", "data client 0+5", "end port-reused"],
    },
    {
      name: "a SYN again with the same number after a RST, as Windows sends it",
      segments: [syn, rst("server", -900_000, 1), syn, rst("server", -900_000, 1)],
      story: ["syn client", "rst server", "syn client again", "rst server", END],
    },
    {
      name: "a SYN-ACK of which the client acknowledges the second one",
      segments: [syn, { ...synAck, seq: -77 }, synAck, ack, data("server", 1, "hi")],
      story: ["syn client", "synack server", "synack server", "data server 0+2", END],
    },
    {
      name: "a SYN-ACK after the one that the client acknowledged",
      segments: [syn, synAck, ack, { ...synAck, seq: -77 }, data("server", 1, "hi")],
      story: ["syn client", "synack server", "synack server", "data server 0+2", END],
    },
    {
      name: "the server's side only",
      segments: [synAck, data("server", 1, "hello"), data("server", 6, "you"), fin("server", 9)],
      story: ["synack server", "data server 0+5", "data server 5+3", "fin server", END],
    },
    {
      name: "the client's side only",
      segments: [syn, ack, data("client", 1, "hello"), fin("client", 6)],
      story: ["syn client", "data client 0+5", "fin client", END],
    },
    {
      name: "a start in mid-session",
      segments: [
        data("server", 5000, "hello", 700),
        data("client", 700, "you", 5005),
        data("server", 5005, "there", 703),
      ],
      story: ["data server 0+5", "data client 0+3", "data server 5+5", END],
    },
    {
      name: "a start in mid-session, out of order",
      segments: [data("server", 5005, "there", 700), data("server", 5000, "hello", 700)],
      story: ["data server 0+5", "data server 5+5", END],
    },
    { name: "a reset that is all there is", segments: [rst("server", 1, 1)], story: ["rst server", END] },
    {
      name: "the handshake in the wrong order",
      segments: [data("client", 1, "hello"), rst("server", 1, 6), ack, synAck, syn],
      story: ["synack server", "rst server", "syn client", "data client 0+5", END],
    },
    {
      name: "the end of one connection before the SYN of the next",
      segments: [data("client", 900_000, "old"), syn, synAck],
      story: ["data client 0+3", "end port-reused"],
    },
    {
      name: "a SYN-ACK after the end of another connection",
      segments: [data("server", 5000, "old"), { ...synAck, seq: 400_000 }],
      story: ["data server 0+3", "synack server", END],
    },
  ];

  it.each(stories)("$name", ({ segments, story }) => {
    const read = readCapture(captureOf(segments));
    expect(read.story(0)).toEqual(story);
    expect(read.faults).toEqual([]);
  });

  it.each(stories)("$name, over IPv6", ({ segments, story }) => {
    expect(readCapture(captureOf(segments, FLOW_6)).story(0)).toEqual(story);
  });

  it.each(stories)("$name, across the wrap of both sequence numbers", ({ segments, story }) => {
    const flow = { ...FLOW, clientIsn: 0xfffffffd, serverIsn: 0xfffffffc };
    expect(readCapture(captureOf(segments, flow)).story(0)).toEqual(story);
  });

  it("passes the bytes that came first when an overlap differs", () => {
    const read = readCapture(captureOf([...handshake, data("client", 1, "AAAA"), data("client", 3, "bbbb")]));
    expect(read.payload(0, "client")).toEqual(ascii("AAAAbb"));
  });

  it("gives the payload as a copy, whatever becomes of the chunk", () => {
    const read = readCapture(captureOf([...handshake, data("client", 1, "hello")]), { chunkBytes: 7 });
    expect(read.payload(0, "client")).toEqual(ascii("hello"));
  });
});

describe("what an event tells", () => {
  const options = Uint8Array.of(2, 4, 5, 0xb4, 1, 3, 3, 8);
  const segments: readonly Segment[] = [
    { ...syn, hopLimit: 128, ipId: 7, window: 64_240, options },
    { ...synAck, hopLimit: 57, ipId: 0, window: 65_535 },
    ack,
    { ...data("client", 1, "hello"), ipId: 8 },
    { ...rst("server", 1, 6), hopLimit: 244, ipId: 0xd431, window: 512 },
  ];
  const read = readCapture(captureOf(segments));

  it("the packet's facts, by which a reset is attributed", () => {
    expect(read.streamEvents[0]).toMatchObject({
      type: "syn",
      timeMs: START_MS,
      packet: {
        number: 1,
        hopLimit: 128,
        ipId: 7,
        window: 64_240,
        flags: 2,
        sequence: 1000,
        acknowledgment: 0,
        options,
      },
    });
    expect(read.streamEvents[3]).toMatchObject({
      type: "rst",
      timeMs: START_MS + 4,
      packet: {
        number: 5,
        hopLimit: 244,
        ipId: 0xd431,
        window: 512,
        flags: 0x14,
        sequence: 900_001,
        acknowledgment: 1006,
      },
      distance: 0,
    });
  });

  it("each side's last facts, a RST's left out", () => {
    expect(read.streams[0]?.serverDirection).toMatchObject({
      hopLimit: 57,
      ipId: 0,
      window: 65_535,
      resets: 1,
      syns: 1,
    });
    expect(read.streams[0]?.clientDirection).toMatchObject({ ipId: 8, packets: 3, firstTimeMs: START_MS });
  });

  it.each([
    { name: "where it is expected", segments: [...handshake, rst("server", 1)], distance: 0 },
    { name: "ahead of it", segments: [...handshake, rst("server", 1461)], distance: 1460 },
    {
      name: "behind it",
      segments: [...handshake, data("server", 1, "hello"), rst("server", 1)],
      distance: -5,
    },
    { name: "after a FIN", segments: [...handshake, fin("server", 1), rst("server", 2)], distance: 0 },
    { name: "with no sequence known", segments: [syn, rst("server", -900_000, 1)], distance: null },
  ])("how far a RST's sequence number is off: $name", ({ segments: list, distance }) => {
    const events = readCapture(captureOf(list)).streamEvents;
    expect(events.find(({ type }) => type === "rst")).toMatchObject({ distance });
  });

  it("an IPv6 packet has no identification", () => {
    const event = readCapture(captureOf([syn], FLOW_6)).streamEvents[0];
    expect(event).toMatchObject({ packet: { ipId: null, hopLimit: 64 } });
  });

  it("how much each side has sent, and the other has acknowledged", () => {
    const list = [
      ...handshake,
      data("client", 1, "hello"),
      acks("server", 1, 4),
      data("client", 1, "hello"),
      fin("client", 6),
      acks("server", 1, 7),
    ];
    for (const [count, acknowledgedBytes] of [
      [4, 0],
      [5, 3],
      [8, 5],
    ] as const) {
      const stream = readCapture(captureOf(list.slice(0, count))).streams[0];
      expect(stream?.clientDirection.acknowledgedBytes).toBe(acknowledgedBytes);
    }
    const stream = readCapture(captureOf(list)).streams[0];
    expect(stream?.clientDirection).toMatchObject({
      payloadBytes: 5,
      retransmissions: 1,
      fins: 1,
      initialSequence: 1000,
    });
    expect(stream?.serverDirection).toMatchObject({
      payloadBytes: 0,
      acknowledgedBytes: 0,
      initialSequence: 900_000,
    });
  });

  it("bytes that were acknowledged and not captured show in a direction's count", () => {
    const stream = readCapture(captureOf([...handshake, acks("server", 1, 301)])).streams[0];
    expect(stream?.clientDirection).toMatchObject({ payloadBytes: 0, acknowledgedBytes: 300 });
  });
});

describe("who is the client", () => {
  const flow = (clientPort: number, serverPort: number) => ({
    ...FLOW,
    client: { ...CLIENT, port: clientPort },
    server: { ...SERVER, port: serverPort },
  });
  it.each([
    {
      name: "a SYN",
      ports: [3389, 50_000],
      segments: handshake,
      basis: "syn",
      certainty: "certain",
      client: 3389,
    },
    {
      name: "a SYN-ACK",
      ports: [3389, 50_000],
      segments: [synAck],
      basis: "syn-ack",
      certainty: "certain",
      client: 3389,
    },
    {
      name: "a service's port",
      ports: [50_000, 3389],
      segments: [data("server", 1, "x")],
      basis: "service-port",
      certainty: "likely",
      client: 50_000,
    },
    {
      name: "a system port",
      ports: [1049, 443],
      segments: [data("server", 1, "x")],
      basis: "service-port",
      certainty: "likely",
      client: 1049,
    },
    {
      name: "the first data",
      ports: [1049, 3389],
      segments: [ack, data("client", 1, "x"), data("server", 1, "y")],
      basis: "first-data",
      certainty: "guess",
      client: 1049,
    },
    {
      name: "the lower port",
      ports: [40_000, 50_000],
      segments: [ack],
      basis: "lower-port",
      certainty: "guess",
      client: 50_000,
    },
    {
      name: "the first packet",
      ports: [5000, 5000],
      segments: [ack],
      basis: "first-packet",
      certainty: "guess",
      client: 5000,
    },
  ])("$name tells", ({ ports, segments, basis, certainty, client }) => {
    const [clientPort = 0, serverPort = 0] = ports;
    const stream = readCapture(captureOf(segments, flow(clientPort, serverPort))).streams[0];
    expect(stream).toMatchObject({
      clientBasis: basis,
      clientCertainty: certainty,
      client: { port: client },
    });
  });
});

describe("holes", () => {
  const chatter = (count: number): Segment[] =>
    Array.from({ length: count }, (_, i) => data("server", 1 + i, "z", 13));
  const lost = [...handshake, data("client", 1, "hello"), data("client", 10, "you")];

  it("that the other side acknowledged are the capture's: told after a few packets more", () => {
    const read = readCapture(captureOf([...lost, ...chatter(40)]));
    const story = read.story(0);
    expect(story.indexOf("gap client 5+4")).toBeGreaterThan(10);
    expect(story.indexOf("gap client 5+4")).toBeLessThan(story.indexOf(END) - 5);
    expect(story[story.indexOf("gap client 5+4") + 1]).toBe("data client 9+3");
  });

  it("or after a second of the capture's time", () => {
    const packets = timed([...lost, ...chatter(3)].map((segment) => ipPacket(segment)));
    const late = packets.map((packet, index) =>
      index < 6 ? packet : { ...packet, timeMs: packet.timeMs + 1500 },
    );
    const form = PCAP_FORMS[0] ?? { littleEndian: true, nanoseconds: false };
    expect(
      readCapture(pcapFile(form, 101, late))
        .story(0)
        .indexOf("gap client 5+4"),
    ).toBe(5);
  });

  it("that nobody acknowledged are waited for", () => {
    const unacknowledged = Array.from({ length: 100 }, (_, i) => data("server", 1 + i, "z", 6));
    const read = readCapture(captureOf([...lost, ...unacknowledged, data("client", 6, "for ")]));
    expect(read.payload(0, "client")).toEqual(ascii("hellofor you"));
    expect(read.story(0).some((line) => line.startsWith("gap"))).toBe(false);
  });
});

describe("bounds", () => {
  const kilobyte = "x".repeat(1000);
  const many = (count: number): Segment[] =>
    Array.from({ length: count }, (_, i) => data("client", 1 + 1000 * i, kilobyte));

  it("passes on the first bytes of each direction and counts the rest", () => {
    const segments = [...handshake, ...many(5), data("server", 1, "world"), fin("client", 5001)];
    const read = readCapture(captureOf(segments), { maxPayloadPerDirection: 2500 });
    expect(read.story(0)).toEqual([
      "syn client",
      "synack server",
      "data client 0+1000",
      "data client 1000+1000",
      "data client 2000+500",
      "payload-limit client",
      "data server 0+5",
      "fin client",
      END,
    ]);
    expect(read.streams[0]?.clientDirection).toMatchObject({ payloadBytes: 5000, fins: 1 });
  });

  it("does not hold what is beyond the limit, and still tells the hole", () => {
    const segments = [...handshake, ...many(1), ...many(9).slice(2)];
    const read = readCapture(captureOf(segments), { maxPayloadPerDirection: 4000 });
    expect(read.story(0).slice(2)).toEqual([
      "data client 0+1000",
      "gap client 1000+1000",
      "data client 2000+1000",
      "data client 3000+1000",
      "payload-limit client",
      END,
    ]);
    const beyond = readCapture(captureOf([...handshake, ...many(9).slice(5)]), {
      maxPayloadPerDirection: 4000,
    });
    expect(beyond.story(0).slice(2)).toEqual(["gap client 0+5000", "payload-limit client", END]);
  });

  const syns = (count: number): Uint8Array[] =>
    Array.from({ length: count }, (_, i) =>
      ipPacket(syn, { ...FLOW, client: { ...CLIENT, port: 1024 + i } }),
    );

  it("closes the stream that is idle for longest when there are too many", () => {
    const [first = new Uint8Array(0)] = syns(1);
    const read = readCapture(rawCapture([...syns(4), first, ...syns(6).slice(4)]), { maxStreams: 4 });
    expect(read.counts.streams).toBe(6);
    expect(read.story(0)).toEqual(["syn client", "syn client again", END]);
    expect(read.story(1)).toEqual(["syn client", "end evicted"]);
    expect(read.story(2)).toEqual(["syn client", "end evicted"]);
  });

  it("lets go of the oldest held bytes when all streams together hold too much", () => {
    const flows = Array.from({ length: 20 }, (_, i) => ({ ...FLOW, client: { ...CLIENT, port: 1024 + i } }));
    const packets = flows.flatMap((flow) => [syn, data("client", 2, kilobyte)].map((s) => ipPacket(s, flow)));
    const filled = flows.map((flow) => ipPacket(data("client", 1, "!"), flow));
    const read = readCapture(rawCapture([...packets, ...filled]), { maxBufferedBytes: 10_000 });
    expect(read.story(0)).toEqual(["syn client", "gap client 0+1", "data client 1+1000", END]);
    expect(read.story(19)).toEqual(["syn client", "data client 0+1", "data client 1+1000", END]);
  });

  it("gives up a hole that a direction has held too much for", () => {
    const segments = [...handshake, ...many(100).slice(1)];
    const read = readCapture(captureOf(segments), { maxPayloadPerDirection: 40_000 });
    expect(read.story(0)[2]).toBe("gap client 0+1000");
    expect(read.story(0).at(-2)).toBe("payload-limit client");
  });

  it.each(["maxStreams", "maxBufferedBytes", "maxPayloadPerDirection", "reorderPackets", "reorderMs"])(
    "a %s that is no positive whole number is the caller's mistake",
    (name) => {
      for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => createTcpStreams({ onEvent: () => undefined, [name]: value })).toThrow(RangeError);
      }
    },
  );
});

describe("a stream that is ignored", () => {
  const segments = [...handshake, data("client", 1, "hello"), data("client", 10, "you"), fin("client", 13)];

  it.each(["syn", "synack", "data", "gap", "fin"])("tells nothing after its %s, not even its end", (type) => {
    const read = readCapture(captureOf(segments), {
      onStreamEvent: (event) => {
        if (event.type === type) event.stream.ignore();
      },
    });
    expect(read.streamEvents.at(-1)?.type).toBe(type);
    expect(read.streams[0]).toMatchObject({ ignored: true, packets: segments.length });
  });

  it("makes room for the next connection on the same ports", () => {
    const read = readCapture(captureOf([...segments, { ...syn, seq: 500_000 }]), {
      onStreamEvent: (event) => {
        if (event.stream.number === 0) event.stream.ignore();
      },
    });
    expect(read.counts.streams).toBe(2);
    expect(read.story(1)).toEqual(["syn client", END]);
  });

  it("frees what it holds", () => {
    const flows = Array.from({ length: 50 }, (_, i) => ({ ...FLOW, client: { ...CLIENT, port: 1024 + i } }));
    const held = flows.flatMap((flow) =>
      [syn, data("client", 2, "x".repeat(1000)), rst("server", 1)].map((s) => ipPacket(s, flow)),
    );
    const read = readCapture(rawCapture(held), {
      maxBufferedBytes: 2000,
      onStreamEvent: (event) => {
        if (event.type === "rst") event.stream.ignore();
      },
    });
    expect(read.streamEvents.some(({ type }) => type === "gap")).toBe(false);
  });
});
