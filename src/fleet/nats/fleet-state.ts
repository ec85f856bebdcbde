/** What there is in the fleet: workers and their clocks, what waits in each segment, scans and how far they are. */
import { decodeHeartbeat, type Heartbeat } from "../model/worker-messages.ts";
import { readAlive, scanWordSubject, STREAMS, type WorkerWord } from "../model/subjects.ts";
import { decodeManifest, type Manifest } from "../model/submission.ts";
import { type Centre, isNotFound, lastOfEach } from "./centre.ts";

interface WorkerState extends Heartbeat {
  /** Since its last word, by the server's clock and ours, milliseconds. */
  readonly silentMs: number;
  /** Its clock against the server's, milliseconds. */
  readonly clockMs: number;
}

interface SegmentQueue {
  readonly segment: string;
  /** Blocks that no worker has. */
  readonly waiting: number;
  readonly inHand: number;
  /** Blocks that were handed out more than once and are in hand again. */
  readonly again: number;
}

export interface ScanProgress {
  readonly manifest: Manifest;
  readonly segments: readonly {
    readonly segment: string;
    readonly blocks: number;
    readonly done: number;
    readonly failed: number;
  }[];
}

export interface FleetState {
  readonly workers: readonly WorkerState[];
  readonly queues: readonly SegmentQueue[];
  readonly scans: readonly ScanProgress[];
  /** Bytes that all streams hold. */
  readonly bytes: number;
}

export const fleetState = async (centre: Centre, now: Date): Promise<FleetState> => {
  const [workers, queues, scans, bytes] = await Promise.all([
    workersOf(centre, now),
    queuesOf(centre),
    scansOf(centre),
    bytesOf(centre),
  ]);
  return { workers, queues, scans, bytes };
};

const workersOf = async (centre: Centre, now: Date): Promise<readonly WorkerState[]> => {
  const found = await lastOfEach(centre, "workers", STREAMS.workers.subjects[0]);
  return found
    .flatMap(({ subject, text, storedAt }) => {
      const heartbeat = decodeHeartbeat(text);
      const place = readAlive(subject);
      if (heartbeat === null || place === null) return [];
      // Who it is, the server's permissions say, and not the worker.
      const { segment, worker } = place;
      const clockMs = Date.parse(heartbeat.at) - storedAt.getTime();
      return [{ ...heartbeat, segment, worker, clockMs, silentMs: now.getTime() - storedAt.getTime() }];
    })
    .toSorted((a, b) => a.segment.localeCompare(b.segment) || a.worker.localeCompare(b.worker));
};

const queuesOf = async ({ jsm }: Centre): Promise<readonly SegmentQueue[]> => {
  const queues: SegmentQueue[] = [];
  try {
    for await (const info of jsm.consumers.list(STREAMS.work.name)) {
      queues.push({
        segment: info.name,
        waiting: info.num_pending,
        inHand: info.num_ack_pending,
        again: info.num_redelivered,
      });
    }
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return queues.toSorted((a, b) => a.segment.localeCompare(b.segment));
};

const scansOf = async (centre: Centre): Promise<readonly ScanProgress[]> => {
  const found = await lastOfEach(centre, "scans", STREAMS.scans.subjects[0]);
  const manifests = found.map(({ text }) => decodeManifest(text)).filter((one) => one !== null);
  if (manifests.length === 0) return [];
  const [done, failed] = [await countsOf(centre, "done"), await countsOf(centre, "failed")];
  return manifests
    .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
    .map((manifest) => ({
      manifest,
      segments: manifest.segments.map(({ segment, blocks }) => ({
        segment,
        blocks,
        // A block that two workers finished counts once in the rows, and may count twice here.
        done: Math.min(blocks, done[scanWordSubject(segment, "done", manifest.scan)] ?? 0),
        failed: failed[scanWordSubject(segment, "failed", manifest.scan)] ?? 0,
      })),
    }));
};

const countsOf = async ({ jsm }: Centre, word: WorkerWord): Promise<Readonly<Record<string, number>>> => {
  const { state } = await jsm.streams.info(STREAMS.rows.name, {
    subjects_filter: scanWordSubject("*", word, "*"),
  });
  return state.subjects ?? {};
};

const bytesOf = async ({ jsm }: Centre): Promise<number> => {
  let bytes = 0;
  for await (const { config, state } of jsm.streams.list()) if (OWN.has(config.name)) bytes += state.bytes;
  return bytes;
};

const OWN: ReadonlySet<string> = new Set(Object.values(STREAMS).map(({ name }) => name));
