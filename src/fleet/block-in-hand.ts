/**
 * A block on its way through this worker: its lines go to the centre in batches, and when all are stored, its end does,
 * and then the block is acknowledged.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Block } from "./model/block.ts";
import { encodeRefusal, encodeRow, type RefusalCode } from "./model/worker-messages.ts";
import type { Delivery, WorkerPort } from "./worker-port.ts";

export interface BlockIdentity {
  readonly worker: string;
  readonly version: string;
  /** Of this delivery alone. */
  readonly attempt: string;
}

/** A batch goes when it has so many lines or characters, or is so old. */
const BATCH_LINES = 128;
const BATCH_CHARACTERS = 96 * 1024;
const BATCH_MS = 250;

/** Batches on their way at a time. */
const MAX_OUTSTANDING = 8;

const RETRY_MS = [100, 250, 500, 1000, 2000, 5000] as const;

export class BlockInHand {
  readonly delivery: Delivery;
  readonly block: Block;
  /** Targets whose lines are not all known. */
  left: number;
  /** When the last extension that the centre confirmed was sent, by a clock that only goes forward. */
  confirmedMs: number;
  readonly #port: WorkerPort;
  readonly #identity: BlockIdentity;
  readonly #signal: AbortSignal;
  readonly #outstanding = new Set<Promise<void>>();
  #batch: string[] = [];
  #weight = 0;
  #timer: NodeJS.Timeout | null = null;
  #lines = 0;
  #batches = 0;

  /** @param signal aborts when the block is no longer this worker's. */
  constructor(
    delivery: Delivery,
    block: Block,
    { port, identity, signal }: { port: WorkerPort; identity: BlockIdentity; signal: AbortSignal },
  ) {
    this.delivery = delivery;
    this.block = block;
    this.left = block.count;
    this.confirmedMs = performance.now();
    this.#port = port;
    this.#identity = identity;
    this.#signal = signal;
  }

  /** Waits only while much is on its way. */
  row(n: number, result: object): Promise<void> | void {
    return this.#add(encodeRow(n, result));
  }

  refusal(n: number, code: RefusalCode): Promise<void> | void {
    return this.#add(encodeRefusal(n, code));
  }

  /** All lines are given. Resolves when the block is acknowledged; rejects where it is no longer ours. */
  async finish(): Promise<void> {
    this.#send();
    await Promise.all(this.#outstanding);
    const { block, scan } = this.block;
    const { attempt, worker, version } = this.#identity;
    const at = new Date().toISOString();
    const message = { block, attempt, lines: this.#lines, worker, version, at };
    await this.#stored(() => this.#port.done(scan, message, `${this.#id()}/done`));
    await this.#stored(() => this.delivery.acknowledge());
  }

  /** No more is sent. */
  drop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#batch = [];
  }

  #id(): string {
    const { scan, segment, block } = this.block;
    return `${scan}/${segment}/${block}/${this.#identity.attempt}`;
  }

  #add(line: string): Promise<void> | void {
    this.#batch.push(line);
    this.#weight += line.length;
    if (this.#batch.length >= BATCH_LINES || this.#weight >= BATCH_CHARACTERS) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), BATCH_MS);
    // Who waits wants room, and no word on what became of a batch: `finish` has that.
    if (this.#outstanding.size >= MAX_OUTSTANDING) return Promise.race(this.#outstanding).catch(() => {});
  }

  #send(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#batch.length === 0) return;
    const lines = this.#batch;
    this.#batch = [];
    this.#weight = 0;
    this.#lines += lines.length;
    const { block, scan } = this.block;
    const { attempt } = this.#identity;
    const id = `${this.#id()}/${this.#batches}`;
    this.#batches += 1;
    const sent: Promise<void> = this.#stored(() =>
      this.#port.rows(scan, { block, attempt, lines }, id),
    ).finally(() => this.#outstanding.delete(sent));
    // Who waits for all of them is told; nobody may be waiting yet.
    sent.catch(() => {});
    this.#outstanding.add(sent);
  }

  /** Tries until the centre has it: the same id makes it one message, however often it comes. */
  async #stored(store: () => Promise<void>): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      this.#signal.throwIfAborted();
      try {
        await store();
        return;
      } catch {
        this.#signal.throwIfAborted();
        await sleep(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)], undefined, { signal: this.#signal });
      }
    }
  }
}
