/** The IPv4 header (RFC 791 3.1). */
import type { IpFragments } from "./ip-fragments.ts";
import type { Packet } from "../packet.ts";

const LEAST_HEADER_BYTES = 20;

/**
 * Reads the IPv4 header at the packet's start and steps over it. Gives false for a fragment whose datagram
 * is not whole yet, and for a fault, which stands in `packet.fault`.
 */
export const enterIpv4 = (packet: Packet, fragments: IpFragments): boolean => {
  const { view, start } = packet;
  if (packet.captured < LEAST_HEADER_BYTES) {
    return packet.reject("ipv4.header", start, "the packet ends inside it");
  }
  const headerBytes = (view.getUint8(start) & 0x0f) * 4;
  if (view.getUint8(start) >>> 4 !== 4) return packet.reject("ipv4.version", start, "is not 4");
  if (headerBytes < LEAST_HEADER_BYTES) {
    return packet.reject("ipv4.ihl", start, `${headerBytes} bytes are shorter than a header`);
  }
  if (packet.captured < headerBytes)
    return packet.reject("ipv4.options", start, "the packet ends inside them");
  // Zero stands there when segmentation was left to the network card.
  const totalLength = view.getUint16(start + 2) || packet.wireLength;
  if (totalLength < headerBytes) {
    return packet.reject("ipv4.totalLength", start + 2, `${totalLength} is shorter than its own header`);
  }
  packet.limit(totalLength);
  packet.family = 4;
  packet.source0 = packet.source1 = packet.source2 = 0;
  packet.destination0 = packet.destination1 = packet.destination2 = 0;
  packet.source3 = view.getInt32(start + 12);
  packet.destination3 = view.getInt32(start + 16);
  packet.ipId = view.getUint16(start + 4);
  packet.hopLimit = view.getUint8(start + 8);
  packet.protocol = view.getUint8(start + 9);
  packet.advance(headerBytes);
  const fragment = view.getUint16(start + 6);
  const more = (fragment & 0x2000) !== 0;
  const offset = (fragment & 0x1fff) * 8;
  return (offset === 0 && !more) || fragments.complete(packet, packet.ipId, offset, more);
};
