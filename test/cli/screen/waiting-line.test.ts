import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startWaitingLine } from "../../../src/cli/screen/waiting-line.ts";

const terminal = (isTTY: boolean, term = "xterm") => {
  const written: string[] = [];
  return {
    written,
    streams: {
      stdout: { write: () => true },
      stderr: { isTTY, write: (text: string) => written.push(text) },
      env: { TERM: term },
    },
  };
};

const CLEAR = "\r\u001b[K";

describe("the line of a probe that waits", () => {
  it("says for which stage and for how long, once a second, and is taken away", async () => {
    const { written, streams } = terminal(true);
    const line = startWaitingLine(streams);
    line?.onWait("tls", 5000);
    await sleep(1700);
    line?.stop();
    expect(written[0]).toBe(`${CLEAR}tls: waiting 1 of 5 s`);
    expect(written.at(-1)).toBe(CLEAR);
    expect(new Set(written).size).toBe(written.length);
  });

  it("is not there for what answers at once", async () => {
    const { written, streams } = terminal(true);
    const line = startWaitingLine(streams);
    line?.onWait("tcp", 5000);
    await sleep(300);
    line?.stop();
    expect(written).toEqual([]);
  });

  it.each([
    ["no terminal", false, "xterm"],
    ["a dumb one", true, "dumb"],
  ])("is not there on %s", (_what, isTTY, term) => {
    expect(startWaitingLine(terminal(isTTY, term).streams)).toBeNull();
  });
});
