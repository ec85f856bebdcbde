/** Which known word a mistyped one is taken for. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { didYouMean } from "../../../src/cli/words/did-you-mean.ts";

const KNOWN = ["probe", "pcap", "check", "explain", "exporter"];

describe("did you mean", () => {
  it.each([
    ["chekc", "check"],
    ["chck", "check"],
    ["pcapp", "pcap"],
    ["explian", "explain"],
    ["expalin", "explain"],
    ["exportre", "exporter"],
    ["server", null],
    ["web", null],
    ["chx", null],
  ])("%s: %s", (word, meant) => {
    expect(didYouMean(word, KNOWN)).toBe(meant);
  });

  it("takes every word for itself before any other", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1 }), (words) => {
        for (const word of words) expect(didYouMean(word, words)).toBe(word);
      }),
    );
  });
});
