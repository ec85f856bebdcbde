/** IP protocol numbers that the capture reader acts on (IANA, Assigned Internet Protocol Numbers). */

export const IP_PROTOCOL = {
  hopByHopOptions: 0,
  icmp: 1,
  ipv4: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  routing: 43,
  fragment: 44,
  gre: 47,
  encapsulatingSecurityPayload: 50,
  authenticationHeader: 51,
  icmpv6: 58,
  destinationOptions: 60,
  etherIp: 97,
  ipComp: 108,
  l2tp: 115,
  mobility: 135,
  mpls: 137,
  ethernet: 143,
} as const;
