/** What changed since an older scan, in words, the worst first. */
import type { ScanDiff, TargetState, ToldChange } from "../../audit/row-diff.ts";
import { severityRank } from "../../verdict/severity.ts";
import type { Severity } from "../../verdict/verdicts.ts";
import type { ChangesSince, HostChange, ProblemSeverity } from "./page-data.ts";

/** A page with more is no page that somebody reads. */
const MOST = 2000;

const LETTERS = { critical: "c", warning: "w", ok: "i" } as const satisfies Readonly<
  Record<Severity, ProblemSeverity>
>;

/** @param lastAt of the older scan's results. */
export const changesSince = (name: string, lastAt: string | null, diff: ScanDiff): ChangesSince => {
  const all: readonly (Omit<HostChange, "severity"> & { readonly severity: Severity })[] = [
    ...diff.changed.map((target) => ({
      place: placeText(target),
      kind: "changed" as const,
      severity: target.severity,
      what: target.changes.map(changeText),
    })),
    ...diff.new.map((target) => ({
      place: placeText(target),
      kind: "new" as const,
      severity: target.severity,
      what: [target.verdict],
    })),
    // A host that worked and is away is worth a look; one that failed is not.
    ...diff.gone.map((target) => ({
      place: placeText(target),
      kind: "gone" as const,
      severity: target.severity === "ok" ? ("warning" as const) : ("ok" as const),
      what: [`was ${target.verdict}`],
    })),
  ];
  const sorted = all.toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity));
  return {
    name,
    at: lastAt,
    same: diff.same,
    changes: sorted.slice(0, MOST).map((change) => ({ ...change, severity: LETTERS[change.severity] })),
    leftOut: Math.max(0, sorted.length - MOST),
  };
};

const changeText = ({ text, old, new: now }: ToldChange): string =>
  `${text}: ${old ?? "none"} → ${now ?? "none"}`;

/** As the page names a row; a row's texts are safe to print. */
const placeText = ({ host, port }: Pick<TargetState, "host" | "port">): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`;
