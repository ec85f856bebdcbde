/** What a capture tells of one TCP connection: its events, in order, and what is known of its two sides. */
import type { Endpoint } from "../ip/ip-address.ts";

export type Side = "client" | "server";

/** Why one side is taken for the client, the surest first. */
export type ClientBasis =
  | "syn"
  | "syn-ack"
  /** The other side's port is a service's, and its own is not. */
  | "service-port"
  | "first-data"
  | "lower-port"
  | "first-packet";

/** What of a packet tells who sent it: the server, or something on the way in its name. */
export interface PacketFacts {
  /** Counted from 1 in the file. */
  readonly number: number;
  /** IPv4 time to live or IPv6 hop limit. */
  readonly hopLimit: number;
  /** IPv4 identification; null in IPv6. */
  readonly ipId: number | null;
  /** As sent, not scaled. */
  readonly window: number;
  /** The flags' byte, `TCP_FLAG`. */
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  /** TCP options as they stand in the header. */
  readonly options: Uint8Array;
  /** The capture's own comment on a SYN, up to 4 KiB of it; null without one, and on any other packet. */
  readonly comment: string | null;
}

/** One direction of a stream, up to now. */
export interface TcpDirection {
  readonly packets: number;
  /** Payload in order so far, whether it was passed on or only counted. */
  readonly payloadBytes: number;
  /** How much payload the other side has acknowledged; more than `payloadBytes` when the capture missed some. */
  readonly acknowledgedBytes: number | null;
  /** Of the SYN, or null when it was not captured. */
  readonly initialSequence: number | null;
  /** Segments that brought nothing new. */
  readonly retransmissions: number;
  readonly syns: number;
  readonly fins: number;
  readonly resets: number;
  /** Of the first and last packet; null without any. */
  readonly firstTimeMs: number | null;
  readonly lastTimeMs: number | null;
  /** Of the last packet that is no RST. */
  readonly hopLimit: number | null;
  readonly ipId: number | null;
  readonly window: number | null;
}

/**
 * What the times of a stream's packets are good for:
 * - `dated`: each is a date, from 1990 to 2106;
 * - `relative`: they tell intervals and no date, as those of a capture whose clock begins at 0;
 * - `none`: a packet has none (pcapng's Simple Packet Block), or all are zero.
 */
export type StreamClock = "dated" | "relative" | "none";

/** A TCP connection in a capture. The same object stands in all its events and is kept up to date. */
export interface TcpStream {
  /** In order of first packets, from 0: Wireshark's `tcp.stream`. */
  readonly number: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly clientBasis: ClientBasis;
  /** How sure it is that the client is the client. */
  readonly clientCertainty: "certain" | "likely" | "guess";
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  /** Of the packets so far. */
  readonly clock: StreamClock;
  readonly packets: number;
  readonly clientDirection: TcpDirection;
  readonly serverDirection: TcpDirection;
  readonly ignored: boolean;
  /** Ends the events of this stream and frees what it holds; its packets are only counted from now on. */
  ignore(): void;
}

interface EventBase {
  readonly stream: TcpStream;
  /** Milliseconds since the epoch, with a fraction: when the packet was captured. */
  readonly timeMs: number;
}

interface PacketEvent extends EventBase {
  /** The packet's sender. */
  readonly from: Side;
  readonly packet: PacketFacts;
}

export type TcpStreamEvent =
  | (PacketEvent & { readonly type: "syn" | "synack"; readonly retransmission: boolean })
  | (PacketEvent & {
      readonly type: "data";
      /** Bytes of this direction that precede it. */
      readonly offset: number;
      /** A copy: the receiver may keep it. */
      readonly payload: Uint8Array;
    })
  | (PacketEvent & { readonly type: "fin"; readonly offset: number })
  | (PacketEvent & {
      readonly type: "rst";
      /** Its sequence number less the one expected next; null when none is known. 0 is what a peer sends. */
      readonly distance: number | null;
    })
  | (EventBase & {
      /** Bytes that were on the wire and not in the capture. */
      readonly type: "gap";
      readonly from: Side;
      readonly offset: number;
      readonly sizeBytes: number;
    })
  | (EventBase & {
      /** `maxPayloadPerDirection` is reached: the payload of this direction is only counted from now on. */
      readonly type: "payload-limit";
      readonly from: Side;
      readonly offset: number;
    })
  | (EventBase & {
      readonly type: "icmp-unreachable" | "icmp-time-exceeded" | "icmp-packet-too-big";
      /** Sender of the packet that the message quotes. */
      readonly from: Side;
      /** Sender of the message. */
      readonly reporter: string;
      readonly icmpType: number;
      readonly icmpCode: number;
      /** The next hop's, from a message that a packet was too big. */
      readonly mtu: number | null;
      readonly hopLimit: number;
      readonly packetNumber: number;
    })
  | (EventBase & {
      readonly type: "end";
      /** The capture ended, the ports were used for a new connection, or a bound was reached. */
      readonly reason: "capture-ended" | "port-reused" | "evicted";
    });
