/** What changed between two scans: targets that are new or gone, and what differs at those that stayed. */
import type { Snapshot } from "./result-snapshot.ts";

export interface ResultDiff {
  /** Targets without a difference. */
  readonly same: number;
  readonly changed: readonly TargetDiff[];
  readonly new: readonly TargetVerdict[];
  readonly gone: readonly TargetVerdict[];
}

interface DiffTarget {
  readonly host: string;
  readonly address: string | null;
  readonly port: number;
}

interface TargetVerdict extends DiffTarget {
  readonly verdict: string;
}

/** The target is the one of the newer scan. */
interface TargetDiff extends DiffTarget {
  readonly changes: readonly FieldChange[];
}

interface FieldChange {
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
}

/** Compares by address and port, as `pairTargets`. Results are in the order of the scans. */
export const diffResults = (older: Iterable<Snapshot>, newer: Iterable<Snapshot>): ResultDiff => {
  const { pairs, added, gone } = pairTargets(older, newer);
  const compared = pairs.map(([old, now]) => ({ ...targetOf(now), changes: changesOf(old, now) }));
  const changed = compared.filter(({ changes }) => changes.length > 0);
  return {
    same: pairs.length - changed.length,
    changed,
    new: added.map(verdictOf),
    gone: gone.map(verdictOf),
  };
};

/** The same target in two scans, and the targets that only one of them has. */
interface Pairing<T> {
  readonly pairs: readonly (readonly [older: T, newer: T])[];
  readonly added: readonly T[];
  readonly gone: readonly T[];
}

/**
 * Pairs by address and port; a name whose only address changed is paired with itself. Where a target stands several
 * times in one scan, its last result counts.
 */
export const pairTargets = <T extends DiffTarget>(older: Iterable<T>, newer: Iterable<T>): Pairing<T> => {
  const before = lastOfEach(older);
  const after = lastOfEach(newer);
  const pairs: (readonly [T, T])[] = [];
  const match = (keyOf: (target: T) => string): void => {
    const unmatched = uniqueBy(before.values(), keyOf);
    for (const [key, one] of uniqueBy(after.values(), keyOf)) {
      const other = unmatched.get(key);
      if (one === null || other === undefined || other === null) continue;
      pairs.push([other, one]);
      before.delete(exactly(other));
      after.delete(exactly(one));
    }
  };
  match(exactly);
  match(placeOf);
  match(nameOf);
  return { pairs, added: [...after.values()], gone: [...before.values()] };
};

const exactly = (target: DiffTarget): string => `${nameOf(target)} ${target.address ?? ""}`;

/** A name without an address is a place by itself. */
const placeOf = ({ address, host, port }: DiffTarget): string => `${address ?? host.toLowerCase()} ${port}`;

const nameOf = ({ host, port }: DiffTarget): string => `${host.toLowerCase()} ${port}`;

const lastOfEach = <T extends DiffTarget>(targets: Iterable<T>): Map<string, T> => {
  const last = new Map<string, T>();
  for (const target of targets) last.set(exactly(target), target);
  return last;
};

/** By key; null where several have the same, so that no two are paired by chance. */
const uniqueBy = <T>(targets: Iterable<T>, keyOf: (target: T) => string): ReadonlyMap<string, T | null> => {
  const unique = new Map<string, T | null>();
  for (const target of targets) {
    const key = keyOf(target);
    unique.set(key, unique.has(key) ? null : target);
  }
  return unique;
};

/** A field counts where both scans saw it: what one did not come to is what its verdict says. */
const changesOf = (old: Snapshot, now: Snapshot): readonly FieldChange[] => {
  const changes: FieldChange[] = [
    { field: "address", old: old.address, new: now.address },
    { field: "verdict", old: old.verdict, new: now.verdict },
    ...[...old.seen].flatMap(([field, value]) => {
      const other = now.seen.get(field);
      return other === undefined ? [] : [{ field, old: value, new: other }];
    }),
  ];
  return changes.filter((change) => change.old !== change.new);
};

const targetOf = ({ host, address, port }: Snapshot): DiffTarget => ({ host, address, port });

const verdictOf = (snapshot: Snapshot): TargetVerdict => ({
  ...targetOf(snapshot),
  verdict: snapshot.verdict,
});
