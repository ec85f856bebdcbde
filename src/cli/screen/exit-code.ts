/** Exit codes of the commands. */
import type { Result } from "../../verdict/result/result.ts";
import { severityRank } from "../../verdict/severity.ts";

export const EXIT = { ok: 0, failOn: 1, usage: 2, program: 3, sigint: 130, sigterm: 143 } as const;

export type FailOn = "never" | "warning" | "critical";

/** Whether a result is so bad that it counts as failure. */
export const isReached = ({ severity }: Result, failOn: FailOn): boolean =>
  failOn !== "never" && severityRank(severity) >= severityRank(failOn);
