/** One target fuzzed for a while: inputs that reach new places are kept, and changed again. */
import { getHeapStatistics } from "node:v8";
import { randomOfCase } from "../laws/pieces/random.ts";
import { startCoverage } from "./coverage.ts";
import { minimised } from "./minimise.ts";
import { mutated } from "./mutation.ts";
import type { FuzzTarget } from "./target.ts";

export interface Fault {
  readonly target: string;
  readonly what: string;
  readonly bytes: Uint8Array;
}

export interface FuzzReport {
  readonly executions: number;
  readonly elapsedMs: number;
  readonly corpus: readonly Uint8Array[];
  readonly places: number;
  readonly slowestMs: number;
}

export interface FuzzOptions {
  readonly seed: number;
  readonly timeMs: number;
  readonly corpus: readonly Uint8Array[];
  /** Told before each execution, so that who watches knows what does not end. */
  readonly onInput: (bytes: Uint8Array) => void;
  readonly onFault: (fault: Fault) => void;
}

/** Of one kind of fault, so many are told. */
const MAX_FAULTS = 20;
const LEAST_BATCH = 16;
const MOST_BATCH = 1024;
const MAX_CORPUS = 4000;
const MAX_EXTERNAL_BYTES = 512 * 1024 * 1024;
const MINIMISER_TRIES = 600;

export const fuzz = async (target: FuzzTarget, options: FuzzOptions): Promise<FuzzReport> => {
  const startedAt = performance.now();
  const coverage = await startCoverage();
  const corpus: Uint8Array[] = [];
  const told = new Set<string>();
  let executions = 0;
  let slowestMs = 0;

  const breach = async (bytes: Uint8Array): Promise<string | null> => {
    options.onInput(bytes);
    try {
      const running = target.run(bytes);
      if (running !== undefined) await running;
      return null;
    } catch (error) {
      return kindOf(error);
    }
  };
  const execute = async (bytes: Uint8Array): Promise<void> => {
    const before = performance.now();
    const what = await breach(bytes);
    executions += 1;
    slowestMs = Math.max(slowestMs, performance.now() - before);
    if (what === null || told.has(what) || told.size >= MAX_FAULTS) return;
    told.add(what);
    const small = await minimised(bytes, async (one) => (await breach(one)) === what, MINIMISER_TRIES);
    options.onFault({ target: target.name, what, bytes: small });
  };

  /** Keeps those of a batch that ran something new, found by halves. */
  const keepNew = async (batch: readonly Uint8Array[]): Promise<void> => {
    for (const bytes of batch) await breach(bytes);
    const fresh = await coverage.look();
    if (fresh.length === 0) return;
    if (batch.length === 1) {
      coverage.keep(fresh);
      const [bytes] = batch;
      if (bytes !== undefined && corpus.length < MAX_CORPUS) corpus.push(bytes);
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await keepNew(batch.slice(0, half));
    await keepNew(batch.slice(half));
  };

  for (const bytes of [...options.corpus, ...(await target.seeds())]) {
    await execute(bytes);
    const fresh = await coverage.look();
    coverage.keep(fresh);
    if (fresh.length > 0 || corpus.length < 8) corpus.push(bytes);
  }
  if (corpus.length === 0) corpus.push(new Uint8Array(0));
  let size = LEAST_BATCH;
  for (let round = 0; performance.now() - startedAt < options.timeMs; round += 1) {
    const random = randomOfCase(options.seed, target.name, round);
    const batch: Uint8Array[] = [];
    for (let index = 0; index < size && performance.now() - startedAt < options.timeMs; index += 1) {
      // The newest are the least explored.
      const last = corpus.length - 1;
      const at = random.oneIn(2) ? last - random.magnitude(0, last) : random.between(0, last);
      const bytes = mutated(corpus[Math.max(0, at)] ?? new Uint8Array(0), target, corpus, random);
      batch.push(bytes);
      await execute(bytes);
    }
    if (getHeapStatistics().external_memory > MAX_EXTERNAL_BYTES)
      throw new Error("memory outside the heap grows");
    const isNew = (await coverage.look()).length > 0;
    size = isNew ? Math.max(LEAST_BATCH, size / 2) : Math.min(MOST_BATCH, size * 2);
    if (isNew) await keepNew(batch);
  }
  const places = coverage.kept;
  await coverage.stop();
  return { executions, elapsedMs: performance.now() - startedAt, corpus, places, slowestMs };
};

/** The same fault has the same kind, whatever numbers are in its words. */
const kindOf = (error: unknown): string => {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const [, at = ""] =
    /\(?([^\s(]*\/(?:src|test)\/[^\s)]+:\d+):\d+\)?/.exec(
      error instanceof Error ? (error.stack ?? "") : "",
    ) ?? [];
  return `${text.slice(0, 120).replaceAll(/\d+/g, "N")} ${at.replace(/^.*\/(src|test)\//, "$1/")}`.trim();
};
