/** The library's face: probe hosts, judge captures, explain codes. Re-exports only. */

export type { Explanation } from "./explain/explain.ts";
export type { Meaning, MeaningKind } from "./explain/meaning.ts";
export type { Depth } from "./handshake/plan/probe-plan.ts";
export { explain } from "./library/explain.ts";
export {
  type CaptureFault,
  type CaptureReport,
  type CaptureSettings,
  judgeCapture,
} from "./library/judge-capture.ts";
export { type ProbeResults, probe, probeMany } from "./library/probe.ts";
export type { ManySettings, ProbeSettings } from "./library/probe-settings.ts";
export { type ReportForm, report } from "./library/report.ts";
export type { HostTarget } from "./scan/one/probe-target.ts";
export { type ScanOptions, scan } from "./scan/scan.ts";
export { parseTarget, type Target } from "./targets/plan/target.ts";
export {
  CLIENT_PROFILES,
  type ClientProfile,
  type ClientProfileId,
  clientProfile,
} from "./tls/profiles/client-profiles.ts";
export { LocalResourceError } from "./transport/local-resource-error.ts";
export type { Dial } from "./transport/tcp-connection.ts";
export { judge } from "./verdict/rules/judge.ts";
export type { ProbeFacts } from "./verdict/rules/probe-facts.ts";
export type { Finding, Result, StageReport, Verdict } from "./verdict/result/result.ts";
export { VERDICTS, type VerdictCode } from "./verdict/verdicts.ts";
