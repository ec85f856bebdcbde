import { gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ResultRow } from "../../src/audit/result-row.ts";
import { rowOfJson, rowOfResult } from "../../src/audit/row-of-json.ts";
import { readRows } from "../../src/cli/outputs/result-rows.ts";
import { csvRecord, unguarded } from "../../src/report/csv/csv.ts";
import type { Result } from "../../src/verdict/result/result.ts";
import { RESULTS } from "../report/results.ts";
import { CSV_OF, ENCODINGS, FORMS, MANY_RESULTS, NDJSON_OF } from "./result-files.ts";

const read = async (
  content: Uint8Array | string,
  { withTorn = true } = {},
): Promise<{ readonly rows: readonly ResultRow[]; readonly warnings: readonly string[] }> => {
  const rows: ResultRow[] = [];
  const warnings: string[] = [];
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const input = {
    path: "-",
    // In pieces, so that every boundary falls somewhere.
    stdin: async function* () {
      for (let at = 0; at < bytes.length; at += 977) yield bytes.subarray(at, at + 977);
    },
    warn: (text: string) => void warnings.push(text),
    withTorn,
  };
  for await (const { row } of readRows(input)) rows.push(row);
  return { rows, warnings };
};

/** What has no column is not known to CSV. */
const asCsvKnows = (row: ResultRow): ResultRow => ({
  ...row,
  layers: Object.fromEntries(Object.entries(row.layers).filter(([, state]) => state === "accepted")),
  tlsVersions: row.tlsVersions?.length === 0 ? null : row.tlsVersions,
  json: null,
});

const ROWS = MANY_RESULTS.map(rowOfResult);

describe.each(FORMS)("results as $name", ({ text, format }) => {
  const expected = format === "csv" ? ROWS.map(asCsvKnows) : ROWS;

  it.each(ENCODINGS)("are the same rows in %s", async (_, encode) => {
    expect(await read(encode(text(MANY_RESULTS)))).toEqual({ rows: expected, warnings: [] });
  });

  it("are the same rows compressed", async () => {
    expect((await read(gzipSync(text(MANY_RESULTS)))).rows).toEqual(expected);
  });
});

describe("CSV that was saved again", () => {
  const [result = RESULTS.silent] = MANY_RESULTS;

  it("with semicolons and commas in numbers is read", async () => {
    const records: string[][] = parse(CSV_OF([result]));
    const german = stringify(
      records.map((cells) => cells.map((cell) => (cell === "-22.5" ? "-22,5" : cell))),
      { delimiter: ";" },
    );
    const { rows } = await read(german);
    expect(german).toContain(";-22,5;");
    expect(rows).toEqual([asCsvKnows(rowOfResult(result))]);
  });

  it("with other columns, in another order, is read by their names", async () => {
    const text = 'owner,verdict,note,port,target\r\nme,reset,"two\nlines, and a ""quote""",3390,server01\r\n';
    expect((await read(text)).rows).toMatchObject([
      { host: "server01", port: 3390, verdict: "reset", stage: null, nla: "unknown", findings: null },
    ]);
  });
});

describe("the end of a file that was cut", () => {
  const two: readonly Result[] = [RESULTS.noCertificate, RESULTS.portClosed];

  it.each([
    ["NDJSON", NDJSON_OF(two)],
    ["CSV", CSV_OF(two)],
  ])("of %s costs its last row, and that is said", async (_, text) => {
    const first = text.length - text.trimEnd().split("\n").slice(-1).join("").length;
    for (let end = first + 10; end < text.trimEnd().length - 1; end += 7) {
      const { rows, warnings } = await read(text.slice(0, end));
      if (rows.length === 2) continue;
      expect(rows).toHaveLength(1);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(/cut off, and is left out/);
    }
    const inTheMiddle = await read(text.slice(0, first + 40));
    expect(inTheMiddle.rows).toHaveLength(1);
  });

  it.each([NDJSON_OF(two), CSV_OF(two)])("is no row for who goes on there", async (text) => {
    expect((await read(text.trimEnd(), { withTorn: false })).rows).toHaveLength(1);
    expect((await read(text, { withTorn: false })).rows).toHaveLength(2);
  });
});

describe("what is no file of ours", () => {
  it.each([
    ["text", "hello\n", /^stdin: neither CSV, NDJSON nor JSON of rdprobe$/],
    ["another CSV", "a,b\n1,2\n", /neither CSV/],
    ["other JSON", '{"a":1}\n', /value 1 is no result of rdprobe/],
    [
      "broken NDJSON",
      `${NDJSON_OF([RESULTS.silent])}{oops\n${NDJSON_OF([RESULTS.silent])}`,
      /line 2 is no JSON/,
    ],
    ["a broken document", "[{\n", /neither NDJSON nor a JSON document/],
    [
      "a row without a port",
      `${CSV_OF([])}a,b,c\r\n${CSV_OF([RESULTS.silent]).split("\r\n")[1]}\r\n`,
      /^stdin:2 is no row/,
    ],
  ])("%s is said in one line", async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it.each(["", "\n \n", CSV_OF([])])("%j has no rows", async (text) => {
    expect((await read(text)).rows).toEqual([]);
  });
});

describe("a cell", () => {
  it("says after reading what it said before writing, whatever that is", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^['=+\-@a]{0,5}$/), (summary) => {
        const verdict = { ...RESULTS.silent.verdict, summary };
        const cell = csvRecord({ ...RESULTS.silent, verdict }).split(",")[6] ?? "";
        expect(cell).not.toMatch(/^[=+\-@]/);
        expect(unguarded(cell)).toBe(summary);
      }),
    );
  });
});

describe("a result", () => {
  it("is read of any JSON without a fault", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(rowOfJson(a)).toBeNull();
        const odd = {
          ...RESULTS.silent,
          certificate: a,
          tls: b,
          ntlm: a,
          findings: b,
          server: a,
          security: b,
        };
        expect(rowOfJson(odd)).toMatchObject({ verdict: "timeout", host: "192.0.2.7" });
      }),
    );
  });
});
