/**
 * Writes a capture of any size for measurements: many TCP streams of a usual mix side by side, UDP between
 * them, and now and then an RDP handshake. The same arguments give the same bytes.
 */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { createCaptureReader } from "../src/capture/capture-reader.ts";
import { concatBytes } from "../src/bytes/concat-bytes.ts";
import { LINK_TYPE } from "../src/capture/link/link-layer.ts";
import { buildEthernetFrame, buildTcpPacket } from "../src/capture/write/packet-builder.ts";
import { createTcpConversationWriter } from "../src/capture/write/tcp-conversation-writer.ts";
import type { Side } from "../src/capture/tcp/tcp-event.ts";
import { TCP_FLAG } from "../src/capture/tcp/tcp-segment.ts";

export interface SyntheticCapture {
  readonly packets: number;
  readonly streams: number;
  readonly rdpStreams: number;
  readonly sizeBytes: number;
}

const BUFFER_BYTES = 8 * 1024 * 1024;
const RECORD_HEADER_BYTES = 16;
const START_S = 1_795_000_000;
/** Streams under way at the same time. */
const CONCURRENT = 64;
/** One stream in so many is RDP. */
const RDP_EVERY = 400;
const RDP_SOURCES = [
  "fixtures/xrdp/tls-1.2-only.pcap",
  "fixtures/xrdp/tls-1.3-only.pcap",
  "fixtures/lab/failure-5.pcap",
  "fixtures/lab/reset-after-hello.pcap",
] as const;

/** Payload sizes of a background stream, the client's as negative numbers: short requests, long answers. */
const SHAPES: readonly (readonly number[])[] = [
  [-320, 1460, 1460, 1460, 1460, 1460, 800],
  [-517, 1460, 1460, 1100, -126, 242, ...new Array<number>(60).fill(1460), 600],
  [-180, 230, -180, 230, -180, 230],
  [-1460, -1460, -1460, -1460, -700, 120],
  [-90, ...new Array<number>(25).fill(1400), -90, ...new Array<number>(25).fill(1400)],
];

/** Writes the file; it ends with the first stream that reaches `sizeBytes`. */
export const writeSyntheticCapture = (path: string, sizeBytes: number): SyntheticCapture => {
  const file = openSync(path, "w");
  try {
    return new Generator(file).run(sizeBytes);
  } finally {
    closeSync(file);
  }
};

class Generator {
  readonly #file: number;
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  readonly #rdp = RDP_SOURCES.map(framesOf);
  #used = 0;
  #written = 0;
  #packets = 0;
  #streams = 0;
  #rdpStreams = 0;

  constructor(file: number) {
    this.#file = file;
  }

  run(sizeBytes: number): SyntheticCapture {
    this.#header();
    const running: Iterator<Uint8Array>[] = [];
    while (this.#written + this.#used < sizeBytes) {
      while (running.length < CONCURRENT) running.push(this.#next());
      // Each stream takes its turn with a packet or two.
      for (let index = running.length - 1; index >= 0; index -= 1) {
        const stream = running[index];
        const next = stream?.next();
        if (next === undefined || next.done === true) running.splice(index, 1);
        else this.#packet(next.value);
      }
    }
    this.#flush();
    return {
      packets: this.#packets,
      streams: this.#streams,
      rdpStreams: this.#rdpStreams,
      sizeBytes: this.#written,
    };
  }

  #next(): Iterator<Uint8Array> {
    const number = this.#streams;
    this.#streams += 1;
    if (number % RDP_EVERY !== RDP_EVERY - 1) return backgroundStream(number);
    const frames = this.#rdp[this.#rdpStreams % this.#rdp.length] ?? [];
    this.#rdpStreams += 1;
    return rdpStream(frames, number);
  }

  #header(): void {
    const header = Buffer.alloc(24);
    header.writeUInt32LE(0xa1b2c3d4, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(262_144, 16);
    header.writeUInt32LE(LINK_TYPE.ethernet, 20);
    this.#append(header);
  }

  #packet(frame: Uint8Array): void {
    const header = Buffer.alloc(RECORD_HEADER_BYTES);
    // Some 20,000 packets a second.
    const ticks = this.#packets * 50;
    header.writeUInt32LE(START_S + Math.floor(ticks / 1_000_000), 0);
    header.writeUInt32LE(ticks % 1_000_000, 4);
    header.writeUInt32LE(frame.length, 8);
    header.writeUInt32LE(frame.length, 12);
    this.#append(header);
    this.#append(frame);
    this.#packets += 1;
  }

  #append(bytes: Uint8Array): void {
    if (this.#used + bytes.length > BUFFER_BYTES) this.#flush();
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  #flush(): void {
    this.#written += writeSync(this.#file, this.#buffer, 0, this.#used);
    this.#used = 0;
  }
}

const SERVER_PORTS = [443, 443, 80, 8443, 445, 5432] as const;

/** Where the fields stand in an Ethernet frame with IPv4 and TCP. */
const FIELD = {
  source: 26,
  destination: 30,
  sourcePort: 34,
  destinationPort: 36,
  sequence: 38,
  acknowledgment: 42,
};

const frameOf = (flags: number, payloadBytes: number): Uint8Array =>
  buildEthernetFrame(
    buildTcpPacket({
      source: { address: "10.0.0.1", port: 1 },
      destination: { address: "10.0.0.2", port: 2 },
      sequence: 0,
      acknowledgment: 0,
      flags,
      window: 8192,
      // What TLS sends as application data, and nothing that begins like RDP.
      payload: Uint8Array.from(
        { length: payloadBytes },
        (_, index) => (index < 5 ? [23, 3, 3, 5, 0][index] : index * 31) ?? 0,
      ),
    }),
    1,
  );

const frames = new Map<string, Uint8Array>();

const templateOf = (flags: number, payloadBytes: number): Uint8Array => {
  const key = `${flags} ${payloadBytes}`;
  const known = frames.get(key);
  if (known !== undefined) return known;
  const made = frameOf(flags, payloadBytes);
  frames.set(key, made);
  return made;
};

/** The frames of one stream; each is valid until the next. */
function* backgroundStream(number: number): Generator_<Uint8Array> {
  const sent = { client: 1, server: 1 };
  const port = 20_000 + (number % 40_000);
  const servicePort = SERVER_PORTS[number % SERVER_PORTS.length] ?? 443;
  const frame = (from: Side, flags: number, size: number): Uint8Array => {
    const template = templateOf(flags, size);
    const view = new DataView(template.buffer, template.byteOffset);
    const client = 0x0a000000 + (number % 0xfffff);
    const server = 0xc0a80000 + (number % 509);
    const isClient = from === "client";
    view.setUint32(FIELD.source, isClient ? client : server);
    view.setUint32(FIELD.destination, isClient ? server : client);
    view.setUint16(FIELD.sourcePort, isClient ? port : servicePort);
    view.setUint16(FIELD.destinationPort, isClient ? servicePort : port);
    const own = isClient ? sent.client : sent.server;
    view.setUint32(FIELD.sequence, (flags & TCP_FLAG.syn) === 0 ? own : 0);
    view.setUint32(FIELD.acknowledgment, isClient ? sent.server : sent.client);
    sent[from] += size;
    return template;
  };
  yield frame("client", TCP_FLAG.syn, 0);
  yield frame("server", TCP_FLAG.syn | TCP_FLAG.ack, 0);
  yield frame("client", TCP_FLAG.ack, 0);
  const shape = SHAPES[number % SHAPES.length] ?? [];
  let unacknowledged = 0;
  for (const size of shape) {
    const from: Side = size < 0 ? "client" : "server";
    yield frame(from, TCP_FLAG.psh | TCP_FLAG.ack, Math.abs(size));
    unacknowledged += 1;
    if (unacknowledged % 2 === 0) yield frame(from === "client" ? "server" : "client", TCP_FLAG.ack, 0);
  }
  yield frame("server", TCP_FLAG.fin | TCP_FLAG.ack, 0);
  yield frame("client", TCP_FLAG.fin | TCP_FLAG.ack, 0);
}

type Generator_<T> = globalThis.Generator<T>;

interface Turn {
  readonly from: Side;
  readonly bytes: Uint8Array;
}

/** What both sides say in the first stream of a fixture. */
const framesOf = (fixture: string): readonly Turn[] => {
  const turns: Turn[] = [];
  const reader = createCaptureReader({
    onEvent: () => {},
    onStreamEvent: (event) => {
      if (event.type === "data" && event.stream.number === 0)
        turns.push({ from: event.from, bytes: event.payload });
    },
  });
  reader.receive(readFileSync(fixture));
  reader.finish();
  return turns;
};

function* rdpStream(turns: readonly Turn[], number: number): Generator_<Uint8Array> {
  const writer = createTcpConversationWriter({
    client: { address: `172.16.${(number >> 8) & 0xff}.${number & 0xff}`, port: 50_000 + (number % 10_000) },
    server: { address: "192.168.200.10", port: 3389 },
  });
  for (const { bytes } of [...writer.syn(0), ...writer.synAck(0)]) yield bytes;
  for (const { from, bytes: said } of turns) {
    for (const { bytes } of writer.data(from, concatBytes(said), 0)) yield bytes;
  }
  for (const { bytes } of writer.fin("client", 0)) yield bytes;
}
