/**
 * Many targets: fed from a sequence that may have no end in sight through a bounded window, within the bounds of
 * slots and rate, and never two connections to one address. Nothing is kept but what is in flight.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { withAddressFindings } from "../verdict/findings/address-findings.ts";
import type { Result } from "../verdict/result/result.ts";
import { createAddressTurns } from "./address-turns.ts";
import type { AddressTarget } from "./one/probe-options.ts";
import { type HostTarget, planTarget, routingOf, type TargetOptions, viaOf } from "./one/probe-target.ts";
import { createTries, type ProbeOne } from "./one/tries.ts";

export interface ScanOptions extends TargetOptions {
  /** Addresses probed at the same time. */
  readonly concurrency: number;
  /** New connections a second, all addresses together; null for no bound. */
  readonly ratePerSecond: number | null;
  /** Further tries of an address where nothing came in time. */
  readonly retries: number;
  /** Whether most targets may be nobody: silence is then waited for no longer than the network shows to be enough. */
  readonly adaptive: boolean;
  /** Once aborted, no new connection is opened; what ends within a second is still given. */
  readonly signal: AbortSignal;
  /** Whether a target is left out at this address; the address is null for a name that has none. */
  readonly skips?: (target: HostTarget, address: string | null) => boolean;
  /** Probes one address; `probeAddress` where it is left out. */
  readonly probe?: ProbeOne;
  /** Takes each row as soon as it is known. The scan waits for it, so that a slow writer slows it down. */
  readonly onRow: (row: ScanRow) => Promise<void> | void;
  /** Told of each target once all its rows are given: of none where the signal aborts before. */
  readonly onTarget?: (target: number) => void;
}

export interface ScanRow {
  readonly result: Result;
  /** Its target's number in the sequence, from 0. */
  readonly target: number;
}

/** Targets in the window for each slot: so that a slot that gets free is taken at once. */
const WINDOW_PER_SLOT = 2;

/** What is in flight when the scan is told to stop has this long to end by itself. */
const GRACE_MS = 1000;

/**
 * Probes all targets; every address gives exactly one row, unless the signal aborts before.
 * @throws LocalResourceError when this machine cannot open a connection, however few at a time.
 * @throws what `onRow` or `targets` throws; the scan ends there.
 */
export const scan = async (
  targets: Iterable<HostTarget> | AsyncIterable<HostTarget>,
  options: ScanOptions,
): Promise<void> => {
  const broken = new AbortController();
  const signal = AbortSignal.any([options.signal, broken.signal]);
  const turns = createAddressTurns();
  const tries = createTries({ ...options, signal });
  const window = createWindow(options.concurrency * WINDOW_PER_SLOT, signal);
  let isOver = false;

  const probeTurn = (address: AddressTarget): Promise<Result | null> => {
    let closing = CLOSED;
    const onClosing = (closed: Promise<void>): void => {
      closing = closed;
    };
    return turns.take(
      address.endpoint.address,
      () => tries.probe(address, onClosing),
      () => closing,
    );
  };
  const probeTarget = async (target: HostTarget, number: number): Promise<void> => {
    if (target.family !== null && options.skips?.(target, target.host) === true) {
      options.onTarget?.(number);
      return;
    }
    const plan =
      target.family === null
        ? await tries.resolve(() => planTarget(target, options))
        : literal(target, options);
    if (plan === null) return;
    const results =
      plan.kind === "unresolved"
        ? [options.skips?.(target, null) === true ? null : plan.result]
        : await Promise.all(
            plan.addresses
              .filter(({ endpoint }) => options.skips?.(target, endpoint.address) !== true)
              .map(probeTurn),
          );
    for (const result of withAddressFindings(results.filter((one) => one !== null))) {
      if (!isOver) await options.onRow({ result, target: number });
    }
    if (!isOver && !signal.aborted) options.onTarget?.(number);
  };

  const flights = new Set<Promise<void>>();
  const land = (flight: Promise<void>): void => {
    flights.delete(flight);
    window.leave();
  };
  let number = 0;
  try {
    for await (const target of targets) {
      await window.enter();
      if (signal.aborted) break;
      const flight: Promise<void> = probeTarget(target, number).then(
        () => land(flight),
        (error: unknown) => {
          broken.abort(error);
          land(flight);
        },
      );
      flights.add(flight);
      number += 1;
    }
  } catch (error) {
    broken.abort(error);
  }
  await landed(flights, signal);
  isOver = true;
  if (broken.signal.aborted) throw broken.signal.reason;
};

const CLOSED = Promise.resolve();

/** What `planTarget` makes of a literal address, without waiting for it. */
const literal = (target: HostTarget, options: TargetOptions) => {
  const { input, host, port, family } = target;
  const via = viaOf(options);
  return {
    kind: "addresses" as const,
    addresses:
      family === null
        ? []
        : [
            {
              ...{ input, host, resolution: null, ...routingOf(target) },
              endpoint: { address: host, port, family, ...via },
            },
          ],
  };
};

/** Waits for all flights; once the signal aborts, no longer than the grace. */
const landed = async (flights: ReadonlySet<Promise<void>>, signal: AbortSignal): Promise<void> => {
  const all = Promise.all(flights);
  if (!signal.aborted) {
    await Promise.race([
      all,
      new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true })),
    ]);
  }
  if (!signal.aborted) return;
  const graceIsOver = new AbortController();
  await Promise.race([all, sleep(GRACE_MS, undefined, { signal: graceIsOver.signal }).catch(() => {})]);
  graceIsOver.abort();
};

/** How many targets are begun and not yet done, within a bound. */
const createWindow = (size: number, signal: AbortSignal) => {
  let taken = 0;
  let wake = (): void => {};
  signal.addEventListener("abort", () => wake(), { once: true });
  return {
    /** Takes a place as soon as there is one, or at once when the signal aborts. */
    async enter(): Promise<void> {
      if (taken >= size && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      taken += 1;
    },
    leave(): void {
      taken -= 1;
      wake();
    },
  };
};
