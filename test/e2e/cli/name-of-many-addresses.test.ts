import { afterEach, describe, expect, it, vi } from "vitest";
import { runInProcess } from "../../cli/in-process.ts";

const lookup = vi.hoisted(() => vi.fn());

vi.mock("node:dns/promises", async (original) => ({
  ...(await original<typeof import("node:dns/promises")>()),
  lookup,
}));

/** Loopback addresses, on a port where nobody listens. */
const answerWith = (count: number): void => {
  const found = Array.from({ length: count }, (_, index) => ({
    address: `127.31.${Math.floor(index / 250)}.${(index % 250) + 1}`,
    family: 4,
  }));
  lookup.mockResolvedValue(found);
};

const rowsOf = (stdout: string): number => stdout.split("\n").filter((line) => line.startsWith("{")).length;

const run = (...args: readonly string[]) =>
  runInProcess(["many.example:1", "--depth", "quick", "--ndjson", "--fail-on", "never", ...args]);

afterEach(() => lookup.mockReset());

describe("a name with many addresses", () => {
  it.each([1, 15, 16, 17, 100, 1000])("is probed at no more than 16 of %d", async (count) => {
    answerWith(count);
    const { code, stdout, stderr } = await run();
    expect({ code, rows: rowsOf(stdout) }).toEqual({ code: 0, rows: Math.min(count, 16) });
    expect(stderr).toMatch(
      count <= 16
        ? /^$/
        : new RegExp(`^rdprobe: many\\.example has ${count} addresses: [^\n]*--yes[^\n]*\n$`),
    );
  });

  it.each([17, 300])("is probed at all %d where --yes says so", async (count) => {
    answerWith(count);
    const { stdout, stderr } = await run("--yes");
    expect({ rows: rowsOf(stdout), stderr }).toEqual({ rows: count, stderr: "" });
  });

  it("is told of once, however often it is probed", async () => {
    answerWith(17);
    const { stderr } = await run("--count", "3", "--interval", "1ms");
    expect(stderr.match(/has 17 addresses/g)).toHaveLength(1);
  });

  it("is probed at each address that the user gives for it", async () => {
    const addresses = Array.from({ length: 20 }, (_, index) => `127.31.0.${index + 1}`);
    const { stdout } = await run("--resolve", `many.example:${addresses.join(",")}`);
    expect(rowsOf(stdout)).toBe(20);
    expect(lookup).not.toHaveBeenCalled();
  });
});
