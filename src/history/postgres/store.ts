/** Rows into the history: batches that are each a transaction, so that what was stored is whole, and counts once. */
import type { Sql, TransactionSql } from "postgres";
import { changesOfRows, CHANGE_KINDS } from "../../audit/change-kinds.ts";
import type { ResultRow } from "../../audit/result-row.ts";
import { copyBytes, copyLine } from "../model/copy-text.ts";
import { digestOf, type Facts, factsOf, rowOf, type StoredCertificate } from "../model/stored-row.ts";
import { certificateColumns, type CertificateRecord, certificateOf } from "./records.ts";

/** A block of a fleet's scan: stored once, whoever stores it. */
export interface StoredBlock {
  readonly segment: string;
  readonly block: number;
}

export interface Stored {
  /** Rows that were not there before. */
  readonly rows: number;
  readonly changes: number;
}

const BATCH_ROWS = 10_000;
/** Facts and certificates that are known to be there; beyond that they are sent again, which changes nothing. */
const MAX_KNOWN = 500_000;

export class HistoryWriter {
  readonly #sql: Sql;
  readonly #scanId: number;
  readonly #knownStates = new Set<string>();
  readonly #knownCertificates = new Set<string>();
  readonly #months = new Set<string>();
  #rows: ResultRow[] = [];
  #places = new Set<string>();
  #blocks: StoredBlock[] = [];
  #flight: Promise<void> = Promise.resolve();
  #stored = 0;
  #changes = 0;

  private constructor(sql: Sql, scanId: number) {
    this.#sql = sql;
    this.#scanId = scanId;
  }

  /** @param scan what the rows are called together. */
  static async open(sql: Sql, scan: string): Promise<HistoryWriter> {
    const [row] = await sql<{ id: number }[]>`
      insert into rdprobe.scan (name) values (${scan})
      on conflict (name) do update set name = excluded.name returning id`;
    if (row === undefined) throw new TypeError("scan: it has no id");
    return new HistoryWriter(sql, row.id);
  }

  /** Blocks that are stored already. */
  async blocks(): Promise<ReadonlySet<string>> {
    const rows = await this.#sql<{ name: string }[]>`
      select segment || '/' || block as name from rdprobe.block where scan_id = ${this.#scanId}`;
    return new Set(rows.map(({ name }) => name));
  }

  /** Waits while a batch before is written. A row without a time is of no use here, and is left out. */
  async add(rows: readonly ResultRow[], block: StoredBlock | null = null): Promise<void> {
    for (const row of rows) {
      if (row.startedAt === null) continue;
      const place = `${row.host} ${row.address} ${row.port}`;
      // A batch compares each place with what was before it: it has each place once.
      if (this.#places.has(place)) await this.#flush();
      this.#places.add(place);
      // A whole result is much to hold, and none of it is stored.
      this.#rows.push({ ...row, json: null });
    }
    if (block !== null) this.#blocks.push(block);
    if (this.#rows.length >= BATCH_ROWS) await this.#flush();
  }

  async close(): Promise<Stored> {
    await this.#flush();
    await this.#flight;
    await this.#sql`
      update rdprobe.scan set rows = coalesce((select sum(rows) from rdprobe.scan_count where scan_id = id), 0)
      where id = ${this.#scanId}`;
    return { rows: this.#stored, changes: this.#changes };
  }

  /** Begins to write the batch once the one before is written. */
  async #flush(): Promise<void> {
    await this.#flight;
    if (this.#rows.length === 0 && this.#blocks.length === 0) return;
    const [rows, blocks] = [this.#rows, this.#blocks];
    this.#rows = [];
    this.#blocks = [];
    this.#places = new Set();
    this.#flight = this.#write(rows, blocks);
    // Who waits for it is told; it may be a while until somebody does.
    this.#flight.catch(() => {});
  }

  async #write(rows: readonly ResultRow[], blocks: readonly StoredBlock[]): Promise<void> {
    await ensureMonths(this.#sql, rows, this.#months);
    const states = new Map<string, string>();
    const certificates = new Map<string, ResultRow["certificate"]>();
    const lines = rows.map((row, number) => {
      const facts = JSON.stringify(factsOf(row));
      const digest = digestOf(facts);
      if (!this.#knownStates.has(digest)) states.set(digest, facts);
      const sha256 = row.certificate?.sha256 ?? null;
      if (sha256 !== null && !this.#knownCertificates.has(sha256)) certificates.set(sha256, row.certificate);
      return copyLine([
        ...[
          number,
          row.host,
          row.address ?? "",
          row.port,
          row.startedAt,
          copyBytes(digest),
          copyBytes(sha256),
        ],
        ...[row.durationMs, row.clockSkewMs === null ? null : Math.round(row.clockSkewMs), row.connections],
      ]);
    });
    const result = await this.#sql.begin(async (tx) => {
      const fresh = await freshBlocks(tx, this.#scanId, blocks);
      if (!fresh) throw new TypeError("block: another one has stored it meanwhile");
      await createIncoming(tx);
      await copy(tx, "incoming", lines);
      await storeStates(tx, states);
      await storeCertificates(tx, certificates);
      return storeRows(tx, this.#scanId, rows);
    });
    this.#stored += result.rows;
    this.#changes += result.changes;
    remember(this.#knownStates, states.keys());
    remember(this.#knownCertificates, certificates.keys());
  }
}

const remember = (known: Set<string>, more: Iterable<string>): void => {
  if (known.size > MAX_KNOWN) known.clear();
  for (const one of more) known.add(one);
};

/** Partitions of the months that the rows are in. */
const ensureMonths = async (sql: Sql, rows: readonly ResultRow[], known: Set<string>): Promise<void> => {
  for (const { startedAt } of rows) {
    const month = startedAt?.slice(0, 7) ?? "";
    if (known.has(month) || !/^\d{4}-\d\d$/.test(month)) continue;
    const first = `${month}-01`;
    const name = `rdprobe.probe_${month.replace("-", "_")}`;
    await sql.unsafe(
      `create table if not exists ${name} partition of rdprobe.probe for values from ('${first} 00:00+00') to (('${first}'::date + interval '1 month')::timestamp at time zone 'UTC')`,
    );
    known.add(month);
  }
};

const freshBlocks = async (
  tx: TransactionSql,
  scanId: number,
  blocks: readonly StoredBlock[],
): Promise<boolean> => {
  if (blocks.length === 0) return true;
  const records = blocks.map(({ segment, block }) => ({ scan_id: scanId, segment, block }));
  const { count } = await tx`insert into rdprobe.block ${tx(records)} on conflict do nothing`;
  return count === blocks.length;
};

const createIncoming = async (tx: TransactionSql): Promise<void> => {
  await tx`
    create temporary table if not exists incoming (
      number integer, host text, address text, port integer, at timestamptz,
      digest bytea, sha256 bytea, duration_ms real, clock_skew_ms integer, connections smallint
    ) on commit delete rows`;
  await tx`
    create temporary table if not exists placed (
      number integer, endpoint_id integer, at timestamptz, state_id integer, certificate_id integer,
      duration_ms real, clock_skew_ms integer, connections smallint
    ) on commit delete rows`;
};

const copy = async (tx: TransactionSql, table: string, lines: readonly string[]): Promise<void> => {
  const stream = await tx.unsafe(`copy ${table} from stdin`).writable();
  await new Promise<void>((resolve, reject) => {
    stream.once("error", reject).once("finish", resolve);
    for (let at = 0; at < lines.length; at += LINES_AT_A_TIME)
      stream.write(lines.slice(at, at + LINES_AT_A_TIME).join(""));
    stream.end();
  });
};

const LINES_AT_A_TIME = 1000;

const storeStates = async (tx: TransactionSql, states: ReadonlyMap<string, string>): Promise<void> => {
  if (states.size === 0) return;
  await tx`create temporary table if not exists incoming_state (digest bytea, facts jsonb) on commit delete rows`;
  await copy(
    tx,
    "incoming_state",
    [...states].map(([digest, facts]) => copyLine([copyBytes(digest), facts])),
  );
  await tx`
    insert into rdprobe.state (digest, verdict, severity, nla, tls_version, server, facts)
    select digest, facts->>'verdict', facts->>'severity', facts->>'nla', facts->>'tlsVersion', facts->>'server', facts
    from incoming_state on conflict do nothing`;
};

const storeCertificates = async (
  tx: TransactionSql,
  certificates: ReadonlyMap<string, ResultRow["certificate"]>,
): Promise<void> => {
  if (certificates.size === 0) return;
  await tx`create temporary table if not exists incoming_certificate (like rdprobe.certificate) on commit delete rows`;
  await tx`alter table incoming_certificate drop column if exists id`;
  const lines = [...certificates.values()].flatMap((one) =>
    one === null ? [] : [copyLine(certificateColumns(one))],
  );
  await copy(tx, "incoming_certificate", lines);
  await tx`
    insert into rdprobe.certificate (sha256, subject, issuer, not_before, not_after, self_signed,
      key_type, key_bits, key_curve, signature, sha1, key_sha256)
    select * from incoming_certificate on conflict do nothing`;
};

interface ChangedRecord extends CertificateRecord {
  readonly number: number;
  readonly endpoint_id: number;
  readonly old_at: Date;
  readonly facts: Facts;
  readonly old_certificate_id: number | null;
  readonly new_certificate_id: number | null;
}

/** What is in `incoming` becomes probes, changes, and what was seen last. */
const storeRows = async (tx: TransactionSql, scanId: number, rows: readonly ResultRow[]): Promise<Stored> => {
  await tx`
    insert into rdprobe.endpoint (host, address, port)
    select i.host, i.address, i.port from incoming i
    where not exists (select from rdprobe.endpoint e where (e.host, e.address, e.port) = (i.host, i.address, i.port))
    on conflict do nothing`;
  await tx`
    insert into placed
    select i.number, e.id, i.at, s.id, c.id, i.duration_ms, i.clock_skew_ms, i.connections
    from incoming i
    join rdprobe.endpoint e on (e.host, e.address, e.port) = (i.host, i.address, i.port)
    join rdprobe.state s on s.digest = i.digest
    left join rdprobe.certificate c on c.sha256 = i.sha256`;
  const changed = await tx<ChangedRecord[]>`
    select p.number, p.endpoint_id, l.at as old_at, s.facts, l.certificate_id as old_certificate_id,
      p.certificate_id as new_certificate_id, c.*
    from placed p
    join rdprobe.latest l using (endpoint_id)
    join rdprobe.state s on s.id = l.state_id
    left join rdprobe.certificate c on c.id = l.certificate_id
    where l.at < p.at and (
      l.state_id <> p.state_id or l.certificate_id is distinct from p.certificate_id
      or (c.not_after - interval '30 days' between l.at and p.at) or (c.not_after between l.at and p.at))`;
  const [inserted] = await tx<{ rows: number }[]>`
    with fresh as (
      insert into rdprobe.probe (at, endpoint_id, scan_id, state_id, certificate_id, duration_ms, clock_skew_ms, connections)
      select at, endpoint_id, ${scanId}, state_id, certificate_id, duration_ms, clock_skew_ms, connections from placed
      on conflict do nothing returning state_id
    ), counted as (
      insert into rdprobe.scan_count (scan_id, verdict, severity, nla, tls_version, server, rows)
      select ${scanId}, s.verdict, s.severity, s.nla, coalesce(s.tls_version, ''), coalesce(s.server, ''), count(*)
      from fresh join rdprobe.state s on s.id = state_id group by 2, 3, 4, 5, 6
      on conflict (scan_id, verdict, severity, nla, tls_version, server)
      do update set rows = rdprobe.scan_count.rows + excluded.rows
    )
    select count(*)::int as rows from fresh`;
  const { changes, renewals } = await storeChanges(tx, scanId, rows, changed);
  await tx`
    insert into rdprobe.latest (endpoint_id, at, scan_id, state_id, certificate_id)
    select endpoint_id, at, ${scanId}, state_id, certificate_id from placed
    on conflict (endpoint_id) do update set at = excluded.at, scan_id = excluded.scan_id,
      state_id = excluded.state_id, certificate_id = excluded.certificate_id
    where rdprobe.latest.at <= excluded.at`;
  if (renewals.length > 0)
    await tx`
      update rdprobe.latest l set renewals = l.renewals + 1, lead_days = r.lead
      from unnest(${renewals.map(({ id }) => id)}::int[], ${renewals.map(({ lead }) => lead)}::real[]) r (id, lead)
      where l.endpoint_id = r.id`;
  await tx`
    update rdprobe.scan set first_at = least(first_at, (select min(at) from placed)),
      last_at = greatest(last_at, (select max(at) from placed)) where id = ${scanId}`;
  return { rows: inserted?.rows ?? 0, changes };
};

/** By the rules of `rdprobe diff`. */
const storeChanges = async (
  tx: TransactionSql,
  scanId: number,
  rows: readonly ResultRow[],
  changed: readonly ChangedRecord[],
): Promise<{ readonly changes: number; readonly renewals: readonly Renewal[] }> => {
  const counts = new Map<string, number>();
  const renewals: Renewal[] = [];
  const lines = changed.flatMap((record) => {
    const now = rows[record.number];
    if (now === undefined || now.startedAt === null) return [];
    const { startedAt } = now;
    const certificate: StoredCertificate | null = certificateOf(record);
    const old = rowOf(probeBefore(now, record.old_at), record.facts, certificate);
    return changesOfRows(old, now).map((change) => {
      const severity = change.kind === "verdict-worse" ? now.severity : CHANGE_KINDS[change.kind].severity;
      const key = `${change.kind} ${severity}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (RENEWALS.has(change.kind))
        renewals.push({ id: record.endpoint_id, lead: leadDays(record.not_after, startedAt) });
      return copyLine([
        ...[record.endpoint_id, startedAt, scanId, change.kind, severity],
        ...[change.old, change.new, record.old_certificate_id, record.new_certificate_id],
      ]);
    });
  });
  if (lines.length > 0) {
    await copy(
      tx,
      "rdprobe.change (endpoint_id, at, scan_id, kind, severity, old, new, old_certificate_id, new_certificate_id)",
      lines,
    );
    const records = [...counts].map(([key, count]) => {
      const [kind = "", severity = ""] = key.split(" ");
      return { scan_id: scanId, kind, severity, rows: count };
    });
    await tx`
      insert into rdprobe.change_count ${tx(records)}
      on conflict (scan_id, kind, severity) do update set rows = rdprobe.change_count.rows + excluded.rows`;
  }
  return { changes: lines.length, renewals };
};

interface Renewal {
  readonly id: number;
  readonly lead: number | null;
}

const RENEWALS: ReadonlySet<string> = new Set(["certificate-renewed", "certificate-again"]);
const DAY_MS = 86_400_000;

const leadDays = (notAfter: Date | null, at: string): number | null =>
  notAfter === null ? null : (notAfter.getTime() - Date.parse(at)) / DAY_MS;

const probeBefore = ({ host, address, port }: ResultRow, at: Date) => ({
  ...{ host, address, port, startedAt: at.toISOString() },
  ...{ durationMs: null, clockSkewMs: null, connections: null },
});
