import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ANSWERS, type GuidedEvent, guidedRun } from "../../../src/cli/guided/guided-run.ts";

const line = (text: string): GuidedEvent => ({ kind: "line", text });
const probed = (exitCode: number): GuidedEvent => ({ kind: "probed", exitCode });
const saved: GuidedEvent = { kind: "saved", path: "C:\\Users\\me\\Desktop\\rdprobe-server01.html" };
const notSaved: GuidedEvent = { kind: "not-saved", reason: "access denied" };
const key: GuidedEvent = { kind: "key" };
const end: GuidedEvent = { kind: "end" };

/** The kinds of the actions, from the first one on, and what is done at the end. */
const course = (given: string | null, events: readonly GuidedEvent[]) => {
  const run = guidedRun(given);
  const kinds: string[] = [run.next().kind];
  const targets: string[] = [];
  for (const event of events) {
    const before = run.next();
    if (before.kind === "probe" || before.kind === "save") targets.push(before.target);
    run.receive(event);
    kinds.push(run.next().kind);
  }
  const last = run.next();
  return { kinds: kinds.join(" "), targets, exitCode: last.kind === "done" ? last.exitCode : null };
};

const WAIT = "wait-for-key";

describe("a guided run", () => {
  it.each<[string, string | null, GuidedEvent[], string, string[], number]>([
    [
      "asks, answers and waits for a key",
      null,
      [line("server01"), probed(1), line("n"), key],
      `ask probe ask ${WAIT} done`,
      ["server01"],
      1,
    ],
    [
      "takes Enter for no",
      null,
      [line("server01"), probed(0), line(""), key],
      `ask probe ask ${WAIT} done`,
      ["server01"],
      0,
    ],
    [
      "keeps the page",
      null,
      [line("server01"), probed(1), line(" Yes "), saved, key],
      `ask probe ask save ${WAIT} done`,
      ["server01", "server01"],
      1,
    ],
    [
      "says that the page cannot be kept",
      null,
      [line("server01"), probed(1), line("y"), notSaved, key],
      `ask probe ask save ${WAIT} done`,
      ["server01", "server01"],
      1,
    ],
    [
      "asks again for what is neither yes nor no",
      null,
      [line("server01"), probed(1), line("perhaps"), line("no"), key],
      `ask probe ask ask ${WAIT} done`,
      ["server01"],
      1,
    ],
    [
      "asks again where nothing is typed",
      null,
      [line("  "), line("a"), probed(0), line("n"), key],
      `ask ask probe ask ${WAIT} done`,
      ["a"],
      0,
    ],
    [
      "asks again for a host that is none",
      null,
      [line("a$b"), probed(2), line("a"), probed(0), line("n"), key],
      `ask probe ask probe ask ${WAIT} done`,
      ["a$b", "a"],
      0,
    ],
    [
      "takes a file that was dropped on the window",
      null,
      [line('"C:\\My hosts\\a.rdp"'), probed(0), line("n"), key],
      `ask probe ask ${WAIT} done`,
      ["C:\\My hosts\\a.rdp"],
      0,
    ],
    [
      "probes the file that was dropped on it",
      "C:\\a.rdp",
      [probed(0), line("y"), saved, key],
      `probe ask save ${WAIT} done`,
      ["C:\\a.rdp", "C:\\a.rdp"],
      0,
    ],
    [
      "leaves what is wrong with a file on the screen",
      "C:\\a.rdp",
      [probed(2), key],
      `probe ${WAIT} done`,
      ["C:\\a.rdp"],
      2,
    ],
    ["stops at Ctrl-C in a probe", null, [line("a"), probed(130), end], `ask probe ${WAIT} done`, ["a"], 130],
    [
      "leaves a failure of rdprobe on the screen",
      null,
      [line("a"), probed(3), key],
      `ask probe ${WAIT} done`,
      ["a"],
      3,
    ],
    ["ends with its input", null, [end], "ask done", [], 0],
  ])("%s", (_what, given, events, kinds, targets, exitCode) => {
    expect(course(given, events)).toEqual({ kinds, targets, exitCode });
  });

  it("takes any answer to what it asks, comes to its end, and never closes without a key, Ctrl-C or the input's end", () => {
    const anyEvent = fc.constantFrom(
      line(""),
      line("y"),
      line("n"),
      line("server01"),
      probed(0),
      probed(1),
      probed(2),
      probed(3),
      probed(130),
      probed(143),
      saved,
      notSaved,
      key,
      end,
    );
    fc.assert(
      fc.property(fc.option(fc.string()), fc.array(anyEvent, { maxLength: 60 }), (given, events) => {
        const run = guidedRun(given);
        let last: GuidedEvent | null = null;
        for (const event of events) {
          const { kind } = run.next();
          if (!ANSWERS[kind].includes(event.kind)) {
            expect(() => run.receive(event)).toThrow(kind);
            continue;
          }
          run.receive(event);
          last = event;
        }
        if (run.next().kind === "done") expect(["key", "end"]).toContain(last?.kind);
      }),
    );
  });
});
