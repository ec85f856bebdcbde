/**
 * The verdicts: what each code means for the person who asked. Severity is that of a live probe; the judge
 * raises it where a capture ended by what is healthy on a live host. What to do is with the causes.
 */

export type Severity = "ok" | "warning" | "critical";

/** In the order in which a handshake comes to them. */
export const STAGE_NAMES = ["dns", "tcp", "negotiation", "tls", "certificate", "credssp", "mcs"] as const;

export type StageName = (typeof STAGE_NAMES)[number];

export type VerdictStage = StageName | "done";

export interface VerdictRow {
  readonly severity: Severity;
  /** Where it can arise. */
  readonly stages: readonly VerdictStage[];
  /** One or two sentences: what this says about the host. */
  readonly meaning: string;
}

export const VERDICTS = {
  ok: {
    severity: "ok",
    stages: ["done"],
    meaning:
      "The handshake went as far as it can without credentials. If a client still fails, look at the client, at the credentials, or at what lies between the two.",
  },
  inconclusive: {
    severity: "warning",
    stages: ["dns", "tcp", "negotiation", "tls", "certificate", "credssp", "mcs"],
    meaning:
      "Nothing failed, but not enough was seen to say that the server works: a capture ends too early or shows one direction alone, or the probe could not go on for a reason of its own.",
  },
  "nla-required": {
    severity: "ok",
    stages: ["negotiation"],
    meaning:
      "The server takes only clients that authenticate before the session (Network Level Authentication), which is the modern default.",
  },
  "name-not-found": {
    severity: "critical",
    stages: ["dns"],
    meaning: "The name has no address: no connection was tried.",
  },
  "dns-failure": {
    severity: "critical",
    stages: ["dns"],
    meaning: "The resolver gave no answer, so nothing is known of the server itself.",
  },
  "port-closed": {
    severity: "critical",
    stages: ["tcp"],
    meaning:
      "The host is reachable, but nothing listens on this port: Remote Desktop is off, its service is stopped, or it uses another port.",
  },
  "port-filtered": {
    severity: "critical",
    stages: ["tcp"],
    meaning:
      "No answer to the connection attempt: a firewall drops it, the host is off, or its queue of incomplete connections is full.",
  },
  unreachable: {
    severity: "critical",
    stages: ["tcp"],
    meaning: "The network reports that there is no way to the host, or that a filter forbids it.",
  },
  reset: {
    severity: "critical",
    stages: ["negotiation", "tls", "credssp"],
    meaning:
      "The connection was cut by a TCP reset in the middle of the handshake, by the server or by a device on the way.",
  },
  closed: {
    severity: "critical",
    stages: ["negotiation", "tls", "credssp"],
    meaning: "The other side closed the connection in the middle of the handshake, without a word of why.",
  },
  timeout: {
    severity: "critical",
    stages: ["negotiation", "tls", "credssp"],
    meaning: "The connection stands, but the next answer of the handshake never came.",
  },
  "proxy-failed": {
    severity: "critical",
    stages: ["tcp"],
    meaning:
      "The proxy that the probe was to go through failed or refused, so nothing is known of the host itself.",
  },
  "not-rdp": {
    severity: "critical",
    stages: ["negotiation"],
    meaning: "Something answers on this port, but it does not speak RDP.",
  },
  malformed: {
    severity: "critical",
    stages: ["negotiation", "tls", "credssp", "mcs"],
    meaning: "The answer breaks the protocol: another service, a broken proxy, or damaged data.",
  },
  "standard-security-only": {
    severity: "warning",
    stages: ["negotiation"],
    meaning:
      "The server takes only Standard RDP Security: no certificate, RC4-era encryption, open to a man in the middle. Clients that insist on TLS or NLA fail here.",
  },
  "tls-required": {
    severity: "critical",
    stages: ["negotiation"],
    meaning: "The server demands TLS and still refused an offer that contains it.",
  },
  "no-server-certificate": {
    severity: "critical",
    stages: ["negotiation"],
    meaning: "The server has no certificate that it can use, so it cannot do TLS at all.",
  },
  "inconsistent-flags": {
    severity: "critical",
    stages: ["negotiation"],
    meaning:
      "The server says that the flags of the request contradict each other; documented only for connections that begin inside CredSSP.",
  },
  "client-certificate-required": {
    severity: "critical",
    stages: ["negotiation", "tls"],
    meaning:
      "The server wants a client certificate within TLS, which today's Remote Desktop clients do not send.",
  },
  "entra-required": {
    severity: "warning",
    stages: ["negotiation"],
    meaning:
      "The server reports failure code 7, which other implementations name as: sign-in by Microsoft Entra ID required. Microsoft's published specification does not list the code.",
  },
  refused: {
    severity: "critical",
    stages: ["negotiation"],
    meaning: "The server refused the request in the X.224 negotiation.",
  },
  "no-shared-tls-version": {
    severity: "critical",
    stages: ["tls"],
    meaning: "Client and server have no TLS version in common.",
  },
  "no-shared-cipher": {
    severity: "critical",
    stages: ["tls"],
    meaning: "Client and server have no cipher suite, group or signature algorithm in common.",
  },
  "tls-alert": {
    severity: "critical",
    stages: ["tls"],
    meaning:
      "One side ended the TLS handshake with an alert: the server, or in a capture the client, as the summary says.",
  },
  "certificate-key-mismatch": {
    severity: "critical",
    stages: ["tls"],
    meaning:
      "The server signs the TLS handshake with a key that does not belong to its certificate. Every client that verifies the signature fails.",
  },
  "certificate-expired": {
    severity: "critical",
    stages: ["certificate"],
    meaning:
      "The certificate's validity is over. mstsc warns or refuses (0x1b07), and monitoring will as well; TLS itself still works.",
  },
  "certificate-not-yet-valid": {
    severity: "critical",
    stages: ["certificate"],
    meaning:
      "The certificate's validity has not begun: a clock is wrong here or on the server, or the certificate was issued ahead of time.",
  },
  "credssp-refused": {
    severity: "warning",
    stages: ["credssp"],
    meaning: "TLS works, but the server refused to begin the authentication.",
  },
  "credssp-version-refused": {
    severity: "critical",
    stages: ["credssp"],
    meaning:
      "The server speaks a CredSSP version that the client refuses: Windows clients updated since May 2018 refuse every version below 5 (CVE-2018-0886).",
  },
} as const satisfies Readonly<Record<string, VerdictRow>>;

export type VerdictCode = keyof typeof VERDICTS;

export const isVerdictCode = (code: string): code is VerdictCode => Object.hasOwn(VERDICTS, code);

export const VERDICT_CODES: readonly VerdictCode[] = Object.keys(VERDICTS).filter(isVerdictCode);
