/** A million rows into PostgreSQL, and what is asked of ten million: 100,000 hosts, a hundred scans. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import postgres from "postgres";
import { generatedScan } from "../../../test/e2e/audit/generated-scan.ts";
import { EXECUTABLE, ensureBuilt } from "../../../test/e2e/cli/executable.ts";
import { startPostgres } from "../../../test/e2e/history/postgres-server.ts";
import { timed } from "../timed-process.ts";
import { dueCertificates, hostHistory } from "../../../src/history/postgres/queries.ts";
import { bar } from "./bars.ts";

const HOSTS = 100_000;
const SCANS = 10;
const COPIES = 9;
const STORE_S = 60;
const QUERY_MS = 200;

export const measureHistory = async (): Promise<void> => {
  await ensureBuilt();
  const server = await startPostgres(["shared_buffers=512MB", "work_mem=32MB", "max_wal_size=4GB"]);
  const folder = await mkdtemp(join(tmpdir(), "rdprobe-bench-"));
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  try {
    const files = Array.from({ length: SCANS }, (_, scan) => join(folder, `scan-${scan}.ndjson`));
    for (const [scan, file] of files.entries()) await writeScan(file, scan);
    const { wallMs, stderr, code } = timed([
      process.execPath,
      EXECUTABLE,
      "store",
      ...files,
      "--into",
      server.url,
    ]);
    if (code !== 0) throw new TypeError(stderr);
    const [stored] = await sql<{ rows: number; bytes: number }[]>`
      select (select count(*)::int from rdprobe.probe) as rows, pg_database_size(current_database())::float8 as bytes`;
    bar(
      "a million rows into PostgreSQL: ten scans of 100,000 hosts",
      `${(wallMs / 1000).toFixed(1)} s, ${stored?.rows} rows, ${((stored?.bytes ?? 0) / 1e6).toFixed(0)} MB (bar ${STORE_S} s)`,
      wallMs < STORE_S * 1000 && stored?.rows === HOSTS * SCANS,
    );
    await growTo(sql);
    await measureQueries(sql);
  } finally {
    await sql.end();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

/** One host of twenty is another than in the scan before, by as much as `generatedScan` changes it in four days. */
const writeScan = async (file: string, scan: number): Promise<void> => {
  const changed = generatedScan(HOSTS, 4);
  const rows = generatedScan(HOSTS).map((row, index) =>
    index % 40 === scan ? (changed[index] ?? row) : row,
  );
  const stream = createWriteStream(file);
  const startedAt = new Date(Date.UTC(2026, 10, 1 + scan)).toISOString();
  for (const row of rows) {
    const { certificate } = row;
    const sha256 = createHash("sha256").update(`${row.target.host} ${certificate?.notAfter}`).digest("hex");
    const own = certificate === undefined ? {} : { certificate: { ...certificate, sha256 } };
    if (!stream.write(`${JSON.stringify({ ...row, startedAt, ...own })}\n`)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "finish");
};

/** The same probes again in the months before, each copy ten scans more. */
const growTo = async (sql: postgres.Sql): Promise<void> => {
  for (let copy = 1; copy <= COPIES; copy += 1) {
    const month = new Date(Date.UTC(2026, 10 - copy, 1));
    const next = new Date(Date.UTC(2026, 11 - copy, 1));
    const name = month.toISOString().slice(0, 7).replace("-", "_");
    await sql.unsafe(
      `create table rdprobe.probe_${name} partition of rdprobe.probe for values from ('${month.toISOString()}') to ('${next.toISOString()}')`,
    );
    await sql.unsafe(`
      with made as (
        insert into rdprobe.scan (name, first_at, last_at)
        select name || '-${copy}', first_at - interval '${copy} months', last_at - interval '${copy} months'
        from rdprobe.scan where name like 'scan-_.ndjson' returning id, name, first_at
      ), pairs as (
        select m.id as new_id, s.id as old_id from made m join rdprobe.scan s on m.name = s.name || '-${copy}'
      ), counted as (
        insert into rdprobe.scan_count
        select p.new_id, c.verdict, c.severity, c.nla, c.tls_version, c.server, c.rows
        from rdprobe.scan_count c join pairs p on p.old_id = c.scan_id
      )
      insert into rdprobe.probe
      select p.at - interval '${copy} months', p.endpoint_id, pairs.new_id, p.state_id, p.certificate_id, p.duration_ms, p.clock_skew_ms, p.connections
      from rdprobe.probe p join pairs on pairs.old_id = p.scan_id where p.at >= '2026-11-01'`);
  }
  await sql`vacuum analyze`;
};

const measureQueries = async (sql: postgres.Sql): Promise<void> => {
  const [count] = await sql<{ rows: number; bytes: number }[]>`
    select (select count(*)::int from rdprobe.probe) as rows, pg_total_relation_size('rdprobe.latest') + (
      select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = 'rdprobe.probe'::regclass)::float8 as bytes`;
  process.stdout.write(
    `        ${count?.rows} probes, ${((count?.bytes ?? 0) / (count?.rows ?? 1)).toFixed(0)} bytes each with indexes\n`,
  );
  const slowest = { name: "", ms: 0 };
  const measure = async (name: string, ask: () => Promise<unknown>): Promise<void> => {
    await ask();
    const startedMs = performance.now();
    await ask();
    const ms = performance.now() - startedMs;
    process.stdout.write(`        ${ms.toFixed(0).padStart(5)} ms  ${name}\n`);
    if (ms > slowest.ms) Object.assign(slowest, { name, ms });
  };
  const now = new Date(Date.UTC(2026, 10, 28));
  await measure("due --days 60", () => dueCertificates(sql, now, 60));
  await measure("history 10.20.3.7", () => hostHistory(sql, "10.20.3.7", null));
  const dashboard = JSON.parse(await readFile("contrib/grafana/rdprobe-history.json", "utf8"));
  for (const { title, targets } of dashboard.panels) {
    const text: string = targets[0].rawSql;
    const asked = text.replaceAll(/\$__timeFilter\(([\w.]+)\)/g, "$1 between '2026-08-30' and '2026-11-28'");
    await measure(`dashboard: ${title}`, () => sql.unsafe(asked));
  }
  bar(
    "the slowest question at 10 million rows",
    `${slowest.ms.toFixed(0)} ms, ${slowest.name} (bar ${QUERY_MS} ms)`,
    slowest.ms < QUERY_MS,
  );
};
