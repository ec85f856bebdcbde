/** How it goes for a client at a server: what a simulation of clients comes to. */
import type { TlsVersionName } from "../../tls/tables/versions.ts";

export const CLIENT_OUTCOMES = [
  "connects",
  "no-shared-tls-version",
  "no-shared-cipher",
  "no-shared-group",
  "no-shared-signature-scheme",
  /** The RSA key of the certificate is shorter than the client takes. */
  "certificate-key-too-short",
  /** The prime of the Diffie-Hellman exchange is shorter than the client takes. */
  "dh-prime-too-short",
  /** The certificate's KeyUsage forbids what the chosen suite does with its key. */
  "key-usage",
  /** The client has no use for a certificate with a key of this kind. */
  "certificate-key-kind",
  /** The server signs in a version whose signatures the client does not take. */
  "signature-too-old",
  /** The ServerHello has no renegotiation_info, which the client demands (RFC 5746). */
  "no-secure-renegotiation",
  /** The client offers NLA and nothing else, and the server selects another layer. */
  "no-nla",
  /** The handshake is not signed with the certificate's key. */
  "certificate-key-mismatch",
  /** The server ends the handshake for want of a client certificate. */
  "client-certificate-required",
  /** The server refuses every hello, whatever it offers. */
  "refused",
  /** How this client's hello ended, although all that it needs was taken in other hellos. */
  "reset",
  "closed",
  "timeout",
  "tls-alert",
  "malformed",
  "unknown",
] as const;

export type ClientOutcomeCode = (typeof CLIENT_OUTCOMES)[number];

/** One client at one server, as it stands in a result. */
export interface ClientOutcome {
  readonly id: string;
  readonly name: string;
  readonly outcome: ClientOutcomeCode;
  /** What it connects with; null where it does not, or where that is not known. */
  readonly version: TlsVersionName | null;
  /** The registered name of the suite. */
  readonly cipher: string | null;
  /** Observed: the server's answer to this client's own hello. Computed: from what other hellos showed. */
  readonly basis: "observed" | "computed";
  readonly why: string;
}

/** An outcome before it is said whose it is and what it rests on. */
export interface Agreement {
  readonly outcome: ClientOutcomeCode;
  readonly version: TlsVersionName | null;
  /** Code of the suite. */
  readonly suite: number | null;
  readonly why: string;
}

export const disagreement = (outcome: ClientOutcomeCode, why: string): Agreement => ({
  outcome,
  version: null,
  suite: null,
  why,
});
