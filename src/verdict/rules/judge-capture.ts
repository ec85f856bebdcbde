/**
 * Rules for what only a capture shows: that the client ended the handshake, or that bytes were lost on the way. What
 * the server did is judged as in a live probe, and what is not there is no failure.
 */
import type { CaptureView } from "../../handshake/conversation/captured-connection.ts";
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import { isStandardSecurity } from "../../handshake/facts/negotiation-facts.ts";
import type { TlsFacts } from "../../handshake/facts/tls-facts.ts";
import { APPLICATION_DATA } from "../../handshake/facts/tls-layer.ts";
import { ALERT_LEVEL, alertName } from "../../tls/wire/alert.ts";
import { handshakeEvidence } from "./handshake-evidence.ts";
import { alertText, momentOf } from "./judge-tls.ts";
import { type Ruling, ruling } from "./ruling.ts";

/** The ruling on a handshake that the client ended, or whose bytes were lost on the way; null otherwise. */
export const judgeCapturedEnd = (facts: ConnectionFacts, view: CaptureView): Ruling | null => {
  const { tls } = facts;
  if (facts.connect.outcome !== "open" || view.isSettled) return null;
  return (
    (tls === null ? null : judgeClientAlert(tls)) ??
    judgeLost(facts, view) ??
    (tls === null ? null : judgeClientEnd(facts, tls, view))
  );
};

/** A client's alert is its last word, whatever the server does after it. */
const judgeClientAlert = (tls: TlsFacts): Ruling | null => {
  const { clientAlert, state } = tls;
  // What the server broke is why the client left.
  if (clientAlert === null || state.kind === "fault") return null;
  if (state.kind === "established" || state.kind === "alert") return null;
  const { alert } = clientAlert;
  const evidence = { after: momentOf(tls).id, sender: "client", ...handshakeEvidence(tls) };
  if (alert === null) {
    return ruling("tls-alert", "tls", "the client ended the handshake with an alert, which is encrypted", {
      evidence,
      confidence: "inferred",
      mstsc: null,
    });
  }
  if (alert.level !== ALERT_LEVEL.fatal) return null;
  const { description } = alert;
  return ruling("tls-alert", "tls", `the client ended the handshake with alert ${alertText(description)}`, {
    evidence: { ...evidence, alert: description, alertName: alertName(description) },
    mstsc: null,
  });
};

/** Bytes that were sent and never acknowledged: the handshake waits for them, and not for the server. */
const judgeLost = ({ tls, end }: ConnectionFacts, { lost, silenceMs }: CaptureView): Ruling | null => {
  if (lost === null || tls === null || end.kind === "rst" || end.kind === "fin") return null;
  const { from, sizeBytes } = lost;
  const to = from === "server" ? "client" : "server";
  return ruling(
    "timeout",
    "tls",
    `${sizeBytes} bytes of the ${from} never reached the ${to}: they were sent, and never acknowledged`,
    {
      evidence: {
        lostBytes: sizeBytes,
        lostFrom: from,
        silenceMs: Math.round(silenceMs),
        after: momentOf(tls).id,
      },
      confidence: "inferred",
    },
  );
};

/** The server's flight is complete, and the client leaves without a word. */
const judgeClientEnd = ({ end }: ConnectionFacts, tls: TlsFacts, view: CaptureView): Ruling | null => {
  const { state } = tls;
  if (view.clientEnd === null || end.kind !== "ours" || view.gap !== null || !view.isBothWays) return null;
  if (state.kind !== "unfinished" || state.owes !== "client" || tls.version === null) return null;
  // Both sides have said all of the handshake: the client may have ended a session that works.
  if (state.awaits === APPLICATION_DATA) return null;
  const moment = momentOf(tls);
  const [code, how] =
    view.clientEnd === "rst" ? (["reset", "reset"] as const) : (["closed", "closed"] as const);
  return ruling(code, "tls", `the client ${how} the connection ${moment.later}`, {
    evidence: { after: moment.id, sender: "client", clientEnd: view.clientEnd, ...handshakeEvidence(tls) },
    mstsc: null,
  });
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
      return ruling("timeout", "negotiation", "no answer to the client's MCS Connect-Initial");
    default:
      return null;
  }
};

/** A silence as long as a probe's own time for a stage is as good as a probe's. */
const PROBE_SILENCE_MS = 5000;

/** A ruling on how the server ended the handshake, as sure as the capture can make it. */
export const asSeen = (found: Ruling, { gap, silenceMs }: CaptureView): Ruling => {
  const isGuess = gap !== null || (found.code === "timeout" && silenceMs < PROBE_SILENCE_MS);
  if (!ENDS.has(found.code) || !isGuess) return found;
  const evidence =
    found.code === "timeout" ? { ...found.evidence, silenceMs: Math.round(silenceMs) } : found.evidence;
  return { ...found, evidence, confidence: "inferred" };
};

const ENDS: ReadonlySet<Ruling["code"]> = new Set(["reset", "closed", "timeout"]);

/** How far a handshake without a failure went. */
export const captureSummary = (view: CaptureView): string =>
  view.isSettled
    ? "the handshake works, and the session goes on after it"
    : "the handshake works as far as it can be seen without the session";
