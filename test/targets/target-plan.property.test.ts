import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ipv4Text, ipv6Text } from "../../src/targets/grammar/ip-number.ts";
import type { TargetSpec } from "../../src/targets/plan/target-spec.ts";
import { planOf, typedOrder } from "./plans.ts";

/** An entry as text, and all that it stands for, unfolded without arithmetic on ranges. */
interface Unfolded {
  readonly text: string;
  readonly hosts: readonly string[];
  readonly family: 4 | 6 | null;
  /** Null stands for the ports asked for, or in an exclusion for all. */
  readonly port: number | null;
  readonly single: boolean;
}

/** Small enough that entries overlap. */
const SPACE = 16;
const V4 = 10 * 2 ** 24;
const V6 = 0x2001_0db8n << 96n;
const address4 = (nth: number): string => ipv4Text(V4 + nth);
const address6 = (nth: number): string => ipv6Text(V6 + BigInt(nth));

const nth = fc.nat(SPACE - 1);
const port = fc.option(fc.integer({ min: 1, max: 4 }));
const ends = fc.tuple(nth, nth).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const counted = (first: number, last: number, text: (nth: number) => string): string[] =>
  Array.from({ length: last - first + 1 }, (_, at) => text(first + at));

const withPort4 = (text: string, port: number | null): string => (port === null ? text : `${text}:${port}`);
const withPort6 = (text: string, port: number | null): string => (port === null ? text : `[${text}]:${port}`);

const ipv4 = fc.oneof(
  fc.tuple(nth, port).map(([at, port]): Unfolded => {
    const hosts = [address4(at)];
    return { text: withPort4(address4(at), port), hosts, family: 4, port, single: true };
  }),
  fc.tuple(ends, port).map(([[first, last], port]): Unfolded => {
    const text = withPort4(`${address4(first)}-${address4(last)}`, port);
    return { text, hosts: counted(first, last, address4), family: 4, port, single: false };
  }),
  fc.tuple(nth, fc.integer({ min: 28, max: 32 }), port).map(([at, length, port]): Unfolded => {
    const size = 2 ** (32 - length);
    const first = at - (at % size);
    const hosts = counted(first, first + size - 1, address4);
    return { text: withPort4(`${address4(at)}/${length}`, port), hosts, family: 4, port, single: false };
  }),
  fc.tuple(fc.uniqueArray(nth, { minLength: 2, maxLength: 5 }), port).map(([octets, port]): Unfolded => {
    const hosts = [...octets].sort((a, b) => a - b).map(address4);
    return { text: withPort4(`10.0.0.${octets.join()}`, port), hosts, family: 4, port, single: false };
  }),
);

const ipv6 = fc.oneof(
  fc.tuple(nth, port, fc.boolean()).map(([at, port, upper]): Unfolded => {
    const text = upper ? address6(at).toUpperCase() : address6(at);
    return { text: withPort6(text, port), hosts: [address6(at)], family: 6, port, single: true };
  }),
  fc.tuple(ends, port).map(([[first, last], port]): Unfolded => {
    const text = withPort6(`${address6(first)}-${address6(last)}`, port);
    return { text, hosts: counted(first, last, address6), family: 6, port, single: false };
  }),
);

const name = fc.tuple(fc.constantFrom("a", "b", "c.example"), port).map(
  ([host, port]): Unfolded => ({
    text: withPort4(host, port),
    hosts: [host],
    family: null,
    port,
    single: true,
  }),
);

const entries = fc.array(fc.oneof(ipv4, ipv6, name), { maxLength: 12 });
const portList = fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
const textOf = (list: readonly Unfolded[]): string => list.map(({ text }) => text).join(" ");

interface Model {
  readonly targets: TargetSpec[];
  readonly excluded: number;
  readonly duplicates: number;
}

/** The plan, with sets of every target. */
const modelOf = (
  listed: readonly Unfolded[],
  exclusions: readonly Unfolded[],
  ports: readonly number[],
): Model => {
  const isExcluded = (host: string, port: number): boolean =>
    exclusions.some((entry) => entry.hosts.includes(host) && (entry.port === null || entry.port === port));
  const seen = new Set<string>();
  const targets: TargetSpec[] = [];
  let excluded = 0;
  let duplicates = 0;
  for (const entry of listed) {
    for (const host of entry.hosts) {
      for (const port of entry.port === null ? ports : [entry.port]) {
        const address = entry.family === 6 ? withPort6(host, entry.port) : withPort4(host, entry.port);
        const input = entry.single ? entry.text : address;
        if (seen.has(`${host} ${port}`)) duplicates += 1;
        else if (isExcluded(host, port)) excluded += 1;
        else targets.push({ input, host, family: entry.family, port });
        seen.add(`${host} ${port}`);
      }
    }
  }
  return { targets, excluded, duplicates };
};

describe("a plan", () => {
  it("is what sets of every target give, in the order typed", () => {
    fc.assert(
      fc.property(entries, entries, portList, (listed, exclusions, ports) => {
        const plan = planOf(textOf(listed), { exclude: textOf(exclusions), ports });
        const model = modelOf(listed, exclusions, ports);
        expect(typedOrder(plan)).toEqual(model.targets);
        const hostsOf = (family: 4 | 6 | null): number =>
          new Set(model.targets.filter((target) => target.family === family).map(({ host }) => host)).size;
        expect(plan.count).toBe(BigInt(model.targets.length));
        expect(plan.counts).toEqual({
          names: hostsOf(null),
          ipv4: BigInt(hostsOf(4)),
          ipv6: BigInt(hostsOf(6)),
          publicAddresses: 0n,
          excluded: BigInt(model.excluded),
          duplicates: BigInt(model.duplicates),
        });
      }),
      { numRuns: 600 },
    );
  });

  it("knows of every address whether it is excluded, for what names resolve to", () => {
    fc.assert(
      fc.property(entries, (exclusions) => {
        const plan = planOf("", { exclude: textOf(exclusions) });
        const isListed = (address: string, port: number): boolean =>
          exclusions.some(
            (entry) => entry.hosts.includes(address) && (entry.port === null || entry.port === port),
          );
        const wrong = [...counted(0, SPACE - 1, address4), ...counted(0, SPACE - 1, address6)].filter(
          (address) =>
            [1, 2, 3, 4, 5].some((port) => plan.isExcluded(address, port) !== isListed(address, port)),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
