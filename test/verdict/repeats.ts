/** Results of many probes of one place, made by hand. */
import { judge } from "../../src/verdict/rules/judge.ts";
import { type RepeatedResult, startRepetition } from "../../src/verdict/repeat/repeat-report.ts";
import type { Result } from "../../src/verdict/result/result.ts";
import { certificateWith } from "./hand-made-certificate.ts";
import { connection, failedConnect, probeOf } from "./transcripts.ts";

const SELECTS_SSL = "030000130ed000001234000200080001000000";

const judged: Result = judge(probeOf(connection("offer-all", [SELECTS_SSL])));
const GOOD: Result = {
  ...judged,
  ...{ connections: 2, durationMs: 100, severity: "ok", findings: [] },
  verdict: { ...judged.verdict, code: "ok", stage: "done", severity: "ok", summary: "the handshake works" },
};
const RESET: Result = judge(probeOf(connection("offer-all", [SELECTS_SSL, "rst"])));
const SILENT: Result = judge(probeOf(failedConnect("no-answer", "ETIMEDOUT")));
const CLOSED_PORT: Result = judge(probeOf(failedConnect("refused", "ECONNREFUSED")));

/** `.` is good, `r` reset at tls, `f` port-filtered, `x` port-closed. */
const BY_LETTER: Readonly<Record<string, Result>> = { ".": GOOD, r: RESET, f: SILENT, x: CLOSED_PORT };

/** Probes by their letters, a pause before each but the first. */
export const repeatOf = (letters: string, pausesMs: readonly number[] = [1000]): RepeatedResult =>
  repeated(
    [...letters].map((letter) => BY_LETTER[letter] ?? GOOD),
    pausesMs,
  );

export const repeated = (
  results: readonly Result[],
  pausesMs: readonly number[] = [1000],
): RepeatedResult => {
  const repetition = startRepetition();
  results.forEach((result, index) => {
    repetition.add(result, index === 0 ? null : (pausesMs[(index - 1) % pausesMs.length] ?? 0));
  });
  const result = repetition.result();
  if (result === null) throw new Error("no probe");
  return result;
};

/** A good probe whose TCP connect took so long. */
export const connectedIn = (durationMs: number): Result => ({
  ...GOOD,
  stages: GOOD.stages.map((stage) => (stage.name === "tcp" ? { ...stage, status: "ok", durationMs } : stage)),
});

/** A probe that met a machine of a farm. */
export const answeredBy = (
  sha256: string,
  computer: string | null = null,
  verdict: Partial<Result["verdict"]> = {},
): Result => ({
  ...GOOD,
  severity: verdict.severity ?? GOOD.severity,
  verdict: { ...GOOD.verdict, ...verdict },
  certificate: certificateWith(sha256),
  ntlm: computer === null ? null : ntlm(computer),
});

export const EXPIRED = { code: "certificate-expired", stage: "certificate", severity: "critical" } as const;

const ntlm = (dnsComputer: string): Result["ntlm"] => ({
  targetName: null,
  netbiosComputer: null,
  netbiosDomain: null,
  dnsComputer,
  dnsDomain: null,
  dnsTree: null,
  osVersion: null,
  os: [],
  serverTime: null,
  clockSkewMs: null,
});
