/** What the page shows of one host beyond its row: the ladder, causes and fixes; out of a result's JSON. */
import { booleanAt, entriesAt, numberAt, partAt, textAt } from "../../audit/json-parts.ts";
import type { JsonObject } from "../../audit/result-row.ts";
import type { Remedy } from "../../verdict/remedies/remedy.ts";
import { remedyRow } from "../../verdict/remedies/remedies.ts";
import { STAGE_NAMES } from "../../verdict/verdicts.ts";
import { fullDepthFacts } from "./full-depth-facts.ts";
import type { HostDetails, ProblemSeverity, StageMark } from "./page-data.ts";
import { Texts } from "./text-columns.ts";

/** What all details share. */
export class DetailTables {
  readonly texts = new Texts();
  readonly remedies: Remedy[] = [];
  readonly #places = new Map<string, number>();

  /** The place of the remedy of this id; -1 for null, and for an id that is not ours. */
  remedy(id: string | null): number {
    const row = id === null ? null : remedyRow(id);
    if (row === null) return -1;
    const known = this.#places.get(row.id);
    if (known !== undefined) return known;
    this.#places.set(row.id, this.remedies.length);
    return this.remedies.push(row) - 1;
  }
}

const SEVERITIES: ReadonlyMap<unknown, ProblemSeverity> = new Map([
  ["critical", "c"],
  ["warning", "w"],
]);

/** What is none of the others is for information. */
export const problemSeverity = (severity: unknown): ProblemSeverity => SEVERITIES.get(severity) ?? "i";

const MARKS: ReadonlyMap<unknown, StageMark> = new Map([
  ["ok", "o"],
  ["failed", "f"],
]);

const STAGE_PLACES: ReadonlyMap<unknown, number> = new Map(STAGE_NAMES.map((name, place) => [name, place]));

/** @param json a result as it stands in a file, unchecked. */
export const hostDetails = (json: JsonObject, tables: DetailTables): HostDetails => {
  const place = (text: string | null): number => tables.texts.placeOf(text);
  const entries = (...names: readonly string[]): readonly unknown[] => entriesAt(json, ...names) ?? [];
  return [
    entries("stages").flatMap((stage) => {
      const name = STAGE_PLACES.get(partAt(stage, "name")) ?? -1;
      const mark = MARKS.get(partAt(stage, "status")) ?? "-";
      return name < 0
        ? []
        : [[name, mark, numberAt(stage, "durationMs"), place(textAt(stage, "note"))] as const];
    }),
    entries("findings").flatMap((finding) => {
      const code = textAt(finding, "code");
      if (code === null) return [];
      const severity = problemSeverity(partAt(finding, "severity"));
      return [[place(code), severity, place(textAt(finding, "summary"))] as const];
    }),
    entries("verdict", "causes").flatMap((cause) => {
      const code = textAt(cause, "code");
      if (code === null) return [];
      const [title, likelihood, why] = ["title", "likelihood", "why"].map((name) => textAt(cause, name));
      return [[place(code), place(title ?? code), place(likelihood ?? ""), place(why ?? null)] as const];
    }),
    remedyIds(json).flatMap((id) => {
      const at = tables.remedy(id);
      return at < 0 ? [] : [at];
    }),
    entries("refusedAdvice").flatMap((advice) => {
      const [what, why, instead] = ["advice", "why", "instead"].map((name) => textAt(advice, name));
      return what == null ? [] : [[place(what), place(why ?? ""), place(instead ?? "")] as const];
    }),
    factsOf(json).map(([label, value]) => [place(label), place(value)] as const),
  ];
};

/** Ids of the remedies, the likeliest cause's first. */
export const remedyIds = (json: JsonObject): readonly string[] =>
  (entriesAt(json, "remedies") ?? []).flatMap((remedy) => textAt(remedy, "id") ?? []);

/** What stands in no column. */
const factsOf = (json: JsonObject): readonly (readonly [string, string])[] => {
  const names = (entriesAt(json, "certificate", "subjectAltNames") ?? []).slice(0, MOST_NAMES);
  const facts: readonly (readonly [string, string | null])[] = [
    ["Through the proxy", textAt(json, "source", "proxy")],
    ["Capture", textAt(json, "source", "file")],
    ["Stream", textOf(numberAt(json, "source", "stream"))],
    ["Client", textAt(json, "source", "client")],
    ["mstsc shows", mstscText(partAt(json, "verdict", "mstsc"))],
    ["Meaning", textAt(json, "verdict", "meaning")],
    ["Key exchange group", textAt(json, "tls", "group")],
    ["Certificate names", listed(names.flatMap((name) => textAt({ name }, "name") ?? []))],
    ["Names the target", yesOrNo(booleanAt(json, "certificate", "matchesTarget"))],
    ["Certificate SHA-1", textAt(json, "certificate", "sha1")],
    ["Connections", textOf(numberAt(json, "connections"))],
    ["Public key SHA-256", textAt(json, "certificate", "keySha256")],
    ["Answer, hex", textAt(json, "negotiation", "raw")],
  ];
  return [
    ...facts.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const])),
    ...fullDepthFacts(json),
  ];
};

const MOST_NAMES = 8;

const mstscText = (value: unknown): string | null => {
  const [code, extended, name] = ["code", "extended", "name"].map((part) => textAt(value, part));
  if (code == null) return null;
  return `${code}${extended == null ? "" : `, extended ${extended}`}${name == null ? "" : ` (${name})`}`;
};

const textOf = (value: number | null): string | null => (value === null ? null : String(value));

const listed = (texts: readonly string[]): string | null => (texts.length === 0 ? null : texts.join(", "));

const yesOrNo = (value: boolean | null): string | null => (value === null ? null : value ? "yes" : "no");
