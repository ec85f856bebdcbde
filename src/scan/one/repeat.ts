/** The same targets again and again: for what comes and goes, and for what stands behind one address. */
import { setTimeout as sleep } from "node:timers/promises";
import { type RepeatedResult, type Repetition, startRepetition } from "../../verdict/repeat/repeat-report.ts";
import type { Result } from "../../verdict/result/result.ts";

export interface RepeatOptions {
  /** Rounds. */
  readonly count: number;
  /**
   * From the end of one round to the start of the next, milliseconds; several take turns, so that what depends
   * on idle time shows.
   */
  readonly pausesMs: readonly number[];
  /** Once aborted, no new round is begun, and what is known is given at once. */
  readonly signal: AbortSignal;
  /** Told each round's results as they come. */
  readonly onRound?: (results: readonly Result[]) => void;
}

export interface Round {
  /** Probes all targets once. */
  readonly probe: () => Promise<readonly Result[]>;
  /** Makes one more connection to the place of a result. */
  readonly skipTurn: (result: Result) => Promise<void>;
}

/**
 * Runs the round again and again, one at a time, and gives one result a place: an address and port of a host.
 * A turn is skipped after every second round of probes that make several connections each.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const repeatProbes = async (
  { probe, skipTurn }: Round,
  { count, pausesMs, signal, onRound }: RepeatOptions,
): Promise<readonly RepeatedResult[]> => {
  const places = new Map<string, Repetition>();
  for (let turn = 0; turn < count && !signal.aborted; turn += 1) {
    const pauseMs = turn === 0 ? null : (pausesMs[(turn - 1) % pausesMs.length] ?? 0);
    if (pauseMs !== null) await pause(pauseMs, signal);
    if (signal.aborted) break;
    const results = await probe();
    for (const result of results) {
      const place = placeOf(result);
      const repetition = places.get(place) ?? startRepetition();
      places.set(place, repetition);
      repetition.add(result, pauseMs);
    }
    onRound?.(results);
    const isLast = turn + 1 === count || signal.aborted;
    if (turn % 2 === 1 && !isLast) await skipTurns(results, skipTurn);
  }
  return [...places.values()].flatMap((repetition) => repetition.result() ?? []);
};

const skipTurns = async (results: readonly Result[], skipTurn: Round["skipTurn"]): Promise<void> => {
  for (const result of results) if (result.connections > 1) await skipTurn(result);
};

const placeOf = ({ target }: Result): string =>
  `${target.host.toLowerCase()} ${target.address ?? ""} ${target.port}`;

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
};
