/** Whatever is typed: blocks are the targets, each once, and no two of them share an address. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runsOf } from "../../src/fleet/model/address-runs.ts";
import { type Block, decodeBlock, encodeBlock } from "../../src/fleet/model/block.ts";
import { type Cut, cutBlocks, wordsOfRuns } from "../../src/fleet/model/block-cut.ts";
import { blockTargets } from "../../src/fleet/model/block-targets.ts";
import { assign } from "../../src/fleet/model/territories.ts";
import { keyOf, planOf, typedOrder } from "../targets/plans.ts";

const octet = fc.integer({ min: 0, max: 255 });
const portPart = fc.constantFrom("", "", "", ":3390", ":33890");
const ipv4Word = fc
  .tuple(fc.constantFrom("10.0.0", "10.0.1", "192.0.2"), octet, fc.integer({ min: 0, max: 40 }), portPart)
  .map(([net, first, size, port]) =>
    size === 0 ? `${net}.${first}${port}` : `${net}.${first}-${Math.min(255, first + size)}${port}`,
  );
const ipv6Word = fc
  .tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 20 }), portPart)
  .map(([first, size, port]) => {
    const range = `2001:db8::${first.toString(16)}-${(first + size).toString(16)}`;
    return port === "" ? range : `[${range}]${port}`;
  });
const nameWord = fc
  .tuple(fc.constantFrom("server01", "Server01", "rdp.example", "fe80::1%eth0"), portPart)
  .map(([name, port]) => (name.includes(":") ? (port === "" ? name : `[${name}]${port}`) : `${name}${port}`));
const list = fc.array(fc.oneof(ipv4Word, ipv4Word, ipv6Word, nameWord), { minLength: 1, maxLength: 12 });
const ports = fc.constantFrom<number[]>([3389], [3389, 3390], [33_890, 3389]);
const size = fc.integer({ min: 1, max: 70 });

const targetsOf = (cut: Cut, usual: readonly number[]) => {
  const plan = blockTargets({ ...cut, ports: usual });
  expect(plan).not.toBeNull();
  return Array.from({ length: cut.count }, (_, n) => plan?.at(n)).filter((one) => one !== undefined);
};
const lower = (target: Parameters<typeof keyOf>[0]): string => keyOf(target).toLowerCase();

describe("blocks", () => {
  it("are the targets, each once", () => {
    fc.assert(
      fc.property(list, ports, size, (words, usual, most) => {
        const plan = planOf(words.join(" "), { ports: usual });
        const cuts = [...cutBlocks(runsOf(plan.spans()), most, usual)];
        const found = cuts.flatMap((cut) => targetsOf(cut, usual).map(lower));
        expect(found.toSorted()).toEqual(typedOrder(plan).map(lower).toSorted());
        expect(cuts.every(({ count }) => count > 0)).toBe(true);
      }),
    );
  });

  it("share no address, and are no larger than asked for, one address' ports aside", () => {
    fc.assert(
      fc.property(list, ports, size, (words, usual, most) => {
        const plan = planOf(words.join(" "), { ports: usual });
        const seen = new Map<string, number>();
        for (const [block, cut] of [...cutBlocks(runsOf(plan.spans()), most, usual)].entries()) {
          const hosts = new Set(targetsOf(cut, usual).map(({ host }) => host.toLowerCase()));
          for (const host of hosts) expect(seen.get(host) ?? block).toBe(block);
          for (const host of hosts) seen.set(host, block);
          expect(cut.count <= most || hosts.size === 1).toBe(true);
        }
      }),
    );
  });

  it("come again from the words of all of it, as a schedule keeps them", () => {
    fc.assert(
      fc.property(list, ports, size, (words, usual, most) => {
        const runs = runsOf(planOf(words.join(" "), { ports: usual }).spans());
        const again = runsOf(planOf(wordsOfRuns(runs, usual).join(" "), { ports: usual }).spans());
        expect([...cutBlocks(again, most, usual)]).toEqual([...cutBlocks(runs, most, usual)]);
      }),
    );
  });

  it("do not unfold a /8", () => {
    const before = process.memoryUsage().heapUsed;
    let blocks = 0;
    for (const { count } of cutBlocks(runsOf(planOf("10.0.0.0/8").spans()), 512, [3389]))
      blocks += count / 512;
    expect(blocks).toBe(2 ** 24 / 512);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
  });

  it("survive the way to a worker, and what is none is not read", () => {
    const block: Block = {
      ...{ scan: "s-1", segment: "berlin", block: 3, words: ["10.0.0.1-10.0.0.9"], ports: [3389], count: 9 },
      ackWaitMs: 60_000,
      settings: {
        ...{ depth: "quick", client: "win11-24h2", timeout: "5s", pause: "50ms", retries: "0" },
        ...{ expiryWarning: "30", expiryCritical: "14", ask: ["nla"], rate: "100" },
      },
    };
    expect(decodeBlock(encodeBlock(block))).toEqual(block);
    for (const broken of [
      "",
      "{}",
      "[1]",
      encodeBlock({ ...block, scan: "a.b" }),
      encodeBlock({ ...block, count: 1e9 }),
    ])
      expect(decodeBlock(broken)).toBeNull();
    fc.assert(fc.property(fc.json(), (text) => void expect(() => decodeBlock(text)).not.toThrow()));
  });
});

describe("territories", () => {
  it("part the targets: each to the first that has it, the rest to nobody", () => {
    fc.assert(
      fc.property(list, list, list, (words, berlin, paris) => {
        const runs = (of: readonly string[]) => runsOf(planOf(of.join(" ")).spans());
        const { segments, uncovered } = assign(runs(words), [
          { segment: "berlin", runs: runs(berlin) },
          { segment: "paris", runs: runs(paris) },
        ]);
        const hosts = (of: readonly string[]): ReadonlySet<string> =>
          new Set(typedOrder(planOf(of.join(" "))).map(({ host }) => host.toLowerCase()));
        const [inBerlin, inParis] = [hosts(berlin), hosts(paris)];
        const place = (host: string): string =>
          inBerlin.has(host) ? "berlin" : inParis.has(host) ? "paris" : "nobody";
        const found: string[] = [];
        for (const { segment, runs: own } of [...segments, { segment: "nobody", runs: uncovered }]) {
          for (const cut of cutBlocks(own, 16, [3389]))
            for (const target of targetsOf(cut, [3389])) {
              expect(segment).toBe(place(target.host.toLowerCase()));
              found.push(lower(target));
            }
        }
        expect(found.toSorted()).toEqual(
          typedOrder(planOf(words.join(" ")))
            .map(lower)
            .toSorted(),
        );
      }),
    );
  });

  it("give the rest to who takes it", () => {
    const { segments, uncovered } = assign(runsOf(planOf("10.0.0.0/24 10.0.1.0/24 server01").spans()), [
      { segment: "rest", runs: null },
      { segment: "berlin", runs: runsOf(planOf("10.0.0.0/24").spans()) },
    ]);
    const words = Object.fromEntries(
      segments.map(({ segment, runs }) => [segment, wordsOfRuns(runs, [3389])]),
    );
    expect(words).toEqual({ rest: ["10.0.1.0-10.0.1.255", "server01"], berlin: ["10.0.0.0-10.0.0.255"] });
    expect(uncovered.addresses).toEqual([]);
  });
});
