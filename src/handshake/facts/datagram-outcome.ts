/** What came of one UDP datagram: what a transcript is to a TCP connection. */

export type DatagramOutcome =
  | { readonly kind: "answer"; readonly bytes: Uint8Array; readonly roundTripMs: number }
  /** ICMP port unreachable: the host says that nothing listens there. */
  | { readonly kind: "port-unreachable" }
  /** Another ICMP error, or no route; `detail` is the operating system's word for it. */
  | { readonly kind: "unreachable"; readonly detail: string }
  /** Nothing came in time, which says nothing. */
  | { readonly kind: "silence" };
