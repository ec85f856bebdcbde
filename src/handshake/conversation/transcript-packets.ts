/** A transcript as the packets that a capture of its connection would hold. */
import type { Endpoint } from "../../capture/ip/ip-address.ts";
import { LINK_TYPE } from "../../capture/link/link-layer.ts";
import type { TimedPacket } from "../../capture/write/pcapng-writer.ts";
import {
  createTcpConversationWriter,
  type TcpConversationWriter,
} from "../../capture/write/tcp-conversation-writer.ts";
import type { Transcript, WireEvent } from "./transcript.ts";

export interface TranscriptPacketsOptions {
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** The transcript's origin: milliseconds since the epoch. */
  readonly originMs: number;
  /** When the dialling began, by the transcript's clock. */
  readonly startedAtMs: number;
  /** Counts the connections of a file: each has sequence numbers of its own. */
  readonly index: number;
  /** Comment on the first packet. */
  readonly comment: string;
}

/** Link type of the packets. */
export const TRANSCRIPT_LINK_TYPE = LINK_TYPE.raw;

/** Far enough apart that no connection's segments fit another's. */
const SEQUENCE_STEP = 1_000_003;

/**
 * The packets in their order, with the transcript's own times. What left no packet is not there.
 * @throws RangeError when an address is none, or the two are of different families.
 */
export const packetsOfTranscript = (
  transcript: Transcript,
  options: TranscriptPacketsOptions,
): readonly TimedPacket[] => {
  const { client, server, originMs, startedAtMs, index, comment } = options;
  const sequence = (index * SEQUENCE_STEP) % 0x1_0000_0000;
  const writer = createTcpConversationWriter({
    client,
    server,
    linkType: TRANSCRIPT_LINK_TYPE,
    clientSequence: sequence,
    serverSequence: sequence,
  });
  const packets = [...writer.syn(originMs + startedAtMs, comment)];
  let isOver = false;
  let isFlooded = false;
  for (const event of transcript) {
    const timeMs = originMs + event.atMs;
    if (!isOver) for (const packet of packetsOf(event, timeMs, writer, isFlooded)) packets.push(packet);
    isOver ||= event.kind === "rst" || event.kind === "ended" || event.kind === "connect-failed";
    isFlooded ||= event.kind === "overflow";
  }
  return packets;
};

const packetsOf = (
  event: WireEvent,
  timeMs: number,
  writer: TcpConversationWriter,
  isFlooded: boolean,
): readonly TimedPacket[] => {
  switch (event.kind) {
    case "connected":
      return writer.synAck(timeMs);
    case "connect-failed":
      return event.reason === "refused" ? writer.rst("server", timeMs) : [];
    case "sent":
      return writer.data("client", event.bytes, timeMs);
    case "received":
      return writer.data("server", event.bytes, timeMs);
    case "fin":
      return writer.fin("server", timeMs);
    case "rst":
      return writer.rst("server", timeMs);
    case "ended":
      // A flood is not read to its end, which the system answers with a reset.
      return isFlooded ? writer.rst("client", timeMs) : writer.fin("client", timeMs);
    default:
      return [];
  }
};
