/**
 * Who speaks by an error of connect(): the peer, the network between, or this machine, which says nothing of
 * either (POSIX.1-2017 connect(); Linux net/ipv4/icmp.c icmp_err_convert and net/ipv6/icmp.c tab_unreach).
 */
import type { ConnectFailure } from "../handshake/conversation/transcript.ts";

/** `shortage`: this machine lacks something now and may have it later. */
export type ConnectError = ConnectFailure | "shortage";

const OF_ERRNO = {
  // The peer: a RST to the SYN.
  ECONNREFUSED: "refused",
  // The network: nothing came, an ICMP error came, or there is no route.
  ETIMEDOUT: "no-answer",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENONET: "unreachable",
  ENOPROTOOPT: "unreachable",
  // This machine: its firewall, a broadcast address, an address without the zone that it needs, no address or
  // port of its own, no such family, an interface that is down.
  EACCES: "local",
  EPERM: "local",
  EINVAL: "local",
  EADDRNOTAVAIL: "local",
  EAFNOSUPPORT: "local",
  ENETDOWN: "local",
  EMFILE: "shortage",
  ENFILE: "shortage",
  ENOBUFS: "shortage",
  ENOMEM: "shortage",
} as const satisfies Readonly<Record<string, ConnectError>>;

/**
 * What an error says. One that is not in the table is this machine's: a peer has no way to make one.
 * @param code the operating system's, such as ECONNREFUSED.
 * @param platform as of node:process.
 */
export const connectError = (code: string, family: 4 | 6, platform: string): ConnectError => {
  // ICMPv6 "administratively prohibited" (RFC 4443 3.1, codes 1, 5, 6) is EACCES on Linux; ICMP's is not.
  if (code === "EACCES" && family === 6 && platform === "linux") return "unreachable";
  return isKnown(code) ? OF_ERRNO[code] : "local";
};

/** Whether this machine lacks something: no word of a peer or a proxy. */
export const isShortage = (code: string): boolean => isKnown(code) && OF_ERRNO[code] === "shortage";

const isKnown = (code: string): code is keyof typeof OF_ERRNO => Object.hasOwn(OF_ERRNO, code);
