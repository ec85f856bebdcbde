import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatEndpoint,
  formatIpv4,
  formatIpv6,
  parseIpAddress,
} from "../../../src/capture/ip/ip-address.ts";

const wordsOf = (bytes: Uint8Array): number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(4 * i));
};

describe("IP addresses as text (RFC 4291 2.2, RFC 5952)", () => {
  it.each([
    ["0:0:0:0:0:0:0:0", "::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["2001:DB8:0:0:0:0:0:7", "2001:db8::7"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["fe80::", "fe80::"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ])("%s is written %s", (text, canonical) => {
    expect(formatIpv6(wordsOf(parseIpAddress(text)))).toBe(canonical);
  });

  it("writes what it reads and reads what it writes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.ipV4(), (bytes, v4) => {
        expect(parseIpAddress(formatIpv6(wordsOf(bytes)))).toEqual(bytes);
        expect(formatIpv4(wordsOf(parseIpAddress(v4))[0] ?? 0)).toBe(v4);
      }),
    );
  });

  it.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "1.2.3.x",
    "::1::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8",
    ":1:2:3:4:5:6:7",
    "12345::",
    "::1.2.3.4:5",
    "fe80::1%eth0",
  ])("%j is no address", (text) => {
    expect(() => parseIpAddress(text)).toThrow(RangeError);
  });

  it("puts IPv6 in brackets before a port", () => {
    expect(formatEndpoint({ address: "192.0.2.7", port: 3389 })).toBe("192.0.2.7:3389");
    expect(formatEndpoint({ address: "2001:db8::7", port: 3389 })).toBe("[2001:db8::7]:3389");
  });
});
