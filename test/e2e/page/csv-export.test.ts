/** The rows that the page saves: RFC 4180, no formula, and read back as what they were. */
import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { csvFormOf, rowsOfCsv } from "../../../src/report/csv/csv-rows.ts";
import { csvCell, csvOf } from "../../../src/page/csv-export.ts";
import { Scan } from "../../../src/page/scan.ts";
import { generatedScan } from "./generated-scan.ts";
import { hostileResults } from "./hostile-results.ts";
import { pageData } from "./make-page.ts";

test("a cell is what csv-stringify makes of it, with formulas guarded", () => {
  const text = fc.oneof(
    fc.string({
      unit: fc.constantFrom("=", "+", "-", "@", "\t", "\r", "\n", '"', ",", "a", "＝", "＠", " "),
    }),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(text, (cell) => {
      // An empty text and one that is only there for its quotes are the same to every reader.
      const theirs = stringify([[cell]], {
        escape_formulas: true,
        record_delimiter: "\r\n",
        quoted_match: /[\r\n]/,
      });
      expect(`${csvCell(cell)}\r\n`).toBe(theirs);
    }),
  );
});

test("rdprobe reads what the page saves, and finds the same hosts", () => {
  const results = [...generatedScan(64), ...hostileResults()];
  const scan = new Scan(pageData(results));
  const rows = Array.from({ length: scan.count }, (_, row) => row);
  const lines = csvOf(scan, rows).split("\r\n");
  const form = csvFormOf(lines[0] ?? "");
  if (form === null) throw new Error("the head is not ours");
  const read = rowsOfCsv(lines.slice(1, -1), form);
  expect(read).toHaveLength(scan.count);
  const asTold = rows.map((row) => ({ port: scan.data.port[row], verdict: scan.text("verdict", row) }));
  const unguarded = (text: string | null): string | null => text?.replace(/^'(?=[=+\-@])/, "") ?? null;
  expect(
    read.map(({ row }) => (row === null ? null : { port: row.port, verdict: unguarded(row.verdict) })),
  ).toEqual(asTold);
});
