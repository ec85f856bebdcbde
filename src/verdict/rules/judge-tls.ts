/** Rules for the TLS handshake: what the server broke, its alert, reset, FIN or silence. */
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import type { TlsFacts } from "../../handshake/facts/tls-facts.ts";
import { APPLICATION_DATA } from "../../handshake/facts/tls-layer.ts";
import { ALERT_LEVEL, type Alert, alertName } from "../../tls/wire/alert.ts";
import type { TlsFault } from "../../tls/client/tls-fault.ts";
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import { isOffered, printedVersion } from "./offered-version.ts";
import { type Ruling, ruling } from "./ruling.ts";
import type { VerdictCode } from "../verdicts.ts";

/** Alerts in answer to a ClientHello that name their cause (RFC 5246 7.2.2). */
const OF_ALERT: Readonly<Record<number, { readonly code: VerdictCode; readonly summary: string }>> = {
  40: { code: "no-shared-cipher", summary: "the server found no acceptable parameters in the ClientHello" },
  70: { code: "no-shared-tls-version", summary: "the server supports none of the TLS versions offered" },
  71: { code: "no-shared-cipher", summary: "the server finds the offered cipher suites too weak" },
};

/** certificate_required (RFC 8446 6.2). */
const CERTIFICATE_REQUIRED = 116;
/**
 * How servers refuse a client that has sent no certificate: handshake_failure (RFC 5246 7.4.6), and what
 * implementations send in its place.
 */
const WITHOUT_CERTIFICATE: ReadonlySet<number> = new Set([40, 41, 42, 43, 46, 49, CERTIFICATE_REQUIRED]);

/** The ruling on a TLS handshake that failed for the client `reference`, or null where nothing of it failed. */
export const judgeTls = (facts: ConnectionFacts, reference: ClientProfile): Ruling | null => {
  const { tls, end } = facts;
  if (tls === null) return end.kind === "ours" || end.stage !== "tls" ? null : judgeEnd(facts, end.kind);
  const { state } = tls;
  switch (state.kind) {
    case "established":
      return (
        (facts.credssp === null ? judgeSessionAlert(tls) : judgeDemandInSession(tls, facts)) ??
        judgeSilentDemand(tls, facts)
      );
    case "fault":
      return judgeVersion(tls, reference) ?? judgeFault(state.fault);
    case "alert":
      return judgeAlert(tls, state.alert);
    case "limit":
    case "unfinished":
      if (end.kind === "ours" || end.stage !== "tls") return null;
      // Both sides have said all of the handshake, and what came of it is encrypted.
      return state.kind === "unfinished" && state.awaits === APPLICATION_DATA
        ? null
        : judgeEnd(facts, end.kind);
  }
};

const judgeVersion = ({ version }: TlsFacts, reference: ClientProfile): Ruling | null => {
  if (version === null || isOffered(version.code, reference)) return null;
  const name = version.name ?? `0x${version.code.toString(16)}`;
  return ruling(
    "no-shared-tls-version",
    "tls",
    `the server selects ${printedVersion(name)}, which was not offered`,
    { evidence: { serverVersion: name } },
  );
};

const judgeFault = (fault: TlsFault): Ruling => {
  const { kind, message, field, offset, reason } = fault;
  const evidence = { fault: kind, message, field, offset, reason };
  if (kind === "signature") {
    const summary = `the server's ${message} is not signed with the key of its certificate`;
    return ruling("certificate-key-mismatch", "tls", summary, { evidence });
  }
  return ruling("malformed", "tls", `the server breaks TLS: ${field} at byte ${offset}: ${reason}`, {
    evidence,
  });
};

const judgeAlert = (tls: TlsFacts, { description }: Alert): Ruling => {
  if (tls.asksForCertificate && WITHOUT_CERTIFICATE.has(description)) return wantsCertificate(description);
  const evidence = alertEvidence(description);
  const isAnswer = tls.version === null && tls.offered !== null && !tls.isEarly;
  const known = isAnswer ? OF_ALERT[description] : undefined;
  const text = alertText(description);
  return known === undefined
    ? ruling("tls-alert", "tls", `the server ended the handshake with alert ${text}`, { evidence })
    : ruling(known.code, "tls", `${known.summary} (alert ${text})`, { evidence, confidence: "inferred" });
};

/** A TLS 1.3 server judges the client's part only after its own (RFC 8446 4.4.2.4). */
const judgeSessionAlert = (tls: TlsFacts): Ruling | null => {
  const { sessionAlert: alert } = tls;
  if (alert?.level !== ALERT_LEVEL.fatal) return null;
  if (isDemand(tls, alert)) return wantsCertificate(alert.description);
  const summary = `the server ended the handshake with alert ${alertText(alert.description)}, after the client's Finished`;
  return ruling("tls-alert", "tls", summary, { evidence: alertEvidence(alert.description) });
};

/** The demand for a certificate, where CredSSP was begun already: any other alert is CredSSP's. */
const judgeDemandInSession = (tls: TlsFacts, { credssp }: ConnectionFacts): Ruling | null => {
  const { sessionAlert: alert, sessionFault: fault } = tls;
  if (credssp !== null && credssp.version !== null) return null;
  if (fault !== null) return { ...judgeFault(fault), code: "malformed", stage: "credssp" };
  return alert !== null && isDemand(tls, alert) ? wantsCertificate(alert.description) : null;
};

/** The server asked for a certificate, got none, and ended the connection without an alert. */
const judgeSilentDemand = (tls: TlsFacts, { credssp, end }: ConnectionFacts): Ruling | null => {
  const isUnanswered = credssp === null || credssp.answer.kind === "none";
  if (!tls.asksForCertificate || !isUnanswered || (end.kind !== "rst" && end.kind !== "fin")) return null;
  const how = end.kind === "rst" ? "resets" : "closes";
  return ruling(
    "client-certificate-required",
    "tls",
    `the server asks for a client certificate, and ${how} the connection of a client without one`,
    { evidence: { sender: "server", alert: null, end: end.kind }, confidence: "inferred" },
  );
};

const isDemand = ({ asksForCertificate }: TlsFacts, { description }: Alert): boolean =>
  description === CERTIFICATE_REQUIRED || (asksForCertificate && WITHOUT_CERTIFICATE.has(description));

const wantsCertificate = (description: number): Ruling =>
  ruling(
    "client-certificate-required",
    "tls",
    `the server asks for a client certificate, and refuses a client without one (alert ${alertText(description)})`,
    { evidence: alertEvidence(description) },
  );

const alertEvidence = (alert: number) => ({ sender: "server", alert, alertName: alertName(alert) });

/** `40, handshake_failure`. */
export const alertText = (description: number): string => {
  const name = alertName(description);
  return name === null ? `${description}` : `${description}, ${name}`;
};

const judgeEnd = ({ tls }: ConnectionFacts, kind: "rst" | "fin" | "timeout" | "overflow"): Ruling => {
  const when = momentOf(tls);
  const evidence = { serverBytes: tls?.serverSizeBytes ?? 0, after: when.id };
  switch (kind) {
    case "rst":
      return ruling("reset", "tls", `the server reset the connection ${when.text}`, { evidence });
    case "fin":
      return ruling("closed", "tls", `the server closed the connection ${when.text}`, { evidence });
    case "timeout":
      return ruling("timeout", "tls", `no answer came ${when.silence}`, { evidence });
    case "overflow":
      return ruling("malformed", "tls", "the server sends without end, far more than a TLS handshake needs", {
        evidence,
      });
  }
};

/** How far a handshake came before it ended. */
type MomentId = "connection-confirm" | "client-hello" | "partial-answer" | "server-hello" | "certificate";

interface Moment {
  readonly id: MomentId;
  readonly text: string;
  readonly silence: string;
  /** Where the client's end stands. */
  readonly later: string;
}

const MOMENTS = {
  confirm: {
    id: "connection-confirm",
    text: "right after its Connection Confirm",
    silence: "after the Connection Confirm",
    later: "after the Connection Confirm",
  },
  hello: {
    id: "client-hello",
    text: "right after the ClientHello",
    silence: "to the ClientHello",
    later: "after its ClientHello",
  },
  partial: {
    id: "partial-answer",
    text: "in the middle of its answer to the ClientHello",
    silence: "after the beginning of the server's answer to the ClientHello",
    later: "in the middle of the server's answer to the ClientHello",
  },
  serverHello: {
    id: "server-hello",
    text: "after its ServerHello",
    silence: "after the ServerHello",
    later: "after the ServerHello",
  },
  certificate: {
    id: "certificate",
    text: "after it had sent its certificate",
    silence: "after the server's certificate",
    later: "after the server's certificate",
  },
} as const satisfies Readonly<Record<string, Moment>>;

/** How far the handshake had come. */
export const momentOf = (tls: TlsFacts | null): Moment => {
  if (tls === null || (tls.offered === null && tls.serverSizeBytes === 0)) return MOMENTS.confirm;
  if (tls.serverSizeBytes === 0) return MOMENTS.hello;
  if (tls.version === null) return MOMENTS.partial;
  return tls.chain.length > 0 ? MOMENTS.certificate : MOMENTS.serverHello;
};
