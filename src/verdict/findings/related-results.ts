/** Captured connections of one client to one server, close together: mstsc's second try belongs to its first. */
import type { Finding, Result, Source } from "../result/result.ts";
import { withFindings } from "./with-findings.ts";

/** From the end of one connection to the start of the next. */
const CLOSE_MS = 30_000;

/** More tries in a row are a scanner's: each has its neighbours, and no summary names them. */
const MAX_TRIES = 6;

type Captured = Result & { readonly source: Extract<Source, { kind: "pcap" }> };

/** The results in their order, those that belong together naming each other. */
export const relateResults = (results: readonly Result[]): readonly Result[] => {
  const groups = new Map<string, Captured[]>();
  for (const result of results) {
    if (!isCaptured(result) || result.source.purpose !== undefined) continue;
    const key = `${result.source.file} ${addressOf(result.source.client)} ${result.source.server}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [result]);
    else group.push(result);
  }
  const related = new Map<Result, Result>();
  for (const group of groups.values()) {
    for (const run of runsOf(group)) {
      run.forEach((result, index) => {
        const before = neighbour(run[index - 1], result);
        const after = neighbour(result, run[index + 1]);
        if (before === null && after === null) return;
        related.set(result, withNeighbours(result, before, after, run.length <= MAX_TRIES));
      });
    }
  }
  return results.map((result) => related.get(result) ?? result);
};

/** The streams that belong together, each group in the order of its streams. */
export const relatedStreams = (results: readonly Result[]): readonly (readonly number[])[] => {
  const neighbours = new Map<number, readonly number[]>();
  for (const { source } of results) {
    if (source.kind === "pcap" && source.related !== undefined) neighbours.set(source.stream, source.related);
  }
  const groups: number[][] = [];
  for (const start of neighbours.keys()) {
    const group: number[] = [];
    const open = [start];
    for (let stream = open.pop(); stream !== undefined; stream = open.pop()) {
      const next = neighbours.get(stream);
      if (next === undefined) continue;
      neighbours.delete(stream);
      group.push(stream);
      for (const other of next) open.push(other);
    }
    if (group.length > 1) groups.push(group.toSorted((a, b) => a - b));
  }
  return groups;
};

/** Of one client and one server: those that follow each other closely, in the order of their times. */
const runsOf = (group: readonly Captured[]): readonly (readonly Captured[])[] => {
  const runs: Captured[][] = [];
  for (const result of group.toSorted(
    (a, b) => startOf(a) - startOf(b) || a.source.stream - b.source.stream,
  )) {
    const run = runs.at(-1);
    if (run === undefined || neighbour(run.at(-1), result) === null) runs.push([result]);
    else run.push(result);
  }
  return runs;
};

interface Neighbour {
  readonly result: Captured;
  readonly gapMs: number;
}

const isCaptured = (result: Result): result is Captured => result.source.kind === "pcap";

const startOf = (result: Result): number => Date.parse(result.startedAt);

/** The other one of two that follow each other closely; null where there is none or it is far. */
const neighbour = (
  first: Captured | undefined,
  second: Captured | undefined,
): { first: Neighbour; second: Neighbour } | null => {
  if (first === undefined || second === undefined) return null;
  const gapMs = Math.max(0, startOf(second) - startOf(first) - first.durationMs);
  return gapMs > CLOSE_MS ? null : { first: { result: first, gapMs }, second: { result: second, gapMs } };
};

const withNeighbours = (
  result: Captured,
  before: ReturnType<typeof neighbour>,
  after: ReturnType<typeof neighbour>,
  isTold: boolean,
): Result => {
  const texts = [
    before === null
      ? null
      : `the same client tried ${spanText(before.first.gapMs)} before (${named(before.first)})`,
    after === null
      ? null
      : `the same client tries again ${spanText(after.second.gapMs)} later (${named(after.second)})`,
  ].filter((text) => text !== null);
  const neighbours = [before?.first, after?.second].filter((one) => one !== undefined);
  const source = { ...result.source, related: neighbours.map(({ result: other }) => other.source.stream) };
  if (!isTold) return { ...result, source };
  const summary = [result.verdict.summary, ...texts].join("; ");
  return withFindings(
    { ...result, source, verdict: { ...result.verdict, summary } },
    neighbours.map(relatedFinding),
  );
};

const relatedFinding = ({ result, gapMs }: Neighbour): Finding => ({
  code: "related-connection",
  severity: "info",
  stage: "tcp",
  summary: `stream ${result.source.stream} is of the same client and server, ${spanText(gapMs)} apart`,
  evidence: { stream: result.source.stream, verdict: result.verdict.code, gapMs: Math.round(gapMs) },
  remedies: [],
});

const spanText = (ms: number): string => (ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`);

const named = ({ result }: Neighbour): string => `stream ${result.source.stream}: ${result.verdict.code}`;

const addressOf = (endpoint: string): string => endpoint.slice(0, endpoint.lastIndexOf(":"));
