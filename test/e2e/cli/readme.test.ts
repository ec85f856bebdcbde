import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DEMO_ROWS, DEMO_SHOWN } from "../../../scripts/demo-scenarios.ts";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";

/** Those of the README's rows: the worst first. */
const ROWS = [
  "certificate-expired",
  "failure-3",
  "3des-only",
  "tls13-intolerant",
  "http",
  "no-negotiation-data",
  "nla-required",
] as const satisfies readonly (typeof DEMO_ROWS)[number][];

const lab = useLab("127.0.0.1", [DEMO_SHOWN, ...DEMO_ROWS]);

const lines = (text: string): readonly string[] => text.trimEnd().split("\n");

/** What the README says that the demo prints: the answer's command and lines, then the table's. */
const [shownLadder, shownTable] = (() => {
  const block = /```text\n([\s\S]*?)```/.exec(readFileSync("README.md", "utf8"))?.[1] ?? "";
  const [, ladder = "", table = ""] = block.split(/^\$ /m);
  return [lines(ladder), lines(table)] as const;
})();

/** Without what differs from run to run: ports, times, and how wide they make a column. */
const normal = (line: string): string =>
  line
    .replace(/(127\.0\.0\.1:|port )\d+/g, "$1N")
    .replace(/ \d+ ms/, " N ms")
    .trimEnd();

/** The cells of a row, the milliseconds left out; one that is cut ends with an ellipsis. */
const cellsOf = (row: string): readonly string[] =>
  normal(row)
    .split(/ {2,}/)
    .map((cell, index) => (index === HEAD.indexOf("MS") ? "N" : cell));

const HEAD = ["TARGET", "VERDICT", "STAGE", "NLA", "TLS", "DAYS", "MS", "SUMMARY"];

const HINT = "npm run demo prints what the README is to show";

describe("the output that the README shows", () => {
  it("is the answer that the demo prints, line by line", async () => {
    const { stdout } = await rdprobe([lab.target(DEMO_SHOWN)]);
    const [command = "", blank, ...ladder] = shownLadder;
    expect(normal(command)).toBe("rdprobe 127.0.0.1:N");
    expect(blank).toBe("");
    expect(ladder.map(normal), HINT).toEqual(lines(stdout).map(normal));
  });

  it("is the beginning of rows that the demo's table has", async () => {
    const { stdout } = await rdprobe(["--in-order", "--timeout", "3s", ...ROWS.map((id) => lab.target(id))]);
    const [command, , head = "", ...rows] = shownTable;
    expect(command).toBe(
      `rdprobe --timeout 3s 127.0.0.1:… (${1 + DEMO_ROWS.length} scenarios of rdprobe lab)`,
    );
    const [realHead = "", ...realRows] = lines(stdout);
    expect(cellsOf(head)).toEqual(cellsOf(realHead));
    expect(rows.at(-1)).toBe("…");
    expect(rows.slice(0, -1), HINT).toHaveLength(ROWS.length);
    for (const [index, row] of rows.slice(0, -1).entries()) {
      const cells = cellsOf(row);
      const summary = cells.at(-1) ?? "";
      const real = cellsOf(realRows[index] ?? "");
      expect(cells.slice(0, -1), HINT).toEqual(real.slice(0, -1));
      expect(real.at(-1)?.slice(0, summary.length - 1), HINT).toBe(summary.slice(0, -1));
    }
  });
});
