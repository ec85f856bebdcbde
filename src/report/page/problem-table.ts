/** What is wrong at hosts, by code: what it is called, what to look at first and what mends it. */
import { entriesAt, partAt, textAt } from "../../audit/json-parts.ts";
import type { ResultRow } from "../../audit/result-row.ts";
import { FINDING_NOTES } from "../../verdict/findings/finding-notes.ts";
import { remedyRows } from "../../verdict/remedies/remedies.ts";
import { verdictTitle } from "../../verdict/verdict-titles.ts";
import { STAGE_NAMES, VERDICTS, type VerdictCode, type VerdictStage } from "../../verdict/verdicts.ts";
import { lookAndFix, type SeenOfServer } from "../text/look-and-fix.ts";
import { type DetailTables, problemSeverity, remedyIds } from "./host-details.ts";
import type { ProblemSeverity, ProblemText } from "./page-data.ts";

/** One thing that is wrong at one host. */
interface Problem {
  readonly code: string;
  readonly severity: ProblemSeverity;
  readonly remedies: readonly string[];
}

export class ProblemTable {
  readonly #tables: DetailTables;
  readonly #known = new Map<string, Map<string, Choice>>();

  constructor(tables: DetailTables) {
    this.#tables = tables;
  }

  /** What is wrong at the host, `c:reset@tls w:clock-skew`; null for nothing. */
  add(row: ResultRow): string | null {
    const problems = problemsOf(row).filter(({ severity }) => severity !== "i");
    const seen = seenIn(row);
    for (const { code, remedies } of problems) {
      const choices = this.#known.get(code) ?? new Map<string, Choice>();
      this.#known.set(code, choices);
      const { look, fix } = lookAndFix(remedyRows(remedies), seen);
      const key = `${look?.id} ${fix?.id}`;
      const { hosts } = choices.get(key) ?? { hosts: 0 };
      choices.set(key, { look: look?.id ?? null, fix: fix?.id ?? null, hosts: hosts + 1 });
    }
    const texts = problems.map(({ severity, code }) => `${severity}:${code}`);
    return texts.length === 0 ? null : [...new Set(texts)].join(" ");
  }

  /** What most hosts need stands for all: look and fix of the same hosts, for one kind of server. */
  texts(): Readonly<Record<string, ProblemText>> {
    return Object.fromEntries(
      [...this.#known].map(([code, choices]) => {
        const [most] = [...choices.values()].toSorted((a, b) => b.hosts - a.hosts);
        const { look = null, fix = null } = most ?? {};
        return [
          code,
          { ...problemTitle(code), check: this.#tables.remedy(look), fix: this.#tables.remedy(fix) },
        ];
      }),
    );
  }
}

/** Ids of remedies, and for how many hosts they were chosen. */
interface Choice {
  readonly look: string | null;
  readonly fix: string | null;
  readonly hosts: number;
}

const seenIn = ({ stage, likelyCause, server, json }: ResultRow): SeenOfServer => ({
  stage,
  cause: likelyCause,
  server,
  hints: entriesAt(json, "negotiation", "serverHints") ?? [],
});

const problemsOf = (row: ResultRow): readonly Problem[] => [...verdictProblem(row), ...findingProblems(row)];

const verdictProblem = ({ verdict, stage, severity, json }: ResultRow): readonly Problem[] => {
  const known = verdictCode(verdict);
  // A CSV has the severity of all together.
  const own = partAt(json, "verdict", "severity") ?? (known === null ? severity : VERDICTS[known].severity);
  const code = `${verdict}@${stage ?? "done"}`;
  return [{ code, severity: problemSeverity(own), remedies: json === null ? [] : remedyIds(json) }];
};

const findingProblems = ({ findings, severity, json }: ResultRow): readonly Problem[] => {
  if (json === null) {
    // How bad each is does not stand in a CSV; where all are fine, none is a problem.
    const own = severity === "ok" ? "i" : "w";
    return (findings ?? []).map((code) => ({ code, severity: own, remedies: [] }));
  }
  return (entriesAt(json, "findings") ?? []).flatMap((finding) => {
    const code = textAt(finding, "code");
    const remedies = (entriesAt(finding, "remedies") ?? []).filter((id) => typeof id === "string");
    return code === null ? [] : [{ code, severity: problemSeverity(partAt(finding, "severity")), remedies }];
  });
};

/** Null for a verdict of a later release. */
export const verdictCode = (code: string): VerdictCode | null => (isVerdict(code) ? code : null);

const isVerdict = (code: string): code is VerdictCode => Object.hasOwn(VERDICTS, code);

/** Null for a stage of a later release. */
export const verdictStage = (stage: string | null): VerdictStage | null =>
  STAGE_NAMES.find((name) => name === stage) ?? (stage === "done" ? "done" : null);

const NOTES: ReadonlyMap<string, string> = new Map(FINDING_NOTES.map(({ code, what }) => [code, what]));

const problemTitle = (code: string): Pick<ProblemText, "title" | "about"> => {
  const [name = "", stage = null] = code.split("@");
  const verdict = stage === null ? null : verdictCode(name);
  if (verdict === null) return { title: NOTES.get(name) ?? name, about: null };
  const { severity, meaning } = VERDICTS[verdict];
  // What is healthy is a problem only to the client of a capture.
  const told = severity === "ok" ? "critical" : severity;
  return { title: verdictTitle(verdict, verdictStage(stage) ?? "done", told), about: meaning };
};
