/** The scenarios of the lab that the demo and the README show. */

/** The one whose whole answer is shown: the signature behind mstsc's 0x904 / 0x7. */
export const DEMO_SHOWN = "key-unreadable";

/** Those of the table, none of which waits for a time-out. */
export const DEMO_ROWS = [
  "certificate-expired",
  "failure-3",
  "3des-only",
  "tls13-intolerant",
  "http",
  "certificate-rsa512",
  "port-closed",
  "no-negotiation-data",
  "nla-required",
  "tls-without-nla",
] as const;
