/**
 * A worker: pulls blocks of its segment, probes their targets in one running scan, and tells the centre. What it may do
 * is its own to say: a target outside `allows` is refused, whatever the centre wants.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { scan, type ScanOptions } from "../scan/scan.ts";
import type { HostTarget } from "../scan/one/probe-target.ts";
import { BlockInHand } from "./block-in-hand.ts";
import type { Block, ScanWords } from "./model/block.ts";
import { blockTargets } from "./model/block-targets.ts";
import type { Hours } from "./model/hours.ts";
import { leanResult } from "./model/lean-result.ts";
import { numberPermutation } from "../targets/order/permutation.ts";
import type { AllowList } from "../targets/plan/allow-list.ts";
import type { Heartbeat } from "./model/worker-messages.ts";
import type { Delivery, WorkerPort } from "./worker-port.ts";

export type SessionSettings = Omit<ScanOptions, "signal" | "adaptive" | "onRow" | "onTarget" | "skips">;

export interface WorkerOptions {
  readonly segment: string;
  readonly worker: string;
  readonly version: string;
  readonly allow: AllowList;
  /** As typed, for the centre to show. */
  readonly allowWords: readonly string[];
  readonly hours: Hours | null;
  readonly ratePerSecond: number | null;
  /** Deliveries of a block after which it is set aside unprobed. */
  readonly maxDeliveries: number;
  /** What a scan's words mean here; null for words that this version does not take. */
  readonly settings: (words: ScanWords) => SessionSettings | null;
  /** Aborts to drain: blocks in hand are finished, no further one is taken. */
  readonly draining: AbortSignal;
  /** Told what a person who looks after the worker should know. */
  readonly tell: (text: string) => void;
}

/** What is in hand when the worker is told to end has this long. */
const DRAIN_MS = 60_000;
const PULL_MS = 5000;
const HEARTBEAT_MS = 10_000;
const GIVE_BACK_MS = 1000;
/** Of the ack-wait: an extension is asked for at each quarter, and at two thirds without one nothing more is begun. */
const EXTEND_SHARE = 1 / 4;
const FENCE_SHARE = 2 / 3;
const ORDER_SEED = 3389;

export interface WorkerCounts {
  blocks: number;
  targets: number;
}

/** Works until it is told to drain. */
export const runWorker = async (port: WorkerPort, options: WorkerOptions): Promise<WorkerCounts> => {
  const counts: WorkerCounts = { blocks: 0, targets: 0 };
  const startedAt = new Date().toISOString();
  const inHand = new Set<BlockInHand>();
  const isOpen = (): boolean => options.hours === null || options.hours.isOpen(minuteNow());
  const stateNow = (): Heartbeat["state"] => {
    if (options.draining.aborted) return "draining";
    if (!isOpen()) return "outside-hours";
    return inHand.size > 0 ? "probing" : "waiting";
  };
  const beat = (state = stateNow()): void => {
    const { segment, worker, version, hours } = options;
    port.alive({
      ...{ segment, worker, version, startedAt, state, ...counts },
      at: new Date().toISOString(),
      allow: options.allowWords,
      hours: hours?.text ?? null,
      rate: options.ratePerSecond,
      inHand: [...inHand].map(({ block }) => `${block.scan}/${block.block}`),
    });
  };
  const heart = setInterval(() => beat(), HEARTBEAT_MS);
  beat();
  let pending: Taken | null = null;
  try {
    while (!options.draining.aborted) {
      if (!isOpen()) {
        await pause(1000, options.draining);
        continue;
      }
      pending ??= await take(port, options, options.draining);
      if (pending === null) continue;
      pending = await session(pending, { port, options, inHand, counts, isOpen });
    }
    if (pending !== null) pending.delivery.giveBack(0);
    return counts;
  } finally {
    clearInterval(heart);
    beat("stopped");
  }
};

interface Taken {
  readonly delivery: Delivery;
  readonly block: Block;
  readonly settings: SessionSettings;
  readonly key: string;
}

/** The next block that can be probed; what cannot is told and set aside. */
const take = async (port: WorkerPort, options: WorkerOptions, signal: AbortSignal): Promise<Taken | null> => {
  const { segment, worker, maxDeliveries, tell } = options;
  const delivery = await port.next(PULL_MS, signal).catch(async () => {
    await pause(1000, signal);
    return null;
  });
  if (delivery === null) return null;
  const { block, deliveries } = delivery;
  const refuse = async (why: string): Promise<null> => {
    tell(`block ${block?.scan ?? "?"}/${block?.block ?? "?"} is set aside: ${why}`);
    if (block === null) delivery.setAside();
    else {
      const id = `${block.scan}/${block.segment}/${block.block}/failed`;
      await port.failed(block.scan, { block: block.block, worker, why }, id).then(
        () => delivery.setAside(),
        () => delivery.giveBack(GIVE_BACK_MS),
      );
    }
    return null;
  };
  if (block === null) return refuse("it cannot be read");
  if (block.segment !== segment) return refuse(`it is of the segment ${block.segment}`);
  if (blockTargets(block) === null) return refuse("its targets cannot be read");
  if (deliveries > maxDeliveries) return refuse(`${deliveries - 1} workers had it and did not finish it`);
  const settings = options.settings(block.settings);
  if (settings === null) return refuse("this version does not know how to probe it");
  return { delivery, block, settings, key: JSON.stringify([block.settings, block.ackWaitMs]) };
};

interface Around {
  readonly port: WorkerPort;
  readonly options: WorkerOptions;
  readonly inHand: Set<BlockInHand>;
  readonly counts: WorkerCounts;
  readonly isOpen: () => boolean;
}

/** One running scan over blocks that are probed alike. Gives the block that is not, where one ended it. */
const session = async (first: Taken, around: Around): Promise<Taken | null> => {
  const { port, options, inHand, counts, isOpen } = around;
  const lost = new AbortController();
  const ended = AbortSignal.any([options.draining, lost.signal]);
  const places = new Map<number, { readonly own: BlockInHand; readonly n: number; rows: number }>();
  const endings = new Set<Promise<void>>();
  let other: Taken | null = null;
  let number = 0;
  const drain = (): void => void setTimeout(() => lost.abort(new Error("drained")), DRAIN_MS).unref();
  options.draining.addEventListener("abort", drain, { once: true });

  const end = (own: BlockInHand): void => {
    const ending: Promise<void> = own.finish().then(
      () => {
        counts.blocks += 1;
        counts.targets += own.block.count;
        inHand.delete(own);
        endings.delete(ending);
      },
      () => void endings.delete(ending),
    );
    endings.add(ending);
  };
  const settle = (own: BlockInHand): void => {
    own.left -= 1;
    if (own.left === 0) end(own);
  };

  async function* targets(): AsyncGenerator<HostTarget> {
    for (let taken: Taken | null = first; ; taken = await take(port, options, ended)) {
      if (lost.signal.aborted) return void taken?.delivery.giveBack(GIVE_BACK_MS);
      if (taken === null) {
        if (options.draining.aborted || !isOpen()) return;
        continue;
      }
      if (taken.key !== first.key) {
        other = taken;
        return;
      }
      const { delivery, block } = taken;
      const plan = blockTargets(block);
      if (plan === null) continue;
      const attempt = `${options.worker}-${Math.random().toString(36).slice(2, 10)}`;
      const identity = { worker: options.worker, version: options.version, attempt };
      const own = new BlockInHand(delivery, block, { port, identity, signal: lost.signal });
      if (!(await extended(own))) {
        delivery.giveBack(GIVE_BACK_MS);
        continue;
      }
      inHand.add(own);
      const order = numberPermutation(block.count, ORDER_SEED + block.block);
      for (let at = 0; at < block.count; at += 1) {
        if (lost.signal.aborted) return;
        if (!isOpen()) {
          lost.abort(new Error("outside hours"));
          return;
        }
        const n = order(at);
        const target = plan.at(n);
        if (target.family !== null && !options.allow.allows(target.host)) {
          await own.refusal(n, "not-allowed");
          settle(own);
          continue;
        }
        places.set(number, { own, n, rows: 0 });
        number += 1;
        yield target;
      }
    }
  }

  const timer = setInterval(
    () => {
      const nowMs = performance.now();
      for (const own of inHand) {
        if (nowMs - own.confirmedMs > own.block.ackWaitMs * FENCE_SHARE)
          lost.abort(new Error("the centre is away"));
        else void extended(own);
      }
    },
    Math.max(200, first.block.ackWaitMs * EXTEND_SHARE),
  );
  try {
    await scan(targets(), {
      ...first.settings,
      adaptive: true,
      signal: lost.signal,
      skips: (target, address) =>
        target.family === null && address !== null && !options.allow.allows(address),
      onRow: ({ result, target }) => {
        const place = places.get(target);
        if (place === undefined) return;
        place.rows += 1;
        return place.own.row(place.n, leanResult(result));
      },
      onTarget: (target) => {
        const place = places.get(target);
        if (place === undefined) return;
        places.delete(target);
        if (place.rows === 0) void place.own.refusal(place.n, "not-allowed");
        settle(place.own);
      },
    });
    await Promise.all(endings);
  } finally {
    clearInterval(timer);
    options.draining.removeEventListener("abort", drain);
    for (const own of inHand) {
      own.drop();
      own.delivery.giveBack(GIVE_BACK_MS);
    }
    if (inHand.size > 0)
      options.tell(`${inHand.size} blocks are given back: ${String(lost.signal.reason?.message ?? "ended")}`);
    inHand.clear();
  }
  return other;
};

/** Whether the centre confirmed that the block is ours for another ack-wait, counted from before it was asked. */
const extended = async (own: BlockInHand): Promise<boolean> => {
  const sentMs = performance.now();
  try {
    await own.delivery.extend();
    own.confirmedMs = Math.max(own.confirmedMs, sentMs);
    return true;
  } catch {
    return false;
  }
};

const minuteNow = (): number => {
  const now = new Date();
  return now.getHours() * 60 + now.getMinutes();
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {});
