import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { holdResolver, parallelLookups, widenThreads } from "../../../src/transport/dns/resolver-limits.ts";
import { createResolver, type DnsWord } from "../../../src/transport/dns/resolver.ts";

const ADDRESS = { address: "192.0.2.7", family: 4 } as const;
const TIMEOUT_MS = 60;
/** A system's resolver that is held by a name of a dead zone for longer than anybody waits. */
const DEAD_MS = 600;

/** A resolver as the system's is: a queue with few places, which a dead name holds. */
const resolverOf = (parallel: number, wordOf: (name: string) => DnsWord = word) => {
  let running = 0;
  let most = 0;
  const look = createResolver({
    parallel,
    lookup: async (name) => {
      running += 1;
      most = Math.max(most, running);
      await sleep(name.startsWith("dead") ? DEAD_MS : 2);
      running -= 1;
      if (name.startsWith("dead")) throw Object.assign(new Error(name), { code: "EAI_AGAIN" });
      if (name.startsWith("none")) throw Object.assign(new Error(name), { code: "ENOTFOUND" });
      return [ADDRESS];
    },
    ask: async (name, _family, timeoutMs) => {
      await sleep(wordOf(name) === "silent" ? timeoutMs : 1);
      return wordOf(name);
    },
  });
  return { look, most: () => most };
};

const word = (name: string): DnsWord => (name.startsWith("dead") ? "silent" : "answers");

const names = (kind: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${kind}${index}.example`);

describe.each([1, 2, 3, 4, 8])("a system's resolver with %d places", (parallel) => {
  // A busy machine may be late itself: it is measured again.
  it("finds what it would find alone, whatever dead names are asked before and beside", {
    retry: 2,
  }, async () => {
    const { look, most } = resolverOf(parallel);
    const startedAtMs = performance.now();
    const order = [...names("dead", 60), ...names("live", 20), ...names("none", 5), ...names("dead9", 20)];
    const ends = await Promise.all(
      order.map(async (name) => ({
        name,
        end: await look(name, 0, TIMEOUT_MS),
        afterMs: performance.now() - startedAtMs,
      })),
    );
    for (const { name, end } of ends) {
      const expected = name.startsWith("live") ? "found" : name.startsWith("none") ? "error" : "late";
      expect({ name, kind: end.kind }).toEqual({ name, kind: expected });
      // Its own time, without the waiting for others.
      if (expected !== "late") expect(end.durationMs).toBeLessThan(TIMEOUT_MS);
    }
    const order0 = ends.toSorted((a, b) => a.afterMs - b.afterMs).map(({ name }) => name.slice(0, 4));
    // All the living end before the first name that was held for ever lets go of its place.
    if (parallel > 1) expect(order0.indexOf("live")).toBeLessThan(60);
    expect(most()).toBeLessThanOrEqual(Math.max(2, parallel));
  });
});

describe("a name that DNS knows nothing of", () => {
  it("waits for its turn, and its time begins then", async () => {
    const { look } = resolverOf(2, (name) => (name.startsWith("live") ? "unknown" : word(name)));
    const held = look("dead.example", 0, TIMEOUT_MS);
    const found = await look("live.example", 0, TIMEOUT_MS);
    expect(found.kind).toBe("found");
    expect(found.durationMs).toBeLessThan(TIMEOUT_MS);
    expect((await held).kind).toBe("late");
  });
});

describe("the threads of the system's resolver", () => {
  it.each([
    [{}, "linux", 2],
    [{ UV_THREADPOOL_SIZE: "8" }, "linux", 4],
    [{ UV_THREADPOOL_SIZE: "1" }, "linux", 1],
    [{ UV_THREADPOOL_SIZE: "5000" }, "linux", 512],
    [{ UV_THREADPOOL_SIZE: "x" }, "darwin", 2],
    [{ UV_THREADPOOL_SIZE: "8" }, "win32", 2],
  ] as const)("%j on %s look up %d names at once", (env, platform, expected) => {
    expect(parallelLookups(env, platform)).toBe(expected);
  });

  it("are more where libuv sees it, and as many as the user says", () => {
    const given: Record<string, string> = { UV_THREADPOOL_SIZE: "2", RES_OPTIONS: "timeout:9" };
    const before = { ...given };
    widenThreads(given, "linux");
    holdResolver(given, 5000);
    expect(given).toEqual(before);
    const empty: Record<string, string> = {};
    widenThreads(empty, "win32");
    expect(empty).toEqual({});
    widenThreads(empty, "linux");
    holdResolver(empty, 5000);
    expect(empty).toEqual({ UV_THREADPOOL_SIZE: "8", RES_OPTIONS: "timeout:2 attempts:2" });
  });
});
