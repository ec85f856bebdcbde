/** How a server took a ClientHello: what the differential compares. */
import type { ConnectionFacts } from "./connection-facts.ts";

export type HelloOutcome =
  /** A ServerHello or a HelloRetryRequest came. */
  | "answered"
  | "rst"
  | "fin"
  | "alert"
  | "timeout"
  /** Bytes that are no TLS, or without end. */
  | "malformed"
  /** The connection did not come as far as the ClientHello. */
  | "unreached";

const FATAL = 2;

/** The outcome of the one hello that a connection sent. */
export const helloOutcome = ({ tls, end }: ConnectionFacts): HelloOutcome => {
  if (tls === null || tls.offered === null) return "unreached";
  if (tls.version !== null) return "answered";
  if (tls.alert?.level === FATAL) return "alert";
  if (tls.state.kind === "fault") return "malformed";
  switch (end.kind) {
    case "ours":
      return "unreached";
    case "overflow":
      return "malformed";
    default:
      return end.kind;
  }
};
