/** The TCP header (RFC 9293 3.1), read in place. */
import type { Packet } from "../packet.ts";

export const TCP_FLAG = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10, urg: 0x20 } as const;

export const LEAST_TCP_HEADER_BYTES = 20;

/** The one segment under examination; filled anew for every packet, as the packet itself is. */
export class TcpSegment {
  sourcePort = 0;
  destinationPort = 0;
  /** As a signed 32-bit number, so that `(a - b) | 0` is the distance across the wrap. */
  sequence = 0;
  /** As a signed 32-bit number. */
  acknowledgment = 0;
  flags = 0;
  window = 0;
  optionsStart = 0;
  payloadStart = 0;
  /** One past the last captured byte. */
  payloadEnd = 0;
  /** Bytes of payload on the wire; more than were captured when the capture cut the packet. */
  payloadLength = 0;
}

/**
 * Reads the TCP header at the packet's start into `segment`. False for a fault, which stands in
 * `packet.fault`; with a header length that cannot be, ports and sequence number are still there.
 */
export const readTcpSegment = (packet: Packet, segment: TcpSegment): boolean => {
  const { view, start } = packet;
  if (packet.captured < LEAST_TCP_HEADER_BYTES) {
    return packet.reject("tcp.header", start, "the packet ends inside it");
  }
  const headerBytes = (view.getUint8(start + 12) >>> 4) * 4;
  segment.sourcePort = view.getUint16(start);
  segment.destinationPort = view.getUint16(start + 2);
  segment.sequence = view.getInt32(start + 4);
  segment.acknowledgment = view.getInt32(start + 8);
  segment.flags = view.getUint8(start + 13);
  segment.window = view.getUint16(start + 14);
  segment.optionsStart = start + LEAST_TCP_HEADER_BYTES;
  segment.payloadStart = Math.min(start + headerBytes, packet.end);
  segment.payloadEnd = packet.end;
  segment.payloadLength = packet.wireLength - headerBytes;
  if (headerBytes >= LEAST_TCP_HEADER_BYTES && segment.payloadLength >= 0) return true;
  const reason =
    headerBytes < LEAST_TCP_HEADER_BYTES
      ? `${headerBytes} bytes are shorter than a header`
      : `${headerBytes} bytes exceed the packet`;
  return packet.reject("tcp.dataOffset", start + 12, reason);
};
