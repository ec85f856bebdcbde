/** The SQL of docs/audits.md in a real DuckDB; RDPROBE_DUCKDB is a folder where @duckdb/node-api is installed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { groupedBy } from "../../../src/verdict/grouped.ts";
import { generatedScan, type ScannedJson, scanText } from "../audit/generated-scan.ts";
import { runInProcess } from "../../cli/in-process.ts";
import { describeWhere } from "../../support/availability.ts";
import { runProcess } from "../servers/programs/processes.ts";

const HOSTS = 300;
const TIMEOUT_MS = 60_000;
const { RDPROBE_DUCKDB } = process.env;

const statements = [
  ...readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "audits.md"), "utf8").matchAll(
    /^```sql\n(.*?)^```/gms,
  ),
]
  .flatMap(([, block = ""]) => block.split(";"))
  .map((statement) => statement.trim())
  .filter((statement) => statement !== "");

/** The first column of each statement's rows, of the last one the second. */
const SCRIPT = `
const { DuckDBInstance } = await import(process.argv[1] + "/node_modules/@duckdb/node-api/lib/index.js");
const connection = await (await DuckDBInstance.create(":memory:")).connect();
const answers = [];
for (const statement of process.argv.slice(2)) {
  answers.push((await connection.runAndReadAll(statement)).getRowsJson());
}
console.log(JSON.stringify(answers));
`;

const scan = generatedScan(HOSTS);
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rdprobe-duckdb-"));
  writeFileSync(join(folder, "scan.ndjson"), scanText(scan));
  const { code } = await runInProcess(["merge", join(folder, "scan.ndjson"), "-o", join(folder, "scan.csv")]);
  expect(code).toBe(0);
});

afterAll(() => rmSync(folder, { recursive: true }));

const hostsWith = (test: (result: ScannedJson) => boolean): readonly string[] =>
  scan
    .filter(test)
    .map(({ target }) => target.host)
    .toSorted();

const EXPECTED: readonly (readonly string[])[] = [
  hostsWith(({ security }) => security?.["nla"] === "optional" || security?.["nla"] === "unsupported"),
  hostsWith(({ certificate: one }) => one !== undefined && one.daysLeft >= 0 && one.daysLeft < 30),
  hostsWith(({ tls, tlsVersions }) =>
    ["1.0", "1.1"].some((version) => tls?.version === version || tlsVersions?.[version] === "accepted"),
  ),
];

/** Hosts of each key that several have. */
const CLONES = [...groupedBy(scan, ({ certificate }) => certificate?.keySha256 ?? null)]
  .flatMap(([key, results]) => (key === null ? [] : [results]))
  .map((results) => results.map(({ target }) => target.host).toSorted())
  .filter((hosts) => hosts.length > 1);

describeWhere({
  available: RDPROBE_DUCKDB !== undefined,
  notice: "RDPROBE_DUCKDB names no folder with @duckdb/node-api",
})("the variants of docs/audits.md for DuckDB", () => {
  it(
    "give the answers that a reckoning gives",
    async () => {
      const args = ["--input-type=module", "-e", SCRIPT, "--", RDPROBE_DUCKDB ?? "", ...statements];
      const { code, stdout, stderr } = await runProcess(process.execPath, args, {
        cwd: folder,
        timeoutMs: TIMEOUT_MS,
      });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const answers: readonly (readonly (readonly unknown[])[])[] = JSON.parse(stdout);
      expect(answers).toHaveLength(4);
      expect(EXPECTED.every((hosts) => hosts.length > 0) && CLONES.length > 0).toBe(true);
      EXPECTED.forEach((hosts, index) => {
        expect(answers[index]?.map(([target]) => String(target)).toSorted(), statements[index]).toEqual(
          hosts,
        );
      });
      const targets = answers[3]?.map(([, list]) => (Array.isArray(list) ? list.map(String).toSorted() : []));
      expect(targets?.toSorted()).toEqual(CLONES.toSorted());
    },
    TIMEOUT_MS,
  );
});
