/** What was lost on the way in many probes of one place, and how sure that number is. */
import { least } from "../../bytes/extremes.ts";
import type { LossReport, RepeatedProbe } from "./repeat.ts";
import { tenth } from "./spread.ts";
import type { VerdictCode } from "../verdicts.ts";

/** Linux, Windows and macOS all send a second SYN after a second or more (RFC 6298 2.1). */
const REPEATED_SYN_MS = 900;

const BROKEN_OFF: ReadonlySet<VerdictCode> = new Set([
  "port-filtered",
  "unreachable",
  "reset",
  "closed",
  "timeout",
]);

/** The probes whose first SYN, or the answer to it, was lost: their connect took that much longer. */
export const repeatedSyns = (probes: readonly RepeatedProbe[]): ReadonlySet<RepeatedProbe> => {
  const fastestMs = least(
    Number.POSITIVE_INFINITY,
    probes.map(({ stageMs }) => stageMs.tcp ?? Number.POSITIVE_INFINITY),
  );
  return new Set(probes.filter(({ stageMs }) => (stageMs.tcp ?? 0) - fastestMs >= REPEATED_SYN_MS));
};

/** The share of probes of which something was lost, in percent, with what it is made of. */
export const lossOf = (
  probes: readonly RepeatedProbe[],
): { readonly lossPercent: number; readonly loss: LossReport } => {
  const repeated = repeatedSyns(probes);
  const broken = probes.filter(({ code }) => BROKEN_OFF.has(code));
  const lost = new Set([...repeated, ...broken]).size;
  const [low, high] = wilson(lost, probes.length);
  return {
    lossPercent: percent(lost / probes.length),
    loss: {
      repeatedSyns: repeated.size,
      brokenOff: broken.length,
      lowPercent: percent(low),
      highPercent: percent(high),
    },
  };
};

/** Of the normal distribution, for 95 %. */
const Z = 1.96;

/** Wilson's score interval: fair also for few probes and for shares near 0. */
const wilson = (lost: number, count: number): readonly [number, number] => {
  const share = lost / count;
  const scale = 1 + Z ** 2 / count;
  const centre = (share + Z ** 2 / (2 * count)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
};

const percent = (share: number): number => tenth(100 * share);
