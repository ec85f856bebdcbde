/**
 * At least once becomes once: a block may be probed by several attempts, and the rows of the first one that is told to
 * be whole are the block's rows. Until then its lines wait here; what is kept for good is a bit a block.
 */
import type { DoneMessage, FailedMessage, RowsMessage } from "./worker-messages.ts";

export interface SegmentState {
  readonly segment: string;
  readonly blocks: number;
  readonly done: number;
  readonly failed: ReadonlyMap<number, FailedMessage>;
  /** Blocks that neither are done nor failed. */
  readonly open: number;
}

/** What comes of the word that a block is done. */
export type DoneOutcome =
  | { readonly kind: "first"; readonly lines: readonly string[] }
  /** Another attempt was first. */
  | { readonly kind: "again" }
  /** The scan has no such block, or not all lines of the attempt are there. */
  | { readonly kind: "torn"; readonly why: string };

/** Lines of attempts that may yet be done weigh so much at most; the oldest go first. */
const MAX_STAGED_CHARACTERS = 256 * 1024 * 1024;

interface Attempt {
  readonly segment: string;
  readonly block: number;
  lines: string[];
  weight: number;
}

export class Ledger {
  readonly #segments: ReadonlyMap<
    string,
    { readonly blocks: number; readonly done: Uint8Array; count: number }
  >;
  readonly #failed = new Map<string, Map<number, FailedMessage>>();
  readonly #attempts = new Map<string, Attempt>();
  readonly #maxStaged: number;
  #staged = 0;

  /** @param blocks of each segment. */
  constructor(blocks: ReadonlyMap<string, number>, maxStaged = MAX_STAGED_CHARACTERS) {
    this.#segments = new Map(
      [...blocks].map(([segment, count]) => [
        segment,
        { blocks: count, done: new Uint8Array(Math.ceil(count / 8)), count: 0 },
      ]),
    );
    this.#maxStaged = maxStaged;
  }

  rows(segment: string, { block, attempt, lines }: RowsMessage): void {
    if (!this.#has(segment, block) || this.isDone(segment, block)) return;
    const key = `${segment}/${block}/${attempt}`;
    const own = this.#attempts.get(key) ?? { segment, block, lines: [], weight: 0 };
    for (const line of lines) {
      own.lines.push(line);
      own.weight += line.length;
      this.#staged += line.length;
    }
    this.#attempts.set(key, own);
    for (const oldest of this.#attempts.keys()) {
      if (this.#staged <= this.#maxStaged) break;
      this.#drop(oldest);
    }
  }

  /** The block stays open until `settle` says that its lines are those of its targets. */
  done(segment: string, { block, attempt, lines }: DoneMessage): DoneOutcome {
    if (!this.#has(segment, block)) return { kind: "torn", why: "the scan has no such block" };
    const key = `${segment}/${block}/${attempt}`;
    const own = this.#attempts.get(key);
    if (this.isDone(segment, block)) return { kind: "again" };
    if (own === undefined || own.lines.length !== lines)
      return { kind: "torn", why: `${own?.lines.length ?? 0} of ${lines} lines are there` };
    this.#drop(key);
    return { kind: "first", lines: own.lines };
  }

  /** The block is done: later attempts are of no account. */
  settle(segment: string, block: number): void {
    const own = this.#segments.get(segment);
    if (own === undefined || this.isDone(segment, block)) return;
    own.count += 1;
    own.done[block >> 3] = (own.done[block >> 3] ?? 0) | (1 << (block & 7));
    this.#failed.get(segment)?.delete(block);
    for (const [key, attempt] of this.#attempts) {
      if (attempt.segment === segment && attempt.block === block) this.#drop(key);
    }
  }

  failed(segment: string, message: FailedMessage): void {
    if (!this.#has(segment, message.block) || this.isDone(segment, message.block)) return;
    const own = this.#failed.get(segment) ?? new Map<number, FailedMessage>();
    this.#failed.set(segment, own.set(message.block, message));
  }

  isDone(segment: string, block: number): boolean {
    const bits = this.#segments.get(segment)?.done[block >> 3] ?? 0;
    return (bits & (1 << (block & 7))) !== 0;
  }

  /** Every block is done, or was set aside. */
  get isOver(): boolean {
    return this.states().every(({ open }) => open === 0);
  }

  states(): readonly SegmentState[] {
    return [...this.#segments].map(([segment, { blocks, count }]) => {
      const failed = this.#failed.get(segment) ?? new Map<number, FailedMessage>();
      return { segment, blocks, done: count, failed, open: blocks - count - failed.size };
    });
  }

  /** Those that are not done, ascending. */
  *missing(segment: string): Generator<number> {
    const blocks = this.#segments.get(segment)?.blocks ?? 0;
    for (let block = 0; block < blocks; block += 1) if (!this.isDone(segment, block)) yield block;
  }

  #has(segment: string, block: number): boolean {
    return block < (this.#segments.get(segment)?.blocks ?? 0);
  }

  #drop(key: string): void {
    this.#staged -= this.#attempts.get(key)?.weight ?? 0;
    this.#attempts.delete(key);
  }
}
