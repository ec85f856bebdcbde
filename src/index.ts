/** The library's face: probe a host, judge what was seen. Re-exports only. */

export type { HostTarget } from "./scan/probe-target.ts";
export { type ScanOptions, scan } from "./scan/scan.ts";
export { parseTarget, type Target } from "./targets/target.ts";
export { LocalResourceError } from "./transport/local-resource-error.ts";
export { judge } from "./verdict/judge.ts";
export type { ProbeFacts } from "./verdict/probe-facts.ts";
export type { Finding, Result, StageReport, Verdict } from "./verdict/result.ts";
export { VERDICTS, type VerdictCode } from "./verdict/verdicts.ts";
