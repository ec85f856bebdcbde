import fc from "fast-check";
import forge from "node-forge/lib/asn1.js";
import { describe, expect, it } from "vitest";
import {
  type DerElement,
  decodeDer,
  decodeDerFront,
  decodeDerFronts,
  encodeDer,
} from "../../src/bytes/der.ts";
import { expectNoClaimBeyond } from "../support/codec-laws.ts";
import { octetString, sequence } from "../x509/der.ts";

const DER = { lengths: "shortest", maxDepth: 16, maxBytes: 0x10000 } as const;
const ANY = { ...DER, lengths: "any" } as const;

interface Tree {
  readonly tag: number;
  readonly content: string | readonly Tree[];
}

const treeOf = (element: DerElement): Tree => ({
  tag: element.tag,
  content: element.isConstructed
    ? element.elements.map(treeOf)
    : Buffer.from(element.contents).toString("latin1"),
});

const forgeTree = (node: ReturnType<typeof forge.fromDer>): Tree => ({
  tag: node.tagClass | node.type | (node.constructed ? 0x20 : 0),
  content: typeof node.value === "string" ? node.value : node.value.map(forgeTree),
});

/** Tag numbers that forge means nothing by: it reads text of a BMPString two bytes at a time. */
const primitiveTag = fc.constantFrom(0x01, 0x02, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x16, 0x17, 0x80, 0x82, 0x9d);
const constructedTag = fc.constantFrom(0x30, 0x31, 0x60, 0xa0, 0xa1, 0xbd);

const { anElement } = fc.letrec<{ anElement: Uint8Array; leaf: Uint8Array; branch: Uint8Array }>((tie) => ({
  anElement: fc.oneof({ maxDepth: 5, withCrossShrink: true }, tie("leaf"), tie("branch")),
  leaf: fc
    .tuple(primitiveTag, fc.uint8Array({ maxLength: 300 }))
    .map(([tag, content]) => encodeDer(tag, content)),
  branch: fc
    .tuple(constructedTag, fc.array(tie("anElement"), { maxLength: 4 }))
    .map(([tag, parts]) => encodeDer(tag, ...parts)),
}));

describe("a whole element ([X.690] 8.1, 10.1)", () => {
  it("is the tree that node-forge reads", () => {
    fc.assert(
      fc.property(anElement, (der) => {
        const decoded = decodeDer(der, { ...DER, maxBytes: Number.POSITIVE_INFINITY });
        if (decoded.status !== "done") throw new Error(JSON.stringify(decoded));
        const known = forge.fromDer(Buffer.from(der).toString("latin1"), { decodeBitStrings: false });
        expect(treeOf(decoded.value)).toEqual(forgeTree(known));
        expect(decoded.size).toBe(der.length);
      }),
      { numRuns: 500 },
    );
  });

  it("needs more until its last byte is there, and takes nothing of what comes after it", () => {
    fc.assert(
      fc.property(anElement, fc.nat(), (der, at) => {
        const cut = at % der.length;
        expect(decodeDer(der.subarray(0, cut), { ...DER, maxBytes: 1e9 }).status).toBe("need");
        const more = Uint8Array.from([...der, 0x30]);
        expect(decodeDer(more, { ...DER, maxBytes: 1e9 })).toMatchObject({
          status: "done",
          size: der.length,
        });
      }),
    );
  });

  it.each([
    ["a length in more octets than it takes", [0x30, 0x81, 0x05, 1, 1, 0, 5, 0], "element.length", 1],
    ["an indefinite length", [0x30, 0x80, 0, 0], "element.length", 1],
    ["a length of five octets", [0x30, 0x85, 0, 0, 0, 0, 0], "element.length", 1],
    ["a tag number of more than one byte", [0x30, 0x03, 0x1f, 0x20, 0], "element.identifier", 2],
    ["an element that is longer than the one around it", [0x30, 0x02, 0x04, 0x01], "element.length", 3],
    ["an element whose header is cut by the one around it", [0x30, 0x01, 0x04], "element", 2],
    ["more bytes than allowed", [0x30, 0x83, 0x01, 0x00, 0x00], "element.length", 1],
  ])("%s is a fault", (_, bytes, field, offset) => {
    expect(decodeDer(Uint8Array.from(bytes), DER)).toMatchObject({ status: "bad", fault: { field, offset } });
  });

  it("a length in more octets than it takes is read where the rules allow it", () => {
    const decoded = decodeDer(Uint8Array.of(0x30, 0x84, 0, 0, 0, 3, 0x04, 0x81, 0), ANY);
    expect(decoded.status === "done" && decoded.value.elements[0]?.contents.length).toBe(0);
  });

  it.each([
    [16, "done"],
    [17, "bad"],
  ])("%i elements around an element: %s", (depth, status) => {
    let der = encodeDer(0x04);
    for (let around = 0; around < depth; around += 1) der = encodeDer(0x30, der);
    expect(decodeDer(der, DER).status).toBe(status);
  });

  it("arbitrary bytes never throw, and claim no more than there is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) =>
        expectNoClaimBeyond((input) => decodeDer(input, ANY), bytes),
      ),
      { numRuns: 5000, examples: [[Uint8Array.of(0x20, 1, 0)]] },
    );
  });
});

describe("the front of an element", () => {
  it.each([0, 1, 127, 128, 255, 256, 65_535, 65_536])("content of %i bytes", (size) => {
    const der = octetString(new Uint8Array(size));
    const decoded = decodeDerFront(der);
    if (decoded.status !== "done") throw new Error(decoded.status);
    const { tag, missingBytes, contents } = decoded.value;
    expect({ tag, missingBytes, size: decoded.size }).toEqual({ tag: 4, missingBytes: 0, size: der.length });
    expect(contents).toEqual(new Uint8Array(size));
    expect(decoded.value.der).toEqual(der);
  });

  it("cut in its header it needs more, cut in its content it says how much is missing", () => {
    const der = octetString(new Uint8Array(300).fill(7));
    const results = Array.from(der, (_, length) => decodeDerFront(der.subarray(0, length)));
    expect(results.slice(0, 4).map(({ status }) => status)).toEqual(["need", "need", "need", "need"]);
    for (const [at, result] of results.entries()) {
      if (at >= 4)
        expect(result).toMatchObject({ status: "done", size: at, value: { missingBytes: 304 - at } });
    }
  });

  it("arbitrary bytes never throw, and claim no more than there is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => expectNoClaimBeyond(decodeDerFront, bytes)),
      { numRuns: 5000 },
    );
  });
});

describe("elements one after the other", () => {
  const two = Uint8Array.from([...sequence(), ...octetString([1])]);

  it("are all read", () => {
    const { elements, fault } = decodeDerFronts(two, 2);
    expect(elements.map(({ tag }) => tag)).toEqual([0x30, 0x04]);
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
    const { elements, fault } = decodeDerFronts(bytes, limit);
    expect(elements).toHaveLength(Math.min(limit, 2));
    expect(fault).toBe(reason);
  });
});
