/**
 * What happened on one TCP connection, in order and with its times: nothing decoded, nothing judged. A
 * live probe writes one, and so does the reader of a capture.
 */
import type { TlsFault, TlsLimit } from "../../tls/client/tls-fault.ts";

/** Times are milliseconds after the start of the probe, or of the capture's stream. */
export type WireEvent =
  | { readonly kind: "connected"; readonly atMs: number }
  /** The TCP handshake failed; `detail` is the operating system's word for it. */
  | {
      readonly kind: "connect-failed";
      readonly atMs: number;
      readonly reason: ConnectFailure;
      readonly detail: string;
    }
  | { readonly kind: "sent"; readonly atMs: number; readonly bytes: Uint8Array }
  | { readonly kind: "received"; readonly atMs: number; readonly bytes: Uint8Array }
  /** The peer's FIN. */
  | { readonly kind: "fin"; readonly atMs: number }
  /** The peer's RST, or one that bears its address. */
  | { readonly kind: "rst"; readonly atMs: number }
  /** Nothing more came in time. */
  | { readonly kind: "timeout"; readonly atMs: number }
  /** The peer sent more than a handshake can need; reading stopped. */
  | { readonly kind: "overflow"; readonly atMs: number; readonly limitBytes: number }
  /** Our own TLS client does not go on: the wire does not show why. */
  | { readonly kind: "tls-stopped"; readonly atMs: number; readonly state: StoppedTls }
  /** Our FIN: what the peer does after it is no finding. */
  | { readonly kind: "ended"; readonly atMs: number };

/**
 * `proxy`: the proxy on the way failed, and nothing is known of the target. `local`: this machine refused to
 * connect, and nothing left it.
 */
export const CONNECT_FAILURES = ["refused", "no-answer", "unreachable", "proxy", "local"] as const;

export type ConnectFailure = (typeof CONNECT_FAILURES)[number];

/** Why our TLS client stopped: the server's fault, or a limit of its own. */
export type StoppedTls =
  | { readonly kind: "fault"; readonly fault: TlsFault }
  | { readonly kind: "limit"; readonly limit: TlsLimit };

export type Transcript = readonly WireEvent[];
