/** One result as a ladder of stages, then the verdict, what it means and what to do next. */
import { beyondTheHandshake } from "../../verdict/remedies/beyond-the-handshake.ts";
import type { Finding, Result, StageReport } from "../../verdict/result/result.ts";
import { SERVER_NAMES, type ServerImplementation } from "../../verdict/server/implementations.ts";
import { causeLines, type LadderOptions, refusedLines, remedyLines } from "./advice-lines.ts";
import { fullLines } from "./full-lines.ts";
import { layerLines } from "./layer-lines.ts";
import { type Palette, paletteOf } from "./palette.ts";
import { placeOf } from "../place-of.ts";
import { repeatLines } from "./repeat-lines.ts";
import { safeText } from "../safe/safe-text.ts";
import { graverFindings, summaryText } from "../table/summary-text.ts";
import { wrap } from "./wrap.ts";

const LABELS = { ok: "OK", warning: "WARNING", critical: "CRITICAL" } as const;

/** The whole text, with its final newline. */
export const ladder = (result: Result, options: LadderOptions): string => {
  const palette = paletteOf(options.color);
  const sections = [
    [heading(result, palette), ...streamLines(result, palette), ...serverLines(result, palette)],
    stageLines(result, options, palette),
    repeatLines(result, options.columns, palette),
    layerLines(result, palette),
    verdictLines(result, options, palette),
    // What was seen stands above what is to be done about it.
    findingLines(result, options, palette),
    causeLines(result, options, palette),
    remedyLines(result, options, palette),
    refusedLines(result, options, palette),
    options.verbose ? beyondLines(result, options, palette) : [],
    fullLines(result, palette, options.color),
    options.verbose ? wireLines(result, options, palette) : [],
  ];
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join("\n")).join("\n\n")}\n`;
};

/** How bad it is, the verdict and what is graver than it, on one line without a newline. */
export const verdictLine = (result: Result, color: boolean): string => {
  const { verdict, severity } = result;
  const label = paletteOf(color).severity(severity, LABELS[severity]);
  const where = verdict.stage === "done" ? "" : ` at ${verdict.stage}`;
  return `${label} ${placeOf(result)}${streamOf(result)} ${verdict.code}${where}: ${summaryText(result)}`;
};

const streamOf = ({ source }: Result): string =>
  source.kind === "pcap" ? ` stream ${source.stream} of ${source.client}` : "";

const heading = (result: Result, palette: Palette): string => {
  const { address, host } = result.target;
  const at = address === null || address === host ? "" : ` (${address})`;
  return palette.strong(`${placeOf(result)}${at}`);
};

/** The proxy in between; or where in a capture the connection stands, and when it was. */
const streamLines = (result: Result, palette: Palette): readonly string[] => {
  const { source, startedAt } = result;
  if (source.kind === "live") {
    return source.proxy === undefined ? [] : [palette.faint(`through the proxy ${safeText(source.proxy)}`)];
  }
  const { file, stream, client, server } = source;
  return [palette.faint(`stream ${stream} of ${safeText(file)}: ${client} to ${server}, ${startedAt}`)];
};

/** Who answers, where that is known. */
const serverLines = ({ server }: Result, palette: Palette): readonly string[] => {
  if (server === null || server.implementation === "unknown") return [];
  const { implementation, version, confidence } = server;
  const name = [nameOf(implementation), version].filter((part) => part !== null).join(" ");
  return [palette.faint(`server: ${safeText(name)} (${confidence})`)];
};

/** Of a library that several serve with it is told which. */
const nameOf = (implementation: ServerImplementation): string =>
  implementation === "freerdp"
    ? "FreeRDP (its shadow server, or a program on its library)"
    : SERVER_NAMES[implementation];

const MARKS: Readonly<Record<StageReport["status"], string>> = { ok: "ok", failed: "FAILED", skipped: "-" };

const NOTE_COLUMN = 34;

const stageLines = (result: Result, { columns }: LadderOptions, palette: Palette): readonly string[] =>
  shownStages(result).flatMap((stage) => {
    const mark = MARKS[stage.status].padEnd(8);
    const time = stage.durationMs === null ? "" : `${stage.durationMs.toFixed(1)} ms`;
    const head = `${stage.name.padEnd(12)}${time.padStart(11)}`;
    const [first = "", ...more] = wrap(safeText(stage.note), columns, " ".repeat(NOTE_COLUMN));
    const line = `  ${coloured(stage.status, mark, result, palette)}${head} ${first.trimStart()}`.trimEnd();
    return [stage.status === "skipped" ? palette.faint(line) : line, ...more];
  });

/** Stages that every probe comes to unless an earlier one fails. */
const KEPT_FROM_RUNNING: ReadonlySet<StageReport["name"]> = new Set([
  "tcp",
  "negotiation",
  "tls",
  "certificate",
]);

/** Stages that were run or of which something is known, and those that the failure kept from running. */
const shownStages = ({ stages, verdict }: Result): readonly StageReport[] => {
  const failed = verdict.severity === "ok" ? -1 : stages.findIndex(({ status }) => status === "failed");
  return stages.filter(
    ({ status, name, note }, index) =>
      status !== "skipped" || note !== "" || (failed >= 0 && index > failed && KEPT_FROM_RUNNING.has(name)),
  );
};

const coloured = (
  status: StageReport["status"],
  mark: string,
  { verdict }: Result,
  palette: Palette,
): string => {
  if (status === "ok") return palette.severity("ok", mark);
  return status === "failed" ? palette.severity(verdict.severity, mark) : mark;
};

const verdictLines = (result: Result, { columns }: LadderOptions, palette: Palette): readonly string[] => {
  const { verdict, severity } = result;
  const label = palette.severity(severity, palette.strong(LABELS[severity]));
  const where = verdict.stage === "done" ? "" : ` at ${verdict.stage}`;
  const graver = graverFindings(result).map(({ code }) => code);
  const but = graver.length === 0 ? "" : `, but ${graver.join(", ")}`;
  const lines = [`${label}  ${palette.strong(verdict.code)}${where}${but}`];
  const texts = [sentence(safeText(verdict.summary)), verdict.meaning];
  const { mstsc } = verdict;
  if (mstsc !== null) {
    const extended = mstsc.extended === null ? "" : `, extended ${mstsc.extended}`;
    texts.push(
      `mstsc: ${mstsc.code} (${mstsc.decimal}), ${mstsc.name}${extended} (${mstsc.confidence}: what mstsc shows in this case).`,
    );
  }
  return [...lines, ...texts.flatMap((text) => wrap(text, columns, "  "))];
};

const findingLines = (
  { findings }: Result,
  { columns, verbose }: LadderOptions,
  palette: Palette,
): readonly string[] => {
  const shown = verbose ? findings : findings.filter(({ severity }) => severity !== "info");
  if (shown.length === 0) return [];
  return [palette.strong("Also seen"), ...shown.flatMap((finding) => oneFinding(finding, columns, palette))];
};

const oneFinding = (finding: Finding, columns: number, palette: Palette): readonly string[] => {
  const [first = "", ...more] = wrap(safeText(finding.summary), columns, " ".repeat(11));
  return [`  ${palette.severity(finding.severity, finding.severity.padEnd(9))}${first.trimStart()}`, ...more];
};

/** Why a client may fail at a server that is in order. */
const beyondLines = (result: Result, { columns }: LadderOptions, palette: Palette): readonly string[] => {
  const rows = beyondTheHandshake(result);
  if (rows.length === 0) return [];
  return [
    palette.strong("If a client still fails (the handshake cannot show these)"),
    ...rows.flatMap(({ code, symptom, title }) => [
      ...wrap(`${symptom}:`, columns, "  "),
      ...wrap(`${title} (rdprobe explain ${code})`, columns, "    "),
    ]),
  ];
};

const ROUTING_NAMES = { cookie: "cookie mstshash", token: "routing token" } as const;

const wireLines = (result: Result, { columns }: LadderOptions, palette: Palette): readonly string[] => {
  const { negotiation, certificate, connections, durationMs, verdict, server } = result;
  const evidence = Object.entries(verdict.evidence).map(
    ([name, value]) => `${name} ${safeText(String(value))}`,
  );
  const facts = [
    `${connections} connection${connections === 1 ? "" : "s"}, ${durationMs.toFixed(1)} ms`,
    negotiation === null
      ? null
      : `requested ${negotiation.requested.join(", ")}; answer ${safeText(negotiation.raw)}`,
    negotiation?.routing == null
      ? null
      : `sent with the ${ROUTING_NAMES[negotiation.routing.kind]} ${safeText(negotiation.routing.text)}`,
    ...(server?.evidence ?? []).map((text) => `${server?.implementation}: ${safeText(text)}`),
    negotiation === null || negotiation.flags.length === 0 ? null : `flags ${negotiation.flags.join(", ")}`,
    evidence.length === 0 ? null : `evidence: ${evidence.join("; ")}`,
    certificate === null ? null : `certificate SHA-256 ${certificate.sha256}`,
    certificate === null ? null : `certificate SHA-1   ${certificate.sha1}`,
    certificate === null ? null : `valid ${certificate.notBefore ?? "?"} to ${certificate.notAfter ?? "?"}`,
    certificate?.issuer === null || certificate === null ? null : `issuer ${safeText(certificate.issuer)}`,
  ];
  return [
    palette.strong("On the wire"),
    ...facts.flatMap((fact) => (fact === null ? [] : wrap(fact, columns, "  "))),
  ];
};

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
