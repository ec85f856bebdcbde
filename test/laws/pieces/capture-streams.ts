/** The readers of captures: files in pieces, streams in segments, openings in packets. */
import { concatBytes } from "../../../src/bytes/concat-bytes.ts";
import { createCaptureReader } from "../../../src/capture/capture-reader.ts";
import { createPcapngWriter } from "../../../src/capture/write/pcapng-writer.ts";
import { createTcpConversationWriter } from "../../../src/capture/write/tcp-conversation-writer.ts";
import type { Side } from "../../../src/capture/tcp/tcp-event.ts";
import {
  formatRecordingMark,
  parseRecordingMark,
} from "../../../src/handshake/conversation/recording-mark.ts";
import {
  RDP_PORT,
  recogniseOpening,
  type StreamOpening,
} from "../../../src/handshake/conversation/stream-opening.ts";
import { block, pcapngFile } from "../../capture/support/capture-files.ts";
import { captureOf, handshake, type Segment, SERVER } from "../../capture/support/conversation.ts";
import type { Read, Subject } from "./law.ts";
import type { Random } from "./random.ts";
import { CAPTURES, damaged, joined, perhapsDamaged, recorded } from "./wire.ts";

/** All that is told of a capture, in its order. */
const readFile: Read = (pieces) => {
  const told: unknown[] = [];
  const reader = createCaptureReader({
    onEvent: (event) => told.push(event),
    onStreamEvent: ({ stream, ...event }) => {
      const { number, client, server, clientBasis } = stream;
      told.push({ ...event, number, client, server, clientBasis });
    },
    onDatagram: (datagram) => told.push(datagram),
  });
  for (const piece of pieces) reader.receive(piece);
  told.push(reader.finish());
  return told;
};

export const pcapSubject = (random: Random): Subject => ({
  bytes: perhapsDamaged(pcap(random), random),
  read: readFile,
});

export const pcapngSubject = (random: Random): Subject => {
  const packets = packetsOf(pcap(random)).slice(0, random.between(1, 80));
  const unknown = block(true, random.between(0x0100, 0x0fff), random.bytes(random.between(0, 64)));
  const file = pcapngFile(random.oneIn(2), ETHERNET, packets);
  return {
    bytes: perhapsDamaged(joined([file, ...(random.oneIn(2) ? [unknown] : [])]), random),
    read: readFile,
  };
};

const ETHERNET = 1;

const pcap = (random: Random): Uint8Array => {
  const [first, ...rest] = CAPTURES;
  if (first === undefined) throw new Error("there are no captures in fixtures");
  return random.pick([first, ...rest]);
};

/** The packets of a pcap file in little endian. */
const packetsOf = (file: Uint8Array): { readonly bytes: Uint8Array; readonly timeMs: number }[] => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const packets = [];
  for (let at = 24; at + 16 <= file.length; ) {
    const size = view.getUint32(at + 8, true);
    const timeMs = view.getUint32(at, true) * 1000;
    packets.push({ timeMs, bytes: file.subarray(at + 16, at + 16 + size) });
    at += 16 + size;
  }
  return packets;
};

/** A recording of our own: its marks are the comments of its first packets. */
export const marksSubject = (random: Random): Subject => {
  const writer = createPcapngWriter({ linkType: ETHERNET });
  const parts = [writer.header()];
  for (let probe = 1; probe <= random.between(1, 4); probe += 1) {
    const client = { address: "192.0.2.1", port: 40_000 + probe };
    const conversation = createTcpConversationWriter({ client, server: SERVER });
    const comment = formatRecordingMark({
      ...{ probe, purpose: random.pick(["main", "tls-alone", "listener"]), input: "host:3389", host: "host" },
      ...{ reference: "win11-mstsc-nla", resolvedMs: random.pick([null, 1.5]), probeStartedAtMs: 1 },
      startedAtMs: random.between(0, 100),
      unseen: random.pick([[], [{ kind: "timeout", atMs: 7 }]]),
    });
    for (const packet of conversation.syn(probe, random.oneIn(4) ? "a comment of somebody else" : comment)) {
      parts.push(writer.packet(packet));
    }
    for (const packet of conversation.synAck(probe)) parts.push(writer.packet(packet));
  }
  return { bytes: perhapsDamaged(joined(parts), random), read: readMarks };
};

const readMarks: Read = (pieces) => {
  const marks: unknown[] = [];
  const reader = createCaptureReader({
    onEvent: () => {},
    onStreamEvent: (event) => {
      if (event.type === "syn") marks.push(parseRecordingMark(event.packet.comment));
    },
  });
  for (const piece of pieces) reader.receive(piece);
  reader.finish();
  return marks;
};

export interface Turn {
  readonly from: Side;
  readonly bytes: Uint8Array;
}

/** Two sides that speak in turns, whose bytes are cut together: a piece is never of both. */
export const spoken = (turns: readonly Turn[], read: (parts: Iterable<Turn>) => unknown): Subject => {
  const merged = alternating(turns);
  return { bytes: joined(merged.map(({ bytes }) => bytes)), read: (pieces) => read(partsOf(merged, pieces)) };
};

/** What one side says before the other speaks is one turn. */
const alternating = (turns: readonly Turn[]): readonly Turn[] => {
  const merged: Turn[] = [];
  for (const turn of turns) {
    const before = merged.at(-1);
    if (before?.from !== turn.from) merged.push(turn);
    else merged.splice(-1, 1, { from: turn.from, bytes: joined([before.bytes, turn.bytes]) });
  }
  return merged;
};

function* partsOf(turns: readonly Turn[], pieces: Iterable<Uint8Array>): Generator<Turn> {
  let turn = 0;
  let said = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const own = turns[turn];
      if (own === undefined) {
        // More than was said at first: it is the client's.
        yield { from: "client", bytes: piece.subarray(at) };
        break;
      }
      const { from, bytes } = own;
      const part = piece.subarray(at, at + bytes.length - said);
      if (part.length > 0) yield { from, bytes: part };
      at += part.length;
      said += part.length;
      if (said === bytes.length) {
        turn += 1;
        said = 0;
      }
    }
  }
}

/** A conversation whose segments come twice, overlap, and pass each other. */
export const tcpSubject = (random: Random): Subject => {
  const turns = Array.from(
    { length: random.between(1, 6) },
    (): Turn => ({
      from: random.pick(["client", "server"]),
      bytes: random.bytes(random.magnitude(1, 1500)),
    }),
  );
  const isDisturbed = random.oneIn(2);
  return spoken(turns, (parts) => {
    const segments = segmentsOf(parts);
    return payloadOf(captureOf([...handshake, ...(isDisturbed ? disturbed(segments) : segments)]));
  });
};

const segmentsOf = (parts: Iterable<Turn>): readonly Segment[] => {
  const sent = { client: 1, server: 1 };
  const segments: Segment[] = [];
  for (const { from, bytes } of parts) {
    const ack = from === "client" ? sent.server : sent.client;
    segments.push({ from, flags: "PA", seq: sent[from], ack, payload: bytes.slice() });
    sent[from] += bytes.length;
  }
  return segments;
};

/** Every third segment once more, every fifth with its last byte alone behind it, and pairs the wrong way round. */
const disturbed = (segments: readonly Segment[]): readonly Segment[] => {
  const result: Segment[] = [];
  for (const [index, segment] of segments.entries()) {
    const { payload = new Uint8Array(0), seq } = segment;
    const before = result.at(-1);
    if (index % 4 === 1 && before !== undefined) result.splice(-1, 1, segment, before);
    else result.push(segment);
    if (index % 3 === 0) result.push(segment);
    if (index % 5 === 0)
      result.push({ ...segment, seq: seq + payload.length - 1, payload: payload.slice(-1) });
  }
  return result;
};

const payloadOf = (file: Uint8Array): unknown => {
  const said: Record<Side, Uint8Array[]> = { client: [], server: [] };
  const others: string[] = [];
  const reader = createCaptureReader({
    onEvent: (event) => others.push(event.type),
    onStreamEvent: (event) => {
      if (event.type === "data") said[event.from].push(event.payload);
      else others.push(event.type);
    },
  });
  reader.receive(file);
  reader.finish();
  return { client: joined(said.client), server: joined(said.server), others };
};

/** A stream's first bytes: greetings of proxies, RDP, anything else; the server's before, among or after them. */
export const openingSubject = (random: Random): Subject => {
  const isDamaged = random.oneIn(3);
  const fronts = Array.from({ length: random.pick([0, 0, 1, 1, 2, 3]) }, () => front(random));
  const client = [
    ...fronts.map(({ client }) => client),
    recorded(random, "client", "start").subarray(0, 600),
  ];
  const server = [
    ...fronts.map(({ server }) => server),
    recorded(random, "server", "start").subarray(0, 600),
  ];
  const other = ascii(random.pick(["GET / HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\n", "x".repeat(9000)]));
  if (random.oneIn(4)) client.splice(random.between(0, client.length), 1, other);
  if (random.oneIn(4)) server.splice(random.between(0, server.length), 1, other);
  const turns: Turn[] = [];
  const said = (from: Side, bytes: Uint8Array): void => {
    if (bytes.length > 0)
      turns.push({ from, bytes: isDamaged && random.oneIn(2) ? damaged(bytes, random) : bytes });
  };
  for (let index = 0; index < Math.max(client.length, server.length); index += 1) {
    said("client", client[index] ?? new Uint8Array(0));
    if (!random.oneIn(6)) said("server", server[index] ?? new Uint8Array(0));
  }
  const port = random.pick([RDP_PORT, 443]);
  return spoken(turns, (parts) => readOpening(parts, port));
};

/** What is decided first, which no later byte may change. */
const readOpening = (parts: Iterable<Turn>, port: number): unknown => {
  const known: Record<Side, Uint8Array> = { client: new Uint8Array(0), server: new Uint8Array(0) };
  let first: StreamOpening | null = null;
  for (const { from, bytes } of parts) {
    known[from] = joined([known[from], bytes]);
    const opening = recogniseOpening(known.client, known.server, port, false);
    if (opening.status !== "undecided") first ??= opening;
  }
  return first ?? recogniseOpening(known.client, known.server, port, true);
};

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

const front = (random: Random): { readonly client: Uint8Array; readonly server: Uint8Array } => {
  const nothing = new Uint8Array(0);
  const name = "n".repeat(random.magnitude(1, 200));
  const long = "x".repeat(random.pick([1, 20, 4090, 4200, 8190, 9000]));
  switch (random.between(0, 6)) {
    case 0:
      return {
        client: joined([Uint8Array.of(5, 1, 0, 5, 1, 0, 3, name.length), ascii(name), Uint8Array.of(13, 61)]),
        server: Uint8Array.of(5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0),
      };
    case 1:
      return {
        client: joined([
          Uint8Array.of(4, 1, 13, 61, 0, 0, 0, 1),
          ascii(long),
          Uint8Array.of(0),
          ascii(`${name}\0`),
        ]),
        server: Uint8Array.of(0, 90, 0, 0, 0, 0, 0, 0),
      };
    case 2:
      return {
        client: ascii(`CONNECT host:3389 HTTP/1.1\r\nX: ${long}\r\n\r\n`),
        server: ascii(`HTTP/1.1 200 Connection established\r\nX: ${random.oneIn(2) ? long : ""}\r\n\r\n`),
      };
    case 3:
      return { client: ascii("PROXY TCP4 1.2.3.4 5.6.7.8 40000 3389\r\n"), server: nothing };
    case 4: {
      const size = long.length;
      const head = joined([ascii("\r\n\r\n\0\r\nQUIT\n"), Uint8Array.of(0x21, 0x11, size >> 8, size & 0xff)]);
      return { client: concatBytes(head, ascii(long)), server: nothing };
    }
    default: {
      const size = random.pick([18, 40, 4096, 4098]);
      const head = Uint8Array.of(size & 0xff, size >> 8, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0);
      return { client: concatBytes(head, new Uint8Array(size - head.length)), server: nothing };
    }
  }
};
