/** What a further probe of the same place means for who waits for a change there. */
import type { Result } from "../result/result.ts";
import { diffResults } from "./result-diff.ts";
import { snapshotOf } from "./result-snapshot.ts";
import { severityRank } from "../severity.ts";
import type { VerdictCode } from "../verdicts.ts";

/** `change`: another verdict than that of the first probe; `ok`: whatever verdict lets users in. */
export type Awaited = "change" | VerdictCode;

export interface Watch {
  readonly probes: number;
  /** How often each verdict was seen, in the order of first sight. */
  readonly verdicts: ReadonlyMap<VerdictCode, number>;
  /** Of the last probe; null before the first. */
  readonly last: Result | null;
  /** When the last verdict was first seen without another one since, RFC 3339; null before the first probe. */
  readonly since: string | null;
}

export interface WatchStep {
  readonly watch: Watch;
  readonly result: Result;
  /** The result before and when its verdict began, where the verdict is another one now; else null. */
  readonly before: { readonly result: Result; readonly since: string } | null;
  /** What else is not as it was, by its name in a diff; nothing where one of the two did not come to it. */
  readonly changes: readonly string[];
  /** What was waited for has come. */
  readonly isOver: boolean;
}

/** Nothing seen yet. */
export const UNWATCHED: Watch = { probes: 0, verdicts: new Map(), last: null, since: null };

/**
 * Takes the results of one probe in. A name is as well as the worst of its addresses: the first one of those that
 * are equally bad.
 * @returns null where there is no result.
 */
export const watchStep = (watch: Watch, results: readonly Result[], awaited: Awaited): WatchStep | null => {
  const [first, ...others] = results;
  if (first === undefined) return null;
  const result = others.reduce((worst, one) => (rankOf(one) > rankOf(worst) ? one : worst), first);
  const { last, since } = watch;
  const { code } = result.verdict;
  const before = last === null || since === null || isSame(last, result) ? null : { result: last, since };
  return {
    watch: {
      probes: watch.probes + 1,
      verdicts: new Map([...watch.verdicts, [code, (watch.verdicts.get(code) ?? 0) + 1]]),
      last: result,
      since: before === null && since !== null ? since : result.startedAt,
    },
    result,
    before,
    changes: last === null ? [] : changedFields(last, result),
    isOver: awaited === "change" ? before !== null : isAwaited(result, awaited),
  };
};

/** `nla-required` of a live server is a healthy one: users get in. */
const isAwaited = (result: Result, awaited: VerdictCode): boolean =>
  result.verdict.code === awaited || (awaited === "ok" && result.verdict.severity === "ok");

const rankOf = ({ verdict }: Result): number => severityRank(verdict.severity);

const isSame = ({ verdict: one }: Result, { verdict: other }: Result): boolean =>
  one.code === other.code && one.stage === other.stage;

const changedFields = (old: Result, now: Result): readonly string[] => {
  const [before, after] = [snapshotOf(old), snapshotOf(now)];
  if (before === null || after === null) return [];
  const { changed } = diffResults([before], [after]);
  return changed.flatMap(({ changes }) =>
    // An address that is missing is what the verdict says.
    changes
      .filter(({ field, old: from, new: to }) => field !== "verdict" && from !== null && to !== null)
      .map(({ field }) => field),
  );
};
