/** Hosts without RDP in the table of a scan: a count instead of a row each. */
import type { Result } from "../../verdict/result/result.ts";
import type { VerdictCode } from "../../verdict/verdicts.ts";
import { thousands } from "./scan-tally.ts";

/** What each is called in the count, in its order. */
export const FOLDED: ReadonlyMap<VerdictCode, string> = new Map([
  ["port-closed", "closed"],
  ["port-filtered", "filtered"],
  ["unreachable", "unreachable"],
]);

export class FoldedHosts {
  readonly #counts = new Map<string, number>();

  /** Whether the result gets no row: an address that nobody named by name, where no port answered. */
  takes({ target, verdict }: Result): boolean {
    const word = FOLDED.get(verdict.code);
    if (word === undefined || target.host !== target.address) return false;
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
    return true;
  }

  /** `1,110 without RDP (1,000 closed, 110 filtered): --all lists them`, with its newline; empty for none. */
  text(): string {
    const parts = [...FOLDED.values()].flatMap((word) => {
      const count = this.#counts.get(word);
      return count === undefined ? [] : [{ word, count }];
    });
    const all = parts.reduce((sum, { count }) => sum + count, 0);
    if (all === 0) return "";
    const named = parts.map(({ word, count }) => `${thousands(count)} ${word}`).join(", ");
    return `${thousands(all)} without RDP (${named}): --all lists them\n`;
  }
}
