/** Which segment probes which target: the first one whose territory has it. */
import type { AddressRun, HostRun, Runs } from "./address-runs.ts";

export interface Territory {
  readonly segment: string;
  /** Ports are of no account; null is everything that no other segment has. */
  readonly runs: Runs | null;
}

export interface Assignment {
  /** In the order of the territories; a segment may have nothing. */
  readonly segments: readonly { readonly segment: string; readonly runs: Runs }[];
  /** What no segment covers. */
  readonly uncovered: Runs;
}

const NOTHING: Runs = { addresses: [], hosts: [] };

/** Gives each target to one segment, or to none. */
export const assign = (targets: Runs, territories: readonly Territory[]): Assignment => {
  let left = targets;
  const taken = new Map<string, Runs>();
  for (const { segment, runs } of territories.filter((one) => one.runs !== null)) {
    const { inside, outside } = parted(left, runs ?? NOTHING);
    taken.set(segment, joined(taken.get(segment), inside));
    left = outside;
  }
  const rest = territories.find((one) => one.runs === null);
  if (rest !== undefined) {
    taken.set(rest.segment, joined(taken.get(rest.segment), left));
    left = NOTHING;
  }
  const names = [...new Set(territories.map(({ segment }) => segment))];
  return {
    segments: names.map((segment) => ({ segment, runs: taken.get(segment) ?? NOTHING })),
    uncovered: left,
  };
};

const joined = (before: Runs | undefined, more: Runs): Runs =>
  before === undefined
    ? more
    : {
        addresses: [...before.addresses, ...more.addresses].toSorted(
          (a, b) => a.family - b.family || (a.start < b.start ? -1 : 1),
        ),
        hosts: [...before.hosts, ...more.hosts],
      };

const parted = (targets: Runs, territory: Runs): { readonly inside: Runs; readonly outside: Runs } => {
  const inside: AddressRun[] = [];
  const outside: AddressRun[] = [];
  let next = 0;
  for (const run of targets.addresses) {
    let { start } = run;
    while (next < territory.addresses.length && isBefore(territory.addresses[next], run)) next += 1;
    for (let at = next; start < run.end; at += 1) {
      const own = territory.addresses[at];
      if (own === undefined || own.family !== run.family || own.start >= run.end) break;
      if (own.start > start) outside.push({ ...run, start, end: own.start });
      if (own.start > start) start = own.start;
      const isLast = own.end >= run.end;
      inside.push({ ...run, start, end: isLast ? run.end : own.end });
      start = isLast ? run.end : own.end;
    }
    if (start < run.end) outside.push({ ...run, start });
  }
  const names = new Set(territory.hosts.map(({ host }) => host.toLowerCase()));
  const isIn = ({ host }: HostRun): boolean => names.has(host.toLowerCase());
  return {
    inside: { addresses: inside, hosts: targets.hosts.filter(isIn) },
    outside: { addresses: outside, hosts: targets.hosts.filter((run) => !isIn(run)) },
  };
};

const isBefore = (own: AddressRun | undefined, run: AddressRun): boolean =>
  own !== undefined && (own.family < run.family || (own.family === run.family && own.end <= run.start));
