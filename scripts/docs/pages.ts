/** The pages of docs/ that are made of the tables: pure functions from rows to Markdown. */

import { explain } from "../../src/explain/explain.ts";
import { MEANING_KINDS, type Meaning, type MeaningKind } from "../../src/explain/meaning.ts";
import { ENTRIES } from "../../src/explain/meanings.ts";
import { causesOfVerdict } from "../../src/explain/table-causes.ts";
import { BEYOND_THE_HANDSHAKE } from "../../src/verdict/remedies/beyond-the-handshake.ts";
import type { CauseRow } from "../../src/verdict/causes/cause.ts";
import { CAUSES } from "../../src/verdict/causes/causes.ts";
import { REFUSED_ADVICE } from "../../src/verdict/remedies/refused-advice.ts";
import { REMEDIES, remedyRow } from "../../src/verdict/remedies/remedies.ts";
import {
  EXAMPLE_TARGET,
  filledFor,
  isUndoCommand,
  type Remedy,
  remedyFor,
  effectsOf,
} from "../../src/verdict/remedies/remedy.ts";
import { verdictTitles } from "../../src/verdict/verdict-titles.ts";
import { VERDICT_CODES, VERDICTS, type VerdictCode } from "../../src/verdict/verdicts.ts";
import { columnsPage } from "./columns.ts";
import { CAUSE_EXAMPLES, type Example, exampleText, verdictExample } from "./examples.ts";
import { GENERATED, withoutTags } from "./generated.ts";
import { POPULAR_ADVICE, TEN_MINUTES } from "./socket-closed.ts";

/** Path below docs/ to text, for every generated page. */
export const pages = (): ReadonlyMap<string, string> =>
  new Map([
    ["index.md", indexPage()],
    ["codes.md", codesPage()],
    ["columns.md", columnsPage()],
    ["0x904-0x7.md", socketClosedPage()],
    ...NUMBERED.map((kind) => [`codes/${kind}.md`, kindPage(kind)] as const),
    ["if-a-client-still-fails.md", beyondPage()],
    ["refused-advice.md", refusedPage()],
    ...VERDICT_CODES.map((code) => [`verdicts/${code}.md`, verdictPage(code)] as const),
    ...CAUSES.map((row) => [`causes/${row.code}.md`, causePage(row)] as const),
    ...REMEDIES.map((row) => [`remedies/${row.id}.md`, remedyPage(row)] as const),
  ]);

/** The example of a remedy is that of the first cause that names it. */
export const remedyExample = (id: string): Example => {
  const row = CAUSES.find(({ remedies }) => remedies.some((other) => other === id));
  if (row === undefined) throw new Error(`no cause names the remedy ${id}`);
  return CAUSE_EXAMPLES[row.code];
};

const page = (title: string, ...blocks: readonly (readonly string[])[]): string =>
  withoutTags(
    `${[[`# ${title}`], [GENERATED], ...blocks]
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join("\n"))
      .join("\n\n")}\n`,
  );

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`## ${title}`, "", ...lines];

const list = (texts: readonly string[]): readonly string[] => texts.map((text) => `- ${text}`);

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const linkTo = (folder: string, code: string, title: string): string =>
  `[${code}](${folder}/${code}.md): ${title}`;

const indexPage = (): string =>
  page(
    "Verdicts, causes and remedies",
    [
      "What rdprobe says, why it may be so, and what to do. The same is in the program: `rdprobe explain <name>`.",
      "See also [codes.md](codes.md) for the numbers of mstsc, Windows and TLS,",
      "[if-a-client-still-fails.md](if-a-client-still-fails.md) for servers that are in order, and",
      "[refused-advice.md](refused-advice.md) for advice that is popular and wrong. mstsc's 0x904 with 0x7 has",
      "a page of its own: [0x904-0x7.md](0x904-0x7.md).",
    ],
    section("Verdicts", list(VERDICT_CODES.map((code) => linkTo("verdicts", code, titled(code))))),
    section("Causes", list(CAUSES.map(({ code, title }) => linkTo("causes", code, title)))),
    section(
      "Remedies",
      list(REMEDIES.map(({ id, title, risk }) => linkTo("remedies", id, `${title} (risk ${risk})`))),
    ),
  );

const verdictPage = (code: VerdictCode): string => {
  const { severity, stages, meaning } = VERDICTS[code];
  const causes = code === "ok" ? [] : causesOfVerdict(code);
  const advice = REFUSED_ADVICE.filter(({ verdicts }) =>
    verdicts.some((place) => place === code || place.startsWith(`${code} at `)),
  );
  return page(
    code,
    [meaning],
    [`Severity ${severity}; arises at ${stages.join(", ")}.`],
    section("Causes", list(causes.map(({ code: cause, title }) => linkTo("../causes", cause, title)))),
    section(
      "Advice that does not fit",
      list(advice.map(({ advice: text, why }) => `Do not ${text}: ${why}.`)),
    ),
    section("Example", [sentence(exampleText(verdictExample(code)))]),
  );
};

const causePage = (row: (typeof CAUSES)[number]): string =>
  page(
    row.code,
    [sentence(row.title)],
    [row.about],
    section("When it is named", whenLines(row)),
    section("What to do", list(row.remedies.map((id) => linkTo("../remedies", id, titleOfRemedy(id))))),
    section("How well it is known", [sentence(`${row.basis}: ${row.source}`)]),
    section("Example", [sentence(exampleText(CAUSE_EXAMPLES[row.code]))]),
  );

/** How grave it is, and what it is called for people. */
const titled = (code: VerdictCode): string => `${VERDICTS[code].severity}: ${verdictTitles(code).join("; ")}`;

const whenLines = ({ verdicts, signs, findings, against }: CauseRow): readonly string[] => [
  ...(verdicts.length === 0 ? [] : [`Considered for: ${verdicts.join(", ")}.`, ""]),
  "| likelihood | observation |",
  "| --- | --- |",
  ...signs.map(({ likelihood, when }) => `| ${likelihood} | ${when} |`),
  ...findings.map(({ likelihood, code }) => `| ${likelihood} | the finding \`${code}\` |`),
  `| speaks against it | ${against} |`,
];

const titleOfRemedy = (id: string): string => remedyRow(id)?.title ?? id;

const SHELLS = { powershell: "powershell", cmd: "bat", bash: "bash" } as const;
const PLACES = {
  server: "On the server",
  client: "At the client",
  network: "In the network",
  azure: "In Azure",
} as const;

const remedyPage = (row: Remedy): string => {
  const told = remedyFor(row, EXAMPLE_TARGET);
  const { id, title, where, risk, shell, steps, check, fix, undo, confirm } = told;
  const block = (lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [`\`\`\`${SHELLS[shell]}`, ...lines, "```"];
  const causes = CAUSES.filter(({ remedies }) => remedies.some((other) => other === id));
  return page(
    id,
    [`${title}.`],
    [`${[PLACES[where], `risk ${risk}`, ...effectsOf(told)].join(", ")}.`],
    section("Steps", list(steps)),
    section("Check (changes nothing)", block(check)),
    section("Fix", block(fix)),
    section("Undo", isUndoCommand(undo) ? [`\`\`\`${SHELLS[shell]}`, undo, "```"] : [sentence(undo)]),
    section("What on the server confirms it", list(confirm)),
    section("For these causes", list(causes.map(({ code, title: name }) => linkTo("../causes", code, name)))),
    section("Example", [sentence(exampleText(remedyExample(id)))]),
  );
};

const BEYOND_PLACES = {
  server: "On the server, elevated PowerShell",
  client: "On the client, PowerShell",
  "domain controller": "On a domain controller, elevated PowerShell",
} as const;

const beyondPage = (): string =>
  page(
    "If a client still fails",
    [
      "rdprobe says that the server is in order, and a user cannot get in all the same. The handshake does not show why:",
      "it comes at the logon, in the session or in the client. `rdprobe <server> -v` names those that fit the server, and",
      "`rdprobe clients --for <server>` says which clients the server's TLS suits. All commands here only look.",
    ],
    section("By what the user sees", [
      "| what the user sees | why |",
      "| --- | --- |",
      ...BEYOND_THE_HANDSHAKE.map(({ code, symptom, title }) => `| ${symptom} | [${title}](#${code}) |`),
    ]),
    ...BEYOND_THE_HANDSHAKE.map(({ code, symptom, about, where, commands, remedy, basis, source }) =>
      section(code, [
        sentence(symptom),
        "",
        about,
        "",
        ...(commands.length === 0
          ? []
          : [
              `${BEYOND_PLACES[where]}:`,
              "",
              "```powershell",
              ...commands.map((command) => filledFor(command, EXAMPLE_TARGET)),
              "```",
              "",
            ]),
        remedy,
        "",
        sentence(`${basis}: ${source}`),
      ]),
    ),
  );

const refusedPage = (): string =>
  page(
    "Advice that is popular and wrong",
    ["Found on many web pages about 0x904. rdprobe names it where it is popular for what was seen."],
    ...REFUSED_ADVICE.map(({ id, advice, why, instead, verdicts }) =>
      section(id, [
        `Do not ${advice}: ${why}.`,
        "",
        `Instead: ${instead}.`,
        "",
        `Popular for: ${verdicts.join(", ")}.`,
      ]),
    ),
  );

/** The kinds that are numbers; the others have pages. */
const NUMBERED: readonly MeaningKind[] = [
  "disconnect",
  "extended",
  "errinfo",
  "failure",
  "alert",
  "event",
  "ntstatus",
  "hresult",
  "win32",
  "gateway",
  "freerdp",
  "guacamole",
  "nagios",
];

const codesPage = (): string =>
  page(
    "Codes",
    [
      "Every number that `rdprobe explain` knows, with where it arises and how well it is known, one page for each",
      "family. mstsc's 0x904 with 0x7 has [a page of its own](0x904-0x7.md).",
    ],
    list(
      NUMBERED.map(
        (kind) =>
          `[${MEANING_KINDS[kind]}](codes/${kind}.md): ${rowsOf(kind).length}, \`rdprobe explain ${kind} <number>\``,
      ),
    ),
  );

const rowsOf = (kind: MeaningKind): readonly Meaning[] =>
  ENTRIES.filter((row) => row.kind === kind).map(({ tell }) => tell());

const kindPage = (kind: MeaningKind): string =>
  page(
    sentence(MEANING_KINDS[kind]).slice(0, -1),
    [
      `\`rdprobe explain ${kind} <number>\` says the same with causes and remedies. [All codes](../codes.md).`,
    ],
    [
      "| code | decimal | name | stage | known | what | source |",
      "| --- | --- | --- | --- | --- | --- | --- |",
      ...rowsOf(kind).map(codeRow),
    ],
  );

/** The page that somebody who searches for the numbers should land on. */
const socketClosedPage = (): string => {
  const { together, meanings } = explain(["0x904", "0x7"]);
  const [reason] = meanings;
  return page(
    "Error code 0x904, extended error code 0x7",
    ['mstsc says: "An internal error has occurred", with error code 0x904 and extended error code 0x7.'],
    section("What it means, and what it does not", [together ?? "", "", reason?.what ?? ""]),
    section("From the symptom to the cause in ten minutes", [
      "Nothing of this changes anything.",
      ...TEN_MINUTES.flatMap(({ run, answers }, index) => [
        "",
        `${index + 1}. Run:`,
        "",
        "```text",
        run,
        "```",
        "",
        "| answer | means |",
        "| --- | --- |",
        ...answers.map(([answer, means]) => `| ${answer} | ${means} |`),
      ]),
    ]),
    section(
      "Causes, in the order in which they are worth looking at",
      list((reason?.causes ?? []).map(({ code, title }) => linkTo("causes", code, title))),
    ),
    section("What people advise", [
      "| advice | worth | why | source |",
      "| --- | --- | --- | --- |",
      ...POPULAR_ADVICE.map(
        ({ advice, worth, why, source }) => `| ${advice} | ${worth} | ${why} | ${source} |`,
      ),
    ]),
    section("More", list(["[codes](codes.md)", "[advice that is refused](refused-advice.md)"])),
  );
};

const codeRow = ({ code, decimal, name, stage, basis, what, source }: Meaning): string =>
  `| ${code} | ${decimal} | ${name} | ${stage} | ${basis} | ${what} | ${source} |`;
