import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { ipv4Text, ipv6Number, ipv6Text } from "../../../src/targets/grammar/ip-number.ts";
import { publicIpv4Count, publicIpv6Count } from "../../../src/targets/plan/public-addresses.ts";

const number = (text: string): bigint => ipv6Number(text) ?? -1n;

describe("public addresses", () => {
  it("agree with ipaddr.js on IPv4 unicast", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), (value) => {
        const range = ipaddr.IPv4.parse(ipv4Text(value)).range();
        // What ipaddr.js tells apart besides: 192.88.99.0/24 (6to4 relays) and the anycast /24s of AS112, all routed.
        expect(publicIpv4Count(value, value + 1) === 1).toBe(["unicast", "as112", "amt"].includes(range));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ["2600::1", 1n],
    ["2001:4860::1", 1n],
    ["2002::1", 1n],
    ["64:ff9b::808:808", 1n],
    ["::1", 0n],
    ["::", 0n],
    ["2001::1", 0n],
    ["2001:db8::1", 0n],
    ["3fff::1", 0n],
    ["fc00::1", 0n],
    ["fe80::1", 0n],
    ["ff02::1", 0n],
    ["100::1", 0n],
    ["5f00::1", 0n],
  ])("%s counts %d", (address, count) => {
    expect(publicIpv6Count(number(address), number(address) + 1n)).toBe(count);
  });

  it("count over ranges what they count one by one", () => {
    expect(publicIpv4Count(0, 2 ** 32)).toBe(
      publicIpv4Count(0, 12_345_678) + publicIpv4Count(12_345_678, 2 ** 32),
    );
    expect(publicIpv6Count(0n, 1n << 128n)).toBe(
      (1n << 125n) + (1n << 32n) - (1n << 105n) - (1n << 96n) - (1n << 108n),
    );
    expect(ipv6Text(1n << 125n)).toBe("2000::");
  });
});
