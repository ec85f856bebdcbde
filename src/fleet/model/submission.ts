/** What is submitted: targets of each segment in words, and how they are probed. A schedule keeps it. */
import { settingsOf, type ScanWords } from "./block.ts";
import { jsonOf, listOf, numberOf, objectOf, textOf } from "./json-reader.ts";
import { isToken } from "./subjects.ts";

export interface Submission {
  readonly segments: readonly SegmentWords[];
  /** Of the words that name none. */
  readonly ports: readonly number[];
  /** Pairs of host and port in a block. */
  readonly blockSize: number;
  readonly settings: ScanWords;
  readonly uncovered: Uncovered;
}

interface SegmentWords {
  readonly segment: string;
  readonly words: readonly string[];
}

/** What no segment covers: how many pairs of host and port, and the first of them. */
interface Uncovered {
  readonly targets: number;
  readonly words: readonly string[];
}

/** A submitted scan, as the centre keeps it. */
export interface Manifest {
  readonly scan: string;
  /** RFC 3339, by the clock of who submitted it. */
  readonly createdAt: string;
  /** Whether all blocks are published. */
  readonly isWhole: boolean;
  readonly segments: readonly {
    readonly segment: string;
    readonly blocks: number;
    readonly targets: number;
  }[];
  readonly uncovered: Uncovered;
  readonly settings: ScanWords;
  /** The schedule that it is a run of. */
  readonly schedule: string | null;
}

export interface Schedule {
  readonly schedule: string;
  readonly everyMs: number;
  /** RFC 3339: when the first run is due. */
  readonly firstAt: string;
  /** The due time of the last run that was submitted; null before the first. */
  readonly lastAt: string | null;
  readonly submission: Submission;
}

/** The latest due time that has come and has no run yet: what was missed meanwhile is not made up for. */
export const dueRun = ({ everyMs, firstAt, lastAt }: Schedule, now: Date): Date | null => {
  const first = Date.parse(firstAt);
  const elapsed = now.getTime() - first;
  if (!(elapsed >= 0)) return null;
  const due = first + Math.floor(elapsed / everyMs) * everyMs;
  return lastAt !== null && Date.parse(lastAt) >= due ? null : new Date(due);
};

/** A run's id is its due time's, so that it cannot be submitted twice. */
export const runName = (schedule: string, due: Date): string => `${schedule}-${stamp(due)}`;

/** `20261128T0930Z`, with seconds where there are some. */
export const stamp = (date: Date): string => date.toISOString().replace(/\.\d+/, "").replaceAll(/[-:]/g, "");

export const encodeManifest = (manifest: Manifest): string => JSON.stringify({ v: 1, ...manifest });

export const encodeSchedule = (schedule: Schedule): string => JSON.stringify({ v: 1, ...schedule });

const uncoveredOf = (value: unknown): Uncovered | null => {
  const json = objectOf(value);
  const [targets, words] = [numberOf(json?.["targets"]), listOf(json?.["words"], textOf)];
  return targets === null || words === null ? null : { targets, words };
};

export const decodeManifest = (text: string): Manifest | null => {
  const json = jsonOf(text);
  if (json?.["v"] !== 1) return null;
  const [scan, createdAt] = [textOf(json["scan"]), textOf(json["createdAt"])];
  const segments = listOf(json["segments"], (entry) => {
    const one = objectOf(entry);
    const segment = textOf(one?.["segment"]);
    const [blocks, targets] = [numberOf(one?.["blocks"]), numberOf(one?.["targets"])];
    return segment === null || blocks === null || targets === null ? null : { segment, blocks, targets };
  });
  const [uncovered, settings] = [uncoveredOf(json["uncovered"]), settingsOf(json["settings"])];
  if (scan === null || createdAt === null || segments === null || uncovered === null || settings === null)
    return null;
  const isWhole = json["isWhole"] === true;
  return { scan, createdAt, isWhole, segments, uncovered, settings, schedule: textOf(json["schedule"]) };
};

export const decodeSchedule = (text: string): Schedule | null => {
  const json = jsonOf(text);
  if (json?.["v"] !== 1) return null;
  const [schedule, firstAt] = [textOf(json["schedule"]), textOf(json["firstAt"])];
  const everyMs = numberOf(json["everyMs"]);
  const submission = submissionOf(json["submission"]);
  if (schedule === null || firstAt === null || everyMs === null || submission === null) return null;
  if (!isToken(schedule) || everyMs === 0) return null;
  return { schedule, firstAt, everyMs, submission, lastAt: textOf(json["lastAt"]) };
};

const submissionOf = (value: unknown): Submission | null => {
  const json = objectOf(value);
  const segments = listOf(json?.["segments"], (entry) => {
    const one = objectOf(entry);
    const [segment, words] = [textOf(one?.["segment"]), listOf(one?.["words"], textOf)];
    return segment === null || words === null || !isToken(segment) ? null : { segment, words };
  });
  const ports = listOf(json?.["ports"], numberOf);
  const [blockSize, settings] = [numberOf(json?.["blockSize"]), settingsOf(json?.["settings"])];
  const uncovered = uncoveredOf(json?.["uncovered"]);
  return segments === null || ports === null || blockSize === null || settings === null || uncovered === null
    ? null
    : { segments, ports, blockSize, settings, uncovered };
};
