/** What each verdict is called by people: the answer in one line. The codes are for programs. */
import type { Severity, VerdictCode, VerdictStage } from "./verdicts.ts";

type Titles = string | Readonly<Partial<Record<VerdictStage, string>>>;

/** Lower case, no full stop, at most 56 characters. A code that arises in several stages has a title for each. */
const TITLES: Readonly<Record<VerdictCode, Titles>> = {
  ok: "RDP works",
  "nla-required": "RDP works, NLA required",
  inconclusive: "cannot tell whether RDP works",
  "name-not-found": "there is no such name",
  "dns-failure": "the name cannot be looked up: DNS does not answer",
  "port-closed": "nothing listens on this port",
  "port-filtered": "no answer: a firewall drops it, or the host is off",
  unreachable: "the network has no way to this host",
  "proxy-failed": "the proxy failed; nothing is known of the host",
  reset: {
    negotiation: "the server drops the connection before RDP begins",
    tls: "the server drops the connection when TLS starts",
    credssp: "the server drops the connection when NLA starts",
  },
  closed: {
    negotiation: "the server hangs up before RDP begins",
    tls: "the server hangs up when TLS starts",
    credssp: "the server hangs up when NLA starts",
  },
  timeout: {
    negotiation: "the port is open, but RDP does not answer",
    tls: "the server stops answering during TLS",
    credssp: "the server stops answering when NLA starts",
  },
  "not-rdp": "another program answers on this port, not RDP",
  malformed: {
    negotiation: "what answers here is not valid RDP",
    tls: "the server's TLS handshake is broken",
    credssp: "the server's NLA answer is broken",
    mcs: "the server's answer after TLS is broken",
  },
  "standard-security-only": "the server offers neither TLS nor NLA",
  "tls-required": "the server demands TLS, and refuses an offer of it",
  "no-server-certificate": "the server has no certificate that it can use",
  "inconsistent-flags": "the server calls the request contradictory",
  "client-certificate-required": "the server demands a client certificate",
  "entra-required": "the server wants a sign-in with Entra ID",
  refused: "the server refuses the connection request",
  "no-shared-tls-version": "client and server share no TLS version",
  "no-shared-cipher": "client and server share no cipher suite",
  "tls-alert": "the TLS handshake ends with an alert",
  "certificate-key-mismatch": "the server's key does not belong to its certificate",
  "certificate-expired": "the certificate has expired",
  "certificate-not-yet-valid": "the certificate is not valid yet",
  "credssp-refused": "the server refuses to start NLA",
  "credssp-version-refused": "the server's CredSSP is too old: clients refuse it",
};

/** What is healthy on a live server, and why the client of a capture failed. */
const NLA_REFUSAL = "the server requires NLA, and refuses this client";

/** The title of a verdict in the stage where it arose. @param severity of the verdict itself */
export const verdictTitle = (code: VerdictCode, stage: VerdictStage, severity: Severity): string => {
  if (code === "nla-required" && severity !== "ok") return NLA_REFUSAL;
  const titles = TITLES[code];
  if (typeof titles === "string") return titles;
  return titles[stage] ?? Object.values(titles)[0] ?? code;
};

/** What answers instead of RDP, by the protocol in the verdict's evidence. */
const PROGRAMS: ReadonlyMap<unknown, string> = new Map([
  ["http", "a web server (HTTP)"],
  ["ssh", "an SSH server"],
  ["smtp", "a mail server (SMTP)"],
  ["ftp", "an FTP server"],
  ["vnc", "a VNC server"],
  ["tls", "a TLS server (HTTPS?)"],
  ["iso-tsap", "an industrial controller"],
]);

/** For `not-rdp`, where the program that answers is known; else null. */
export const programTitle = (
  code: VerdictCode,
  { protocol }: Readonly<Record<string, unknown>>,
): string | null => {
  const program = PROGRAMS.get(protocol);
  return code === "not-rdp" && program !== undefined ? `${program} answers here, not RDP` : null;
};

/** A title for where no stage is told, as in a list of all verdicts. */
export const verdictTitles = (code: VerdictCode): readonly string[] => {
  const titles = TITLES[code];
  return typeof titles === "string" ? [titles] : Object.values(titles);
};
