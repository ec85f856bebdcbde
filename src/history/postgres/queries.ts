/** What is asked of a history. */
import type { Sql } from "postgres";
import type { ResultRow } from "../../audit/result-row.ts";
import { type Facts, rowOf } from "../model/stored-row.ts";
import { HistoryError } from "./connect.ts";
import { certificateOf, type CertificateRecord, timeText } from "./records.ts";

/** One change of one place. */
interface HistoryEntry {
  readonly host: string;
  readonly address: string | null;
  readonly port: number;
  readonly at: string;
  readonly kind: string;
  readonly severity: string;
  readonly old: string | null;
  readonly new: string | null;
}

/** A place as it was when it was seen first, and last. */
interface HistoryPlace {
  readonly host: string;
  readonly address: string | null;
  readonly port: number;
  readonly firstAt: string;
  readonly probes: number;
  readonly last: ResultRow;
}

export interface HostHistory {
  readonly places: readonly HistoryPlace[];
  /** Oldest first. */
  readonly changes: readonly HistoryEntry[];
}

interface LastRecord extends CertificateRecord {
  readonly endpoint_id: number;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly at: Date;
  readonly facts: Facts;
  readonly first_at: Date | null;
  readonly probes: number;
}

/** More places and changes than anybody reads of one host. */
const MAX_PLACES = 100;
const MAX_CHANGES = 10_000;

/** By name or address, in any case; with a port, that one alone. */
export const hostHistory = async (sql: Sql, host: string, port: number | null): Promise<HostHistory> => {
  const records = await sql<LastRecord[]>`
    select e.id as endpoint_id, e.host, e.address, e.port, l.at, s.facts, c.*, p.first_at, p.probes
    from rdprobe.endpoint e
    join rdprobe.latest l on l.endpoint_id = e.id
    join rdprobe.state s on s.id = l.state_id
    left join rdprobe.certificate c on c.id = l.certificate_id
    cross join lateral (
      select min(at) as first_at, count(*)::int as probes from rdprobe.probe where endpoint_id = e.id
    ) p
    where (e.host = ${host} or e.host = ${host.toLowerCase()} or e.address = ${host.toLowerCase()})
      and (${port}::int is null or e.port = ${port})
    order by e.host, e.address, e.port limit ${MAX_PLACES}`;
  const ids = records.map(({ endpoint_id: id }) => id);
  const changes = await sql<(Omit<HistoryEntry, "at"> & { at: Date })[]>`
    select e.host, nullif(e.address, '') as address, e.port, h.at, h.kind, h.severity, h.old, h.new
    from rdprobe.change h join rdprobe.endpoint e on e.id = h.endpoint_id
    where h.endpoint_id = any(${ids}) order by h.at, e.host, e.port limit ${MAX_CHANGES}`;
  return {
    places: records.map((record) => ({
      ...placeOf(record),
      firstAt: timeText(record.first_at) ?? record.at.toISOString(),
      probes: record.probes,
      last: rowOf(probeOf(record), record.facts, certificateOf(record)),
    })),
    changes: changes.map((entry) => ({ ...entry, at: entry.at.toISOString() })),
  };
};

/** A certificate that ends soon, or has ended, where it was seen last. */
export interface DueCertificate {
  readonly host: string;
  readonly address: string | null;
  readonly port: number;
  readonly notAfter: string;
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly selfSigned: boolean | null;
  /** How often it was seen to be renewed here, and how many days before its end that was the last time. */
  readonly renewals: number;
  readonly lastLeadDays: number | null;
}

interface DueRecord {
  readonly host: string;
  readonly address: string | null;
  readonly port: number;
  readonly not_after: Date;
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly self_signed: boolean | null;
  readonly renewals: number;
  readonly lead: number | null;
}

/** Ends within so many days from `now`, the first one first. */
export const dueCertificates = async (
  sql: Sql,
  now: Date,
  days: number,
): Promise<readonly DueCertificate[]> => {
  const records = await sql<DueRecord[]>`
    select e.host, nullif(e.address, '') as address, e.port, c.not_after, c.subject, c.issuer, c.self_signed,
      l.renewals, l.lead_days as lead
    from rdprobe.certificate c
    join rdprobe.latest l on l.certificate_id = c.id
    join rdprobe.endpoint e on e.id = l.endpoint_id
    where c.not_after < ${now}::timestamptz + ${days} * interval '1 day'
    order by c.not_after, e.host, e.port`;
  return records.map(({ not_after, self_signed, lead, ...rest }) => ({
    ...rest,
    notAfter: not_after.toISOString(),
    selfSigned: self_signed,
    lastLeadDays: lead,
  }));
};

interface ProbeRecord extends CertificateRecord {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly at: Date;
  readonly facts: Facts;
  readonly duration_ms: number | null;
  readonly clock_skew_ms: number | null;
  readonly connections: number | null;
}

const CURSOR_ROWS = 5000;

/**
 * The rows of a scan, as a file of it would give them.
 * @param scan its name; `latest` or `previous` for the last ones by their first row.
 */
export async function* scanRows(sql: Sql, scan: string): AsyncGenerator<ResultRow> {
  const back = { latest: 0, previous: 1 }[scan];
  const [found] =
    back === undefined
      ? await sql<{ id: number; first_at: Date; last_at: Date }[]>`
          select id, first_at, last_at from rdprobe.scan where name = ${scan} and first_at is not null`
      : await sql<{ id: number; first_at: Date; last_at: Date }[]>`
          select id, first_at, last_at from rdprobe.scan where first_at is not null
          order by first_at desc offset ${back} limit 1`;
  if (found === undefined) throw new HistoryError(`the history has no scan ${scan}`);
  const records = sql<ProbeRecord[]>`
    select e.host, e.address, e.port, p.at, s.facts, p.duration_ms, p.clock_skew_ms, p.connections, c.*
    from rdprobe.probe p
    join rdprobe.endpoint e on e.id = p.endpoint_id
    join rdprobe.state s on s.id = p.state_id
    left join rdprobe.certificate c on c.id = p.certificate_id
    where p.scan_id = ${found.id} and p.at between ${found.first_at} and ${found.last_at}`.cursor(
    CURSOR_ROWS,
  );
  for await (const batch of records)
    for (const record of batch) yield rowOf(probeOf(record), record.facts, certificateOf(record));
}

const placeOf = ({ host, address, port }: Pick<ProbeRecord, "host" | "address" | "port">) => ({
  host,
  address: address === "" ? null : address,
  port,
});

const probeOf = (record: Pick<ProbeRecord, "host" | "address" | "port" | "at"> & Partial<ProbeRecord>) => ({
  ...placeOf(record),
  startedAt: record.at.toISOString(),
  durationMs: record.duration_ms ?? null,
  clockSkewMs: record.clock_skew_ms ?? null,
  connections: record.connections ?? null,
});

/** Drops the partitions that ended before, and gives their names. */
export const dropBefore = async (sql: Sql, before: Date): Promise<readonly string[]> => {
  const partitions = await sql<{ name: string }[]>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'rdprobe.probe'::regclass order by 1`;
  const ended = partitions
    .map(({ name }) => name)
    .filter((name) => {
      const [, year = "", month = ""] = /^probe_(\d{4})_(\d\d)$/.exec(name) ?? [];
      return year !== "" && Date.UTC(Number(year), Number(month), 1) <= before.getTime();
    });
  for (const name of ended) await sql.unsafe(`drop table rdprobe.${name}`);
  return ended;
};
