/** What the reading of a packet stands before: the header at the packet's start, or how the reading ended. */

/** A header that is read next. Each has a function `enter...` that steps over it and gives what follows. */
export type Header =
  | "ethernet"
  | "llc"
  /** IPv4 or IPv6, as the first nibble tells. */
  | "ip"
  | "ipv4"
  | "ipv6"
  | "authentication"
  | "mpls"
  | "pppoe"
  | "ppp"
  | "hdlc"
  | "gre"
  | "l2tpv3"
  | "etherip"
  | "nsh";

export type Outcome =
  /** The transport layer is next: `packet.protocol` says which. */
  | "transport"
  /** A fragment whose datagram is not whole yet. */
  | "incomplete"
  /** Nothing that could carry TCP. */
  | "nothing"
  /** Something that may carry TCP and is not read: `packet.unread` says what. */
  | "unread"
  /** The fault stands in `packet.fault`. */
  | "damaged";

export type Layer = Header | Outcome;
