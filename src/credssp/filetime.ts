/** FILETIME: 100 ns ticks since 1601-01-01 UTC, as [MS-NLMP] 2.2.2.1 MsvAvTimestamp carries it. */

const TICKS_PER_MS = 10_000n;
const UNIX_EPOCH_MS = 11_644_473_600_000n;
const YEAR_10000_MS = 253_402_300_800_000;

/**
 * The time, to the millisecond; null for 0, which tells no time, and from the year 10000 on, which RFC 3339
 * cannot write.
 */
export const filetimeToDate = (ticks: bigint): Date | null => {
  if (ticks === 0n) return null;
  const unixMs = Number(ticks / TICKS_PER_MS - UNIX_EPOCH_MS);
  return unixMs < YEAR_10000_MS ? new Date(unixMs) : null;
};

/** @param date not before 1601. */
export const dateToFiletime = (date: Date): bigint => (BigInt(date.getTime()) + UNIX_EPOCH_MS) * TICKS_PER_MS;
