/**
 * The judge: from the facts of a probe to its result. The earliest stage that failed gives the verdict;
 * certificate verdicts stand above `ok` and `nla-required`.
 */
import type { CaptureView } from "../../handshake/conversation/captured-connection.ts";
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import { differentialOf } from "../../handshake/plan/probe-plan.ts";
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import { causesOf, explained, remediesOfCauses } from "../causes/causes.ts";
import { findingsOf } from "../findings/findings.ts";
import { type HandshakeProof, type Proving, proveHandshake, witnessesOf } from "./handshake-proof.ts";
import { asSeen, captureSummary, judgeCapturedEnd, judgeCapturedMcs } from "./judge-capture.ts";
import { judgeCertificate } from "./judge-certificate.ts";
import { judgeClientDemands } from "./judge-client-demands.ts";
import { judgeConnect, judgeNoConnection, judgeResolution } from "./judge-connect.ts";
import { judgeCredSsp } from "./judge-credssp.ts";
import { judgeDifferential } from "./judge-differential.ts";
import { judgeNegotiation, tlsWithoutX224 } from "./judge-negotiation.ts";
import { judgeTls } from "./judge-tls.ts";
import { mstscView } from "../mstsc-codes.ts";
import { credSspConnection, credSspReport, ntlmReport } from "../result/ntlm-report.ts";
import { certificateReport, negotiationReport, tlsReport } from "../result/part-reports.ts";
import { mainConnection, type ProbeFacts } from "./probe-facts.ts";
import { mcsConnection, rdpReport } from "../result/rdp-report.ts";
import { refusedAdviceFor } from "../remedies/refused-advice.ts";
import { remediesOf } from "../remedies/remedies.ts";
import { withResetEvidence } from "../causes/reset-sender.ts";
import {
  type Cause,
  type Finding,
  RESULT_SCHEMA,
  type Result,
  type SecurityReport,
  type Verdict,
} from "../result/result.ts";
import { type Ruling, ruling } from "./ruling.ts";
import { securityReport } from "../result/security-report.ts";
import { causesFitting, findingFitting, isFindingFitting } from "../server/fitting.ts";
import { behindOneAddress } from "../server/in-front.ts";
import { whoAnswers } from "../server/who-answers.ts";
import { severityOf } from "../severity.ts";
import { stageReports } from "../result/stage-reports.ts";
import { VERDICTS } from "../verdicts.ts";

/**
 * Judges a probe. Pure: the same facts give the same result.
 * @throws RangeError for a probe with connections of which none can carry the verdict.
 */
export const judge = (probe: ProbeFacts): Result => {
  const main = mainConnection(probe)?.facts ?? null;
  const now = probe.startedAt;
  const security = securityReport(probe.connections);
  const found = rule(probe, security);
  const negotiation = main === null ? null : negotiationReport(main);
  const { capture } = probe;
  const offeredAs = capture === undefined ? probe.reference.id : capture.offeredAs;
  const tls = tlsReport(main?.tls ?? null, offeredAs);
  const credSsp = credSspConnection(probe.connections);
  const credssp = credSspReport(credSsp, capture?.view?.laterErrorCode ?? null);
  const ntlm = ntlmReport(credSsp, now);
  const rdp = rdpReport(probe.connections);
  const chain = chainOf(probe);
  const certificate = certificateReport(chain, probe.target.host, now);
  const server = whoAnswers(probe.connections, ntlm, probe.target.port);
  const findings = findingsOf({ probe, security, certificate, credssp, ntlm, rdp })
    .map(explained)
    .filter((finding) => isFindingFitting(finding, server))
    .map((finding) => findingFitting(finding, server));
  const causes = causesOf({ ruling: found, probe, certificate, ntlm, findings });
  const verdict = verdictOf(found, causesFitting(causes, server));
  const refusedAdvice = refusedAdviceFor(verdict);
  return {
    schema: RESULT_SCHEMA,
    source: capture?.source ?? { kind: "live", ...(probe.proxy === undefined ? {} : { proxy: probe.proxy }) },
    target: probe.target,
    ...resolutionPart(probe),
    startedAt: now.toISOString(),
    durationMs: Math.round(probe.durationMs * 10) / 10,
    connections: probe.connections.length,
    severity: severityOf(verdict, findings),
    server: behindOneAddress(server, probe.connections),
    verdict,
    findings,
    remedies: remediesOf(remediesOfCauses(toActOn(verdict, findings)), probe.target),
    ...(refusedAdvice.length === 0 ? {} : { refusedAdvice }),
    stages: stageReports({
      probe,
      main,
      witnesses:
        main === null
          ? null
          : witnessesOf({ main, credSsp, now: clockOf(probe) }, chain[0] ?? null, probe.reference),
      credSsp,
      mcs: mcsConnection(probe.connections),
      verdict,
      negotiation,
      security,
      tls,
      certificate,
      credssp,
      ntlm,
      rdp,
    }),
    negotiation,
    security,
    tls,
    certificate,
    credssp,
    ntlm,
    rdp,
    error: null,
  };
};

const resolutionPart = ({ resolution }: ProbeFacts): Pick<Result, "resolution"> =>
  resolution?.outcome === "resolved" && resolution.report !== undefined
    ? { resolution: resolution.report }
    : {};

const rule = (probe: ProbeFacts, security: SecurityReport): Ruling => {
  const main = mainConnection(probe)?.facts ?? null;
  if (main === null) {
    const unconnected =
      judgeResolution(probe.resolution, probe.target.host) ?? judgeNoConnection(probe.connections.length);
    if (unconnected === null) throw new RangeError("judge: none of the connections is the main one");
    return unconnected;
  }
  const { times } = main;
  const view = probe.capture?.view ?? null;
  const now = clockOf(probe);
  const credSsp = credSspConnection(probe.connections);
  const failed =
    judgeConnect(main.connect, probe.target.port, times.endedAtMs - times.startedAtMs) ??
    judgeDirectTls(probe) ??
    // A client may go on into TLS although the server refused, and how that ends says nothing of RDP.
    (main.tls === null ? null : judgeNegotiation(main)) ??
    (view === null ? null : judgeCapturedEnd(main, view)) ??
    judgeNegotiation(main) ??
    (view === null ? null : judgeCapturedMcs(main, view)) ??
    judgeHandshake(probe, main) ??
    // What the client of a capture demands, it shows itself.
    (view === null && main.tls !== null ? judgeClientDemands(main.tls, probe.reference) : null) ??
    (now === null ? null : judgeCertificate(main.tls?.chain[0] ?? null, now)) ??
    judgeCredSsp(credSsp ?? main, probe.reference);
  if (failed === null) return proved(proveHandshake({ main, credSsp, now, view }), security, view);
  const reset = view?.reset ?? null;
  const seen = view === null ? failed : asSeen(failed, view);
  return seen.code === "reset" && reset !== null ? withResetEvidence(seen, reset) : seen;
};

/** The certificates that any connection showed, those of the main one first. */
const chainOf = (probe: ProbeFacts): readonly CertificateFacts[] => {
  const main = mainConnection(probe)?.facts.tls?.chain ?? [];
  if (main.length > 0) return main;
  return probe.connections.find(({ facts }) => (facts.tls?.chain.length ?? 0) > 0)?.facts.tls?.chain ?? [];
};

/** What dates are held against; null where the capture has no times. */
const clockOf = ({ capture, startedAt }: ProbeFacts): Date | null =>
  capture?.view?.hasTimes === false ? null : startedAt;

/** Nothing failed: that is `ok` where it was proven, and nowhere else. */
const proved = (proving: Proving, security: SecurityReport, view: CaptureView | null): Ruling => {
  if (proving.kind === "proven") return healthy(proving.proof, security, view);
  const { stage, why, evidence } = proving.missing;
  return ruling("inconclusive", stage, why, { evidence, confidence: "inferred" });
};

/** A server that is silent on X.224 and answers a ClientHello without it. */
const judgeDirectTls = ({ connections }: ProbeFacts): Ruling | null => {
  const direct = connections.find(({ purpose }) => purpose === "direct-tls");
  return direct?.facts.tls?.version == null ? null : tlsWithoutX224();
};

/** The TLS handshake, with what other hellos say of the reason where it failed. */
const judgeHandshake = (probe: ProbeFacts, main: ConnectionFacts): Ruling | null => {
  const first = judgeTls(main, probe.reference);
  if (first === null) return null;
  const differential = differentialOf(probe.connections);
  return judgeDifferential({ main, differential, reference: probe.reference, first });
};

const healthy = (proof: HandshakeProof, security: SecurityReport, view: CaptureView | null): Ruling => {
  if (view !== null) {
    const isSure = view.isSettled || proof.tls?.proof === "verified";
    return ruling("ok", "done", captureSummary(view), { confidence: isSure ? "observed" : "inferred" });
  }
  return security.nla === "required"
    ? ruling(
        "nla-required",
        "negotiation",
        "the server works and requires NLA: TLS alone is refused, CredSSP is accepted",
      )
    : ruling("ok", "done", OK_SUMMARIES[security.nla]);
};

const OK_SUMMARIES: Readonly<Record<Exclude<SecurityReport["nla"], "required">, string>> = {
  optional: "the handshake works; NLA is offered and not required",
  unsupported: "the handshake works; the server does not support NLA",
  unknown: "the handshake works",
};

/** The causes of the verdict, and behind them those of the findings that somebody should look after. */
const toActOn = ({ causes }: Verdict, findings: readonly Finding[]): readonly Cause[] => [
  ...causes,
  ...findings.filter(({ severity }) => severity !== "info").flatMap((finding) => finding.causes ?? []),
];

const verdictOf = (found: Ruling, causes: readonly Cause[]): Verdict => {
  const row = VERDICTS[found.code];
  return {
    code: found.code,
    stage: found.stage,
    severity: found.severity ?? row.severity,
    confidence: found.confidence,
    summary: found.summary,
    meaning: row.meaning,
    mstsc: found.mstsc === undefined ? mstscView(found.code, found.stage) : found.mstsc,
    causes,
    evidence: found.evidence,
  };
};
