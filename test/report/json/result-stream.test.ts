import { describe, expect, it } from "vitest";
import { jsonDocument } from "../../../src/report/json/json.ts";
import {
  csvStream,
  jsonStream,
  lineStream,
  ndjsonStream,
  type ResultStream,
  tableStream,
} from "../../../src/report/json/result-stream.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { hostile, RESULTS, UNSAFE, withoutColors } from "../results.ts";

const ALL = Object.values(RESULTS);

const written = (stream: ResultStream, results: readonly Result[]): string =>
  stream.head + results.map((result) => stream.add(result)).join("") + stream.end();

describe("results that come one by one", () => {
  it.each([0, 1, 2, ALL.length])("as JSON are the same document as all at once: %d of them", (count) => {
    const results = ALL.slice(0, count);
    expect(written(jsonStream(), results)).toBe(jsonDocument(results));
  });

  it("as NDJSON are a line each, which is the whole result", () => {
    const lines = written(ndjsonStream(), ALL).split("\n");
    expect(lines.pop()).toBe("");
    expect(lines.map((line) => JSON.parse(line))).toEqual(ALL);
  });

  it("as CSV have the head once", () => {
    const lines = written(csvStream(), ALL).split("\r\n");
    expect(lines.pop()).toBe("");
    expect(lines).toHaveLength(1 + ALL.length);
    expect(lines.filter((line) => line.startsWith("target,address,port,"))).toHaveLength(1);
  });

  it("as a table keep their columns below their heads, with and without colours", () => {
    const [head = "", ...rows] = written(tableStream({ color: false, columns: null, isFolded: false }), ALL)
      .trimEnd()
      .split("\n");
    const at = head.indexOf("VERDICT");
    for (const [index, row] of rows.entries()) {
      expect(row.slice(at).startsWith(ALL[index]?.verdict.code ?? "none")).toBe(true);
    }
    expect(withoutColors(written(tableStream({ color: true, columns: null, isFolded: false }), ALL))).toBe(
      written(tableStream({ color: false, columns: null, isFolded: false }), ALL),
    );
  });

  it("on a terminal do nothing but print", () => {
    for (const stream of [tableStream({ color: false, columns: null, isFolded: false }), lineStream(false)]) {
      const text = written(stream, [hostile(RESULTS.silent), RESULTS.silent]);
      expect(text).not.toMatch(UNSAFE);
    }
  });
});
