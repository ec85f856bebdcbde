import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Side } from "../../src/capture/tcp/tcp-event.ts";
import { PCAP_FORMS, pcapFile, pcapngFile } from "./support/capture-files.ts";
import { FLOW, FLOW_6, handshake, ipPacket, type Segment, timed } from "./support/conversation.ts";
import { FRAMINGS } from "./support/frames.ts";
import { readCapture } from "./support/read-capture.ts";
import { disturb, finsOf, saidBy, segmentsOf, type Turn } from "./support/segmentation.ts";

/** How far a segment may come out of its order: less than what reassembly waits for. */
const WINDOW = 8;

const side = fc.constantFrom<Side>("client", "server");
const turn: fc.Arbitrary<Turn> = fc.record({
  from: side,
  bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
});
const conversation = fc.array(turn, { minLength: 1, maxLength: 10 });

const framings = FRAMINGS.filter(({ only }) => only === undefined);
const isn = fc.oneof(
  fc.constant(0xffffffff),
  fc.integer({ min: 0xffffff00, max: 0xffffffff }),
  fc.nat(0xffffffff),
);

const variation = fc.record({
  turns: conversation,
  segmentBytes: fc.constantFrom(1, 3, 7, 1400),
  overlap: fc.nat(5),
  shifts: fc.array(fc.nat(WINDOW), { minLength: 1, maxLength: 60 }),
  twice: fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
  framing: fc.constantFrom(...framings),
  form: fc.constantFrom(...PCAP_FORMS),
  pcapng: fc.boolean(),
  v6: fc.boolean(),
  clientIsn: isn,
  serverIsn: isn,
  chunkBytes: fc.integer({ min: 1, max: 5000 }),
});

describe("reassembly, whatever happens on the way", () => {
  it("gives the same payload for every link type, file form, segmentation, order and repetition", () => {
    fc.assert(
      fc.property(variation, (v) => {
        const flow = { ...(v.v6 ? FLOW_6 : FLOW), clientIsn: v.clientIsn, serverIsn: v.serverIsn };
        const plain = [...handshake, ...segmentsOf(v.turns, v.segmentBytes, v.overlap), ...finsOf(v.turns)];
        const frames = disturb(plain, v.shifts, v.twice, 3).map((segment) =>
          v.framing.wrap(ipPacket(segment, flow)),
        );
        const file = v.pcapng
          ? pcapngFile(v.form.littleEndian, v.framing.linkType, timed(frames))
          : pcapFile(v.form, v.framing.linkType, timed(frames));
        const read = readCapture(file, { chunkBytes: v.chunkBytes });
        expect(read.faults).toEqual([]);
        expect(read.counts.streams).toBe(1);
        expect(read.streams[0]).toMatchObject({ client: flow.client, clientCertainty: "certain" });
        expect(read.payload(0, "client")).toEqual(saidBy(v.turns, "client"));
        expect(read.payload(0, "server")).toEqual(saidBy(v.turns, "server"));
        const types = read.streamEvents.map(({ type }) => type);
        expect(types.filter((type) => type === "gap")).toEqual([]);
        expect(types.filter((type) => type === "fin")).toHaveLength(2);
      }),
      { numRuns: 300 },
    );
  });

  it("in order, tells the events of both sides in the order of the packets", () => {
    fc.assert(
      fc.property(conversation, fc.constantFrom(1, 5, 1400), (turns, size) => {
        const segments = segmentsOf(turns, size, 0);
        const read = readCapture(
          pcapFile(
            { littleEndian: true, nanoseconds: false },
            101,
            timed([...handshake, ...segments].map((s) => ipPacket(s))),
          ),
        );
        const told = read.streamEvents.flatMap((event) =>
          event.type === "data" ? [event.packet.number] : [],
        );
        expect(told).toEqual(segments.map((_, index) => handshake.length + 1 + index));
      }),
    );
  });

  it("with segments lost, gaps and data together account for every byte, each in its place", () => {
    const lossy = fc.tuple(
      conversation,
      fc.constantFrom(1, 4, 9),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }),
    );
    fc.assert(
      fc.property(lossy, ([turns, size, lost]) => {
        const segments = segmentsOf(turns, size, 0).filter((_, index) => lost[index % lost.length] !== true);
        const packets = [...handshake, ...segments, ...finsOf(turns)].map((segment) => ipPacket(segment));
        const read = readCapture(pcapFile({ littleEndian: true, nanoseconds: false }, 101, timed(packets)));
        for (const from of ["client", "server"] as const) {
          const whole = saidBy(turns, from);
          let due = 0;
          for (const event of read.streamEvents) {
            if (!("from" in event) || event.from !== from) continue;
            if (event.type !== "data" && event.type !== "gap" && event.type !== "fin") continue;
            expect(event.offset).toBe(due);
            if (event.type === "gap") due += event.sizeBytes;
            if (event.type !== "data") continue;
            expect(event.payload).toEqual(whole.slice(due, due + event.payload.length));
            due += event.payload.length;
          }
          expect(due).toBe(whole.length);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("arbitrary segments of one connection keep every direction's offsets in step", () => {
    const segment: fc.Arbitrary<Segment> = fc.record({
      from: side,
      flags: fc.constantFrom("S", "SA", "A", "PA", "FA", "R", "RA", "SF", "FPA", "SFRPA", ""),
      seq: fc.oneof(fc.nat(40), fc.integer({ min: -0x80000000, max: 0x7fffffff })),
      ack: fc.oneof(fc.nat(40), fc.integer({ min: -0x80000000, max: 0x7fffffff })),
      payload: fc.uint8Array({ maxLength: 12 }),
    });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 60 }), fc.boolean(), (segments, small) => {
        const packets = segments.map((each) => ipPacket(each));
        const read = readCapture(pcapFile({ littleEndian: true, nanoseconds: false }, 101, timed(packets)), {
          ...(small ? { maxPayloadPerDirection: 20, maxBufferedBytes: 1500, reorderPackets: 3 } : {}),
        });
        expect(read.counts.packets).toBe(segments.length);
        const due = new Map<string, number>();
        for (const event of read.streamEvents) {
          if (event.type !== "data" && event.type !== "gap") continue;
          const key = `${event.stream.number} ${event.from}`;
          expect(event.offset).toBe(due.get(key) ?? 0);
          due.set(key, event.offset + (event.type === "gap" ? event.sizeBytes : event.payload.length));
        }
        for (const stream of read.streams) {
          const { number } = stream;
          const longest = Math.max(
            read.payload(number, "client").length,
            read.payload(number, "server").length,
          );
          expect(longest).toBeLessThanOrEqual(small ? 20 : 800);
        }
        expect(read.streamEvents.filter(({ type }) => type === "end")).toHaveLength(read.counts.streams);
      }),
      { numRuns: 500 },
    );
  });
});
