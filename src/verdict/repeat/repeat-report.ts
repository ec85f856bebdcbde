/**
 * Many probes of the same place, folded into one result: the `repeat` part of the JSON, and the probe that
 * stands for all of them. Kept small for each probe, so that a long watch does not fill the memory.
 */
import { explained } from "../causes/causes.ts";
import type { RepeatedProbe, RepeatReport } from "./repeat.ts";
import { fellBack } from "../findings/certificate-findings.ts";
import { repeatFindings } from "../findings/repeat-findings.ts";
import { lossOf, repeatedSyns } from "./repeat-loss.ts";
import { countsOf, membersOf } from "./repeat-members.ts";
import { repeatedProbe } from "./repeated-probe.ts";
import type { Result } from "../result/result.ts";
import { balancer } from "../server/in-front.ts";
import { severityRank } from "../severity.ts";
import { jitterOf, spreadOf } from "./spread.ts";
import { STAGE_NAMES } from "../verdicts.ts";
import { withFindings } from "../findings/with-findings.ts";

/** A result that stands for many. */
export interface RepeatedResult extends Result {
  readonly repeat: RepeatReport;
}

export interface Repetition {
  /** Takes the next probe's result, and what was waited before it: null for the first. */
  add(result: Result, pauseMs: number | null): void;
  /** The probe that stands for all so far, with `repeat` and what only all of them show; null before the first. */
  result(): RepeatedResult | null;
}

/** Folds the results of one place, in the order in which they were made. */
export const startRepetition = (): Repetition => {
  const probes: RepeatedProbe[] = [];
  const kinds = new Map<string, Kind>();
  const selfSigned = new Set<boolean | null>();
  let connections = 0;
  let startedAt: string | null = null;
  return {
    add(result, pauseMs) {
      startedAt ??= result.startedAt;
      connections += result.connections;
      probes.push(repeatedProbe(result, startedAt, pauseMs));
      selfSigned.add(result.certificate?.selfSigned ?? null);
      const kind = kinds.get(kindOf(result));
      kinds.set(kindOf(result), { first: kind?.first ?? result, count: (kind?.count ?? 0) + 1 });
    },
    result() {
      const result = representative([...kinds.values()]);
      if (result === null) return null;
      const repeat = reportOf(probes, connections);
      const summary = `${result.verdict.summary}${howOften(result, repeat)}`;
      const server =
        repeat.members.length < 2
          ? result.server
          : balancer(result.server, "several machines answered in turn");
      return withFindings(
        { ...result, server, verdict: { ...result.verdict, summary }, repeat },
        [
          ...repeatFindings(probes, repeat),
          ...(selfSigned.has(true) && selfSigned.has(false) ? fellBack("an issued one in turn") : []),
        ].map(explained),
      );
    },
  };
};

/** Results that are alike, as far as it matters which of them stands for all. */
interface Kind {
  readonly first: Result;
  readonly count: number;
}

const kindOf = ({ verdict, severity }: Result): string => `${verdict.code} ${verdict.stage} ${severity}`;

/**
 * The worst verdict, there the worst findings, and there what was seen most often: who asks again and again asks
 * for what fails.
 */
const representative = (kinds: readonly Kind[]): Result | null =>
  kinds.toSorted(
    (a, b) =>
      severityRank(b.first.verdict.severity) - severityRank(a.first.verdict.severity) ||
      severityRank(b.first.severity) - severityRank(a.first.severity) ||
      b.count - a.count,
  )[0]?.first ?? null;

const reportOf = (probes: readonly RepeatedProbe[], connections: number): RepeatReport => {
  const late = repeatedSyns(probes);
  const connects = probes.flatMap((probe) => {
    const ms = probe.stageMs.tcp;
    return ms === undefined || late.has(probe) ? [] : [ms];
  });
  const digests = probes.flatMap(({ certificate }) => (certificate === null ? [] : [certificate.sha256]));
  return {
    count: probes.length,
    connections,
    verdicts: countsOf(probes),
    ...lossOf(probes),
    latencyMs: spreadOf(connects),
    jitterMs: jitterOf(connects),
    stages: stageSpreads(probes, connects),
    certificates: [...new Set(digests)],
    members: membersOf(probes),
    probes,
  };
};

const stageSpreads = (
  probes: readonly RepeatedProbe[],
  connects: readonly number[],
): RepeatReport["stages"] =>
  Object.fromEntries(
    STAGE_NAMES.flatMap((name) => {
      const all = probes.flatMap(({ stageMs }) => stageMs[name] ?? []);
      const values = name === "tcp" ? connects : all;
      const spread = spreadOf(values);
      const count = values.length;
      return spread === null ? [] : [[name, { count, ...spread, jitterMs: jitterOf(values) }] as const];
    }),
  );

/** For a verdict that not every probe had. */
const howOften = ({ verdict }: Result, { count, verdicts }: RepeatReport): string => {
  const own = verdicts[verdict.code] ?? 0;
  return own === count ? "" : `; so in ${own} of ${count} probes`;
};
