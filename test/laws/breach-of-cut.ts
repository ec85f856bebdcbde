/** What law 2 allows the verdict of a capture that is cut to be. */
import type { Result } from "../../src/verdict/result/result.ts";

const HEALTHY: ReadonlySet<string> = new Set(["ok", "nla-required"]);
/** What a silence makes of any stage, live as well. */
const OF_SILENCE: ReadonlySet<string> = new Set(["timeout", "port-filtered"]);

/**
 * How a verdict departs from what the law allows; null where it does not.
 * @param isSilent the capture goes on after the cut, and nothing comes
 */
export const breachOf = (cut: Result, whole: Result, isSilent: boolean): string | null => {
  const { code, stage, evidence } = cut.verdict;
  const departs = `${code} at ${stage}, while the whole is ${whole.verdict.code} at ${whole.verdict.stage}`;
  if (HEALTHY.has(code)) return HEALTHY.has(whole.verdict.code) ? null : departs;
  if (code === "inconclusive" || (code === whole.verdict.code && stage === whole.verdict.stage)) return null;
  if (isSilent && OF_SILENCE.has(code)) return null;
  // The dates of a certificate are what they are, however the connection ends after it was shown.
  const shown = cut.certificate?.sha256;
  if (stage === "certificate" && shown !== undefined && shown === whole.certificate?.sha256) return null;
  // Who ended the handshake is seen in a capture alone: our own client, which leaves where it has what it wants.
  return evidence["sender"] === "client" ? null : departs;
};
