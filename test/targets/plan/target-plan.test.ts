import { describe, expect, it } from "vitest";
import { keyOf, listOf, planOf, typedOrder } from "../plans.ts";

const keysOf = (...args: Parameters<typeof planOf>): string[] => typedOrder(planOf(...args)).map(keyOf);

describe("a plan of targets", () => {
  it("has nothing for nothing", () => {
    const plan = planOf("");
    expect(plan.count).toBe(0n);
    expect(plan.isLarge || plan.hasPublic).toBe(false);
    expect(() => plan.at(0)).toThrow(RangeError);
  });

  it("probes a target at each port, and lets a port in the target win", () => {
    expect(keysOf("a 10.0.0.1 b:1", { ports: [3389, 3390] })).toEqual([
      "a 3389",
      "a 3390",
      "10.0.0.1 3389",
      "10.0.0.1 3390",
      "b 1",
    ]);
    expect(keysOf("10.0.0.1:1 10.0.0.1:2")).toEqual(["10.0.0.1 1", "10.0.0.1 2"]);
  });

  it("probes what was typed twice once, names whatever their case", () => {
    expect(keysOf("Host host HOST:3389 10.0.0.0/31 10.0.0.1 10.0.0.1:3389")).toEqual([
      "Host 3389",
      "10.0.0.0 3389",
      "10.0.0.1 3389",
    ]);
  });

  it("says as input what one would type to get the target alone", () => {
    const targets =
      "RDP.example 10.0.0.1:1 2001:DB8::1 [2001:DB8::2]:3 10.0.0.8/31:9 2001:db8::8/127 [2001:db8::a/127]:9";
    expect(typedOrder(planOf(targets)).map(({ input }) => input)).toEqual([
      "RDP.example",
      "10.0.0.1:1",
      "2001:DB8::1",
      "[2001:DB8::2]:3",
      "10.0.0.8:9",
      "10.0.0.9:9",
      "2001:db8::8",
      "2001:db8::9",
      "[2001:db8::a]:9",
      "[2001:db8::b]:9",
    ]);
  });

  it("excludes names, ports of names, and the address of a zone", () => {
    expect(keysOf("a B c fe80::1%eth0 fe80::2%eth0", { exclude: "b c:1 fe80::/127", ports: [1, 2] })).toEqual(
      ["a 1", "a 2", "c 2", "fe80::2%eth0 1", "fe80::2%eth0 2"],
    );
  });

  it("excludes an address whatever the form it is typed in", () => {
    expect(keysOf("::ffff:10.0.0.5 10.0.0.6", { exclude: "10.0.0.5" })).toEqual(["10.0.0.6 3389"]);
    expect(planOf("", { exclude: "10.0.0.0/8" }).isExcluded("::ffff:10.0.0.5", 1)).toBe(true);
    expect(planOf("", { exclude: "10.0.0.0/8" }).isExcluded("no address", 1)).toBe(false);
  });

  it("sees large and public plans", () => {
    expect(planOf("10.0.0.0/16").isLarge).toBe(false);
    expect(planOf("10.0.0.0/16 10.1.0.0").isLarge).toBe(true);
    expect(planOf("10.0.0.0/16 host").isLarge).toBe(false);
    expect(planOf("10.0.0.0/16", { ports: [1, 2] }).isLarge).toBe(false);
    expect(planOf("192.168.0.0/16 fd00::/64 host").hasPublic).toBe(false);
    expect(planOf("192.167.255.255-192.168.0.9").counts.publicAddresses).toBe(1n);
    expect(planOf("9.0.0.0/8", { exclude: "9.0.0.0/8" }).hasPublic).toBe(false);
  });

  it.each([
    ["10.0.0.0/8", 2n ** 24n, "10.0.0.0", "10.255.255.255"],
    ["0.0.0.0/0", 2n ** 32n, "0.0.0.0", "255.255.255.255"],
    ["2001:db8::/96", 2n ** 32n, "2001:db8::", "2001:db8::ffff:ffff"],
    ["2001:db8::/64", 2n ** 64n, "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"],
    ["::/0", 2n ** 128n, "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ])("holds %s as two numbers, and knows both ends", (text, count, first, last) => {
    const list = listOf(text);
    expect(list.ipv4.length + list.ipv6.length).toBe(1);
    const plan = planOf(text, { ports: [1, 2, 3] });
    expect(plan.count).toBe(count * 3n);
    expect(plan.at(0)).toMatchObject({ host: first, port: 1 });
    expect(plan.at(plan.count - 1n)).toMatchObject({ host: last, port: 3 });
    expect(() => plan.at(plan.count)).toThrow(RangeError);
  });

  it("counts on both sides of what a number holds", () => {
    const plan = planOf("10.0.0.0/8 host 2001:db8::/64 10.0.0.0/7", { exclude: "2001:db8::/65" });
    expect(plan.count).toBe(2n ** 25n + 1n + 2n ** 63n);
    expect(plan.at(2n ** 24n)).toMatchObject({ host: "host" });
    expect(plan.at(2 ** 24 + 1)).toMatchObject({ host: "2001:db8:0:0:8000::" });
    expect(plan.at(plan.count - 1n)).toMatchObject({ host: "11.255.255.255" });
  });

  it("holds more rows than one chunk of a column, in the order typed", () => {
    const hosts = Array.from(
      { length: 40_000 },
      (_, at) => `10.0.${((at * 7919) % 40_000) >> 8}.${((at * 7919) % 40_000) & 255}`,
    );
    expect(typedOrder(planOf(hosts.join(" "))).map(({ host }) => host)).toEqual(hosts);
  });

  it("holds a file with a line for each address of a range as that range", () => {
    const lines = Array.from({ length: 2000 }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
    expect(listOf(lines.join("\n")).ipv4.length).toBe(1);
    expect(listOf(lines.toReversed().join("\n")).ipv4.length).toBe(2000);
    expect(keysOf(lines.toReversed().join(" "))).toEqual(lines.toReversed().map((host) => `${host} 3389`));
  });
});
