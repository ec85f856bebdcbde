/**
 * A TCP connection of which only the payload is known, as the packets that a capture of it would hold: what
 * a probe sent and received, with times, becomes a file that other tools read.
 */
import type { Endpoint } from "../ip/ip-address.ts";
import { LINK_TYPE } from "../link/link-layer.ts";
import { buildEthernetFrame, buildTcpPacket } from "./packet-builder.ts";
import type { TimedPacket } from "./pcapng-writer.ts";
import type { Side } from "../tcp/tcp-event.ts";
import { TCP_FLAG } from "../tcp/tcp-segment.ts";

export interface TcpConversationOptions {
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** Ethernet by default; raw IP otherwise. */
  readonly linkType?: typeof LINK_TYPE.ethernet | typeof LINK_TYPE.raw;
  /** Payload of one segment at most; 1440 by default. */
  readonly maxSegmentBytes?: number;
  /** Initial sequence numbers; 0 by default. */
  readonly clientSequence?: number;
  readonly serverSequence?: number;
}

/** Each call gives the packets that it adds, in order; what was said before decides their numbers. */
export interface TcpConversationWriter {
  /** The client's SYN; a second one is a retransmission. */
  syn(timeMs: number, comment?: string): readonly TimedPacket[];
  /** The server's SYN-ACK, and the client's ACK. */
  synAck(timeMs: number, comment?: string): readonly TimedPacket[];
  /** Payload in segments, and the ACK of the other side. */
  data(from: Side, payload: Uint8Array, timeMs: number, comment?: string): readonly TimedPacket[];
  /** A FIN, and the ACK of the other side. */
  fin(from: Side, timeMs: number, comment?: string): readonly TimedPacket[];
  rst(from: Side, timeMs: number, comment?: string): readonly TimedPacket[];
}

const WINDOW = 65_535;
/** Maximum segment size, window scale, SACK permitted (RFC 9293 3.2, RFC 7323 2.2, RFC 2018 2). */
const synOptions = (maxSegmentBytes: number): Uint8Array =>
  Uint8Array.of(2, 4, maxSegmentBytes >>> 8, maxSegmentBytes & 0xff, 1, 3, 3, 8, 1, 1, 4, 2);

interface SenderState {
  readonly endpoint: Endpoint;
  readonly macSuffix: 1 | 2;
  /** Sequence number of the SYN. */
  readonly initial: number;
  /** Sequence number of the next byte. */
  next: number;
  ipId: number;
}

/**
 * The packets of one TCP connection, made up as it goes.
 * @throws RangeError when an address is none, the two are of different families, or the size of a segment
 * is no whole number from 1 to 65000.
 */
export const createTcpConversationWriter = (options: TcpConversationOptions): TcpConversationWriter => {
  const { linkType = LINK_TYPE.ethernet, maxSegmentBytes = 1440 } = options;
  if (!Number.isInteger(maxSegmentBytes) || maxSegmentBytes < 1 || maxSegmentBytes > 65_000) {
    throw new RangeError(`tcp conversation: segments of ${maxSegmentBytes} bytes`);
  }
  const client = senderOf(options.client, 1, options.clientSequence ?? 0);
  const server = senderOf(options.server, 2, options.serverSequence ?? 0);
  const senders = { client: { self: client, peer: server }, server: { self: server, peer: client } };
  let answered = false;

  const packet = (
    from: Side,
    flags: number,
    timeMs: number,
    extra: {
      readonly payload?: Uint8Array;
      readonly options?: Uint8Array;
      readonly comment?: string | undefined;
    } = {},
  ): TimedPacket => {
    const { self, peer } = senders[from];
    const { comment, ...rest } = extra;
    const ipPacket = buildTcpPacket({
      source: self.endpoint,
      destination: peer.endpoint,
      sequence: (flags & TCP_FLAG.syn) !== 0 ? self.initial : self.next,
      acknowledgment: (flags & TCP_FLAG.ack) !== 0 ? peer.next : 0,
      flags,
      window: WINDOW,
      ipId: self.ipId,
      ...rest,
    });
    self.ipId = (self.ipId + 1) % 0x1_0000;
    const bytes = linkType === LINK_TYPE.ethernet ? buildEthernetFrame(ipPacket, self.macSuffix) : ipPacket;
    return { timeMs, bytes, ...(comment === undefined ? {} : { comment }) };
  };
  const advance = (sender: SenderState, count: number): void => {
    sender.next = (sender.next + count) % 0x1_0000_0000;
  };
  const other = (side: Side): Side => (side === "client" ? "server" : "client");

  return {
    syn: (timeMs, comment) => [
      packet("client", TCP_FLAG.syn, timeMs, { options: synOptions(maxSegmentBytes), comment }),
    ],
    synAck: (timeMs, comment) => {
      if (!answered) server.next = (server.initial + 1) % 0x1_0000_0000;
      answered = true;
      const flags = TCP_FLAG.syn | TCP_FLAG.ack;
      const answer = packet("server", flags, timeMs, { options: synOptions(maxSegmentBytes), comment });
      return [answer, packet("client", TCP_FLAG.ack, timeMs)];
    },
    data: (from, payload, timeMs, comment) => {
      const packets: TimedPacket[] = [];
      for (let at = 0; at < payload.length; at += maxSegmentBytes) {
        const part = payload.subarray(at, at + maxSegmentBytes);
        const said = at === 0 ? comment : undefined;
        packets.push(packet(from, TCP_FLAG.psh | TCP_FLAG.ack, timeMs, { payload: part, comment: said }));
        advance(senders[from].self, part.length);
        packets.push(packet(other(from), TCP_FLAG.ack, timeMs));
      }
      return packets;
    },
    fin: (from, timeMs, comment) => {
      const close = packet(from, TCP_FLAG.fin | TCP_FLAG.ack, timeMs, { comment });
      advance(senders[from].self, 1);
      return [close, packet(other(from), TCP_FLAG.ack, timeMs)];
    },
    rst: (from, timeMs, comment) => {
      if (from === "server" && !answered) server.next = 0;
      return [packet(from, TCP_FLAG.rst | TCP_FLAG.ack, timeMs, { comment })];
    },
  };
};

const senderOf = (endpoint: Endpoint, macSuffix: 1 | 2, initial: number): SenderState => ({
  endpoint,
  macSuffix,
  initial,
  next: (initial + 1) % 0x1_0000_0000,
  ipId: macSuffix,
});
