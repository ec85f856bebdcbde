/** TCP segments of one connection, stated relative to its initial sequence numbers. */
import type { Endpoint } from "../../../src/capture/ip/ip-address.ts";
import { buildTcpPacket } from "../../../src/capture/write/packet-builder.ts";
import type { Side } from "../../../src/capture/tcp/tcp-event.ts";
import { TCP_FLAG } from "../../../src/capture/tcp/tcp-segment.ts";
import { type Captured, PCAP_FORMS, pcapFile } from "./capture-files.ts";
import { RAW } from "./frames.ts";

export const CLIENT: Endpoint = { address: "192.0.2.10", port: 50_000 };
export const SERVER: Endpoint = { address: "198.51.100.20", port: 3389 };
export const CLIENT_6: Endpoint = { address: "2001:db8::10", port: 50_000 };
export const SERVER_6: Endpoint = { address: "2001:db8:ffff::20", port: 3389 };

export const START_MS = 1_700_000_000_000;

/** A flow whose two sides start at these sequence numbers; `seq` 1 is each side's first byte. */
export interface Flow {
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly clientIsn: number;
  readonly serverIsn: number;
}

export const FLOW: Flow = { client: CLIENT, server: SERVER, clientIsn: 1000, serverIsn: 900_000 };
export const FLOW_6: Flow = { ...FLOW, client: CLIENT_6, server: SERVER_6 };

export interface Segment {
  readonly from: Side;
  /** Letters of `SFRPA`. */
  readonly flags: string;
  /** Relative: 0 is the SYN, 1 the first byte. */
  readonly seq: number;
  readonly ack?: number;
  readonly payload?: Uint8Array;
  readonly hopLimit?: number;
  readonly ipId?: number;
  readonly window?: number;
  readonly options?: Uint8Array;
}

const LETTERS: Readonly<Record<string, number>> = {
  S: TCP_FLAG.syn,
  F: TCP_FLAG.fin,
  R: TCP_FLAG.rst,
  P: TCP_FLAG.psh,
  A: TCP_FLAG.ack,
};

const wrap = (sequence: number): number => sequence >>> 0;

/** The IP packet of a segment. */
export const ipPacket = (segment: Segment, flow: Flow = FLOW): Uint8Array => {
  const { from, flags, seq, ack, ...rest } = segment;
  const [own, other] =
    from === "client" ? [flow.clientIsn, flow.serverIsn] : [flow.serverIsn, flow.clientIsn];
  return buildTcpPacket({
    window: 8192,
    ...rest,
    source: from === "client" ? flow.client : flow.server,
    destination: from === "client" ? flow.server : flow.client,
    sequence: wrap(own + seq),
    acknowledgment: ack === undefined ? 0 : wrap(other + ack),
    flags: [...flags].reduce((bits, letter) => bits | (LETTERS[letter] ?? 0), 0),
  });
};

export const syn: Segment = { from: "client", flags: "S", seq: 0 };
export const synAck: Segment = { from: "server", flags: "SA", seq: 0, ack: 1 };
export const ack: Segment = { from: "client", flags: "A", seq: 1, ack: 1 };
export const handshake: readonly Segment[] = [syn, synAck, ack];

/** A data segment with this text. */
export const data = (from: Side, seq: number, text: string, acked = 1): Segment => ({
  from,
  flags: "PA",
  seq,
  ack: acked,
  payload: ascii(text),
});

export const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Packets a millisecond apart. */
export const timed = (packets: readonly Uint8Array[]): Captured[] =>
  packets.map((bytes, index) => ({ bytes, timeMs: START_MS + index }));

/** A pcap file of raw IP packets, a millisecond apart. */
export const rawCapture = (packets: readonly Uint8Array[]): Uint8Array =>
  pcapFile(PCAP_FORMS[0] ?? { littleEndian: true, nanoseconds: false }, RAW.linkType, timed(packets));

/** A pcap file of these segments. */
export const captureOf = (segments: readonly Segment[], flow: Flow = FLOW): Uint8Array =>
  rawCapture(segments.map((segment) => ipPacket(segment, flow)));
