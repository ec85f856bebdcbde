import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestAt, hasDigest, packDigests } from "../../../src/report/page/packed-digests.ts";

const digest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("hex"));

describe("packed digests", () => {
  it("give each certificate its own again, and none where there was none (law)", () => {
    fc.assert(
      fc.property(fc.array(fc.option(digest)), (digests) => {
        const text = packDigests(digests) ?? "";
        const places = [...digests.keys()];
        expect(places.map((place) => digestAt(text, place))).toEqual(digests);
        expect(places.map((place) => hasDigest(text, place))).toEqual(digests.map((one) => one !== null));
        expect([digestAt(text, -1), digestAt(text, digests.length)]).toEqual([null, null]);
      }),
    );
  });

  it("take 43 letters each, as Node's base64 has them", () => {
    const hex = "0123456789abcdef".repeat(4);
    expect(packDigests([null, hex])).toBe(
      ".".repeat(43) + Buffer.from(hex, "hex").toString("base64").replace("=", ""),
    );
  });

  it.each(["", "00", "A".repeat(64), "g".repeat(64), `${"0".repeat(64)}\n`])(
    "leave what is no SHA-256 to the data: %j",
    (other) => {
      expect(packDigests(["0".repeat(64), other])).toBeNull();
    },
  );
});
