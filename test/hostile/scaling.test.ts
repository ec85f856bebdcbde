/** Twice the input is twice the work: counted by what V8 ran, and not by a clock. */
import { Session } from "node:inspector/promises";
import { describe, expect, it } from "vitest";
import { parseRdpFile } from "../../src/targets/grammar/rdp-file.ts";
import { createCaptureJudge } from "../../src/scan/judge-capture.ts";
import { rowsOfCsv, csvFormOf } from "../../src/report/csv/csv-rows.ts";
import { csvHead, csvRecord, PLAIN_CSV } from "../../src/report/csv/csv.ts";
import { linesOf } from "../../src/cli/inputs/whole-lines.ts";
import { jsonValues } from "../../src/cli/inputs/json-values.ts";
import { KeyLog } from "../../src/tls/decrypt/key-log.ts";
import { targetsOfText } from "../../src/targets/plan/target-text.ts";
import { diffRows } from "../../src/audit/row-diff.ts";
import { rowOfJson } from "../../src/audit/row-of-json.ts";
import { PCAP_FORMS, pcapHeader } from "../capture/support/capture-files.ts";
import { data, FLOW, ipPacket, rawCapture, syn } from "../capture/support/conversation.ts";
import { RESULTS } from "../report/results.ts";
import type { ResultRow } from "../../src/audit/result-row.ts";
import { newestRows } from "../../src/cli/outputs/newest-rows.ts";
import { rowWriter } from "../../src/cli/outputs/row-writer.ts";
import { prometheusDocument } from "../../src/report/monitoring/prometheus-text.ts";
import { changesSince } from "../../src/report/page/page-changes.ts";
import { PageBuilder } from "../../src/report/page/page-builder.ts";
import { pageHtml } from "../../src/report/page/page-html.ts";
import { sortedResults } from "../../src/report/table/sorted-results.ts";
import { table } from "../../src/report/table/table.ts";

const LITTLE = PCAP_FORMS[0] ?? { littleEndian: true, nanoseconds: false };
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 4096) yield bytes.subarray(at, at + 4096);
}

const lines = (bytes: Uint8Array) =>
  linesOf(chunks(bytes), { source: "x", withTorn: true, maxLength: 64 * 1024 * 1024 });

const judge = (packets: readonly Uint8Array[]): void => {
  const one = createCaptureJudge({ file: "x" });
  one.receive(pcapHeader(LITTLE, 101));
  one.receive(rawCapture(packets).subarray(24));
  one.finish();
};

const flow = (port: number) => ({ ...FLOW, client: { address: "10.0.0.1", port: 1024 + port } });
const row = (at: number) =>
  rowOfJson({
    ...RESULTS.portClosed,
    target: { ...RESULTS.portClosed.target, address: `10.0.${at >> 8}.${at & 255}` },
  });
const rows = (count: number) =>
  Array.from({ length: count }, (_, at) => row(at)).filter((one) => one !== null);

const hosts = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    ...RESULTS.portClosed,
    target: { ...RESULTS.portClosed.target, host: `10.1.${at >> 8}.${at & 255}` },
  }));

/** What `merge` does with the rows of its files. */
const merged = async (all: readonly ResultRow[]): Promise<void> => {
  const read = async function* () {
    for (const one of all) yield { row: one, format: "json" } as const;
  };
  const { isNewest } = await newestRows(read);
  const writer = rowWriter("json", PLAIN_CSV);
  for (const [number, one] of all.entries()) if (isNewest(one, number)) writer.add(one);
  writer.end();
};

/** What `report` does with a scan, and an older one. */
const paged = (all: readonly ResultRow[], older: readonly ResultRow[]): void => {
  const page = new PageBuilder();
  for (const one of all) page.add(one);
  const changes = older.length === 0 ? [] : [changesSince("older", null, diffRows(older, all))];
  pageHtml(page.data({ version: "0", now: new Date(0), source: "x", changes }), { script: "", style: "" });
};

/** A reader, how much of it is once, and what reads so much. */
const READERS: readonly (readonly [string, number, (size: number) => Promise<void> | void])[] = [
  ["SYNs", 400, (size) => judge(Array.from({ length: size }, (_, at) => ipPacket(syn, flow(at))))],
  [
    "one stream in segments of a byte",
    800,
    (size) =>
      judge([
        ipPacket(syn, flow(1)),
        ...Array.from({ length: size }, (_, at) => ipPacket(data("client", 1 + at, "a"), flow(1))),
      ]),
  ],
  [
    "segments from the last to the first",
    500,
    (size) =>
      judge([
        ipPacket(syn, flow(1)),
        ...Array.from({ length: size }, (_, at) => ipPacket(data("client", 2 + size - at, "a"), flow(1))),
      ]),
  ],
  [
    "sessions of a key log",
    2000,
    (size) =>
      new KeyLog().add(
        Array.from(
          { length: size },
          (_, at) => `CLIENT_RANDOM ${String(at).padStart(64, "0")} ${"ab".repeat(48)}`,
        ).join("\n"),
      ),
  ],
  [
    "settings of an .rdp file",
    2000,
    (size) => void parseRdpFile(Array.from({ length: size }, (_, at) => `setting${at}:s:x`)),
  ],
  [
    "settings of an .rdp file, all the same",
    2000,
    (size) => void parseRdpFile(Array.from({ length: size }, () => "full address:s:x")),
  ],
  ["targets in one line", 1000, (size) => void targetsOfText("10.0.0.1,".repeat(size))],
  [
    "a line without an end",
    200_000,
    async (size) => {
      for await (const _ of lines(text("x".repeat(size))));
    },
  ],
  [
    "values of a JSON document in one line",
    300,
    async (size) => {
      const document = text(JSON.stringify(Array.from({ length: size }, () => RESULTS.portClosed)));
      for await (const _ of jsonValues({ source: "x", lines: lines(document), warn: () => {} }));
    },
  ],
  [
    "records of CSV",
    300,
    (size) => {
      const form = csvFormOf(csvHead(PLAIN_CSV).trimEnd());
      if (form !== null)
        rowsOfCsv(
          Array.from({ length: size }, () => csvRecord(RESULTS.portClosed, PLAIN_CSV)),
          form,
        );
    },
  ],
  ["hosts of two scans", 300, (size) => void diffRows(rows(size), rows(size).toReversed())],
  ["rows of files that are merged", 300, (size) => merged(rows(size))],
  ["rows that stand in both files", 300, (size) => merged([...rows(size), ...rows(size)])],
  [
    "rows that are all of one host",
    300,
    (size) => merged(Array.from({ length: size }, () => row(1)).flatMap((one) => one ?? [])),
  ],
  ["hosts of a page", 300, (size) => paged(rows(size), [])],
  ["hosts of a page with an older scan", 200, (size) => paged(rows(size), rows(size).toReversed())],
  ["hosts of a table", 300, (size) => void table(sortedResults(hosts(size), "severity"), false, 120)],
  ["series of metrics", 300, (size) => void prometheusDocument(hosts(size))],
];

/** How often each character of our sources ran, all together: V8 joins neighbours that ran equally often. */
const workOf = async (session: Session, work: () => Promise<void> | void): Promise<number> => {
  await session.post("Profiler.takePreciseCoverage");
  await work();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  return result
    .filter(({ url }) => url.includes("/src/"))
    .flatMap(({ functions }) => functions)
    .reduce((sum, { ranges }) => sum + charactersRun(ranges), 0);
};

/** Ranges come from the outside in, and the inner one is right. */
const charactersRun = (
  ranges: readonly { startOffset: number; endOffset: number; count: number }[],
): number => {
  const [whole] = ranges;
  if (whole === undefined) return 0;
  const counts = new Float64Array(whole.endOffset - whole.startOffset);
  for (const { startOffset, endOffset, count } of ranges)
    counts.fill(count, startOffset - whole.startOffset, endOffset - whole.startOffset);
  return counts.reduce((sum, count) => sum + count, 0);
};

describe("twice as much", () => {
  it.each(READERS)("of %s is at most two and a half times the work", async (_, size, read) => {
    const session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    try {
      await read(size);
      const once = await workOf(session, () => read(size));
      const twice = await workOf(session, () => read(2 * size));
      expect(once).toBeGreaterThan(1000);
      expect(twice / once).toBeLessThan(2.5);
    } finally {
      await session.post("Profiler.stopPreciseCoverage");
      session.disconnect();
    }
  });
});
