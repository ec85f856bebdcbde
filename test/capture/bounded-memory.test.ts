import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createCaptureReader } from "../../src/capture/capture-reader.ts";
import { concatBytes } from "../../src/bytes/concat-bytes.ts";
import {
  fields,
  interfaceBlock,
  packetWithComment,
  PCAP_FORMS,
  pcapHeader,
  sectionBlock,
} from "./support/capture-files.ts";
import { CLIENT, captureOf, data, FLOW, ipPacket, rawCapture, syn } from "./support/conversation.ts";
import { ipv4Fragments } from "./support/ip-forms.ts";

const LITTLE = PCAP_FORMS[0] ?? { littleEndian: true, nanoseconds: false };
const MEBIBYTE = 1024 * 1024;
/** Far more than the limits below allow, far less than what is pushed. */
const ALLOWED_BYTES = 48 * MEBIBYTE;

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** What is held: when garbage goes is the machine's business. */
const used = (): number => {
  collectGarbage();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
};

/** Pushes `body` again and again behind `head` until `total` bytes; gives what memory grew by, and packets. */
const push = (head: Uint8Array, body: (round: number) => Uint8Array, total: number, kept: unknown[] = []) => {
  let events = 0;
  const reader = createCaptureReader({
    maxStreams: 1000,
    maxBufferedBytes: MEBIBYTE,
    maxPayloadPerDirection: 4096,
    maxFragmentedDatagrams: 16,
    onEvent: () => {
      events += 1;
    },
    onStreamEvent: (event) => {
      events += 1;
      if (event.type === "syn" || event.type === "data") kept.push(event.packet);
    },
  });
  const before = used();
  let most = 0;
  reader.receive(head);
  let pushed = 0;
  for (let round = 0; pushed < total; round += 1) {
    const part = body(round);
    reader.receive(part);
    pushed += part.length;
    if (round % 50 === 0) most = Math.max(most, used() - before);
  }
  return { most, events, counts: reader.finish() };
};

const records = (packets: readonly Uint8Array[]): Uint8Array => rawCapture(packets).subarray(24);

describe("memory stays bounded, whatever the file says", () => {
  it("a pcapng block that claims to be 2 GiB, of a known and of an unknown type", () => {
    for (const type of [6, 10, 0x0bad]) {
      const head = concatBytes(sectionBlock(true), fields(true, [4, type], [4, 0x7ffffffc]));
      const chunk = new Uint8Array(MEBIBYTE);
      const { most, counts } = push(head, () => chunk, 128 * MEBIBYTE);
      expect(most).toBeLessThan(ALLOWED_BYTES);
      expect(counts.packets).toBe(0);
    }
  });

  it("a connection a packet", () => {
    const packets = (round: number): Uint8Array[] =>
      Array.from({ length: 200 }, (_, i) =>
        ipPacket(syn, { ...FLOW, client: { ...CLIENT, port: (200 * round + i) % 65_536 } }),
      );
    const { most, counts } = push(pcapHeader(LITTLE, 101), (round) => records(packets(round)), 4 * MEBIBYTE);
    expect(most).toBeLessThan(ALLOWED_BYTES);
    expect(counts.streams).toBeGreaterThan(40_000);
  });

  it("streams that never get their first byte", () => {
    const hole = "x".repeat(1400);
    const packets = (round: number): Uint8Array[] =>
      Array.from({ length: 40 }, (_, i) => {
        const flow = { ...FLOW, client: { ...CLIENT, port: 1 + ((40 * round + i) % 800) } };
        return ipPacket(
          round < 20 ? syn : data("client", 2 + 1400 * Math.floor((round - 20) / 20), hole),
          flow,
        );
      });
    const { most, events } = push(pcapHeader(LITTLE, 101), (round) => records(packets(round)), 40 * MEBIBYTE);
    expect(most).toBeLessThan(ALLOWED_BYTES);
    expect(events).toBeGreaterThan(1000);
  });

  it("first fragments without end", () => {
    const whole = ipPacket(data("client", 1, "x".repeat(1400)));
    const packets = (round: number): Uint8Array[] =>
      Array.from({ length: 50 }, (_, i) => ipv4Fragments(whole, 1024, (50 * round + i) % 65_536)[0] ?? whole);
    const { most, events } = push(pcapHeader(LITTLE, 101), (round) => records(packets(round)), 32 * MEBIBYTE);
    expect(most).toBeLessThan(ALLOWED_BYTES);
    expect(events).toBeGreaterThan(10_000);
  });

  it("comments of 64 KiB on packets that are held, and on every SYN", () => {
    const comment = new Uint8Array(65_000).fill(0x61);
    const described = concatBytes(sectionBlock(true), interfaceBlock(true, 101));
    for (const segment of [syn, data("client", 5, "x")]) {
      const kept: unknown[] = [];
      const { most, counts } = push(
        described,
        (round) => {
          const flow = { ...FLOW, client: { ...CLIENT, port: 1024 + (round % 60_000) } };
          return concatBytes(
            packetWithComment(ipPacket(segment, flow), comment),
            packetWithComment(ipPacket({ ...segment, seq: segment.seq + 9 }, flow), comment),
          );
        },
        64 * MEBIBYTE,
        kept,
      );
      expect(most).toBeLessThan(ALLOWED_BYTES);
      expect(counts.packets).toBeGreaterThan(1000);
      expect(kept.length).toBeGreaterThan(500);
    }
  });

  it("one connection of any length", () => {
    const text = "x".repeat(1400);
    let sent = 0;
    const packets = (): Uint8Array[] =>
      Array.from({ length: 50 }, () => {
        sent += 1400;
        return ipPacket(data("server", 1 + sent - 1400, text));
      });
    const { most, counts } = push(captureOf([syn]), () => records(packets()), 32 * MEBIBYTE);
    expect(most).toBeLessThan(ALLOWED_BYTES);
    expect(counts.streams).toBe(1);
  });
});
