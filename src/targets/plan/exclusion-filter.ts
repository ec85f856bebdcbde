/** Whether an address that a name resolved to is excluded: the plan could not know it when it was made. */
import { countUpTo } from "./count-up-to.ts";
import { type AddressRange, ipv4Number, ipv6Number, ipv6Range } from "../grammar/ip-number.ts";
import { NO_PORT, type RangeColumns, type TargetList } from "./target-list.ts";

/**
 * @returns asks for an address as text (a zone is ignored) and a port; a text that is no address is not
 * excluded.
 */
export const exclusionFilter = (exclusions: TargetList): ((address: string, port: number) => boolean) => {
  const ipv4 = searchOf(exclusions.ipv4);
  const ipv6 = searchOf(exclusions.ipv6);
  const zoned = exclusions.hosts;
  return (address, port) => {
    const range = rangeOf(address);
    if (range === null) return false;
    if (range.family === 4) return ipv4(range.start, port);
    return (
      ipv6(range.start, port) ||
      zoned.some((host) => host.host === address && (host.port === NO_PORT || host.port === port))
    );
  };
};

const rangeOf = (address: string): AddressRange | null => {
  const ipv4 = ipv4Number(address);
  if (ipv4 !== null) return { family: 4, start: ipv4, end: ipv4 + 1 };
  const ipv6 = ipv6Number(address);
  return ipv6 === null ? null : ipv6Range(ipv6, ipv6 + 1n);
};

/** The ends of merged ranges, ascending: an address is inside where an odd number of ends lies at or below it. */
type Ends<A extends number | bigint> = readonly A[];

const searchOf = <A extends number | bigint>(
  ranges: RangeColumns<A>,
): ((address: A, port: number) => boolean) => {
  const byPort = new Map<number, [start: A, end: A][]>();
  for (let row = 0; row < ranges.length; row += 1) {
    const start = ranges.starts.at(row);
    const end = ranges.ends.at(row);
    if (start === undefined || end === undefined) continue;
    const port = ranges.ports.at(row) ?? NO_PORT;
    const own = byPort.get(port);
    if (own === undefined) byPort.set(port, [[start, end]]);
    else own.push([start, end]);
  }
  const merged = new Map([...byPort].map(([port, own]) => [port, mergedEnds(own)]));
  const isIn = (port: number, address: A): boolean => countUpTo(merged.get(port) ?? [], address) % 2 === 1;
  return (address, port) => isIn(NO_PORT, address) || isIn(port, address);
};

const mergedEnds = <A extends number | bigint>(ranges: [start: A, end: A][]): Ends<A> => {
  const ends: A[] = [];
  ranges.sort(([one], [other]) => (one < other ? -1 : Number(one > other)));
  for (const [start, end] of ranges) {
    const last = ends.at(-1);
    if (last === undefined || start > last) ends.push(start, end);
    else if (end > last) ends[ends.length - 1] = end;
  }
  return ends;
};
