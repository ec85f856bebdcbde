import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonDocument } from "../../../src/report/json/json.ts";
import { hostile, RESULTS, UNSAFE } from "../results.ts";

describe("results as JSON", () => {
  it("is the result itself where there is one", () => {
    expect(JSON.parse(jsonDocument([RESULTS.silent]))).toEqual(RESULTS.silent);
  });

  it("is an array where there are several, or none", () => {
    const results = [RESULTS.silent, RESULTS.portClosed];
    expect(JSON.parse(jsonDocument(results))).toEqual(results);
    expect(jsonDocument([])).toBe("[]\n");
  });

  it("is indented, and ends with one newline", () => {
    expect(jsonDocument([RESULTS.silent])).toMatch(/^\{\n {2}"schema": "rdprobe\.result\/1",\n.*[^\n]\n$/s);
  });

  it("keeps a peer's text as it came, and yet nothing of it acts on a terminal", () => {
    const document = jsonDocument([hostile(RESULTS.silent)]);
    expect(document).not.toMatch(UNSAFE);
    expect(JSON.parse(document)).toEqual(hostile(RESULTS.silent));
  });

  it("does so with any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (summary) => {
        const result = { ...RESULTS.silent, verdict: { ...RESULTS.silent.verdict, summary } };
        const document = jsonDocument([result]);
        expect(document).not.toMatch(UNSAFE);
        expect(JSON.parse(document)).toEqual(result);
      }),
    );
  });
});
