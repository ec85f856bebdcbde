/** How a handshake stands or has ended. */
import type { Alert } from "../wire/alert.ts";
import type { TlsWitness } from "../decrypt/tls-witness.ts";
import type { TlsFault, TlsLimit } from "./tls-fault.ts";

/** What the server owes next. */
export type AwaitedMessage =
  | "server_hello"
  | "encrypted_extensions"
  | "certificate"
  | "server_key_exchange"
  | "server_hello_done"
  | "certificate_verify"
  | "new_session_ticket"
  | "change_cipher_spec"
  | "finished";

export type TlsOutcome =
  | { readonly kind: "handshaking"; readonly awaits: AwaitedMessage }
  | { readonly kind: "established"; readonly witness: TlsWitness }
  /** The server broke the protocol, or failed a proof. */
  | { readonly kind: "fault"; readonly fault: TlsFault }
  /** The server ended the handshake with an alert. */
  | { readonly kind: "alert"; readonly alert: Alert; readonly awaits: AwaitedMessage }
  /** Our own side cannot go on: what came in the clear stands in the flight. */
  | { readonly kind: "limit"; readonly limit: TlsLimit };
