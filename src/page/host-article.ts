/** One host with its ladder, what was seen, why it fails and what to do: the drawer's content, and a ticket's. */
import { commandPlace } from "../report/text/command-place.ts";
import type { HostDetails } from "../report/page/page-data.ts";
import { agoText, wholeDays } from "../verdict/days-left.ts";
import { effectsOf, remedyFor, type ToldRemedy } from "../verdict/remedies/remedy.ts";
import { systemOf } from "./bars.ts";
import { dayOf } from "./certificate-ends.ts";
import { button, chip, counted, el } from "./dom.ts";
import { sentence } from "./problem-list.ts";
import type { Scan } from "./scan.ts";

/** @param level of the headings below the title. */
export const hostArticle = (scan: Scan, row: number, titleId: string): HTMLElement => {
  const details = scan.details(row);
  const text = (place: number): string => scan.data.texts[place] ?? "";
  return el(
    "article",
    { class: "host" },
    head(scan, row, titleId),
    ...(details === null
      ? [el("p", { class: "about" }, "The file has no more of this host than its row.")]
      : [
          ladder(details, text),
          findings(details, text),
          causes(details, text),
          remedies(scan, row, details),
          refused(details, text),
        ]),
    facts(scan, row, details, text),
  );
};

const head = (scan: Scan, row: number, titleId: string): HTMLElement => {
  const address = scan.text("address", row);
  const summary = scan.text("summary", row);
  const verdict = scan.text("verdict", row) ?? "";
  const stage = scan.text("stage", row);
  return el(
    "header",
    {},
    el(
      "p",
      { class: "host-place" },
      chip(scan.severity(row)),
      el("span", {}, scan.name(row)),
      scan.text("host", row) === null || address === null ? null : el("span", { class: "note" }, address),
    ),
    el("h2", { id: titleId, tabindex: "-1" }, sentence(scan.text("title", row) ?? verdict)),
    el(
      "p",
      { class: "about" },
      el("code", {}, verdict),
      stage === null || stage === "done" ? null : ` at ${stage}`,
      scan.text("mstsc", row) === null ? null : ` · mstsc shows ${scan.text("mstsc", row)}`,
    ),
    summary === null ? null : el("p", { class: "summary" }, `${sentence(summary)}.`),
  );
};

const STAGES = ["dns", "tcp", "negotiation", "tls", "certificate", "credssp", "mcs"] as const;
const MARKS = {
  o: { mark: "✓", word: "ok", tone: "ok" },
  f: { mark: "✕", word: "failed", tone: "critical" },
  "-": { mark: "–", word: "not run", tone: "unknown" },
} as const;

type TextAt = (place: number) => string;

const ladder = ([stages]: HostDetails, text: TextAt): HTMLElement | null =>
  stages.length === 0
    ? null
    : section(
        "Stages",
        el(
          "ol",
          { class: "ladder" },
          ...stages.map(([name, status, ms, note]) => {
            const { mark, word, tone } = MARKS[status];
            return el(
              "li",
              { class: tone },
              el("span", { class: "mark", "aria-hidden": "true" }, mark),
              el("span", { class: "stage" }, STAGES[name] ?? "", el("span", { class: "sr" }, `, ${word}`)),
              el("span", { class: "ms" }, ms === null ? "" : `${ms.toFixed(1)} ms`),
              el("span", { class: "note" }, note < 0 ? "" : text(note)),
            );
          }),
        ),
      );

const SEVERITIES = { i: "info", w: "warning", c: "critical" } as const;
const ORDER = { c: 0, w: 1, i: 2 } as const;

const findings = ([, all]: HostDetails, text: TextAt): HTMLElement | null =>
  all.length === 0
    ? null
    : section(
        "Also seen",
        el(
          "ul",
          { class: "findings" },
          ...all
            .toSorted(([, a], [, b]) => ORDER[a] - ORDER[b])
            .map(([code, severity, summary]) =>
              el(
                "li",
                {},
                chip(SEVERITIES[severity]),
                el(
                  "span",
                  {},
                  summary < 0 ? text(code) : `${sentence(text(summary))}.`,
                  " ",
                  el("code", {}, text(code)),
                ),
              ),
            ),
        ),
      );

const causes = ([, , all]: HostDetails, text: TextAt): HTMLElement | null =>
  all.length === 0
    ? null
    : section(
        "Why",
        el(
          "ol",
          { class: "causes" },
          ...all.map(([code, title, likelihood, why]) =>
            el(
              "li",
              {},
              el("span", { class: "likelihood" }, text(likelihood)),
              el(
                "div",
                {},
                el("strong", {}, sentence(text(title))),
                " ",
                el("code", {}, text(code)),
                why < 0 ? null : el("p", { class: "about" }, `${sentence(text(why))}.`),
              ),
            ),
          ),
        ),
      );

const remedies = (scan: Scan, row: number, [, , , places]: HostDetails): HTMLElement | null => {
  const all = places.flatMap((place) => scan.data.remedies[place] ?? []);
  const target = { host: scan.host(row), port: scan.data.port[row] ?? 0 };
  return all.length === 0
    ? null
    : section(
        "What to do",
        el(
          "ol",
          { class: "remedies" },
          ...all.map((remedy, index) => el("li", {}, oneRemedy(remedyFor(remedy, target), index === 0))),
        ),
      );
};

/** The first stands open. */
const oneRemedy = (remedy: ToldRemedy, isOpen: boolean) => {
  const { id, title, risk, steps, check, fix, undo, confirm } = remedy;
  const warnings = [...(risk === "low" ? [] : [`risk ${risk}`]), ...effectsOf(remedy)];
  return el(
    "details",
    { open: isOpen },
    el(
      "summary",
      {},
      title,
      warnings.length === 0 ? null : el("span", { class: "risk" }, ` (${warnings.join(", ")})`),
    ),
    el("p", { class: "about" }, `Where: ${commandPlace(remedy)}. `, el("code", {}, `rdprobe explain ${id}`)),
    ...steps.map((step) => el("p", {}, step)),
    ...[["Check (changes nothing)", check] as const, ["Fix", fix] as const].flatMap(([label, commands]) =>
      commands.length === 0
        ? []
        : [el("p", { class: "about" }, label), commandBlock(commands, `${label}: ${title}`)],
    ),
    el("p", { class: "about" }, `Undo: ${undo}`),
    ...confirm.map((event) => el("p", { class: "about" }, `Confirms it: ${event}`)),
  );
};

/** With a button that copies, where the browser lets pages do so. */
const commandBlock = (commands: readonly string[], title: string): HTMLElement => {
  const text = commands.join("\n");
  const block = el(
    "pre",
    { tabindex: "0", role: "group", "aria-label": `Commands: ${title}` },
    el("code", {}, text),
  );
  if (navigator.clipboard === undefined) return block;
  const copy = button(
    { class: "copy" },
    () => {
      navigator.clipboard.writeText(text).then(
        () => copy.replaceChildren("Copied"),
        () => copy.replaceChildren("Select and copy"),
      );
    },
    "Copy",
  );
  return el("div", { class: "commands" }, block, copy);
};

const refused = ([, , , , all]: HostDetails, text: TextAt): HTMLElement | null =>
  all.length === 0
    ? null
    : section(
        "Often advised, and wrong here",
        el(
          "ul",
          { class: "refused" },
          ...all.map(([advice, why, instead]) =>
            el(
              "li",
              {},
              el("strong", {}, `Do not ${text(advice)}`),
              el("p", { class: "about" }, `${sentence(text(why))}. Instead: ${text(instead)}.`),
            ),
          ),
        ),
      );

const facts = (scan: Scan, row: number, details: HostDetails | null, text: TextAt): HTMLElement => {
  const certificate = scan.certificate(scan.certificatePlace(row));
  const days = scan.days(row);
  const versions = scan.text("tls_versions", row);
  const startedAt = scan.data.startedAt[row] ?? null;
  const shared =
    certificate === null ? 1 : scan.data.certificate.filter((place) => place === certificate.place).length;
  const seen: readonly (readonly [string, string | null])[] = [
    ["NLA", scan.text("nla", row)],
    ["Security layers accepted", scan.text("layers", row)],
    ["TLS", scan.text("tls_version", row)],
    ["TLS versions accepted", versions],
    ["Cipher suite", scan.text("cipher", row)],
    ["System", systemOf(scan, row)],
    ["Build", scan.text("os_version", row)],
    ["Computer", scan.text("name", row)],
    ["Domain", scan.text("domain", row)],
    ["Certificate", certificate?.subject ?? null],
    [
      "Issuer",
      certificate === null || certificate.issuer === certificate.subject ? null : certificate.issuer,
    ],
    [
      "Valid",
      certificate?.notAfter == null
        ? null
        : `${certificate.notBefore === null ? "?" : dayOf(certificate.notBefore)} to ${dayOf(certificate.notAfter)}, ${daysText(days)}`,
    ],
    ["Key", certificate?.key ?? null],
    ["Signature", certificate?.signature ?? null],
    ["Certificate SHA-256", certificate?.sha256 ?? null],
    ["The same certificate at", shared > 1 ? counted(shared, "result") : null],
    ...(details?.[5] ?? []).map(([label, value]) => [text(label), text(value)] as const),
    ["Probed", startedAt === null ? null : `${new Date(startedAt * 1000).toISOString().slice(0, 19)}Z`],
    ["Time", scan.data.durationMs[row] == null ? null : `${scan.data.durationMs[row]} ms`],
  ];
  return section(
    "Facts",
    el(
      "dl",
      {},
      ...seen.flatMap(([label, value]) =>
        value === null ? [] : [el("div", {}, el("dt", {}, label), el("dd", {}, value))],
      ),
    ),
  );
};

const daysText = (days: number): string =>
  days < 0 ? `ended ${agoText(days)}` : `${counted(wholeDays(days), "day")} left`;

const section = (title: string, ...children: readonly HTMLElement[]): HTMLElement =>
  el("section", {}, el("h3", {}, title), ...children);
