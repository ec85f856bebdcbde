/**
 * The list of targets (or of exclusions) as it was typed, held as ranges: what lies side by side and was
 * typed in that order is one range, so that neither a /8 nor a file with a line for each of its
 * addresses takes memory.
 */
import { BigintColumn, type Column, NumberColumn } from "../grammar/column.ts";
import { ipv4Text, ipv6Text } from "../grammar/ip-number.ts";
import type { TargetEntry } from "./target-entry.ts";

/** What an entry without a port stands for: the ports of `-p`, or, in an exclusion, every port. */
export const NO_PORT = 0;

/** A name or an address with a zone, at its place in the list. */
export interface ListedHost {
  readonly place: number;
  readonly input: string;
  readonly host: string;
  /** The address without its zone; null for a name. */
  readonly address: bigint | null;
  /** NO_PORT where none was typed. */
  readonly port: number;
}

/** Ranges of one family as columns, in the order typed; `A` is number for IPv4 and bigint for IPv6. */
export class RangeColumns<A extends number | bigint> {
  readonly starts: Column<A>;
  /** Exclusive. */
  readonly ends: Column<A>;
  readonly ports = new NumberColumn();
  /** Where in the whole list the range stands. */
  readonly places = new NumberColumn();
  /** An empty column for addresses of the family. */
  readonly column: () => Column<A>;

  constructor(column: () => Column<A>) {
    this.column = column;
    this.starts = column();
    this.ends = column();
  }

  get length(): number {
    return this.starts.length;
  }

  /** Adds a range, or lengthens the last one where it goes on. @returns whether it was lengthened. */
  add(start: A, end: A, port: number, place: number, mayJoin: boolean): boolean {
    const last = this.length - 1;
    const goesOn =
      mayJoin &&
      this.ends.at(last) === start &&
      this.ports.at(last) === port &&
      this.places.at(last) === place - 1;
    if (goesOn) {
      this.ends.replace(last, end);
      return true;
    }
    this.starts.push(start);
    this.ends.push(end);
    this.ports.push(port);
    this.places.push(place);
    return false;
  }
}

export class TargetList {
  readonly ipv4 = new RangeColumns<number>(() => new NumberColumn());
  readonly ipv6 = new RangeColumns<bigint>(() => new BigintColumn());
  readonly hosts: ListedHost[] = [];
  /** By place: what was typed for a single address, where it is not the text that the address prints as. */
  readonly typed = new Map<number, string>();
  #places = 0;

  /** @param entries those to begin with. */
  constructor(entries: Iterable<TargetEntry> = []) {
    for (const entry of entries) this.add(entry);
  }

  add(entry: TargetEntry): void {
    const port = entry.port ?? NO_PORT;
    if (entry.kind !== "addresses") {
      const address = entry.kind === "zoned" ? entry.address : null;
      this.hosts.push({ place: this.#places, input: entry.input, host: entry.host, address, port });
      this.#places += 1;
      return;
    }
    for (const range of entry.ranges) {
      const place = this.#places;
      const text = endpointText(range.family === 4 ? ipv4Text(range.start) : ipv6Text(range.start), port);
      const isOdd = entry.single && entry.input.trim() !== text;
      const mayJoin = !isOdd && !this.typed.has(place - 1);
      const joined =
        range.family === 4
          ? this.ipv4.add(range.start, range.end, port, place, mayJoin)
          : this.ipv6.add(range.start, range.end, port, place, mayJoin);
      if (isOdd) this.typed.set(place, entry.input);
      if (!joined) this.#places += 1;
    }
  }
}

/** An address as one types it with its port, where it has one. */
export const endpointText = (address: string, port: number): string => {
  if (port === NO_PORT) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
};
