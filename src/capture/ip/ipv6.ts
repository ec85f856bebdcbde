/** The IPv6 header and its extension headers (RFC 8200 3 and 4). */
import type { IpFragments } from "./ip-fragments.ts";
import { IP_PROTOCOL } from "./ip-protocol.ts";
import type { Packet } from "../packet.ts";

const HEADER_BYTES = 40;
const FRAGMENT_HEADER_BYTES = 8;
const MAX_EXTENSION_HEADERS = 32;

/**
 * Reads the IPv6 header at the packet's start and steps over it and its extension headers. Gives false for
 * a fragment whose datagram is not whole yet, and for a fault, which stands in `packet.fault`.
 */
export const enterIpv6 = (packet: Packet, fragments: IpFragments): boolean => {
  const { view, start } = packet;
  if (packet.captured < HEADER_BYTES) {
    return packet.reject("ipv6.header", start, "the packet ends inside it");
  }
  if (view.getUint8(start) >>> 4 !== 6) return packet.reject("ipv6.version", start, "is not 6");
  // Zero stands there for a jumbogram, and when segmentation was left to the network card.
  const payloadLength = view.getUint16(start + 4) || packet.wireLength - HEADER_BYTES;
  packet.limit(HEADER_BYTES + payloadLength);
  packet.family = 6;
  packet.takeIpv6Addresses();
  packet.ipId = -1;
  packet.hopLimit = view.getUint8(start + 7);
  packet.protocol = view.getUint8(start + 6);
  packet.advance(HEADER_BYTES);
  return packet.protocol === IP_PROTOCOL.tcp || enterExtensionHeaders(packet, fragments);
};

const enterExtensionHeaders = (packet: Packet, fragments: IpFragments): boolean => {
  for (let headers = 0; isExtensionHeader(packet.protocol); headers += 1) {
    if (headers === MAX_EXTENSION_HEADERS) {
      return packet.reject("ipv6.extensionHeaders", packet.start, `more than ${headers}`);
    }
    if (packet.captured < 8) {
      return packet.reject("ipv6.extensionHeader", packet.start, "the packet ends inside it");
    }
    const { view, start, protocol } = packet;
    packet.protocol = view.getUint8(start);
    if (protocol === IP_PROTOCOL.fragment) {
      const fragment = view.getUint16(start + 2);
      packet.advance(FRAGMENT_HEADER_BYTES);
      const more = (fragment & 1) !== 0;
      const offset = fragment & 0xfff8;
      if ((offset > 0 || more) && !fragments.complete(packet, view.getInt32(start + 4), offset, more)) {
        return false;
      }
      continue;
    }
    const length = view.getUint8(start + 1);
    const size = protocol === IP_PROTOCOL.authenticationHeader ? (length + 2) * 4 : (length + 1) * 8;
    if (packet.captured < size) {
      return packet.reject("ipv6.extensionHeader.length", start + 1, `${size} bytes exceed the packet`);
    }
    packet.advance(size);
  }
  return true;
};

const isExtensionHeader = (protocol: number): boolean =>
  protocol === IP_PROTOCOL.hopByHopOptions ||
  protocol === IP_PROTOCOL.routing ||
  protocol === IP_PROTOCOL.fragment ||
  protocol === IP_PROTOCOL.destinationOptions ||
  protocol === IP_PROTOCOL.authenticationHeader ||
  protocol === IP_PROTOCOL.mobility;
