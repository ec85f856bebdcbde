import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatRecordingMark,
  parseRecordingMark,
  type RecordingMark,
  type UnseenEvent,
} from "../../../src/handshake/conversation/recording-mark.ts";

const MARK: RecordingMark = {
  probe: 3,
  purpose: "offer-all",
  input: "rdp.example:3390",
  host: "rdp.example",
  reference: "win11-mstsc-nla",
  resolvedMs: 12.5,
  probeStartedAtMs: 1_795_000_000_000,
  startedAtMs: 0.25,
  unseen: [],
};

const atMs = fc.double({ min: 0, max: 1e6, noNaN: true }).map(Math.abs);
const text = fc.string({ unit: "binary", maxLength: 40 });
const unseen: fc.Arbitrary<UnseenEvent> = fc.oneof(
  fc.record({ kind: fc.constant("timeout" as const), atMs }),
  fc.record({ kind: fc.constant("overflow" as const), atMs, limitBytes: fc.nat() }),
  fc.record({
    kind: fc.constant("connect-failed" as const),
    atMs,
    reason: fc.constantFrom(
      "refused" as const,
      "no-answer" as const,
      "unreachable" as const,
      "proxy" as const,
    ),
    detail: text,
  }),
);
const mark: fc.Arbitrary<RecordingMark> = fc.record({
  probe: fc.nat(),
  purpose: text,
  input: text,
  host: text,
  reference: text,
  resolvedMs: fc.option(atMs, { nil: null }),
  probeStartedAtMs: atMs,
  startedAtMs: atMs,
  unseen: fc.array(unseen, { maxLength: 8 }),
});

const changed = (change: object): string => `rdprobe.connection/1 ${JSON.stringify({ ...MARK, ...change })}`;

describe("the mark of a recorded connection", () => {
  it("is read back as it was written, also with more lines behind it", () => {
    fc.assert(
      fc.property(mark, (written) => {
        const comment = formatRecordingMark(written);
        expect(parseRecordingMark(comment)).toEqual(written);
        expect(parseRecordingMark(`${comment}\nrdprobe: ok at done`)).toEqual(written);
      }),
    );
  });

  it.each([
    ["no comment", null],
    ["another's comment", "seen by the firewall team"],
    ["another version", formatRecordingMark(MARK).replace("/1 ", "/2 ")],
    ["no JSON", "rdprobe.connection/1 {"],
    ["no object", "rdprobe.connection/1 [1]"],
    ["a negative number", changed({ probe: -1 })],
    ["a fraction for a number", changed({ probe: 1.5 })],
    ["a time that is no time", changed({ probeStartedAtMs: 9e15 })],
    ["no purpose", changed({ purpose: undefined })],
    ["text without end", changed({ host: "x".repeat(5000) })],
    ["an event of no kind", changed({ unseen: [{ kind: "received", atMs: 1 }] })],
    ["an event without a time", changed({ unseen: [{ kind: "timeout" }] })],
    [
      "a failure of no kind",
      changed({ unseen: [{ kind: "connect-failed", atMs: 1, reason: "x", detail: "" }] }),
    ],
    ["more events than any", changed({ unseen: new Array(9).fill({ kind: "timeout", atMs: 1 }) })],
  ])("%s is none", (_what, comment) => {
    expect(parseRecordingMark(comment)).toBeNull();
  });

  it("any text never throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => `rdprobe.connection/1 ${json}`),
        ),
        (comment) => {
          expect(() => parseRecordingMark(comment)).not.toThrow();
        },
      ),
    );
  });
});
