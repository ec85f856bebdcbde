/**
 * Who of several entries gets which ports of one address. Entries and exclusions fall into classes: an
 * entry without a port (DEFAULT_CLASS), one for each port named, and the exclusions, which take and give
 * nothing.
 */

/** The class of entries without a port; an entry with a port has that port as its class. */
const DEFAULT_CLASS = 0;

/** The class of exclusions without a port; one with port p has the class `-1 - p`. */
const EXCLUDED_CLASS = -1;

/** @param port NO_PORT or the port excluded. */
export const exclusionClass = (port: number): number => EXCLUDED_CLASS - port;

/** A set of ports as the plan holds it: one for each combination there is, not for each address. */
export interface PortSet {
  readonly ports: readonly number[];
  /** The port was typed in the target, so that its `input` has one. */
  readonly wasTyped: boolean;
}

/** Combinations of more classes are seldom met again, and would be long keys. */
const MAX_REMEMBERED = 16;

export interface Shares {
  /** For each class asked about: the set that it gets, as an index of `sets`, or null where nothing is left. */
  readonly gets: readonly (number | null)[];
  /** Ports that an entry asked for and an exclusion took. */
  readonly excluded: number;
}

export class PortShares {
  readonly sets: PortSet[] = [];
  readonly #ports: readonly number[];
  readonly #indexes = new Map<string, number>();
  readonly #shares = new Map<string, Shares>();

  /** @param ports those of entries without a port. */
  constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  /** The ports that entries of a class ask for. */
  portsOf(portClass: number): readonly number[] {
    return portClass === DEFAULT_CLASS ? this.#ports : [portClass];
  }

  /** @param classes in the order in which they may take: exclusions, then the entry typed first. */
  of(classes: readonly number[]): Shares {
    if (classes.length > MAX_REMEMBERED) return this.#share(classes);
    const key = classes.join();
    const known = this.#shares.get(key);
    if (known !== undefined) return known;
    const shares = this.#share(classes);
    this.#shares.set(key, shares);
    return shares;
  }

  #share(classes: readonly number[]): Shares {
    const taken = new Set<number>();
    const barred = new Set<number>();
    let excluded = 0;
    const gets = classes.map((portClass) => {
      if (portClass < 0) {
        barred.add(portClass);
        return null;
      }
      const untaken = this.portsOf(portClass).filter((port) => !taken.has(port));
      for (const port of untaken) taken.add(port);
      const left = barred.has(EXCLUDED_CLASS)
        ? []
        : untaken.filter((port) => !barred.has(exclusionClass(port)));
      excluded += untaken.length - left.length;
      return left.length === 0 ? null : this.indexOf(left, portClass);
    });
    return { gets, excluded };
  }

  /** The index in `sets` of these ports, which are those of the class or some of them. */
  indexOf(ports: readonly number[], portClass: number): number {
    const wasTyped = portClass !== DEFAULT_CLASS;
    const isWhole = ports.length === this.portsOf(portClass).length;
    const key = isWhole ? `all of ${portClass}` : ports.join();
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.sets.push({ ports, wasTyped });
    this.#indexes.set(key, this.sets.length - 1);
    return this.sets.length - 1;
  }
}
