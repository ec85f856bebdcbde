/** What is left of a text where only ASCII is understood. */
import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { asciiText } from "../../../src/report/safe/ascii-text.ts";

describe("text in ASCII", () => {
  it("keeps the heights of bars apart", () => {
    const bars = asciiText("\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588");
    expect(new Set(bars).size).toBe(8);
    expect(bars).toMatch(/^[ -~]{8}$/);
  });

  it("keeps ASCII as it is, colours among it", () => {
    const text = "\u001b[31mFAILED\u001b[39m  server01\n";
    expect(asciiText(text)).toBe(text);
  });

  it("takes as many columns as before, for any letter", () => {
    const letters = fc.stringMatching(/^[a-z\u00c0-\u00ff\u0400-\u04ff\u4e00-\u4fff]{0,30}$/);
    fc.assert(
      fc.property(letters, (text) => {
        const ascii = asciiText(text);
        expect(ascii).toMatch(/^[ -~]*$/);
        expect(ascii).toHaveLength(stringWidth(text));
      }),
    );
  });
});
