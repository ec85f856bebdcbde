import { describe, expect, it } from "vitest";
import { parseAllowList } from "../../src/targets/plan/allow-list.ts";

const allows = (networks: readonly string[], address: string): boolean => {
  const list = parseAllowList(networks);
  if (!list.ok) throw new Error(list.problem);
  return list.value.allows(address);
};

describe("an allow-list", () => {
  it.each([
    [["10.0.0.0/8"], "10.255.255.255", true],
    [["10.0.0.0/8"], "11.0.0.0", false],
    [["10.1.2.3/8"], "10.0.0.1", true],
    [["192.0.2.7"], "192.0.2.7", true],
    [["192.0.2.7"], "192.0.2.8", false],
    [["0.0.0.0/0"], "203.0.113.9", true],
    [["0.0.0.0/0"], "2001:db8::1", false],
    [["2001:db8::/32"], "2001:db8:ffff::1", true],
    [["2001:db8::/32"], "2001:db9::1", false],
    [["::/0"], "2001:db8::1", true],
    [["::/0"], "::ffff:10.0.0.1", false],
    [["10.0.0.0/8"], "::ffff:10.0.0.1", true],
    [["10.0.0.0/8"], "fe80::1%eth0", false],
    [["fe80::/10"], "fe80::1%eth0", true],
    [["10.0.0.0/8", "192.0.2.0/24"], "192.0.2.200", true],
    [[], "127.0.0.1", false],
    [["0.0.0.0/0", "::/0"], "no address", false],
  ] as const)("of %s: %s is %s", (networks, address, expected) => {
    expect(allows(networks, address)).toBe(expected);
  });

  it.each([
    "",
    "10",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "::/129",
    "host",
    "010.0.0.1",
    "10.0.0.0/-1",
  ])("refuses %j as a network", (network) => {
    expect(parseAllowList([network])).toEqual({
      ok: false,
      problem: `${JSON.stringify(network)} is no network: write 10.0.0.0/8, 2001:db8::/32 or a single address`,
    });
  });
});
