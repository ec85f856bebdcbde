import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../src/bytes/concat-bytes.ts";
import { createPcapngWriter, type TimedPacket } from "../../src/capture/write/pcapng-writer.ts";
import type { Result } from "../../src/verdict/result/result.ts";
import { laterPacket } from "../judging/conversations.ts";
import { judged } from "../judging/judged.ts";
import { breachOf } from "./breach-of-cut.ts";
import { type FiledPacket, NETWORK_LAYER_AT, packetsOfFile } from "./packets-of-file.ts";

const OTHERS = "../shared/pcaps";
if (!existsSync(OTHERS))
  process.stderr.write(`notice: ${OTHERS} is absent; captures of others are not cut\n`);

const FILES = ["fixtures/lab", "fixtures/xrdp", "fixtures/freerdp-shadow", OTHERS]
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((path) => /\.pcap(ng)?$/.test(path));

const SILENCE_MS = 60_000;
const NO_ADDRESSES = new Uint8Array(12);
const IPV4_ETHER_TYPE = Uint8Array.of(8, 0);

/** The file of these packets; a later one, of another connection, shows for how long nothing else came. */
const fileOf = (packets: readonly TimedPacket[], linkType: number, isSilent: boolean): Uint8Array => {
  const writer = createPcapngWriter({ linkType, resolution: "nanoseconds" });
  const lastMs = packets.at(-1)?.timeMs ?? 0;
  const later = laterPacket(0).map(({ bytes }) => ({
    timeMs: lastMs + SILENCE_MS,
    bytes: NETWORK_LAYER_AT[linkType] === 0 ? bytes : concatBytes(NO_ADDRESSES, IPV4_ETHER_TYPE, bytes),
  }));
  const all = isSilent ? [...packets, ...later] : packets;
  return concatBytes(writer.header(), ...all.map((packet) => writer.packet(packet)));
};

const onlyOf = (packets: readonly TimedPacket[], linkType: number, isSilent: boolean): Result | null =>
  judged(fileOf(packets, linkType, isSilent)).results[0] ?? null;

const connectionsIn = (packets: readonly FiledPacket[]): ReadonlyMap<string, readonly FiledPacket[]> => {
  const connections = new Map<string, FiledPacket[]>();
  for (const packet of packets) {
    if (packet.connection === null) continue;
    const known = connections.get(packet.connection);
    if (known === undefined) connections.set(packet.connection, [packet]);
    else known.push(packet);
  }
  return connections;
};

/** Where RDP is long over, and a cut shows nothing that the ones before it do not. */
const MOST_CUTS = 150;

describe("law 2, cuts: each connection of a captured file, cut after every packet", () => {
  it.each(FILES)("%s: what the whole is, or inconclusive", { timeout: 60_000 }, (path) => {
    const { linkType, packets } = packetsOfFile(readFileSync(path));
    if (linkType === null || NETWORK_LAYER_AT[linkType] === undefined) {
      // Encapsulated otherwise: the whole file is the one connection that can be cut.
      expect(judged(readFileSync(path)).results.length).toBeGreaterThanOrEqual(0);
      return;
    }
    const breaches: string[] = [];
    let cuts = 0;
    for (const [connection, own] of connectionsIn(packets)) {
      const whole = onlyOf(own, linkType, false);
      if (whole === null) continue;
      for (let count = 1; count < Math.min(own.length, MOST_CUTS); count += 1) {
        for (const isSilent of [false, true]) {
          cuts += 1;
          const cut = onlyOf(own.slice(0, count), linkType, isSilent);
          const breach = cut === null ? null : breachOf(cut, whole, isSilent);
          if (breach !== null)
            breaches.push(`${connection}, ${count} of ${own.length}, silence ${isSilent}: ${breach}`);
        }
      }
    }
    expect(breaches).toEqual([]);
    expect(cuts).toBeGreaterThan(0);
  });
});
