/** A scan's rows as the centre has them: each block's once, in the order in which blocks were done. */
import { type Block, decodeBlock } from "../model/block.ts";
import { checkBlock, type CheckedBlock } from "../model/block-check.ts";
import { Ledger, type SegmentState } from "../model/ledger.ts";
import { blockSubject, readScanWord, scanSubject, scanWordsFilter, STREAMS } from "../model/subjects.ts";
import { decodeManifest, type Manifest } from "../model/submission.ts";
import { decodeDone, decodeFailed, decodeRows, type DoneMessage } from "../model/worker-messages.ts";
import { type Centre, lastOf } from "./centre.ts";

export interface ScanReading {
  /** Goes on until every block is done or set aside, or the signal aborts; else what is there now is read. */
  readonly follows: boolean;
  readonly signal: AbortSignal;
  /** Takes a block that is done; the reading waits for it. */
  readonly onBlock: (block: Block, checked: CheckedBlock) => Promise<void> | void;
  /** Told of what workers said that is not so, or cannot be read. */
  readonly tell: (text: string) => void;
  /** Told when there is news. */
  readonly onState?: (states: readonly SegmentState[]) => void;
}

export interface ScanState {
  readonly segments: readonly SegmentState[];
  readonly ledger: Ledger;
  /** Workers whose clocks are off, by how much, milliseconds. */
  readonly clocks: ReadonlyMap<string, number>;
}

/** Beyond it a worker's times are not to be trusted. */
export const MAX_CLOCK_MS = 5000;

/** Null where there is no such scan. */
export const readManifest = async (centre: Centre, scan: string): Promise<Manifest | null> =>
  decodeManifest((await lastOf(centre, "scans", scanSubject(scan)))?.text ?? "");

/** The block as it was submitted. */
export const readBlock = async (
  centre: Centre,
  scan: string,
  segment: string,
  block: number,
): Promise<Block | null> =>
  decodeBlock((await lastOf(centre, "blocks", blockSubject(scan, segment, block)))?.text ?? "");

/** Reads the rows of a scan. */
export const readScanRows = async (
  centre: Centre,
  manifest: Manifest,
  reading: ScanReading,
): Promise<ScanState> => {
  const { scan } = manifest;
  const ledger = new Ledger(new Map(manifest.segments.map(({ segment, blocks }) => [segment, blocks])));
  const clocks = new Map<string, number>();
  const state = (): ScanState => ({ segments: ledger.states(), ledger, clocks });
  const onDone = async (segment: string, done: DoneMessage, storedAt: Date): Promise<void> => {
    const off = Date.parse(done.at) - storedAt.getTime();
    if (Math.abs(off) > MAX_CLOCK_MS) clocks.set(done.worker, off);
    const outcome = ledger.done(segment, done);
    if (outcome.kind === "again") return;
    const name = `block ${segment}/${done.block} of ${done.worker}`;
    if (outcome.kind === "torn") return reading.tell(`${name} is not taken: ${outcome.why}`);
    const block = await readBlock(centre, scan, segment, done.block);
    if (block === null) return reading.tell(`${name} is not taken: the centre has no such block`);
    const checked = checkBlock(block, outcome.lines);
    if (!checked.ok) return reading.tell(`${name} is not taken: ${checked.why}`);
    await reading.onBlock(block, checked.value);
    ledger.settle(segment, done.block);
  };
  for await (const { subject, text, storedAt } of messagesOf(centre, scan, reading, () => ledger.isOver)) {
    const place = readScanWord(subject);
    if (place === null) continue;
    const { segment, word } = place;
    if (word === "rows") {
      const rows = decodeRows(text);
      if (rows === null) reading.tell(`a message of ${segment} is no rows`);
      else ledger.rows(segment, rows);
      continue;
    }
    const done = word === "done" ? decodeDone(text) : null;
    const failed = word === "failed" ? decodeFailed(text) : null;
    if (done !== null) await onDone(segment, done, storedAt);
    else if (failed !== null) ledger.failed(segment, failed);
    else reading.tell(`a message of ${segment} cannot be read`);
    reading.onState?.(ledger.states());
  }
  return state();
};

interface Stored {
  readonly subject: string;
  readonly text: string;
  readonly storedAt: Date;
}

async function* messagesOf(
  { js, jsm }: Centre,
  scan: string,
  { follows, signal }: Pick<ScanReading, "follows" | "signal">,
  isOver: () => boolean,
): AsyncGenerator<Stored> {
  if (isOver()) return;
  const { name } = STREAMS.rows;
  await jsm.streams.info(name);
  const consumer = await js.consumers.get(name, { filter_subjects: scanWordsFilter(scan) });
  if (!follows && (await consumer.info()).num_pending === 0) return;
  const messages = await consumer.consume({ max_messages: 500 });
  const stop = (): void => messages.stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const message of messages) {
      yield { subject: message.subject, text: message.string(), storedAt: message.time };
      if (signal.aborted || isOver() || (!follows && message.info.pending === 0)) break;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    messages.stop();
  }
}
