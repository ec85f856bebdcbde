/** Octet ranges as in nmap: `10.0.0-3.1-254`, `10.0.0.1,5,9`, `10.0.*.1`. */
import type { AddressRange } from "./ip-number.ts";
import { type Parsed, parsed, rejected } from "../plan/parsed.ts";
import { quoted } from "./quoted.ts";

/** Inclusive, as typed. */
type Run = readonly [first: number, last: number];

/** What a pattern may fall into: `10.*.*.1-254` has 65,536 ranges, and what has more is seldom what was meant. */
const MAX_RANGES = 1_048_576;

/**
 * The ranges of addresses, ascending, made while they are read; octets that are full to the end cost
 * nothing (`10.*.*.*` is one range).
 */
export const parseOctetPattern = (text: string): Parsed<Iterable<AddressRange>> => {
  const parts = text.split(".");
  if (parts.length !== 4) return rejected(`an IPv4 address has four octets, and this has ${parts.length}`);
  const octets: Run[][] = [];
  for (const part of parts) {
    const runs = parseOctet(part);
    if (!runs.ok) return runs;
    octets.push(runs.value);
  }
  while (octets.length > 1 && isFull(octets.at(-1))) octets.pop();
  const count = octets.slice(0, -1).reduce((total, runs) => total * sizeOf(runs), octets.at(-1)?.length ?? 0);
  return count <= MAX_RANGES
    ? parsed({ [Symbol.iterator]: () => rangesOf(octets, 0, 0) })
    : rejected(
        `it falls into ${count} ranges, and ${MAX_RANGES} are the most: write CIDR, and leave out with --exclude`,
      );
};

/** The runs of one octet, sorted and merged. */
const parseOctet = (text: string): Parsed<Run[]> => {
  const wanted = new Array<boolean>(256).fill(false);
  for (const item of text.split(",")) {
    const [first = "", last = first, ...rest] = item === "*" || item === "-" ? ["0", "255"] : item.split("-");
    for (const number of [first, last]) {
      if (!/^\d{1,3}$/.test(number) || Number(number) > 255) {
        return rejected(
          `an octet is a number from 0 to 255, or a range of them as 1-254, not ${quoted(item)}`,
        );
      }
      if (/^0\d/.test(number)) {
        return rejected(
          `"${number}" has a leading zero, which is octal to some programs: write ${Number(number)}`,
        );
      }
    }
    if (rest.length > 0 || Number(first) > Number(last)) {
      return rejected(`${quoted(item)} is no range of octets: write the lower one first, as in 1-254`);
    }
    wanted.fill(true, Number(first), Number(last) + 1);
  }
  return parsed(runsOf(wanted));
};

const runsOf = (wanted: readonly boolean[]): Run[] => {
  const runs: Run[] = [];
  for (let octet = 0; octet < 256; octet += 1) {
    if (wanted[octet] !== true) continue;
    const first = octet;
    while (wanted[octet + 1] === true) octet += 1;
    runs.push([first, octet]);
  }
  return runs;
};

const isFull = (runs: readonly Run[] | undefined): boolean => runs?.[0]?.[0] === 0 && runs[0][1] === 255;

const sizeOf = (runs: readonly Run[]): number =>
  runs.reduce((size, [first, last]) => size + last - first + 1, 0);

function* rangesOf(octets: readonly Run[][], depth: number, prefix: number): Generator<AddressRange> {
  const size = 256 ** (3 - depth);
  for (const [first, last] of octets[depth] ?? []) {
    if (depth === octets.length - 1) {
      yield { family: 4, start: prefix + first * size, end: prefix + (last + 1) * size };
      continue;
    }
    for (let octet = first; octet <= last; octet += 1) {
      yield* rangesOf(octets, depth + 1, prefix + octet * size);
    }
  }
}
