/**
 * The results of a capture while it is read: held back until they can be put in their order and related to each other,
 * and let go of where they are more than a capture that somebody looks at has.
 */
import { relateResults } from "../verdict/findings/related-results.ts";
import type { Result } from "../verdict/result/result.ts";

export type TakeResults = (results: readonly Result[]) => void;

/** What is held weighs so much at most; without anybody who takes results, all are held. */
const MAX_WEIGHT_BYTES = 32 * 1024 * 1024;

/** A result without a certificate, with the causes and remedies that it carries. */
const RESULT_BYTES = 16 * 1024;

export class HeldResults {
  readonly #take: TakeResults | null;
  #held: Result[] = [];
  #weight = 0;

  /** @param take is given those that are let go of before the end, in the order of their streams as far as they are known. */
  constructor(take: TakeResults | null) {
    this.#take = take;
  }

  add(result: Result): void {
    this.#held.push(result);
    this.#weight += weightOf(result);
    if (this.#take !== null && this.#weight > MAX_WEIGHT_BYTES) this.#letGo(this.#take);
  }

  /** Those that are left. */
  finish(): readonly Result[] {
    return relateResults(byStream(this.#held));
  }

  /** Of the first half. */
  #letGo(take: TakeResults): void {
    const sorted = byStream(this.#held);
    const half = Math.ceil(sorted.length / 2);
    take(relateResults(sorted).slice(0, half));
    this.#held = sorted.slice(half);
    this.#weight = this.#held.reduce((sum, result) => sum + weightOf(result), 0);
  }
}

const byStream = (results: readonly Result[]): Result[] =>
  results.toSorted((a, b) => streamOf(a) - streamOf(b));

const streamOf = ({ source }: Result): number => (source.kind === "pcap" ? source.stream : 0);

/** A certificate's texts stand in it several times. */
const weightOf = ({ certificate }: Result): number =>
  certificate === null ? RESULT_BYTES : 2 * RESULT_BYTES + TEXT_COPIES * textLength(certificate);

const TEXT_COPIES = 8;

/** Of all texts in a value that is part of a result. */
const textLength = (value: unknown): number => {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce<number>((sum, inner) => sum + textLength(inner), 0);
};
