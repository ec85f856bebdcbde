import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { safeText } from "../../../src/report/safe/safe-text.ts";

describe("text of a peer, made safe for a terminal", () => {
  it.each([
    ["ESC", "\u001b[31mred", "\\x1b[31mred"],
    ["BEL, NUL and DEL", "a\u0007b\u0000c\u007f", "a\\x07b\\x00c\\x7f"],
    ["CR and LF", "one\r\ntwo", "one\\x0d\\x0atwo"],
    ["a C1 control sequence introducer", "\u009b2J", "\\x9b2J"],
    ["right-to-left override", "host\u202etxt.exe", "host\\u{202e}txt.exe"],
    ["bidi isolates", "\u2066a\u2069", "\\u{2066}a\\u{2069}"],
    [
      "zero-width space, joiner and byte order mark",
      "a\u200bb\u200dc\ufeff",
      "a\\u{200b}b\\u{200d}c\\u{feff}",
    ],
    ["line separator", "a\u2028b", "a\\u{2028}b"],
    ["a lone surrogate", "a\ud800b", "a\\u{d800}b"],
    ["a tag character", "\u{e0041}", "\\u{e0041}"],
    ["soft hyphen", "a\u00adb", "a\\xadb"],
  ])("%s is escaped", (_what, text, safe) => {
    expect(safeText(text)).toBe(safe);
  });

  it("ordinary text of any script stays as it is", () => {
    const text = 'CN=Rechner-Ü, O=株式会社, شركة & Söhne \\ "x"';
    expect(safeText(text)).toBe(text);
  });

  it("a text without end is cut, and the cut is said", () => {
    expect(safeText("x".repeat(250_000))).toBe(`${"x".repeat(400)}… (250000 characters)`);
  });

  it("nothing that moves a cursor or reorders text is left, whatever the input", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(safeText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
    );
  });
});
