/**
 * The verdicts: what each code means for the person who asked, and what to do next. Severity is that of
 * a live probe; the judge raises it where a capture ended by what is healthy on a live host.
 */

import type { RemedyId } from "./remedies.ts";

export type Severity = "ok" | "warning" | "critical";

/** In the order in which a handshake comes to them. */
export const STAGE_NAMES = ["dns", "tcp", "negotiation", "tls", "certificate", "credssp", "mcs"] as const;

export type StageName = (typeof STAGE_NAMES)[number];

export type VerdictStage = StageName | "done";

export interface VerdictRow {
  readonly severity: Severity;
  /** One or two sentences: what this says about the host. */
  readonly meaning: string;
  /** Remedies by id, the first step first. */
  readonly remedies: readonly RemedyId[];
}

export const VERDICTS = {
  ok: {
    severity: "ok",
    meaning:
      "The handshake went as far as it can without credentials. If a client still fails, look at the client, at the credentials, or at what lies between the two.",
    remedies: [],
  },
  "nla-required": {
    severity: "ok",
    meaning:
      "The server takes only clients that authenticate before the session (Network Level Authentication), which is the modern default.",
    remedies: [],
  },
  "name-not-found": {
    severity: "critical",
    meaning: "The name has no address: no connection was tried.",
    remedies: ["check-name"],
  },
  "dns-failure": {
    severity: "critical",
    meaning: "The resolver gave no answer, so nothing is known of the server itself.",
    remedies: ["check-resolver"],
  },
  "port-closed": {
    severity: "critical",
    meaning:
      "The host is reachable, but nothing listens on this port: Remote Desktop is off, its service is stopped, or it uses another port.",
    remedies: ["enable-rdp", "check-port-number"],
  },
  "port-filtered": {
    severity: "critical",
    meaning:
      "No answer to the connection attempt: a firewall drops it, the host is off, or its queue of incomplete connections is full.",
    remedies: ["open-firewall", "check-host-up"],
  },
  unreachable: {
    severity: "critical",
    meaning: "The network reports that there is no way to the host, or that a filter forbids it.",
    remedies: ["check-route", "open-firewall"],
  },
  reset: {
    severity: "critical",
    meaning:
      "The connection was cut by a TCP reset in the middle of the handshake, by the server or by a device on the way.",
    remedies: [
      "read-schannel-events",
      "machine-keys-permissions",
      "rebuild-rdp-certificate",
      "exempt-from-inspection",
    ],
  },
  closed: {
    severity: "critical",
    meaning: "The other side closed the connection in the middle of the handshake, without a word of why.",
    remedies: ["read-schannel-events", "check-front-device"],
  },
  timeout: {
    severity: "critical",
    meaning: "The connection stands, but the next answer of the handshake never came.",
    remedies: ["restart-termservice", "check-front-device", "check-path-mtu"],
  },
  "proxy-failed": {
    severity: "critical",
    meaning:
      "The proxy that the probe was to go through failed or refused, so nothing is known of the host itself.",
    remedies: ["check-proxy"],
  },
  "not-rdp": {
    severity: "critical",
    meaning: "Something answers on this port, but it does not speak RDP.",
    remedies: ["check-port-owner", "check-port-number"],
  },
  malformed: {
    severity: "critical",
    meaning: "The answer breaks the protocol: another service, a broken proxy, or damaged data.",
    remedies: ["check-port-owner", "check-front-device"],
  },
  "standard-security-only": {
    severity: "warning",
    meaning:
      "The server takes only Standard RDP Security: no certificate, RC4-era encryption, open to a man in the middle. Clients that insist on TLS or NLA fail here.",
    remedies: ["raise-security-layer"],
  },
  "tls-required": {
    severity: "critical",
    meaning: "The server demands TLS and still refused an offer that contains it.",
    remedies: ["raise-security-layer", "check-front-device"],
  },
  "no-server-certificate": {
    severity: "critical",
    meaning: "The server has no certificate that it can use, so it cannot do TLS at all.",
    remedies: ["machine-keys-permissions", "rebuild-rdp-certificate", "clear-bound-thumbprint"],
  },
  "inconsistent-flags": {
    severity: "critical",
    meaning:
      "The server says that the flags of the request contradict each other; documented only for connections that begin inside CredSSP.",
    remedies: ["check-front-device"],
  },
  "client-certificate-required": {
    severity: "critical",
    meaning:
      "The server wants a client certificate within TLS, which today's Remote Desktop clients do not send.",
    remedies: ["check-front-device"],
  },
  "entra-required": {
    severity: "warning",
    meaning:
      "The server reports failure code 7, which other implementations name as: sign-in by Microsoft Entra ID required. Microsoft's published specification does not list the code.",
    remedies: ["use-entra-sign-in"],
  },
  refused: {
    severity: "critical",
    meaning: "The server refused the request in the X.224 negotiation.",
    remedies: ["check-front-device"],
  },
  "no-shared-tls-version": {
    severity: "critical",
    meaning: "Client and server have no TLS version in common.",
    remedies: ["enable-tls12", "read-schannel-events"],
  },
  "no-shared-cipher": {
    severity: "critical",
    meaning: "Client and server have no cipher suite, group or signature algorithm in common.",
    remedies: ["enable-cipher-suites", "read-schannel-events"],
  },
  "tls-alert": {
    severity: "critical",
    meaning: "The server ended the TLS handshake with an alert.",
    remedies: ["read-schannel-events"],
  },
  "certificate-expired": {
    severity: "critical",
    meaning:
      "The certificate's validity is over. mstsc warns or refuses (0x1b07), and monitoring will as well; TLS itself still works.",
    remedies: ["machine-keys-permissions", "rebuild-rdp-certificate", "bind-new-certificate"],
  },
  "certificate-not-yet-valid": {
    severity: "critical",
    meaning:
      "The certificate's validity has not begun: a clock is wrong here or on the server, or the certificate was issued ahead of time.",
    remedies: ["check-clocks", "rebuild-rdp-certificate"],
  },
  "credssp-refused": {
    severity: "warning",
    meaning: "TLS works, but the server refused to begin the authentication.",
    remedies: ["read-ntlm-policy"],
  },
} as const satisfies Readonly<Record<string, VerdictRow>>;

export type VerdictCode = keyof typeof VERDICTS;
