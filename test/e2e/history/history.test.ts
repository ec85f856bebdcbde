/** A history in a real PostgreSQL: what goes in comes out, changes are those of `diff`, and nothing counts twice. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWhere } from "../../support/availability.ts";
import { generatedScan, type ScannedJson, scanText } from "../audit/generated-scan.ts";
import { ensureBuilt } from "../cli/executable.ts";
import { rdprobe } from "../cli/rdprobe.ts";
import { type PostgresServer, postgresAvailable, startPostgres } from "./postgres-server.ts";

const HOSTS = 40;

/** Another end is another certificate. */
const withOwnCertificate = (row: ScannedJson): ScannedJson => {
  const { certificate, target } = row;
  if (certificate === undefined) return row;
  const { subject, notAfter } = certificate;
  const sha256 = createHash("sha256").update(`${target.host} ${subject} ${notAfter}`).digest("hex");
  return { ...row, certificate: { ...certificate, sha256 } };
};

describeWhere(postgresAvailable())("a history", () => {
  let server: PostgresServer;
  let folder = "";
  const file = (name: string): string => join(folder, name);
  const store = (...args: readonly string[]) => rdprobe(["store", ...args, "--into", server.url]);
  const of = (scan: string): string => `${server.url}#${scan}`;

  beforeAll(async () => {
    await ensureBuilt();
    server = await startPostgres();
    folder = await mkdtemp(join(tmpdir(), "rdprobe-history-"));
    for (const [name, day] of [
      ["monday", 0],
      ["friday", 4],
    ] as const)
      await writeFile(file(`${name}.ndjson`), scanText(generatedScan(HOSTS, day).map(withOwnCertificate)));
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("is named where there is none", async () => {
    const { code, stderr } = await rdprobe(["due", "--from", server.url]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/there is no history .*rdprobe store/),
    });
  });

  it("takes each row once, however often it is stored", async () => {
    expect((await store(file("monday.ndjson"))).stderr).toMatch(/monday\.ndjson: 4\d rows, 0 changes/);
    expect((await store(file("friday.ndjson"))).stderr).toMatch(/friday\.ndjson: 4\d rows, [1-9]\d* changes/);
    expect((await store(file("friday.ndjson"))).stderr).toMatch(/friday\.ndjson: 0 rows, 0 changes/);
  });

  it("gives the rows of a scan as its file does", async () => {
    const columns = ["--format", "csv"];
    const stored = await rdprobe(["merge", of("monday.ndjson"), ...columns]);
    const own = await rdprobe(["merge", file("monday.ndjson"), ...columns]);
    const sorted = (csv: string): readonly string[] =>
      csv
        .replaceAll(/\d+(?:\.\d+)? days?/g, "some days")
        .split("\r\n")
        .toSorted();
    expect(sorted(stored.stdout)).toEqual(sorted(own.stdout));
  });

  it("tells the same differences, and makes the page", async () => {
    const stored = await rdprobe(["diff", of("previous"), of("latest")]);
    const own = await rdprobe(["diff", file("monday.ndjson"), file("friday.ndjson")]);
    expect(stored).toEqual(own);
    const page = await rdprobe(["report", of("latest"), of("previous"), "-o", file("rdp.html")]);
    expect(page.code).toBe(0);
  });

  it("says of a host when what changed, as diff says what", async () => {
    const { stdout } = await rdprobe(["diff", file("monday.ndjson"), file("friday.ndjson"), "--json"]);
    const [first] = JSON.parse(stdout).changed;
    const { code, stdout: told } = await rdprobe(["history", first.host, "--json", "--from", server.url]);
    const kinds = (changes: readonly { kind: string }[]) => changes.map(({ kind }) => kind).toSorted();
    const own = first.changes.filter(({ kind }: { kind: string }) => kind !== "key-shared");
    expect({ code, kinds: kinds(JSON.parse(told).changes) }).toEqual({ code: 0, kinds: kinds(own) });
    expect((await rdprobe(["history", first.host, "--from", server.url])).stdout).toContain("last seen:");
    expect((await rdprobe(["history", "nobody", "--from", server.url])).code).toBe(1);
  });

  it("lists what ends, and what has renewed itself", async () => {
    const { code, stdout } = await rdprobe(["due", "--days", "3650", "--json", "--from", server.url]);
    const due = JSON.parse(stdout);
    expect(code).toBe(1);
    const ends = due.map(({ notAfter }: { notAfter: string }) => notAfter);
    expect(ends).toEqual(ends.toSorted());
    expect(due.some(({ renewals }: { renewals: number }) => renewals > 0)).toBe(true);
    const text = await rdprobe(["due", "--days", "3650", "--from", server.url]);
    expect(text.stdout.split("\n").length).toBe(due.length + 2);
  });

  it("answers every question of the dashboard", async () => {
    const dashboard = JSON.parse(await readFile("contrib/grafana/rdprobe-history.json", "utf8"));
    const { default: postgres } = await import("postgres");
    const sql = postgres(server.url, { max: 1 });
    const empty: string[] = [];
    for (const { title, targets } of dashboard.panels) {
      const text: string = targets[0].rawSql;
      // As Grafana writes it out for its time range.
      const rows = await sql.unsafe(
        text.replaceAll(/\$__timeFilter\(([\w.]+)\)/g, "$1 between '2026-01-01' and '2027-01-01'"),
      );
      if (rows.length === 0) empty.push(title);
    }
    await sql.end();
    expect(dashboard.panels.length).toBeGreaterThan(8);
    expect(empty).toEqual([]);
  });

  it("keeps a month a partition, and drops those that are old", async () => {
    const old = scanText(generatedScan(3)).replaceAll(/"startedAt":"\d{4}-\d\d/g, '"startedAt":"2024-02');
    await writeFile(file("old.ndjson"), old);
    expect((await store(file("old.ndjson"), "--keep", "366d")).stderr).toMatch(/dropped: probe_2024_02$/m);
    expect(
      (await rdprobe(["merge", of("monday.ndjson"), "--format", "csv"])).stdout.split("\r\n").length,
    ).toBeGreaterThan(HOSTS);
  });
});
