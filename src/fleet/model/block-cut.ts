/** Runs of targets cut into blocks: as they are asked for, and none of them unfolded. */
import { type AddressRun, addressText, type HostRun, type Runs } from "./address-runs.ts";

/** The targets of a block. */
export interface Cut {
  readonly words: readonly string[];
  /** Pairs of host and port. */
  readonly count: number;
}

/**
 * The blocks in order; an address is in one of them with all its ports.
 * @param size pairs of host and port in a block; one address with more ports than that makes a block of its own.
 * @param ports those that a word need not name.
 */
export function* cutBlocks(
  { addresses, hosts }: Runs,
  size: number,
  ports: readonly number[],
): Generator<Cut> {
  const usual = portsKey(ports);
  let words: string[] = [];
  let count = 0;
  for (const run of addresses) {
    const each = BigInt(run.ports.length);
    for (let { start } = run; start < run.end; ) {
      const room = BigInt(Math.max(size - count, 0)) / each;
      if (room === 0n && count > 0) {
        yield { words, count };
        [words, count] = [[], 0];
        continue;
      }
      const taken = least(room === 0n ? 1n : room, run.end - start);
      for (const word of wordsOf({ ...run, start, end: start + taken }, usual)) words.push(word);
      count += Number(taken * each);
      start += taken;
    }
  }
  for (const run of hosts) {
    if (count > 0 && count + run.ports.length > size) {
      yield { words, count };
      [words, count] = [[], 0];
    }
    for (const word of hostWords(run, usual)) words.push(word);
    count += run.ports.length;
  }
  if (count > 0) yield { words, count };
}

/** All of it in words, one for each run where the usual ports do. */
export const wordsOfRuns = ({ addresses, hosts }: Runs, ports: readonly number[]): readonly string[] => {
  const usual = portsKey(ports);
  return [
    ...addresses.flatMap((run) => wordsOf(run, usual)),
    ...hosts.flatMap((run) => hostWords(run, usual)),
  ];
};

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

const portsKey = (ports: readonly number[]): string => ports.toSorted((a, b) => a - b).join();

const wordsOf = ({ family, start, end, ports }: AddressRun, usual: string): readonly string[] => {
  const first = addressText(family, start);
  const text = end - start === 1n ? first : `${first}-${addressText(family, end - 1n)}`;
  if (ports.join() === usual) return [text];
  return ports.map((port) => (family === 4 ? `${text}:${port}` : `[${text}]:${port}`));
};

const hostWords = ({ host, ports }: HostRun, usual: string): readonly string[] => {
  if (ports.join() === usual) return [host];
  return ports.map((port) => (host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`));
};
