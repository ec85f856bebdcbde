import { describe, expect, it } from "vitest";
import { parseDuration, parsePause } from "../../src/targets/grammar/duration.ts";
import { parsePorts } from "../../src/targets/grammar/port.ts";

describe("a duration", () => {
  it.each([
    ["500ms", 500],
    ["5s", 5000],
    ["2m", 120_000],
    ["3", 3000],
    ["0.25", 250],
    [" 1.5s ", 1500],
  ])("%j is %d ms", (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: ms });
  });

  it.each(["", "0", "0ms", "-1s", "5h", "1e3", "abc", "s", "86401s"])("%j is refused", (text) => {
    const duration = parseDuration(text);
    expect(duration.ok ? "" : duration.problem).toMatch(/is no duration: write 500ms, 5s or 2m/);
  });
});

describe("a pause", () => {
  it.each([
    ["0", 0],
    ["0ms", 0],
    ["0.0s", 0],
    ["50ms", 50],
    ["1", 1000],
  ])("%j is %d ms", (text, ms) => {
    expect(parsePause(text)).toEqual({ ok: true, value: ms });
  });

  it.each(["", "-0", "soon", "0h", "2d"])("%j is refused", (text) => {
    const pause = parsePause(text);
    expect(pause.ok ? "" : pause.problem).toMatch(/is no duration/);
  });
});

describe("a list of ports", () => {
  it.each([
    ["3389", [3389]],
    ["3389,3390", [3389, 3390]],
    ["33890-33892", [33_890, 33_891, 33_892]],
    ["3389,3389-3390", [3389, 3390]],
    [" 1 , 2", [1, 2]],
  ])("%j is %j", (text, ports) => {
    expect(parsePorts(text)).toEqual({ ok: true, value: ports });
  });

  it.each(["", "0", "65536", "a", "1-", "-1", "5-4", "1-2-3", "1,,2"])("%j is refused", (text) => {
    const ports = parsePorts(text);
    expect(ports.ok ? "" : ports.problem).toMatch(/is no (port|range of ports): write/);
  });
});
