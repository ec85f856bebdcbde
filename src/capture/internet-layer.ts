/** From the link layer's payload to the transport layer: IPv4, IPv6, and IP in IP (RFC 2003, RFC 4213). */
import type { IpFragments } from "./ip-fragments.ts";
import { IP_PROTOCOL } from "./ip-protocol.ts";
import { enterIpv4 } from "./ipv4.ts";
import { enterIpv6 } from "./ipv6.ts";
import type { Packet } from "./packet.ts";

const MAX_TUNNELS = 4;

/**
 * Steps over the IP headers of `packet`. True when its transport layer is reached; false when it waits for
 * fragments, or for a fault, which stands in `packet.fault`.
 */
export const enterInternetLayer = (
  packet: Packet,
  version: "ipv4" | "ipv6",
  fragments: IpFragments,
): boolean => {
  let next = version;
  for (let tunnels = 0; tunnels <= MAX_TUNNELS; tunnels += 1) {
    if (!(next === "ipv4" ? enterIpv4(packet, fragments) : enterIpv6(packet, fragments))) return false;
    if (packet.protocol === IP_PROTOCOL.tcp) return true;
    if (packet.protocol === IP_PROTOCOL.ipv4) next = "ipv4";
    else if (packet.protocol === IP_PROTOCOL.ipv6) next = "ipv6";
    else return true;
  }
  return packet.reject("ip.protocol", packet.start, `more than ${MAX_TUNNELS} tunnels`);
};
