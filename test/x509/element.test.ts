import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentOfElement, decodeElement, decodeElements } from "../../src/x509/element.ts";
import { expectNoClaimBeyond } from "../codec-laws.ts";
import { octetString, sequence } from "./der.ts";

describe("one DER element ([X.690] 8.1)", () => {
  it.each([0, 1, 127, 128, 255, 256, 65_535, 65_536])("content of %i bytes", (size) => {
    const der = octetString(new Uint8Array(size));
    const decoded = decodeElement(der);
    expect(decoded).toEqual({
      status: "done",
      value: { identifier: 0x04, der, headerSizeBytes: der.length - size, missingBytes: 0 },
      size: der.length,
    });
    expect(decoded.status === "done" && contentOfElement(decoded.value)).toEqual(new Uint8Array(size));
  });

  it("cut in its header it needs more, cut in its content it says how much is missing", () => {
    const der = octetString(new Uint8Array(300).fill(7));
    const results = Array.from(der, (_, length) => decodeElement(der.subarray(0, length)));
    expect(results.slice(0, 4).map(({ status }) => status)).toEqual(["need", "need", "need", "need"]);
    for (const [at, result] of results.entries()) {
      if (at >= 4)
        expect(result).toMatchObject({ status: "done", size: at, value: { missingBytes: 304 - at } });
    }
  });

  it("a length in more bytes than it takes is read", () => {
    const decoded = decodeElement(Uint8Array.of(0x04, 0x84, 0, 0, 0, 1, 9));
    expect(decoded).toMatchObject({ value: { missingBytes: 0 }, size: 7 });
    expect(decoded.status === "done" && contentOfElement(decoded.value)).toEqual(Uint8Array.of(9));
  });

  it("arbitrary bytes never throw, and claim no more than there is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => expectNoClaimBeyond(decodeElement, bytes)),
    );
  });
});

describe("elements one behind the other", () => {
  const two = Uint8Array.from([...sequence(), ...octetString([1])]);

  it("are all read", () => {
    const { elements, fault } = decodeElements(two, 2);
    expect(elements.map(({ identifier }) => identifier)).toEqual([0x30, 0x04]);
    expect(fault).toBeNull();
  });

  it.each([
    ["more than the limit", two, 1, "more than 1 elements"],
    ["a cut header", Uint8Array.from([...two, 0x30]), 9, "cut short"],
    [
      "a length that is none",
      Uint8Array.from([...two, 0x30, 0x80]),
      9,
      "indefinite length, which DER does not have",
    ],
  ])("%s ends the walk with a reason and keeps those before it", (_, bytes, limit, reason) => {
    const { elements, fault } = decodeElements(bytes, limit);
    expect(fault).toBe(reason);
    expect(elements).toHaveLength(Math.min(limit, 2));
  });

  it("of arbitrary bytes end", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { elements } = decodeElements(bytes, 100);
        const read = elements.reduce((total, { der }) => total + der.length, 0);
        expect(read).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
