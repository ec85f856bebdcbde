import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/bytes/hex.ts";
import type { Side } from "../../src/capture/tcp/tcp-event.ts";
import type { Result } from "../../src/verdict/result/result.ts";
import { PCAP_FORMS, pcapFile, pcapHeader, pcapngFile } from "../capture/support/capture-files.ts";
import {
  FLOW,
  FLOW_6,
  handshake,
  ipPacket,
  type Segment,
  START_MS,
} from "../capture/support/conversation.ts";
import { FRAMINGS, type Framing, RAW } from "../capture/support/frames.ts";
import { disturb, finsOf, segmentsOf } from "../capture/support/segmentation.ts";
import { type Said, saidIn } from "./conversations.ts";
import { judged } from "./judged.ts";

/** How far a segment may come out of its order. */
const WINDOW = 6;

const CONVERSATIONS: readonly (readonly Said[])[] = [
  saidIn("fixtures/xrdp/tls-1.2-only.pcap"),
  saidIn("fixtures/xrdp/tls-1.3-only.pcap"),
  saidIn("fixtures/lab/failure-5.pcap"),
  saidIn("fixtures/lab/alert-40.pcap"),
  saidIn("fixtures/lab/nla-required.pcap"),
  // A client that ends the handshake itself: who spoke last decides.
  saidIn("fixtures/xrdp/security-layer-negotiate.pcap", 20),
  // Standard RDP Security.
  saidIn("fixtures/freerdp-shadow/shadow-rdp.pcap", 10),
  [
    { from: "client", bytes: fromHex("050100 050100010a0000010d3d") },
    { from: "server", bytes: fromHex("0500 05000001000000000000") },
    ...saidIn("fixtures/lab/failure-5.pcap"),
  ],
];

const framed = (packets: readonly Segment[], framing: Framing, flow: typeof FLOW) =>
  packets.map((segment, index) => ({
    bytes: framing.wrap(ipPacket(segment, flow)),
    timeMs: START_MS + index / 100,
  }));

/** All of a result but times and places. */
const essence = ({
  verdict,
  negotiation,
  security,
  tls,
  certificate,
  credssp,
  ntlm,
  rdp,
  stages,
  findings,
}: Result) => ({
  verdict,
  negotiation,
  security,
  tls,
  certificate,
  credssp,
  ntlm,
  rdp,
  stages: stages.map(({ name, status, note }) => ({ name, status, note })),
  findings: findings.map(({ code, severity }) => ({ code, severity })),
});

const PLAIN = PCAP_FORMS[0] ?? { littleEndian: true, nanoseconds: false };

const plainResult = (turns: readonly Said[], flow: typeof FLOW): unknown => {
  const packets = framed([...handshake, ...segmentsOf(turns, 1400, 0), ...finsOf(turns)], RAW, flow);
  const [result] = judged(pcapFile(PLAIN, RAW.linkType, packets)).results;
  if (result === undefined) throw new Error("no result");
  return essence(result);
};

const EXPECTED = CONVERSATIONS.map((turns) => ({
  turns,
  v4: plainResult(turns, FLOW),
  v6: plainResult(turns, FLOW_6),
}));

const isn = fc.oneof(
  fc.constant(0xffffffff),
  fc.integer({ min: 0xffffff00, max: 0xffffffff }),
  fc.nat(0xffffffff),
);

const variation = fc.record({
  conversation: fc.constantFrom(...EXPECTED),
  segmentBytes: fc.constantFrom(1, 7, 100, 1400),
  overlap: fc.constantFrom(0, 1, 5, 60, 700),
  shifts: fc.array(fc.nat(WINDOW), { minLength: 1, maxLength: 60 }),
  twice: fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
  form: fc.constantFrom(...PCAP_FORMS),
  pcapng: fc.boolean(),
  v6: fc.boolean(),
  clientIsn: isn,
  serverIsn: isn,
  chunkBytes: fc.integer({ min: 1, max: 5000 }),
});

/** Tried of every link type. */
const TRIES = 12;

describe("one connection, however it was captured", () => {
  it.each(FRAMINGS)(
    "$name: the same result for every file form, segmentation, order and repetition",
    { timeout: 60_000 },
    (framing) => {
      fc.assert(
        fc.property(variation, (v) => {
          const { turns, v4, v6 } = v.conversation;
          const isV6 = framing.only === undefined ? v.v6 : framing.only === 6;
          const flow = { ...(isV6 ? FLOW_6 : FLOW), clientIsn: v.clientIsn, serverIsn: v.serverIsn };
          const segments = segmentsOf(turns, Math.max(v.segmentBytes, v.overlap), v.overlap);
          const packets = framed(
            [...disturb([...handshake, ...segments], v.shifts, v.twice, 2), ...finsOf(turns)],
            framing,
            flow,
          );
          const file = v.pcapng
            ? pcapngFile(v.form.littleEndian, framing.linkType, packets)
            : pcapFile(v.form, framing.linkType, packets);
          const { results, faults } = judged(file, { chunkBytes: v.chunkBytes });
          expect(faults).toEqual([]);
          expect(results.map(essence)).toEqual([isV6 ? v6 : v4]);
        }),
        { numRuns: TRIES },
      );
    },
  );
});

describe("arbitrary bytes", () => {
  it("behind a valid file header never throw", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PCAP_FORMS),
        fc.nat(300),
        fc.uint8Array({ maxLength: 400 }),
        (form, linkType, bytes) => {
          const file = Uint8Array.from([...pcapHeader(form, linkType), ...bytes]);
          expect(judged(file, { chunkBytes: 37 }).results).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("as the payload of a connection to port 3389 never throw, whatever both sides say", () => {
    const starts = CONVERSATIONS.flatMap((turns) => turns.map(({ bytes }) => bytes));
    const payload = fc
      .tuple(fc.constantFrom(new Uint8Array(0), ...starts), fc.uint8Array({ maxLength: 60 }), fc.nat(400))
      .map(([start, rest, size]) => Uint8Array.from([...start.subarray(0, size), ...rest]))
      .filter((bytes) => bytes.length > 0);
    const turn = fc.record({ from: fc.constantFrom<Side>("client", "server"), bytes: payload });
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 8 }), fc.boolean(), (turns, isClosed) => {
        const segments = [...handshake, ...segmentsOf(turns, 1400, 0), ...(isClosed ? finsOf(turns) : [])];
        const { results } = judged(pcapFile(PLAIN, RAW.linkType, framed(segments, RAW, FLOW)));
        expect(results.length).toBeLessThanOrEqual(1);
        for (const result of results) expect(() => JSON.stringify(result)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });

  it("in the place of others in a real capture never throw", () => {
    const files = ["fixtures/lab/nla-required.pcap", "fixtures/lab/reset-after-hello.pcap"].map((path) =>
      readFileSync(path),
    );
    const change = fc.tuple(fc.nat(20_000), fc.nat(255));
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(change, { maxLength: 20 }), (file, changes) => {
        const changed = Uint8Array.from(file);
        for (const [at, byte] of changes) changed[24 + (at % (file.length - 24))] = byte;
        expect(() => JSON.stringify(judged(changed, { chunkBytes: 5000 }))).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});
