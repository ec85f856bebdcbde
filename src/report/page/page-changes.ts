/** What changed since an older scan, in words, the worst first. */
import type { FieldChange, ResultDiff, TargetVerdict } from "../../verdict/result-diff.ts";
import { severityRank } from "../../verdict/severity.ts";
import { type Severity, VERDICTS } from "../../verdict/verdicts.ts";
import { safeText } from "../safe-text.ts";
import type { ChangesSince, HostChange, ProblemSeverity } from "./page-data.ts";
import { verdictCode } from "./problem-table.ts";

/** A page with more is no page that somebody reads. */
const MOST = 2000;

/** @param lastAt of the older scan's results. */
export const changesSince = (name: string, lastAt: string | null, diff: ResultDiff): ChangesSince => {
  const all: readonly HostChange[] = [
    ...diff.changed.map(
      (target): HostChange => ({
        place: placeText(target),
        kind: "changed",
        severity: worstOf(target.changes),
        what: target.changes.filter(isTold).map(changeText),
      }),
    ),
    ...diff.new.map(
      (target): HostChange => ({
        place: placeText(target),
        kind: "new",
        severity: letterOf(verdictSeverity(target.verdict)),
        what: [safeText(target.verdict)],
      }),
    ),
    ...diff.gone.map(
      (target): HostChange => ({
        place: placeText(target),
        kind: "gone",
        severity: verdictSeverity(target.verdict) === "ok" ? "w" : "i",
        what: [`was ${safeText(target.verdict)}`],
      }),
    ),
  ];
  const told = all
    .filter(({ what }) => what.length > 0)
    .toSorted((a, b) => RANKS[a.severity] - RANKS[b.severity]);
  return {
    name,
    at: lastAt,
    same: diff.same,
    changes: told.slice(0, MOST),
    leftOut: Math.max(0, told.length - MOST),
  };
};

const RANKS = { c: 0, w: 1, i: 2 } as const satisfies Readonly<Record<ProblemSeverity, number>>;

const LETTERS = { critical: "c", warning: "w", ok: "i" } as const satisfies Readonly<
  Record<Severity, ProblemSeverity>
>;

const letterOf = (severity: Severity): ProblemSeverity => LETTERS[severity];

/** Of `reset at tls`. */
const verdictSeverity = (text: string | null): Severity => {
  const code = verdictCode((text ?? "").split(" ", 1)[0] ?? "");
  return code === null ? "ok" : VERDICTS[code].severity;
};

interface FieldWords {
  readonly name: string;
  /** How bad the change is; for information where it is not said. */
  readonly severity?: (old: string | null, now: string | null) => ProblemSeverity;
}

/** Fields that are told, and how; the others follow from these or are of no interest. */
const FIELDS: ReadonlyMap<string, FieldWords> = new Map<string, FieldWords>([
  [
    "verdict",
    {
      name: "verdict",
      severity: (old, now) =>
        severityRank(verdictSeverity(now)) > severityRank(verdictSeverity(old))
          ? letterOf(verdictSeverity(now))
          : "i",
    },
  ],
  ["nla", { name: "NLA", severity: (old) => (old === "required" ? "w" : "i") }],
  ["layer-rdp", { name: "Standard RDP Security", severity: (_, now) => (now === "accepted" ? "w" : "i") }],
  [
    "tls-version",
    { name: "TLS", severity: (old, now) => ((now ?? "") < (old ?? "") && now !== null ? "w" : "i") },
  ],
  ["certificate", { name: "certificate" }],
  ["certificate-subject", { name: "certificate's subject" }],
  ["certificate-not-after", { name: "certificate's end" }],
  ["address", { name: "address" }],
  ["computer", { name: "computer", severity: () => "w" }],
  ["domain", { name: "domain" }],
  ["os-version", { name: "build" }],
]);

const isTold = ({ field }: FieldChange): boolean => FIELDS.has(field);

const worstOf = (changes: readonly FieldChange[]): ProblemSeverity =>
  changes
    .map(({ field, old, new: now }) => FIELDS.get(field)?.severity?.(old, now) ?? "i")
    .reduce<ProblemSeverity>((worst, own) => (RANKS[own] < RANKS[worst] ? own : worst), "i");

/** Hex of a fingerprint that is told. */
const SHOWN_HEX = 16;

const changeText = ({ field, old, new: now }: FieldChange): string => {
  const value = (text: string | null): string => {
    if (text === null) return "none";
    if (field === "certificate") return text.slice(0, SHOWN_HEX);
    return safeText(field === "certificate-not-after" ? text.slice(0, 10) : text);
  };
  return `${FIELDS.get(field)?.name ?? field}: ${value(old)} → ${value(now)}`;
};

/** As the page names a row. */
const placeText = ({ host, port }: Pick<TargetVerdict, "host" | "port">): string =>
  `${host.includes(":") ? `[${safeText(host)}]` : safeText(host)}:${port}`;
