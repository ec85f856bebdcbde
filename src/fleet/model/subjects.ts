/** The names that all parts of a fleet agree on: streams, subjects, consumers. */
import { type Parsed, parsed, rejected } from "../../targets/plan/parsed.ts";
import { quoted } from "../../targets/grammar/quoted.ts";

/** What each stream keeps. Workers write below `rdprobe.from.<their segment>` and nowhere else. */
export const STREAMS = {
  /** Blocks that wait for a worker: gone when one is acknowledged. */
  work: { name: "RDPROBE_WORK", subjects: ["rdprobe.work.*"] },
  /** The same blocks for the centre, which holds each row against them. */
  blocks: { name: "RDPROBE_BLOCKS", subjects: ["rdprobe.blocks.*.*.*"] },
  /** Rows and ends of blocks, in the order in which they were stored. */
  rows: { name: "RDPROBE_ROWS", subjects: ["rdprobe.from.*.scan.*.*"] },
  /** What each worker last said of itself. */
  workers: { name: "RDPROBE_WORKERS", subjects: ["rdprobe.from.*.alive.*"] },
  /** What was submitted. */
  scans: { name: "RDPROBE_SCANS", subjects: ["rdprobe.scans.*"] },
  /** What is submitted again and again, and who does it. */
  schedules: { name: "RDPROBE_SCHEDULES", subjects: ["rdprobe.schedules.*", "rdprobe.lease.*"] },
} as const;

export type StreamId = keyof typeof STREAMS;

/** A work stream's consumer has the segment's name. */
export const workSubject = (segment: string): string => `rdprobe.work.${segment}`;

export const blockSubject = (scan: string, segment: string, block: number): string =>
  `rdprobe.blocks.${scan}.${segment}.${block}`;

/** What a worker may say of a scan. */
export type WorkerWord = "rows" | "done" | "failed";

export const scanWordSubject = (segment: string, word: WorkerWord | "*", scan: string): string =>
  `rdprobe.from.${segment}.scan.${word}.${scan}`;

/** All that any worker says of a scan, in the order in which it was stored. */
export const scanWordsFilter = (scan: string): string => scanWordSubject("*", "*", scan);

export const aliveSubject = (segment: string, worker: string): string =>
  `rdprobe.from.${segment}.alive.${worker}`;

export const scanSubject = (scan: string): string => `rdprobe.scans.${scan}`;

export const scheduleSubject = (schedule: string): string => `rdprobe.schedules.${schedule}`;

export const LEASE_SUBJECT = "rdprobe.lease.scheduler";

/** Who said something of a scan, and what; null for another subject. */
export const readScanWord = (subject: string): { readonly segment: string; readonly word: string } | null => {
  const [root, from, segment = "", kind, word = "", scan] = subject.split(".");
  return root === "rdprobe" && from === "from" && kind === "scan" && scan !== undefined
    ? { segment, word }
    : null;
};

/** Who a word of a worker about itself is from, as the server's permissions have it; null for another subject. */
export const readAlive = (subject: string): { readonly segment: string; readonly worker: string } | null => {
  const [root, from, segment = "", kind, worker = ""] = subject.split(".");
  return root === "rdprobe" && from === "from" && kind === "alive" ? { segment, worker } : null;
};

/** One token of a subject, which is also a file's name and a consumer's. */
export const isToken = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(text);

/** The name of a segment, a worker, a scan or a schedule. */
export const parseToken = (text: string): Parsed<string> =>
  isToken(text)
    ? parsed(text)
    : rejected(`${quoted(text)} is no name: write up to 64 letters, digits, - and _, the first no sign`);

/** Whatever a machine calls itself, as a token. */
export const tokenOf = (text: string): string => {
  const token = text
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^[-_]+/, "")
    .slice(0, 64);
  return token === "" ? "unnamed" : token;
};
