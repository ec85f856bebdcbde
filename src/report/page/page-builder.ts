/** Makes the page's data out of rows that come one by one, in whatever order, and keeps little of each. */
import { entriesAt, numberAt, partAt, textAt } from "../../audit/json-parts.ts";
import type { ResultRow } from "../../audit/result-row.ts";
import { severityIn } from "../../audit/row-of-json.ts";
import type { Finding } from "../../verdict/result/result.ts";
import { type Severity, VERDICTS } from "../../verdict/verdicts.ts";
import { FOLDED } from "../table/folded-hosts.ts";
import { NAMES, placeOrder } from "../table/sorted-results.ts";
import { titleOf } from "../title-of.ts";
import { DetailTables, hostDetails } from "./host-details.ts";
import { CertificateTable, secondsOf } from "./certificate-table.ts";
import { keptDetails } from "./kept-details.ts";
import {
  type ChangesSince,
  type HostDetails,
  PAGE_SCHEMA,
  type PageData,
  TEXT_COLUMNS,
  type TextColumnName,
} from "./page-data.ts";
import { ProblemTable, verdictCode, verdictStage } from "./problem-table.ts";
import { GrowingTextColumn } from "./text-columns.ts";

/** A browser takes a few seconds for so many. */
const MOST_ROWS = 100_000;

export interface PageOrigin {
  readonly version: string;
  readonly now: Date;
  /** The file that was read; null for a probe's own results. */
  readonly source: string | null;
  readonly changes: readonly ChangesSince[];
}

export class PageBuilder {
  readonly #columns = new Map(TEXT_COLUMNS.map((name) => [name, new GrowingTextColumn()]));
  readonly #tables = new DetailTables();
  readonly #problems = new ProblemTable(this.#tables);
  readonly #certificates = new CertificateTable();
  readonly #rows: KeptRow[] = [];
  readonly #last = new Map<string, number>();
  #leftOut = 0;

  /** Of a place that comes again, the last row counts; streams of a capture are each a row. */
  add(row: ResultRow): void {
    if (this.#rows.length >= MOST_ROWS) {
      this.#leftOut += 1;
      return;
    }
    const isCaptured = partAt(row.json, "source", "kind") === "pcap";
    if (!isCaptured) this.#last.set(keyOf(row), this.#rows.length);
    const texts = textsOf(row, this.#problems.add(row));
    for (const name of TEXT_COLUMNS) this.#columns.get(name)?.add(texts[name]);
    this.#rows.push({
      key: isCaptured ? null : keyOf(row),
      stream: isCaptured ? numberAt(row.json, "source", "stream") : null,
      place: placeOrder(row),
      port: row.port,
      severity: row.severity,
      startedAt: secondsOf(row.startedAt),
      durationMs: row.durationMs === null ? null : Math.round(row.durationMs),
      certificate: this.#certificates.add(row),
      details: row.json === null ? null : hostDetails(row.json, this.#tables),
    });
  }

  data({ version, now, source, changes }: PageOrigin): PageData {
    const rows = this.#rows;
    const isLast = (row: number): boolean => {
      const key = rows[row]?.key ?? null;
      return key === null || this.#last.get(key) === row;
    };
    const order = [...rows.keys()].filter(isLast).toSorted((a, b) => byPlace(rows[a], rows[b]));
    const sorted = order.flatMap((row) => rows[row] ?? []);
    const times = sorted.flatMap(({ startedAt }) => startedAt ?? []);
    const core = {
      schema: PAGE_SCHEMA,
      version,
      madeAt: now.toISOString(),
      source,
      firstAt: timeOf(times.reduce<number | null>((least, time) => Math.min(least ?? time, time), null)),
      lastAt: timeOf(times.reduce<number | null>((most, time) => Math.max(most ?? time, time), null)),
      leftOut: this.#leftOut,
      count: sorted.length,
      folded: [...FOLDED.keys()],
      text: TEXT_COLUMNS.map((name) => this.#columns.get(name)?.inOrder(order) ?? NO_TEXTS),
      port: sorted.map(({ port }) => port),
      stream: sorted.some(({ stream }) => stream !== null) ? sorted.map(({ stream }) => stream) : null,
      startedAt: sorted.map(({ startedAt }) => startedAt),
      durationMs: sorted.map(({ durationMs }) => durationMs),
      certificate: sorted.map(({ certificate }) => certificate),
      certificates: this.#certificates.columns(),
      problems: this.#problems.texts(),
      changes,
    } as const;
    return {
      ...core,
      ...keptDetails(sorted, this.#tables.texts.values, JSON.stringify(core).length),
      remedies: this.#tables.remedies,
    };
  }
}

const NO_TEXTS = { values: [], at: [] } as const;

interface KeptRow {
  /** Of its place; null where each row counts. */
  readonly key: string | null;
  readonly stream: number | null;
  readonly place: string;
  readonly port: number;
  readonly severity: Severity;
  readonly startedAt: number | null;
  readonly durationMs: number | null;
  readonly certificate: number;
  readonly details: HostDetails | null;
}

const keyOf = ({ host, address, port }: ResultRow): string => `${host} ${address ?? ""} ${port}`;

const byPlace = (a: KeptRow | undefined, b: KeptRow | undefined): number =>
  NAMES.compare(a?.place ?? "", b?.place ?? "") || (a?.port ?? 0) - (b?.port ?? 0);

/** Of the columns that the page has, what the row says. */
const textsOf = (
  row: ResultRow,
  problems: string | null,
): Readonly<Record<TextColumnName, string | null>> => ({
  host: row.host === row.address ? null : row.host,
  address: row.address,
  severity: row.severity,
  verdict: row.verdict,
  stage: row.stage,
  title: titleOfRow(row),
  summary: row.summary,
  nla: row.nla,
  layers: layersOf(row),
  tls_version: row.tlsVersion,
  tls_versions: row.tlsVersions?.join(" ") ?? null,
  cipher: row.cipher,
  name: row.dnsName ?? row.computerName,
  domain: row.domain,
  os: row.os.length === 0 ? null : row.os.join("; "),
  os_version: row.osVersion,
  server: row.server === "unknown" ? null : row.server,
  mstsc: row.mstsc,
  cause: row.likelyCause,
  findings: row.findings === null || row.findings.length === 0 ? null : row.findings.join(" "),
  problems,
});

const layersOf = ({ layers }: ResultRow): string | null => {
  const accepted = Object.entries(layers).flatMap(([layer, state]) => (state === "accepted" ? [layer] : []));
  return accepted.length === 0 ? null : accepted.join(" ");
};

/** The answer in a line, as the command line gives it. */
const titleOfRow = ({ verdict, stage, severity, json, server }: ResultRow): string => {
  const code = verdictCode(verdict);
  if (code === null) return verdict;
  const own = severityIn(partAt(json, "verdict", "severity")) ?? VERDICTS[code].severity;
  const protocol = textAt(json, "verdict", "evidence", "protocol");
  return titleOf({
    verdict: { code, stage: verdictStage(stage) ?? "done", severity: own, evidence: { protocol } },
    severity: json === null ? own : severity,
    findings: (entriesAt(json, "findings") ?? []).flatMap((finding) => findingOf(finding) ?? []),
    server: server === null ? null : { implementation: server },
  });
};

const findingOf = (value: unknown): Pick<Finding, "code" | "severity" | "summary"> | null => {
  const code = textAt(value, "code");
  const severity = severityIn(partAt(value, "severity"));
  if (code === null || severity === null || severity === "ok") return null;
  return { code, severity, summary: textAt(value, "summary") ?? "" };
};

const timeOf = (seconds: number | null): string | null =>
  seconds === null ? null : new Date(seconds * 1000).toISOString();
