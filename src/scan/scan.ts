/** Several targets at once, within a bound, and never two connections to one address. */
import pLimit from "p-limit";
import { withAddressFindings } from "../verdict/address-findings.ts";
import type { Result } from "../verdict/result.ts";
import { probeAddress } from "./probe-address.ts";
import type { AddressTarget } from "./probe-options.ts";
import { type HostTarget, planTarget, type TargetOptions } from "./probe-target.ts";

export interface ScanOptions extends TargetOptions {
  /** Addresses probed at the same time. */
  readonly concurrency: number;
  /** Once aborted, no new probe is begun, and what is known is given at once. */
  readonly signal: AbortSignal;
}

/** One row of the answer: known from the start, or the place of an address that is yet to be probed. */
type Row = { result: Result | null; readonly address: AddressTarget | null };

/**
 * Probes all targets and gives the results in the targets' order.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const scan = async (
  targets: readonly HostTarget[],
  options: ScanOptions,
): Promise<readonly Result[]> => {
  const { signal } = options;
  const limit = pLimit(options.concurrency);
  const plans = await untilAborted(
    Promise.all(targets.map((target) => limit(() => planTarget(target, options)))),
    signal,
  );
  const rows: readonly Row[] = (plans ?? []).flatMap((plan): readonly Row[] =>
    plan.kind === "unresolved"
      ? [{ result: plan.result, address: null }]
      : plan.addresses.map((address) => ({ result: null, address })),
  );
  const probes = [...rowsByAddress(rows).values()].map((group) =>
    limit(async () => {
      for (const row of group) {
        if (row.address !== null && !signal.aborted) row.result = await probeAddress(row.address, options);
      }
    }),
  );
  await untilAborted(Promise.all(probes), signal);
  return withAddressFindings(rows.flatMap(({ result }) => (result === null ? [] : [result])));
};

/** One group an address: its ports and names take turns. */
const rowsByAddress = (rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    if (row.address === null) continue;
    const { address } = row.address.endpoint;
    groups.set(address, [...(groups.get(address) ?? []), row]);
  }
  return groups;
};

/** The work's value, or null as soon as the signal aborts. */
const untilAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> => {
  if (signal.aborted) return null;
  let stop = () => {};
  const aborted = new Promise<null>((resolve) => {
    stop = () => resolve(null);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
};
