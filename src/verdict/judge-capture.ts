/**
 * Rules for what only a capture shows: that the client ended the handshake, or that the capture ends, misses
 * bytes or never saw an answer. What the server did is judged as in a live probe.
 */
import type { CaptureView } from "../handshake/captured-connection.ts";
import type { ConnectionFacts } from "../handshake/connection-facts.ts";
import { isStandardSecurity, tlsProtocol } from "../handshake/negotiation-facts.ts";
import { alertName } from "../tls/alert.ts";
import { type MomentId, momentOf } from "./judge-tls.ts";
import { type Ruling, ruling } from "./ruling.ts";

/** The ruling on a handshake that the server did not end, or null where the usual rules say it. */
export const judgeCapturedEnd = (facts: ConnectionFacts, view: CaptureView): Ruling | null => {
  const { connect, negotiation, tls, end } = facts;
  if (connect.outcome !== "open" || negotiation === null || view.isSettled || end.kind !== "ours")
    return null;
  const { answer, request } = negotiation;
  if (answer.kind === "none" || answer.kind === "partial") return unanswered(view, "negotiation", REQUEST);
  if (answer.kind !== "tpdu" || tlsProtocol(answer.tpdu, request) === null || negotiation.takenBack)
    return null;
  if (tls?.completed === true || tls?.alert?.level === FATAL || (tls !== null && tls.fault !== null))
    return null;
  return tlsEnd(facts, view);
};

/** The ruling on Standard RDP Security whose Connect-Initial the server did not answer, or null. */
export const judgeCapturedMcs = (facts: ConnectionFacts, view: CaptureView): Ruling | null => {
  const { negotiation, mcs, end } = facts;
  if (mcs?.answer.kind !== "none" || view.isSettled || negotiation?.answer.kind !== "tpdu") return null;
  if (!isStandardSecurity(negotiation.answer.tpdu)) return null;
  const at = "in answer to the client's MCS Connect-Initial";
  switch (end.kind) {
    case "rst":
      return ruling("reset", "negotiation", `the server reset the connection ${at}`);
    case "fin":
      return ruling("closed", "negotiation", `the server closed the connection ${at}`);
    case "timeout":
      return ruling("timeout", "negotiation", "nothing answers the client's MCS Connect-Initial");
    default:
      return null;
  }
};

/** A ruling on how the server ended the handshake, where the capture may miss what it had said before. */
export const withGap = (found: Ruling, { gap }: CaptureView): Ruling =>
  gap !== null && ENDS.has(found.code) ? { ...found, confidence: "inferred" } : found;

const ENDS: ReadonlySet<Ruling["code"]> = new Set(["reset", "closed", "timeout"]);

/** How far a handshake without a failure went, for the summary of a capture that shows no more of it. */
export const captureSummary = (facts: ConnectionFacts, view: CaptureView): string => {
  if (view.isSettled) return "the handshake works, and the session goes on behind it";
  const how = endOfView(view);
  if (facts.tls?.completed === true) {
    return `the handshake works as far as the capture shows: ${how} once TLS stands`;
  }
  return `no failure as far as the capture shows: ${how} ${behind(momentOf(facts.tls).id)}`;
};

/** Where an end stands that is not the server's own. */
const BEHIND = {
  "connection-confirm": "right after the Connection Confirm",
  "client-hello": "right after the ClientHello",
  "partial-answer": "in the middle of the server's answer to the ClientHello",
  "server-hello": "after the ServerHello",
  certificate: "after the server's certificate",
} as const satisfies Readonly<Record<MomentId, string>>;

const behind = (moment: MomentId): string => BEHIND[moment];

const FATAL = 2;
const REQUEST = "the Connection Request";

const tlsEnd = ({ tls }: ConnectionFacts, view: CaptureView): Ruling => {
  const moment = momentOf(tls);
  const evidence = { after: moment.id, clientEnd: view.clientEnd };
  if (view.clientAlert !== null) {
    const { description } = view.clientAlert;
    const name = alertName(description);
    const text = name === null ? `${description}` : `${description}, ${name}`;
    return ruling("tls-alert", "tls", `the client ended the handshake with alert ${text}`, {
      evidence: { ...evidence, sender: "client", alert: description, alertName: name },
    });
  }
  if (view.gap !== null) return unseen(view);
  if (view.clientSealedAlert) {
    return ruling("tls-alert", "tls", `the client ended the handshake with an alert, which is encrypted`, {
      evidence: { ...evidence, sender: "client" },
      confidence: "inferred",
    });
  }
  const isBegun = tls !== null && tls.offered !== null;
  if (isBegun && view.lastSpeaker === "client") return unanswered(view, "tls", answeredIn(moment.id));
  if (!isBegun || view.clientEnd === null) return soFar(`${endOfView(view)} ${behind(moment.id)}`, evidence);
  const [code, how] =
    view.clientEnd === "rst" ? (["reset", "reset"] as const) : (["closed", "closed"] as const);
  return ruling(code, "tls", `the client ${how} the connection ${behind(moment.id)}`, {
    evidence: { ...evidence, sender: "client" },
    mstsc: null,
  });
};

const answeredIn = (moment: MomentId): string =>
  moment === "client-hello" ? "the ClientHello" : "what the client sent last";

/** A capture that ends sooner behind a question says nothing of its answer. */
const LEAST_SILENCE_MS = 1000;

/** Nothing came any more, for less than the time that makes it a time-out. */
const unanswered = (view: CaptureView, stage: "negotiation" | "tls", what: string): Ruling => {
  if (view.gap !== null) return unseen(view);
  if (view.clientEnd === null && view.silenceMs < LEAST_SILENCE_MS)
    return soFar(`it ends right after ${what}`);
  const seconds = `${(view.silenceMs / 1000).toFixed(1)} s`;
  const until =
    view.clientEnd === null
      ? "before the capture ends"
      : `before the client ${view.clientEnd === "rst" ? "reset" : "closed"} the connection`;
  return ruling("timeout", stage, `no answer to ${what} in the ${seconds} ${until}`, {
    evidence: { silenceMs: Math.round(view.silenceMs), clientEnd: view.clientEnd },
    confidence: "inferred",
  });
};

/** What is missing may hold the answer: nothing can be said against the server. */
const unseen = ({ gap }: CaptureView): Ruling =>
  soFar(`it misses ${gap?.sizeBytes} bytes of the ${gap?.from}'s part of the handshake`, {
    missingFrom: gap?.from ?? null,
    missingBytes: gap?.sizeBytes ?? null,
    missingOffset: gap?.offset ?? null,
  });

const soFar = (what: string, evidence: Ruling["evidence"] = {}): Ruling =>
  ruling("ok", "done", `no failure as far as the capture shows: ${what}`, {
    evidence,
    confidence: "inferred",
  });

const endOfView = ({ clientEnd }: CaptureView): string => {
  if (clientEnd === null) return "it ends";
  return `the client ${clientEnd === "rst" ? "resets" : "closes"} the connection`;
};
