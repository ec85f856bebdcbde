import { describe, expect, it } from "vitest";
import { rowOfJson, rowOfResult } from "../../../src/audit/row-of-json.ts";
import { compactResult } from "../../../src/report/json/compact.ts";
import { jsonLine } from "../../../src/report/json/json.ts";
import { MANY_RESULTS } from "../../audit/result-files.ts";
import { RESULTS } from "../results.ts";

describe("a compact result", () => {
  it.each(MANY_RESULTS.map((result, index) => [`${index}: ${result.verdict.code}`, result] as const))(
    "%s is the same row but for its words",
    (_, result) => {
      const row = rowOfJson(JSON.parse(jsonLine(compactResult(result))));
      expect(row).toEqual({ ...rowOfResult(result), summary: null, likelyCause: null, json: row?.json });
    },
  );

  it("takes less than 300 bytes for a closed port, and has no advice", () => {
    for (const result of [RESULTS.portClosed, RESULTS.portFiltered]) {
      const address = "255.255.255.255";
      const target = { ...result.target, host: address, address, port: 65_535 };
      const line = jsonLine(compactResult({ ...result, target, durationMs: 1234.5 }));
      expect(line.length).toBeLessThan(300);
      expect(line).not.toMatch(/remed|summary|meaning|advice|evidence/);
    }
  });

  it("begins as every row of NDJSON does", () => {
    expect(jsonLine(compactResult(RESULTS.silent))).toMatch(/^\{"schema":"rdprobe\.result\//);
  });
});
