import { afterEach, describe, expect, it, type TestContext, vi } from "vitest";
import { allAvailable, commandsAvailable, requireOrSkip } from "./availability.ts";

const MISSING = commandsAvailable("node", "no-such-command");

/** Stands in for vitest's own, which would skip the very test that looks. */
const skipped = (context: TestContext): readonly string[] => {
  const notices: string[] = [];
  vi.spyOn(context, "skip").mockImplementation((notice: unknown): never => {
    notices.push(String(notice));
    throw new Error("skipped");
  });
  expect(() => requireOrSkip(context, MISSING)).toThrow();
  return notices;
};

describe("what a test does where a server is missing", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it("names the commands that are not installed", () => {
    expect(MISSING).toEqual({ available: false, notice: "not installed: no-such-command" });
    expect(commandsAvailable("node").available).toBe(true);
    expect(allAvailable(commandsAvailable("node"), MISSING)).toEqual(MISSING);
  });

  it("skips with the notice", (context) => {
    vi.stubEnv("RDPROBE_REQUIRE_SERVERS", "");
    expect(skipped(context)).toEqual([MISSING.notice]);
  });

  it("fails where servers are required", (context) => {
    vi.stubEnv("RDPROBE_REQUIRE_SERVERS", "1");
    expect(() => requireOrSkip(context, MISSING)).toThrow(`required: ${MISSING.notice}`);
    expect(skipped(context)).toEqual([]);
  });
});
