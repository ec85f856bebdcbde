/** Which rows there are: a set of places (host, address, port) that takes eight bytes an IPv4 address. */
import { ipv4Number } from "../targets/ip-number.ts";

export interface RowPlace {
  readonly host: string;
  /** Null for a name that has none. */
  readonly address: string | null;
  readonly port: number;
}

const PORTS = 65_536;
const FIRST_CAPACITY = 1024;

export class RowKeys {
  #numbers = new Float64Array(FIRST_CAPACITY);
  #count = 0;
  #isSorted = true;
  readonly #texts = new Set<string>();

  /** Rows added, one that was added twice counted twice where it is a plain IPv4 address. */
  get size(): number {
    return this.#count + this.#texts.size;
  }

  add(place: RowPlace): void {
    const number = numberOf(place);
    if (number === null) {
      this.#texts.add(textOf(place));
      return;
    }
    if (this.#count === this.#numbers.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#count] = number;
    this.#count += 1;
    this.#isSorted = false;
  }

  has(place: RowPlace): boolean {
    const number = numberOf(place);
    return number === null ? this.#texts.has(textOf(place)) : this.#find(number);
  }

  #find(number: number): boolean {
    if (!this.#isSorted) this.#numbers.subarray(0, this.#count).sort();
    this.#isSorted = true;
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#numbers[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low < this.#count && this.#numbers[low] === number;
  }
}

/** A place whose host is the IPv4 address itself; all others are texts. */
const numberOf = ({ host, address, port }: RowPlace): number | null => {
  if (host !== address) return null;
  const number = ipv4Number(host);
  return number === null ? null : number * PORTS + port;
};

const textOf = ({ host, address, port }: RowPlace): string =>
  `${host.toLowerCase()} ${address ?? ""} ${port}`;
