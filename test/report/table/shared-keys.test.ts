import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SharedKeys } from "../../../src/report/table/shared-keys.ts";
import { ScanTally } from "../../../src/report/table/scan-tally.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { MANY_RESULTS } from "../../audit/result-files.ts";

const FULL = MANY_RESULTS.find(({ certificate }) => certificate !== null) ?? expect.unreachable();

/** A host that shows a key; nothing but a number tells hosts and keys apart. */
const at = (host: string, key: string | null, { address = host, computer = "" } = {}): Result => ({
  ...FULL,
  target: { ...FULL.target, host, address },
  certificate:
    FULL.certificate === null ? null : { ...FULL.certificate, subject: `CN=${key}`, keySha256: key },
  ntlm: computer === "" || FULL.ntlm === null ? null : { ...FULL.ntlm, dnsComputer: computer },
});

const linesOf = (results: readonly Result[]): readonly string[] => {
  const keys = new SharedKeys();
  for (const result of results) keys.add(result);
  return keys.lines();
};

describe("one key at several hosts", () => {
  it("is told of each key with all its hosts, in whatever order they come", () => {
    const hosts = fc.uniqueArray(fc.nat({ max: 5000 }), { maxLength: 200 });
    fc.assert(
      fc.property(hosts, fc.integer({ min: 1, max: 40 }), (numbers, keys) => {
        const counts = new Map<number, number>();
        for (const number of numbers) counts.set(number % keys, (counts.get(number % keys) ?? 0) + 1);
        const shared = [...counts.values()].filter((count) => count > 1).toSorted((a, b) => b - a);
        const lines = linesOf(numbers.map((number) => at(`h${number}`, `k${number % keys}`)));
        expect(lines.length === 0).toBe(shared.length === 0);
        const told = lines
          .filter((line) => line.startsWith("  CN="))
          .map((line) => line.split(", ").length + Number(/and (\d+) others/.exec(line)?.[1] ?? 0));
        expect(told).toEqual(shared.slice(0, 3));
      }),
    );
  });

  it.each<[string, readonly Result[]]>([
    ["one host at two ports", [at("192.0.2.1", "k"), at("192.0.2.1", "k")]],
    [
      "one name with two addresses",
      ["192.0.2.1", "192.0.2.2"].map((address) => at("farm", "k", { address })),
    ],
    [
      "one computer with two addresses",
      ["192.0.2.1", "192.0.2.2"].map((host) => at(host, "k", { computer: "ts1.lab.test" })),
    ],
    ["hosts of which the key is not known", [at("a", null), at("b", null)]],
  ])("is not %s", (_, results) => {
    expect(linesOf(results)).toEqual([]);
  });

  it("stands in a scan's summary with what helps", () => {
    const tally = new ScanTally();
    for (const host of ["192.0.2.1", "192.0.2.2"]) tally.add(at(host, "k"));
    expect(tally.summary(1000)).toContain("CN=k");
    expect(tally.summary(1000)).toMatch(/cloned-machine|give each its own/);
  });

  it("is counted up to a bound, however many hosts have it", () => {
    const keys = new SharedKeys();
    for (let number = 0; number < 1 << 20; number += 1) keys.add(at(`h${number}`, "k"));
    expect(keys.lines().join()).toContain("1,021 or more others");
  });
});
