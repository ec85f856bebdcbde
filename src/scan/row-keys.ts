/** Which rows there are: a set of places (host, address, port) that takes little more than eight bytes an IPv4 address. */
import { ipv4Number } from "../targets/grammar/ip-number.ts";

export interface RowPlace {
  readonly host: string;
  /** Null for a name that has none. */
  readonly address: string | null;
  readonly port: number;
}

const PORTS = 65_536;

/** So many are gathered, and a share of those that are there, before they are sorted in among them. */
const LEAST_GATHERED = 1024;
const GATHERED_SHARE = 1 / 4;

export class RowKeys {
  #sorted = new Float64Array(0);
  readonly #gathered = new Set<number>();
  readonly #texts = new Set<string>();

  /** Different places. */
  get size(): number {
    return this.#sorted.length + this.#gathered.size + this.#texts.size;
  }

  add(place: RowPlace): void {
    const number = numberOf(place);
    if (number === null) {
      this.#texts.add(textOf(place));
      return;
    }
    if (isIn(this.#sorted, number)) return;
    this.#gathered.add(number);
    const most = Math.max(LEAST_GATHERED, GATHERED_SHARE * this.#sorted.length);
    if (this.#gathered.size >= most) this.#sortIn();
  }

  has(place: RowPlace): boolean {
    const number = numberOf(place);
    if (number === null) return this.#texts.has(textOf(place));
    return this.#gathered.has(number) || isIn(this.#sorted, number);
  }

  #sortIn(): void {
    const all = new Float64Array(this.#sorted.length + this.#gathered.size);
    all.set(this.#sorted);
    let at = this.#sorted.length;
    for (const number of this.#gathered) {
      all[at] = number;
      at += 1;
    }
    this.#sorted = all.sort();
    this.#gathered.clear();
  }
}

const isIn = (sorted: Float64Array, number: number): boolean => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === number;
};

/** A place whose host is the IPv4 address itself; all others are texts. */
const numberOf = ({ host, address, port }: RowPlace): number | null => {
  if (host !== address) return null;
  const number = ipv4Number(host);
  return number === null ? null : number * PORTS + port;
};

const textOf = ({ host, address, port }: RowPlace): string =>
  `${host.toLowerCase()} ${address ?? ""} ${port}`;
