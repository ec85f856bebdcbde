/** What changed between two scans, the worst first. */
import { pairTargets } from "../verdict/repeat/result-diff.ts";
import { severityRank } from "../verdict/severity.ts";
import type { Severity } from "../verdict/verdicts.ts";
import {
  CHANGE_KINDS,
  type ChangeKindId,
  changesOfRows,
  type RowChange,
  verdictText,
} from "./change-kinds.ts";
import type { ResultRow } from "./result-row.ts";
import type { RowChanges } from "./row-filters.ts";

export interface ScanDiff {
  /** Targets without a difference. */
  readonly same: number;
  readonly changed: readonly ChangedTarget[];
  readonly new: readonly TargetState[];
  readonly gone: readonly TargetState[];
}

interface DiffTarget {
  readonly host: string;
  readonly address: string | null;
  readonly port: number;
  /** Of the worst change; of a target that is new or gone, its result's. */
  readonly severity: Severity;
}

export interface TargetState extends DiffTarget {
  readonly verdict: string;
}

interface ChangedTarget extends DiffTarget {
  readonly changes: readonly ToldChange[];
}

export interface ToldChange extends RowChange {
  readonly severity: Severity;
  /** What happened, without the values. */
  readonly text: string;
}

/** Whether what is told of a row is kept: by the newer row, and by what changed there. */
export type KeepsRow = (row: ResultRow, changes: RowChanges) => boolean;

/**
 * Compares by address and port; where a target stands several times in one scan, its last row counts.
 * @param keeps leaves out what it does not match, of what is the same as well.
 */
export const diffRows = (
  older: Iterable<ResultRow>,
  newer: Iterable<ResultRow>,
  keeps: KeepsRow = () => true,
): ScanDiff => {
  const { pairs, added, gone } = pairTargets(older, newer);
  const before = hostsByKey(pairs.map(([old]) => old));
  const after = hostsByKey(pairs.map(([, now]) => now));
  const compared = pairs
    .map(([old, now]) => ({
      now,
      changes: [...changesOfRows(old, now), ...sharing(old, now, before, after)],
    }))
    .filter(({ now, changes }) => keeps(now, namesOf(changes)));
  const changed = compared
    .filter(({ changes }) => changes.length > 0)
    .map(({ now, changes }) => told(now, changes));
  return {
    same: compared.length - changed.length,
    changed: sorted(changed),
    new: sorted(added.filter((row) => keeps(row, new Set(["new"]))).map(stateOf)),
    gone: sorted(gone.filter((row) => keeps(row, new Set(["gone"]))).map(stateOf)),
  };
};

/** A change is known by its kind and by what the kind is about: `nla-off` and `nla`. */
const namesOf = (changes: readonly RowChange[]): ReadonlySet<string> =>
  new Set(changes.flatMap(({ kind }) => [kind, kind.split("-", 1).join("")]));

type Hosts = ReadonlyMap<string, ReadonlySet<string>>;

/** Which hosts show a certificate, and which a key; one host at several ports is one. */
const hostsByKey = (rows: readonly ResultRow[]): Hosts => {
  const hosts = new Map<string, Set<string>>();
  for (const row of rows) {
    for (const digest of digestsOf(row)) {
      const of = hosts.get(digest) ?? new Set();
      hosts.set(digest, of.add(row.address ?? row.host.toLowerCase()));
    }
  }
  return hosts;
};

/** A file of before knows the certificate alone. */
const digestsOf = ({ certificate }: ResultRow): readonly string[] =>
  [certificate?.keySha256, certificate?.sha256].filter((digest) => digest != null);

/** Only hosts that both scans have tell: a wider scan is no change. */
const sharing = (old: ResultRow, now: ResultRow, before: Hosts, after: Hosts): readonly RowChange[] => {
  const count = (row: ResultRow, hosts: Hosts): number =>
    digestsOf(row).reduce((most, digest) => Math.max(most, hosts.get(digest)?.size ?? 0), 0);
  const [was, is] = [count(old, before), count(now, after)];
  return was === 1 && is > 1 ? [{ kind: "key-shared", old: "1 host", new: `${is} hosts` }] : [];
};

const told = (now: ResultRow, changes: readonly RowChange[]): ChangedTarget => {
  const all = changes
    .map((change): ToldChange => ({ ...change, ...kindOf(change.kind, now) }))
    .toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity));
  return { ...placeOf(now), severity: all[0]?.severity ?? "ok", changes: all };
};

/** A verdict that is worse is as bad as it is now. */
const kindOf = (
  kind: ChangeKindId,
  now: ResultRow,
): { readonly severity: Severity; readonly text: string } => {
  const { severity, text } = CHANGE_KINDS[kind];
  return { severity: kind === "verdict-worse" ? now.severity : severity, text };
};

const stateOf = (row: ResultRow): TargetState => ({
  ...placeOf(row),
  severity: row.severity,
  verdict: verdictText(row),
});

const placeOf = ({ host, address, port }: ResultRow) => ({ host, address, port });

const NAMES = new Intl.Collator("en", { numeric: true });

const sorted = <T extends DiffTarget>(targets: readonly T[]): readonly T[] =>
  targets.toSorted(
    (a, b) =>
      severityRank(b.severity) - severityRank(a.severity) ||
      NAMES.compare(a.host, b.host) ||
      NAMES.compare(a.address ?? "", b.address ?? "") ||
      a.port - b.port,
  );
