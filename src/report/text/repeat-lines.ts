/** Many probes of one place as a small drawing: a strip of verdicts and times, the stages' spread, who answered. */
import { greatest } from "../../bytes/extremes.ts";
import type { MemberReport, RepeatedProbe, RepeatReport } from "../../verdict/repeat/repeat.ts";
import type { Result } from "../../verdict/result/result.ts";
import type { Palette } from "./palette.ts";
import { safeText } from "../safe/safe-text.ts";
import { wrap } from "./wrap.ts";

/** Longer strips show their last part. */
const MAX_STRIP_LINES = 8;

const GOOD = ".";

/** One letter a verdict, for those that may come and go; the others share the last. */
const LETTERS: Readonly<Record<string, string>> = {
  ok: GOOD,
  "nla-required": GOOD,
  reset: "r",
  closed: "c",
  timeout: "t",
  "port-filtered": "f",
  "port-closed": "x",
  unreachable: "u",
  "name-not-found": "n",
  "dns-failure": "d",
  "certificate-expired": "e",
  malformed: "m",
};

const OTHER = "!";

const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** Nothing for a result of one probe. */
export const repeatLines = (
  { repeat }: Pick<Result, "repeat">,
  columns: number,
  palette: Palette,
): readonly string[] => {
  if (repeat === undefined) return [];
  const last = repeat.probes.at(-1);
  const overMs = last === undefined ? 0 : last.atMs + last.durationMs;
  return [
    palette.strong(`${repeat.count} probes in ${(overMs / 1000).toFixed(1)} s`),
    ...stripLines(repeat, columns - 2, palette),
    ...wrap(legend(repeat), columns, "  "),
    ...spreadLines(repeat, palette),
    ...wrap(lossText(repeat), columns, "  "),
    ...memberLines(repeat.members, palette),
  ];
};

/** Verdicts above, and under each the time of its TCP connect. */
const stripLines = ({ probes }: RepeatReport, width: number, palette: Palette): readonly string[] => {
  const lines: string[] = [];
  const shown = probes.slice(-MAX_STRIP_LINES * width);
  const slowestMs = greatest(
    1,
    probes.map(({ stageMs }) => stageMs.tcp ?? 0),
  );
  if (shown.length < probes.length) lines.push(palette.faint(`  the last ${shown.length}:`));
  for (let at = 0; at < shown.length; at += width) {
    const part = shown.slice(at, at + width);
    lines.push(`  ${part.map((probe) => palette.severity(probe.severity, letterOf(probe.code))).join("")}`);
    lines.push(palette.faint(`  ${part.map((probe) => barOf(probe, slowestMs)).join("")}`).trimEnd());
  }
  return lines;
};

const letterOf = (code: string): string => LETTERS[code] ?? OTHER;

const barOf = ({ stageMs }: RepeatedProbe, slowestMs: number): string =>
  stageMs.tcp === undefined ? " " : (BARS[Math.floor((stageMs.tcp / slowestMs) * (BARS.length - 1))] ?? " ");

const legend = ({ verdicts, count }: RepeatReport): string => {
  const parts = Object.entries(verdicts).map(([code, times]) => `${letterOf(code)} ${code} ${times}`);
  return `${parts.join("   ")}   of ${count}`;
};

const CELL = 9;

const spreadLines = ({ stages }: RepeatReport, palette: Palette): readonly string[] => {
  const rows = Object.entries(stages);
  if (rows.length === 0) return [];
  const head = ["min", "median", "p95", "max", "jitter"].map((name) => name.padStart(CELL)).join("");
  return [
    palette.faint(`  ${"ms".padEnd(12)}${head}`),
    ...rows.map(([name, { min, median, p95, max, jitterMs }]) => {
      const cells = [min, median, p95, max, jitterMs].map((ms) => (ms === null ? "-" : ms.toFixed(1)));
      return `  ${name.padEnd(12)}${cells.map((cell) => cell.padStart(CELL)).join("")}`;
    }),
  ];
};

const lossText = ({ lossPercent, loss, count }: RepeatReport): string => {
  const { repeatedSyns, brokenOff, lowPercent, highPercent } = loss;
  return `lost: ${lossPercent} % of ${count} (95 % interval ${lowPercent} to ${highPercent} %); ${repeatedSyns} SYN retransmissions, ${brokenOff} aborted`;
};

const memberLines = (members: readonly MemberReport[], palette: Palette): readonly string[] => {
  if (members.length < 2) return [];
  const bad = members.filter((member) => member.bad).length;
  return [
    `  ${members.length} machines behind this address${bad === 0 ? "" : `, ${bad} of ${members.length} bad`}:`,
    ...members.map(({ count, computer, subject, certificate, verdicts, bad: isBad }) => {
      const mark = palette.severity(isBad ? "critical" : "ok", (isBad ? "bad" : "ok").padEnd(4));
      const who = safeText(computer ?? subject ?? "no subject");
      return `    ${mark}${String(count).padStart(4)} × ${who}: ${Object.keys(verdicts).join(", ")}; SHA-256 ${certificate.slice(0, 16)}…`;
    }),
  ];
};
