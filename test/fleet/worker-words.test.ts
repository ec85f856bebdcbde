/** What workers say and may do: rows of a block's targets alone, hours, the lease, due times. */
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowOfJson } from "../../src/audit/row-of-json.ts";
import { checkBlock } from "../../src/fleet/model/block-check.ts";
import type { Block } from "../../src/fleet/model/block.ts";
import { parseHours } from "../../src/fleet/model/hours.ts";
import { leanResult } from "../../src/fleet/model/lean-result.ts";
import { LeaseView } from "../../src/fleet/model/lease.ts";
import { dueRun, type Schedule } from "../../src/fleet/model/submission.ts";
import {
  decodeDone,
  decodeFailed,
  decodeHeartbeat,
  decodeLine,
  decodeRows,
  encodeRefusal,
  encodeRow,
} from "../../src/fleet/model/worker-messages.ts";
import { csvOfRow, csvRecord } from "../../src/report/csv/csv.ts";
import { judged } from "../judging/judged.ts";

const BLOCK: Block = {
  ...{
    scan: "s",
    segment: "berlin",
    block: 0,
    words: ["10.0.0.1-10.0.0.2", "server01"],
    ports: [3389],
    count: 3,
  },
  ackWaitMs: 60_000,
  settings: {
    ...{ depth: "quick", client: "c", timeout: "5s", pause: "0", retries: "0" },
    ...{ expiryWarning: "30", expiryCritical: "14" },
  },
};
const row = (n: number, host: string, address = host, port = 3389): string =>
  encodeRow(n, { target: { host, address, port } });
const WHOLE = [
  row(1, "10.0.0.2"),
  row(0, "10.0.0.1"),
  row(2, "server01", "10.9.9.9"),
  row(2, "server01", "10.9.9.8"),
];

describe("the rows of a block", () => {
  it("are taken when each target has its own, in the order of the targets", () => {
    const checked = checkBlock(BLOCK, WHOLE);
    expect(checked.ok && checked.value.results.map((one) => JSON.stringify(one))).toEqual([
      expect.stringContaining("10.0.0.1"),
      expect.stringContaining("10.0.0.2"),
      expect.stringContaining("10.9.9.9"),
      expect.stringContaining("10.9.9.8"),
    ]);
  });

  it("have refusals beside them", () => {
    const checked = checkBlock(BLOCK, [
      encodeRefusal(0, "not-allowed"),
      ...WHOLE.filter((_, at) => at !== 1),
    ]);
    expect(checked.ok && checked.value.refused).toEqual([{ target: "10.0.0.1", why: "not-allowed" }]);
  });

  it.each([
    ["one is missing", WHOLE.slice(1)],
    ["an address has two", [...WHOLE, row(0, "10.0.0.1")]],
    ["a name's address has two", [...WHOLE, row(2, "server01", "10.9.9.9")]],
    ["one is about another host", [...WHOLE.slice(0, 2), row(2, "paris01", "10.30.0.1")]],
    ["one is about another port", [...WHOLE.slice(1), row(1, "10.0.0.2", "10.0.0.2", 22)]],
    ["one has another address", [...WHOLE.slice(1), row(1, "10.0.0.2", "10.30.0.1")]],
    ["one is of a target that the block has not", [...WHOLE, row(3, "10.0.0.3")]],
    ["one is no row", [...WHOLE, "{}"]],
  ])("are not taken where %s", (_, lines) => {
    expect(checkBlock(BLOCK, lines).ok).toBe(false);
  });

  it("may be anything that a stolen worker sends", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        for (const read of [decodeRows, decodeDone, decodeFailed, decodeHeartbeat, decodeLine])
          expect(() => read(text)).not.toThrow();
        expect(checkBlock(BLOCK, [text]).ok).toBe(false);
      }),
    );
  });
});

describe("a result on its way", () => {
  it("makes the same row of CSV as the whole one, in less room", () => {
    const names = readdirSync("fixtures", { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".pcap"),
    );
    const results = names.flatMap(
      (name) => judged(readFileSync(`fixtures/${name}`), { chunkBytes: 65_536 }).results,
    );
    expect(results.length).toBeGreaterThan(30);
    for (const result of results) {
      const lean = JSON.stringify(leanResult(result));
      const read = rowOfJson(JSON.parse(lean));
      expect(read && csvOfRow(read)).toBe(csvRecord(result));
      expect(lean.length).toBeLessThan(JSON.stringify(result).length / 2);
    }
  });
});

describe("hours", () => {
  const minute = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  it.each([
    ["22-06", "22:00", true],
    ["22-06", "05:59", true],
    ["22-06", "06:00", false],
    ["22-06", "12:00", false],
    ["08:30-17:45", "08:29", false],
    ["08:30-17:45", "17:44", true],
    ["0-24", "13:00", true],
    ["12-13,22-06", "12:30", true],
  ])("%s at %s is %s", (text, at, isOpen) => {
    const hours = parseHours(text);
    expect(hours.ok && hours.value.isOpen(minute(at))).toBe(isOpen);
  });
  it.each(["", "22", "22-", "25-06", "22-22", "22:61-06", "22-06-07"])("%j are none", (text) => {
    expect(parseHours(text).ok).toBe(false);
  });
});

describe("the lease", () => {
  it("is held by one at most, whatever the delays, and is taken when its holder is gone", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 4000 })), { maxLength: 200 }),
        (steps) => {
          const views = ["a", "b", "c"].map((self) => new LeaseView(self, 9000));
          let stored = { sequence: 0, holder: null as string | null };
          let nowMs = 0;
          for (const [who, passed] of steps) {
            nowMs += passed;
            const view = views[who];
            const over = view?.wants(nowMs) ?? null;
            if (view !== undefined && over !== null && over === stored.sequence) {
              stored = { sequence: over + 1, holder: "abc"[who] ?? null };
              view.wrote(stored.sequence, nowMs);
            } else view?.saw(stored, nowMs);
            expect(views.filter((one) => one.holds(nowMs)).length).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
    const [gone, next] = [new LeaseView("a", 9000), new LeaseView("b", 9000)];
    gone.saw({ sequence: 0, holder: null }, 0);
    gone.wrote(1, 0);
    next.saw({ sequence: 1, holder: "a" }, 100);
    expect(next.wants(9000)).toBeNull();
    expect(next.wants(9101)).toBe(1);
    expect(gone.holds(6001)).toBe(false);
  });
});

describe("a schedule", () => {
  const schedule: Omit<Schedule, "submission"> = {
    ...{ schedule: "nightly", everyMs: 3_600_000 },
    ...{ firstAt: "2026-11-28T00:00:00.000Z", lastAt: null },
  };
  const due = (lastAt: string | null, now: string): string | null => {
    const submission = {
      segments: [],
      ports: [],
      blockSize: 1,
      settings: BLOCK.settings,
      uncovered: { targets: 0, words: [] },
    };
    return dueRun({ ...schedule, lastAt, submission }, new Date(now))?.toISOString() ?? null;
  };
  it("is due at its times, once, and does not make up for what was missed", () => {
    expect(due(null, "2026-11-27T23:59:00Z")).toBeNull();
    expect(due(null, "2026-11-28T00:00:00Z")).toBe("2026-11-28T00:00:00.000Z");
    expect(due("2026-11-28T00:00:00Z", "2026-11-28T00:59:00Z")).toBeNull();
    expect(due("2026-11-28T00:00:00Z", "2026-11-28T05:10:00Z")).toBe("2026-11-28T05:00:00.000Z");
  });
});
