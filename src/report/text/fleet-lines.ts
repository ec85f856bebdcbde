/** The fleet as text: workers, segments, scans, and what is wrong with them. */
import { escapeUnsafe } from "../safe/safe-text.ts";
import { borderless } from "../table/borderless.ts";
import { duration, thousands } from "../table/scan-tally.ts";

/** A worker as the table shows it. */
interface WorkerLine {
  readonly segment: string;
  readonly worker: string;
  readonly version: string;
  readonly state: string;
  readonly silentMs: number;
  readonly clockMs: number;
  readonly inHand: number;
  readonly targets: number;
  readonly permits: string;
}

interface SegmentLine {
  readonly segment: string;
  readonly workers: number;
  readonly waiting: number;
  readonly inHand: number;
  readonly again: number;
}

interface ScanLine {
  readonly scan: string;
  readonly createdAt: string;
  readonly blocks: number;
  readonly done: number;
  readonly failed: number;
  readonly state: string;
}

export interface FleetLines {
  readonly workers: readonly WorkerLine[];
  readonly segments: readonly SegmentLine[];
  readonly scans: readonly ScanLine[];
  /** What a person should look at, a line each. */
  readonly problems: readonly string[];
  readonly bytes: number;
}

const MEGABYTE = 1_000_000;

/** The text with its final newline. */
export const fleetText = ({ workers, segments, scans, problems, bytes }: FleetLines): string =>
  [
    workers.length === 0
      ? "no worker has been seen within a day\n"
      : borderless(
          ["SEGMENT", "WORKER", "VERSION", "STATE", "SEEN", "CLOCK", "BLOCKS", "TARGETS", "PERMITS"],
          workers.map((one) => [
            ...[one.segment, one.worker, one.version, one.state].map(escapeUnsafe),
            `${duration(Math.max(0, one.silentMs))} ago`,
            clockText(one.clockMs),
            String(one.inHand),
            thousands(one.targets),
            escapeUnsafe(one.permits),
          ]),
        ),
    segments.length === 0
      ? ""
      : borderless(
          ["SEGMENT", "WORKERS", "WAITING", "IN HAND", "AGAIN"],
          segments.map(({ segment, workers: count, waiting, inHand, again }) => [
            escapeUnsafe(segment),
            ...[count, waiting, inHand, again].map(thousands),
          ]),
        ),
    scans.length === 0
      ? "no scan\n"
      : borderless(
          ["SCAN", "SUBMITTED", "BLOCKS", "DONE", "FAILED", "STATE"],
          scans.map(({ scan, createdAt, blocks, done, failed, state }) => [
            escapeUnsafe(scan),
            escapeUnsafe(createdAt.slice(0, 16).replace("T", " ")),
            ...[blocks, done, failed].map(thousands),
            state,
          ]),
        ),
    `${(bytes / MEGABYTE).toFixed(1)} MB kept\n`,
    problems.map((problem) => `! ${escapeUnsafe(problem)}\n`).join(""),
  ]
    .filter((part) => part !== "")
    .join("\n");

/** A clock that is a second off is right: the way to the server takes a while. */
const clockText = (ms: number): string =>
  Math.abs(ms) < 1000 ? "ok" : `${ms > 0 ? "+" : "-"}${duration(Math.abs(ms))}`;
