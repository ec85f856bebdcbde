/** `probe` and `probeMany`: from what a program names to results. */
import { type HostTarget, MAX_ADDRESSES_OF_A_NAME } from "../scan/one/probe-target.ts";
import { type ScanOptions, scan } from "../scan/scan.ts";
import { scanAll } from "../scan/scan-all.ts";
import { parseTarget } from "../targets/plan/target.ts";
import { TargetList } from "../targets/plan/target-list.ts";
import { orderTargets } from "../targets/order/target-order.ts";
import { planTargets } from "../targets/plan/target-plan.ts";
import { targetsOfText } from "../targets/plan/target-text.ts";
import type { Result } from "../verdict/result/result.ts";
import { createHandOver } from "./hand-over.ts";
import {
  type ManySettings,
  type ProbeSettings,
  portOf,
  scanBounds,
  targetOptions,
  valid,
} from "./probe-settings.ts";

/** One result an address: more than one where a name has several. */
export type ProbeResults = readonly [Result, ...Result[]];

/**
 * Probes one host: `server01`, `server01:3390`, `192.0.2.7`, `[2001:db8::7]:3389`. What the peer does wrong is a
 * result and never an exception.
 * @throws RangeError for a target or a setting that cannot be.
 * @throws LocalResourceError when this machine cannot open a connection.
 * @throws the signal's reason when it aborts first.
 */
export const probe = async (target: string, settings: ProbeSettings = {}): Promise<ProbeResults> => {
  const { host, family, port } = valid("target", parseTarget(target));
  const options = targetOptions(settings);
  const signal = settings.signal ?? new AbortController().signal;
  const hosts = [{ input: target, host, family, port: port ?? portOf(settings) }];
  signal.throwIfAborted();
  const [first, ...others] = await scanAll(hosts, {
    ...options,
    ...{ concurrency: 1, ratePerSecond: null, retries: 0 },
    ...{ adaptive: false, explainsNames: true, maxAddresses: MAX_ADDRESSES_OF_A_NAME, signal },
  });
  signal.throwIfAborted();
  if (first === undefined) throw new Error(`no result of ${host}: a probe gives one to each address`);
  return [first, ...others];
};

/**
 * Probes many: names, addresses, CIDR, ranges, each with or without a port. The results come as they are known; a
 * slow consumer slows the scan down, and one that leaves the loop ends it. What is given as an array is probed once
 * where it is named twice; what comes from an asynchronous source is probed as it comes.
 * @throws RangeError for a target or a setting that cannot be, when the loop begins.
 * @throws LocalResourceError when this machine cannot open a connection.
 * @throws the signal's reason when it aborts first; what was known before has been given.
 */
export async function* probeMany(
  targets: Iterable<string> | AsyncIterable<string>,
  settings: ManySettings = {},
): AsyncGenerator<Result, void, undefined> {
  const left = new AbortController();
  const signal =
    settings.signal === undefined ? left.signal : AbortSignal.any([settings.signal, left.signal]);
  const plan = hostsOf(targets, settings);
  const handOver = createHandOver<Result>();
  const options: ScanOptions = {
    ...targetOptions(settings),
    ...scanBounds(settings),
    ...{ adaptive: plan.isScan, maxAddresses: MAX_ADDRESSES_OF_A_NAME, signal },
    skips: plan.skips,
    onRow: ({ result }) => handOver.give(result),
  };
  settings.signal?.throwIfAborted();
  const scanning = scan(plan.hosts, options).then(handOver.end, handOver.fail);
  try {
    yield* handOver.taken();
    settings.signal?.throwIfAborted();
  } finally {
    left.abort();
    handOver.leave();
    await scanning;
  }
}

interface Hosts {
  readonly hosts: Iterable<HostTarget> | AsyncIterable<HostTarget>;
  readonly isScan: boolean;
  readonly skips: (target: HostTarget, address: string | null) => boolean;
}

const hostsOf = (targets: Iterable<string> | AsyncIterable<string>, settings: ManySettings): Hosts => {
  const exclusions = listOf("exclude", settings.exclude ?? []);
  const ports = [portOf(settings)];
  const planOf = (texts: Iterable<string>) =>
    planTargets({ targets: listOf("targets", texts), exclusions, ports });
  const excluded = planOf([]);
  const skips: Hosts["skips"] = ({ family, port }, address) =>
    family === null && address !== null && excluded.isExcluded(address, port);
  if (typeof targets === "string") throw new RangeError("targets: give an array, or probe() for one host");
  if (Symbol.asyncIterator in targets) {
    const hosts = async function* (): AsyncGenerator<HostTarget> {
      for await (const text of targets) yield* orderTargets(planOf([text]), WHOLE);
    };
    return { hosts: hosts(), isScan: false, skips };
  }
  const plan = planOf(targets);
  const concurrency = BigInt(scanBounds(settings).concurrency);
  return { hosts: orderTargets(plan, WHOLE), isScan: plan.count > concurrency, skips };
};

const WHOLE = { seed: null, shard: null } as const;

const listOf = (name: string, texts: Iterable<string>): TargetList => {
  const list = new TargetList();
  for (const text of texts) for (const entry of targetsOfText(text)) list.add(valid(name, entry));
  return list;
};
