/** Which rows are shown, and in which order: filters, search, sorting; every part of the page changes it here. */
import { TEXT_COLUMNS, type TextColumnName } from "../report/page/page-data.ts";
import type { Scan } from "./scan.ts";

export interface Filter {
  /** One filter of a kind at a time. */
  readonly kind: string;
  /** For people. */
  readonly label: string;
  readonly test: (row: number) => boolean;
}

export type SortKey = "severity" | "host" | "title" | "nla" | "tls_version" | "days" | "name" | "os";

export interface Sort {
  readonly by: SortKey;
  readonly descending: boolean;
}

/** What a search looks into. */
const SEARCHED: readonly TextColumnName[] = TEXT_COLUMNS.filter((name) => name !== "problems");

export class View {
  readonly scan: Scan;
  readonly #filters = new Map<string, Filter>();
  readonly #listeners: (() => void)[] = [];
  readonly #ranks = new Map<SortKey, Float64Array>();
  #haystacks: readonly string[] | null = null;
  #search = "";
  #sort: Sort = { by: "severity", descending: false };
  #isFoldedShown: boolean;
  #rows: Int32Array | null = null;

  constructor(scan: Scan) {
    this.scan = scan;
    this.#isFoldedShown = Array.from({ length: scan.count }).every((_, row) => scan.isFolded(row));
  }

  /** Called after each change. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** The rows that are shown, in their order. */
  rows(): Int32Array {
    this.#rows ??= this.#ordered();
    return this.#rows;
  }

  get filters(): readonly Filter[] {
    return [...this.#filters.values()];
  }

  get search(): string {
    return this.#search;
  }

  get sort(): Sort {
    return this.#sort;
  }

  get isFoldedShown(): boolean {
    return this.#isFoldedShown;
  }

  /** In the place of another filter of its kind. */
  setFilter(filter: Filter): void {
    this.#filters.delete(filter.kind);
    this.#filters.set(filter.kind, filter);
    this.#changed();
  }

  /** This filter and no other: what somebody asked for elsewhere in the page. */
  setOnly(filter: Filter): void {
    this.#filters.clear();
    this.#search = "";
    this.setFilter(filter);
  }

  removeFilter(kind: string): void {
    if (this.#filters.delete(kind)) this.#changed();
  }

  clear(): void {
    this.#filters.clear();
    this.#search = "";
    this.#changed();
  }

  setSearch(text: string): void {
    this.#search = text.trim().toLowerCase();
    this.#changed();
  }

  setSort(sort: Sort): void {
    this.#sort = sort;
    this.#changed();
  }

  showFolded(isShown: boolean): void {
    this.#isFoldedShown = isShown;
    this.#changed();
  }

  #changed(): void {
    this.#rows = null;
    for (const listener of this.#listeners) listener();
  }

  #ordered(): Int32Array {
    const { scan } = this;
    const words = this.#search.split(/\s+/).filter((word) => word !== "");
    const filters = this.filters;
    const haystacks = words.length === 0 ? [] : this.#searched();
    const rows: number[] = [];
    for (let row = 0; row < scan.count; row += 1) {
      if (!this.#isFoldedShown && scan.isFolded(row)) continue;
      if (!filters.every(({ test }) => test(row))) continue;
      if (!words.every((word) => haystacks[row]?.includes(word) === true)) continue;
      rows.push(row);
    }
    const { by, descending } = this.#sort;
    const ranks = this.#ranksOf(by);
    const sign = descending ? -1 : 1;
    return Int32Array.from(rows).sort((a, b) => compared(ranks[a], ranks[b], sign) || a - b);
  }

  #searched(): readonly string[] {
    this.#haystacks ??= Array.from({ length: this.scan.count }, (_, row) => haystack(this.scan, row));
    return this.#haystacks;
  }

  #ranksOf(by: SortKey): Float64Array {
    const ranks = this.#ranks.get(by) ?? ranksOf(this.scan, by);
    this.#ranks.set(by, ranks);
    return ranks;
  }
}

/** What has no value stands last, whichever way the others go. */
const compared = (a = Number.NaN, b = Number.NaN, sign: number): number => {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  return Number.isNaN(b) ? -1 : (a - b) * sign;
};

const haystack = (scan: Scan, row: number): string => {
  const certificate = scan.certificate(scan.certificatePlace(row));
  const texts = SEARCHED.map((name) => scan.text(name, row));
  return [...texts, scan.place(row), certificate?.subject, certificate?.issuer, certificate?.sha256]
    .filter((text) => text !== null && text !== undefined)
    .join("\n")
    .toLowerCase();
};

const SEVERITIES = { critical: 0, warning: 1, ok: 2 } as const;

/** A number a row by which it is sorted; NaN for no value. Rows are in the order of their addresses already. */
const ranksOf = (scan: Scan, by: SortKey): Float64Array => {
  if (by === "host") return Float64Array.from({ length: scan.count }, (_, row) => row);
  if (by === "severity") {
    return Float64Array.from({ length: scan.count }, (_, row) => SEVERITIES[scan.severity(row)]);
  }
  if (by === "days") return Float64Array.from({ length: scan.count }, (_, row) => scan.days(row));
  const { values, at } = scan.column(by);
  const order = [...values.keys()].sort((a, b) => byText(values[a] ?? "", values[b] ?? ""));
  const ranks = new Float64Array(values.length);
  for (const [rank, place] of order.entries()) ranks[place] = rank;
  return Float64Array.from(
    { length: scan.count },
    (_, row) => ranks[at === null ? row : (at[row] ?? -1)] ?? Number.NaN,
  );
};

const byText = (a: string, b: string): number => {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  return one < other ? -1 : Number(one > other);
};
