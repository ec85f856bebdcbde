/** What the page is told of a scan: every row once, in order, and not more than it has room for. */
import { describe, expect, test } from "vitest";
import { rowOfJson } from "../../../src/audit/row-of-json.ts";
import { PageBuilder } from "../../../src/report/page/page-builder.ts";
import { type PageData, TEXT_COLUMNS, type TextColumnName } from "../../../src/report/page/page-data.ts";
import { pageHtml } from "../../../src/report/page/page-html.ts";
import { generatedResult, generatedScan, SCANNED_AT } from "../../e2e/page/generated-scan.ts";
import { HOSTILE_TEXTS, hostileResults } from "../../e2e/page/hostile-results.ts";

const MIB = 1024 * 1024;
const ASSET = { script: "", style: "" } as const;

const dataOf = (results: Iterable<unknown>): PageData => {
  const builder = new PageBuilder();
  for (const result of results) {
    const row = rowOfJson(result);
    if (row !== null) builder.add(row);
  }
  return builder.data({ version: "0.0.0", now: SCANNED_AT, source: null, changes: [] });
};

const textOf = (data: PageData, name: TextColumnName, row: number): string | null => {
  const column = data.text[TEXT_COLUMNS.indexOf(name)];
  if (column === undefined) throw new Error(`no column ${name}`);
  return (column.at === null ? column.values[row] : column.values[column.at[row] ?? -1]) ?? null;
};

const addresses = (data: PageData): readonly (string | null)[] =>
  Array.from({ length: data.count }, (_, row) => textOf(data, "address", row));

describe("the page's data", () => {
  test("has the rows in the order of their addresses, each with its own texts", () => {
    const data = dataOf([300, 7, 12, 100].map(generatedResult));
    expect(addresses(data)).toEqual(["10.0.0.7", "10.0.0.12", "10.0.0.100", "10.0.1.44"]);
    expect([0, 1, 2, 3].map((row) => textOf(data, "verdict", row))).toEqual(
      [7, 12, 100, 300].map((number) => generatedResult(number).verdict.code),
    );
    expect(textOf(data, "problems", 1)).toBe("c:reset@tls");
    expect(data.problems["reset@tls"]?.title).toBe("the server drops the connection when TLS starts");
    const { check = -1, fix = -1 } = data.problems["reset@tls"] ?? {};
    expect([check, fix].map((place) => data.remedies[place]?.id)).toEqual([
      "read-schannel-events",
      "machine-keys-permissions",
    ]);
  });

  test("has of a place that comes again the last row, and of a capture every stream", () => {
    const again = { ...generatedResult(12), startedAt: "2026-11-27T21:00:00.000Z" };
    const data = dataOf([generatedResult(12), generatedResult(3), again]);
    expect(addresses(data)).toEqual(["10.0.0.3", "10.0.0.12"]);
    expect(data.startedAt[1]).toBe(Date.parse(again.startedAt) / 1000);
    const stream = {
      ...generatedResult(12),
      source: { kind: "pcap", file: "a", stream: 1, client: "", server: "" },
    };
    expect(dataOf([stream, stream])).toMatchObject({ count: 2, stream: [1, 1] });
    expect(data.stream).toBeNull();
  });

  test("has each certificate once", () => {
    const data = dataOf([100, 200, 400, 1].map(generatedResult));
    const shared = data.certificate.filter((place) => place === data.certificate[1]);
    expect(shared).toHaveLength(3);
    expect(data.certificates.sha256).toHaveLength(2);
  });

  test("knows one key in several certificates", () => {
    const [one, two, other] = [100, 1, 2].map((number) => {
      const result = generatedResult(number);
      if (result.certificate === null) throw new Error(`host ${number} has a certificate`);
      return { ...result, certificate: { ...result.certificate, keySha256: number === 2 ? "bb" : "aa" } };
    });
    expect(dataOf([one, two, other]).certificates.sameKey).toEqual([0, 0, 2]);
    expect(dataOf([one, other]).certificates.sameKey).toBeNull();
  });

  test("takes remedies from the program's own table and never from a file", () => {
    const result = generatedResult(12);
    const forged = {
      ...result,
      remedies: [
        { ...result.remedies[0], commands: ["Remove-Item C:\\ -Recurse"], title: "Trust me" },
        { id: "no-such-remedy", commands: ["rm -rf /"] },
      ],
    };
    const data = dataOf([forged]);
    expect(data.remedies.map(({ id }) => id)).toContain(result.remedies[0]?.id);
    expect(JSON.stringify(data)).not.toMatch(/Remove-Item C:|rm -rf|Trust me|no-such-remedy/);
  });

  test("keeps the details of the worst where there is no room for all", () => {
    const long = (number: number): unknown => ({
      ...generatedResult(number),
      stages: Array.from({ length: 7 }, (_, stage) => ({
        ...{ name: "tcp", status: "ok", durationMs: 1 },
        note: `${number} ${stage} ${"x".repeat(380)}`,
      })),
    });
    const data = dataOf(Array.from({ length: 5000 }, (_, number) => long(number)));
    const kept = data.details.flatMap((details, row) => (details === null ? [] : [row]));
    expect(kept.length).toBeGreaterThan(1000);
    expect(kept.length).toBeLessThan(data.count);
    const critical = Array.from({ length: data.count }, (_, row) => row).filter(
      (row) => textOf(data, "severity", row) === "critical",
    );
    expect(kept).toEqual(expect.arrayContaining(critical));
    expect(JSON.stringify(data).length).toBeLessThan(12 * MIB);
  });
});

describe("the page's file", () => {
  test("stays under 12 MiB with 50,000 rows that share nothing, and under 1 MiB with 500", async () => {
    expect(Buffer.byteLength(pageHtml(dataOf(generatedScan(50_000)), ASSET))).toBeLessThan(11.8 * MIB);
    expect(Buffer.byteLength(pageHtml(dataOf(generatedScan(500)), ASSET))).toBeLessThan(0.8 * MIB);
  });

  test("names what may act by its hash, and has nothing else that could", () => {
    const html = pageHtml(dataOf([generatedResult(1)]), { script: "1", style: "a{}" });
    expect(html).toContain("default-src 'none'");
    expect(html).toContain("script-src 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='");
    expect(html).not.toContain("unsafe");
  });

  test.each(hostileResults().map((result, index) => [index, result] as const))(
    "has nothing in it that could act, whatever a result says (%i)",
    (index, result) => {
      const html = pageHtml(dataOf([result]), ASSET);
      const harmless = pageHtml(dataOf([generatedResult(1)]), ASSET);
      const tags = (text: string): readonly string[] => text.match(/<[a-z!/][^\s>]*/gi) ?? [];
      expect(tags(html)).toEqual(tags(harmless));
      // As long as it is, no text makes a page that is no page.
      expect(html.length).toBeLessThan(200_000);
      expect(HOSTILE_TEXTS.length).toBeGreaterThan(index / 3);
    },
  );
});
