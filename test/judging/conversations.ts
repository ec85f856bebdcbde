/** Captures of made-up endings around real handshakes: the bytes are those of a fixture, the rest is the test's. */
import { readFileSync } from "node:fs";
import { createCaptureReader } from "../../src/capture/capture-reader.ts";
import { concatBytes } from "../../src/bytes/concat-bytes.ts";
import type { Endpoint } from "../../src/capture/ip/ip-address.ts";
import { LINK_TYPE } from "../../src/capture/link/link-layer.ts";
import { createPcapngWriter, type TimedPacket } from "../../src/capture/write/pcapng-writer.ts";
import {
  createTcpConversationWriter,
  type TcpConversationWriter,
} from "../../src/capture/write/tcp-conversation-writer.ts";
import type { Side } from "../../src/capture/tcp/tcp-event.ts";

const CLIENT: Endpoint = { address: "192.0.2.10", port: 50_000 };
const SERVER: Endpoint = { address: "198.51.100.20", port: 3389 };
const START_MS = Date.parse("2026-11-21T12:00:00Z");

export interface Said {
  readonly from: Side;
  readonly bytes: Uint8Array;
}

/** What both sides said in a stream of a fixture, in its order, turn by turn. */
export const saidIn = (fixture: string, stream = 0): readonly Said[] => {
  const turns: Said[] = [];
  const reader = createCaptureReader({
    onEvent: () => {},
    onStreamEvent: (event) => {
      if (event.type !== "data" || event.stream.number !== stream) return;
      const last = turns.at(-1);
      if (last?.from === event.from) {
        turns[turns.length - 1] = { from: last.from, bytes: concatBytes(last.bytes, event.payload) };
      } else turns.push({ from: event.from, bytes: event.payload });
    },
  });
  reader.receive(readFileSync(fixture));
  reader.finish();
  return turns;
};

export type Step =
  | "syn"
  | "synack"
  | Said
  | { readonly from: Side; readonly end: "fin" | "rst" }
  | { readonly waitMs: number };

export const client = (bytes: Uint8Array): Said => ({ from: "client", bytes });
export const server = (bytes: Uint8Array): Said => ({ from: "server", bytes });
export const ends = (from: Side, end: "fin" | "rst"): Step => ({ from, end });
export const wait = (waitMs: number): Step => ({ waitMs });
export const connected: readonly Step[] = ["syn", "synack"];

export interface PlayOptions {
  readonly client?: Endpoint;
  readonly server?: Endpoint;
  readonly startMs?: number;
}

/** The packets of a connection, a millisecond a step. */
export const play = (steps: readonly Step[], options: PlayOptions = {}): readonly TimedPacket[] => {
  const endpoints = { client: options.client ?? CLIENT, server: options.server ?? SERVER };
  const writer = createTcpConversationWriter({ ...endpoints, linkType: LINK_TYPE.raw });
  let timeMs = options.startMs ?? START_MS;
  return steps.flatMap((step) => {
    timeMs += typeof step === "object" && "waitMs" in step ? step.waitMs : 1;
    return packetsOf(step, writer, timeMs);
  });
};

const packetsOf = (step: Step, writer: TcpConversationWriter, timeMs: number): readonly TimedPacket[] => {
  if (step === "syn") return writer.syn(timeMs);
  if (step === "synack") return writer.synAck(timeMs);
  if ("waitMs" in step) return [];
  if ("bytes" in step) return writer.data(step.from, step.bytes, timeMs);
  return step.end === "fin" ? writer.fin(step.from, timeMs) : writer.rst(step.from, timeMs);
};

/** A packet of another connection at a time of its own: how long the capture went on. */
export const laterPacket = (afterMs: number): readonly TimedPacket[] =>
  play(["syn"], {
    client: { address: "192.0.2.99", port: 40_000 },
    server: { address: "192.0.2.98", port: 80 },
    startMs: START_MS + afterMs,
  });

/** A pcapng file of these packets. */
export const captureOf = (packets: readonly TimedPacket[]): Uint8Array => {
  const writer = createPcapngWriter({ linkType: LINK_TYPE.raw });
  return concatBytes(writer.header(), ...packets.map((packet) => writer.packet(packet)));
};
