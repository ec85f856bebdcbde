/** UDP datagrams (RFC 768) with their addresses, as a capture holds them. */
import type { Endpoint } from "./ip-address.ts";
import type { Packet } from "../packet.ts";

export interface UdpDatagram {
  readonly packetNumber: number;
  readonly timeMs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly hopLimit: number;
  /** What was captured of the payload; a copy. */
  readonly payload: Uint8Array;
  /** Bytes of payload on the wire. */
  readonly payloadLength: number;
}

const HEADER_BYTES = 8;

/**
 * The datagram at the packet's start; null when `wants` declines its ports, and for a fault, which stands
 * in `packet.fault`.
 */
export const readUdpDatagram = (
  packet: Packet,
  wants: (sourcePort: number, destinationPort: number) => boolean,
): UdpDatagram | null => {
  const { view, start } = packet;
  if (packet.captured < HEADER_BYTES) {
    packet.reject("udp.header", start, "the packet ends inside it");
    return null;
  }
  const sourcePort = view.getUint16(start);
  const destinationPort = view.getUint16(start + 2);
  if (!wants(sourcePort, destinationPort)) return null;
  // Zero stands there for a jumbogram, and when segmentation was left to the network card.
  const length = view.getUint16(start + 4) || packet.wireLength;
  if (length < HEADER_BYTES || length > packet.wireLength) {
    packet.reject("udp.length", start + 4, `${length} bytes do not fit ${packet.wireLength}`);
    return null;
  }
  return {
    packetNumber: packet.number,
    timeMs: packet.timeMs,
    source: { address: packet.sourceAddress, port: sourcePort },
    destination: { address: packet.destinationAddress, port: destinationPort },
    hopLimit: packet.hopLimit,
    payload: packet.bytes.slice(start + HEADER_BYTES, Math.min(start + length, packet.end)),
    payloadLength: length - HEADER_BYTES,
  };
};
