/** The targets of a run in their order, and what stands in the way of sending anything to them. */
import type { HostTarget } from "../../scan/one/probe-target.ts";
import { RowKeys } from "../../scan/row-keys.ts";
import { parsePorts } from "../../targets/grammar/port.ts";
import { DEFAULT_SEED, orderTargets, parseSeed, parseShard } from "../../targets/order/target-order.ts";
import { planTargets, type TargetPlan } from "../../targets/plan/target-plan.ts";
import { GATHERED_TARGETS } from "../outputs/outputs.ts";
import type { ProbeFlags } from "./probe-flags.ts";
import type { RdpConnections } from "./rdp-connections.ts";
import { say } from "../screen/say.ts";
import { readTargetLists } from "./target-lists.ts";
import type { Terminal } from "../screen/terminal.ts";
import { accepted, UsageError } from "../words/usage-error.ts";

export interface RunTargets {
  readonly order: Iterable<HostTarget>;
  /** How many there are in the order. */
  readonly count: bigint;
  readonly plan: TargetPlan;
  readonly ports: number;
  /** More than a run takes on without `--yes`, in words; null where it is not. */
  readonly warning: string | null;
  /** The .rdp files and links among them. */
  readonly connections: RdpConnections;
  /** Rows that an earlier run has. */
  readonly done: RowKeys;
  /** Whether a target is excluded at this address, or has a row already. */
  readonly skips: (target: HostTarget, address: string | null) => boolean;
}

/**
 * Reads all that says what is probed.
 * @throws UsageError, InputError
 */
export const runTargets = async (
  inputs: readonly string[],
  flags: ProbeFlags,
  terminal: Terminal,
): Promise<RunTargets> => {
  const ports = accepted("-p, --port", parsePorts(flags.port));
  const seed = accepted("--seed", parseSeed(flags.seed ?? String(DEFAULT_SEED)));
  const shard = flags.shard === undefined ? null : accepted("--shard", parseShard(flags.shard));
  const { targets, exclusions, hasPublicRange, connections } = await readTargetLists(inputs, flags, terminal);
  const plan = planTargets({ targets, exclusions, ports });
  if (plan.count === 0n) throw new UsageError(emptyReason(plan));
  const isShuffled =
    flags.inOrder !== true && (shard !== null || flags.seed !== undefined || plan.count > GATHERED_TARGETS);
  const order = orderTargets(plan, { seed: isShuffled ? seed : null, shard });
  const done = await doneRows(flags.resume, terminal);
  // What the user says goes before what a file says.
  const isRouted = flags.cookie === undefined && flags.routingToken === undefined;
  return {
    order: isRouted ? connections.routed(order) : order,
    count: order.count,
    plan,
    ports: ports.length,
    connections,
    warning: warningOf(plan, hasPublicRange),
    done,
    skips: ({ host, port, family }, address) =>
      (family === null && address !== null && plan.isExcluded(address, port)) ||
      (done.size > 0 && done.has({ host, address, port })),
  };
};

const emptyReason = ({ counts }: TargetPlan): string =>
  counts.excluded > 0n ? "--exclude takes all of them" : "no target: name a host, as in rdprobe server01";

/** A last row without its line end may be half of one: its target is probed again. */
const doneRows = async (path: string | undefined, terminal: Terminal): Promise<RowKeys> => {
  const done = new RowKeys();
  if (path === undefined) return done;
  const warn = (text: string) => say(terminal, text);
  const { named, readRows } = await import("../outputs/result-rows.ts");
  for await (const { row } of named("--resume", readRows({ path, warn, withTorn: false }))) done.add(row);
  return done;
};

const warningOf = ({ counts, isLarge, hasPublic }: TargetPlan, hasPublicRange: boolean): string | null => {
  const addresses = counts.ipv4 + counts.ipv6;
  if (isLarge) return `${addresses.toLocaleString("en-US")} addresses (more than 65,536)`;
  return hasPublic && hasPublicRange
    ? `${counts.publicAddresses.toLocaleString("en-US")} of the addresses are public`
    : null;
};
