import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/hex.ts";
import { formatIpAddress, parseIpAddress } from "../../src/x509/ip-address.ts";

describe("the text of an IP address ([RFC 5952] 4)", () => {
  it.each([
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["1::", "1::"],
    ["::ffff:192.0.2.7", "::ffff:c000:207"],
    ["1:2:3:4:5:6:192.0.2.7", "1:2:3:4:5:6:c000:207"],
    ["192.0.2.7", "192.0.2.7"],
    ["[fe80::1%3]", "fe80::1"],
  ])("%s is written %s", (text, normal) => {
    expect(formatIpAddress(parseIpAddress(text) ?? new Uint8Array(0))).toBe(normal);
  });

  it.each([
    ...[
      "",
      "1",
      "1.2.3",
      "1.2.3.4.5",
      "256.0.0.1",
      "01.2.3.4",
      "0x7f.0.0.1",
      "1.2.3.4 ",
      "a.b.c.d",
      "-1.2.3.4",
    ],
    ...[
      ":",
      ":::",
      "1:2",
      "1::2::3",
      "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7::8",
      "g::",
      "12345::",
      "1.2.3.4::",
      "::1.2.3",
    ],
    ...["1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:"],
  ])("%j is none", (text) => {
    expect(parseIpAddress(text)).toBeNull();
  });

  it("bytes of another size have no text", () => {
    for (const size of [0, 3, 5, 15, 17]) expect(formatIpAddress(new Uint8Array(size))).toBeNull();
  });

  it("any bytes come back from their text, which the URL standard writes alike", () => {
    const sparse = fc.oneof(fc.constant(0), fc.nat(255));
    const bytes = fc.oneof(
      fc.array(sparse, { minLength: 4, maxLength: 4 }),
      fc.array(sparse, { minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(bytes, (address) => {
        const text = formatIpAddress(Uint8Array.from(address)) ?? "";
        expect(isIP(text)).toBe(address.length === 4 ? 4 : 6);
        expect(toHex(parseIpAddress(text) ?? new Uint8Array(0))).toBe(toHex(Uint8Array.from(address)));
        if (address.length === 16) expect(new URL(`http://[${text}]`).hostname).toBe(`[${text}]`);
      }),
    );
  });

  it("what node:net takes for no address is none here", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0129af:.:"), maxLength: 20 }), (text) => {
        expect(parseIpAddress(text) !== null).toBe(isIP(text) !== 0);
      }),
      { numRuns: 5_000 },
    );
  });
});
