import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../src/bytes/concat-bytes.ts";
import type { StreamClock } from "../../src/capture/tcp/tcp-event.ts";
import {
  enhancedPacketBlock,
  interfaceBlock,
  PCAP_FORMS,
  pcapFile,
  sectionBlock,
  simplePacketBlock,
} from "./support/capture-files.ts";
import { handshake, ipPacket, START_MS } from "./support/conversation.ts";
import { readCapture } from "./support/read-capture.ts";

const FORM = PCAP_FORMS[0] ?? { littleEndian: true, nanoseconds: false };
const PACKETS = handshake.map((segment) => ipPacket(segment));

const pcapAt = (...times: readonly number[]): Uint8Array =>
  pcapFile(
    FORM,
    101,
    PACKETS.map((bytes, index) => ({ bytes, timeMs: times[index] ?? 0 })),
  );

const pcapngOf = (...blocks: readonly Uint8Array[]): Uint8Array =>
  concatBytes(sectionBlock(true), interfaceBlock(true, 101), ...blocks);

const timedBlock = (bytes: Uint8Array): Uint8Array =>
  enhancedPacketBlock(true, 0, BigInt(START_MS) * 1000n, { bytes });
const untimedBlock = (bytes: Uint8Array): Uint8Array => simplePacketBlock(true, bytes);

const [first = new Uint8Array(0), ...rest] = PACKETS;

describe("the clock of a stream", () => {
  it.each<[string, Uint8Array, StreamClock]>([
    ["times of today", pcapAt(START_MS, START_MS + 1, START_MS + 2), "dated"],
    ["the last second that pcap can say", pcapAt(START_MS, START_MS, 0xffffffff * 1000), "dated"],
    ["Enhanced Packet Blocks", pcapngOf(...PACKETS.map(timedBlock)), "dated"],
    ["a clock that begins at 0", pcapAt(0, 1, 2), "relative"],
    ["one packet of 1989", pcapAt(START_MS, Date.UTC(1989, 11, 31), START_MS), "relative"],
    ["zeros", pcapAt(0, 0, 0), "none"],
    ["Simple Packet Blocks", pcapngOf(...PACKETS.map(untimedBlock)), "none"],
    ["one Simple Packet Block behind others", pcapngOf(timedBlock(first), ...rest.map(untimedBlock)), "none"],
  ])("%s", (_name, file, clock) => {
    const read = readCapture(file);
    expect(read.counts.tcpSegments).toBe(PACKETS.length);
    expect(read.streams.map((stream) => stream.clock)).toEqual([clock]);
  });

  it("is each stream's own", () => {
    const other = ipPacket(handshake[0] ?? { from: "client", flags: "S", seq: 0 }, {
      client: { address: "192.0.2.99", port: 4000 },
      server: { address: "192.0.2.98", port: 3389 },
      clientIsn: 1,
      serverIsn: 1,
    });
    const read = readCapture(pcapngOf(...PACKETS.map(timedBlock), untimedBlock(other)));
    expect(read.streams.map((stream) => stream.clock)).toEqual(["dated", "none"]);
  });

  it("of every fixture is dated", () => {
    expect(
      readCapture(readFileSync("fixtures/xrdp/tls-1.2-only.pcap")).streams.map(({ clock }) => clock),
    ).toContain("dated");
  });
});
