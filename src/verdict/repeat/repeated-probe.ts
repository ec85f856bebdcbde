/** The little that is kept of one of many probes. */
import type { RepeatedProbe } from "./repeat.ts";
import type { Result } from "../result/result.ts";
import { STAGE_NAMES } from "../verdicts.ts";

/** @param firstStartedAt RFC 3339, of the first probe. */
export const repeatedProbe = (
  { verdict, startedAt, durationMs, stages, certificate, ntlm }: Result,
  firstStartedAt: string,
  pauseMs: number | null,
): RepeatedProbe => ({
  code: verdict.code,
  stage: verdict.stage,
  severity: verdict.severity,
  atMs: Date.parse(startedAt) - Date.parse(firstStartedAt),
  pauseMs,
  durationMs,
  stageMs: Object.fromEntries(
    STAGE_NAMES.flatMap((name) => {
      const stage = stages.find((one) => one.name === name);
      return stage?.status === "ok" && stage.durationMs !== null ? [[name, stage.durationMs] as const] : [];
    }),
  ),
  certificate: certificate === null ? null : { sha256: certificate.sha256, subject: certificate.subject },
  computer: ntlm?.dnsComputer ?? ntlm?.netbiosComputer ?? null,
});
