/**
 * What happened on one TCP connection, in order and with its times: nothing decoded, nothing judged. A
 * live probe writes one, and so does the reader of a capture.
 */

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
  /** A TLS session of our own stands: what the wire hides from TLS 1.3 on. */
  | { readonly kind: "secured"; readonly atMs: number; readonly session: SessionView }
  /** Application data of ours, as it was before TLS sealed it. */
  | { readonly kind: "sealed"; readonly atMs: number; readonly bytes: Uint8Array }
  /** Application data of the peer, opened by TLS. */
  | { readonly kind: "opened"; readonly atMs: number; readonly bytes: Uint8Array }
  /**
   * Our own TLS engine gave up; a verdict never rests on its text. `alert` is the peer's where it came
   * encrypted, so that the wire does not show it.
   */
  | {
      readonly kind: "session-failed";
      readonly atMs: number;
      readonly detail: string;
      readonly alert: number | null;
    }
  /** Our FIN: what the peer does after it is no finding. */
  | { readonly kind: "ended"; readonly atMs: number };

/**
 * `proxy`: the proxy on the way failed, and nothing is known of the target. `local`: this machine refused to
 * connect, and nothing left it.
 */
export const CONNECT_FAILURES = ["refused", "no-answer", "unreachable", "proxy", "local"] as const;

export type ConnectFailure = (typeof CONNECT_FAILURES)[number];

/** What a TLS session tells that the wire does not show. */
export interface SessionView {
  /** The peer's certificates as DER, leaf first. */
  readonly chain: readonly Uint8Array[];
  /** The ephemeral key exchange's group as OpenSSL names it, or null. */
  readonly group: string | null;
}

export type Transcript = readonly WireEvent[];
