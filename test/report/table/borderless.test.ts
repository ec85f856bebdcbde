import { describe, expect, it } from "vitest";
import { borderless } from "../../../src/report/table/borderless.ts";

const many = (length: number): readonly (readonly string[])[] =>
  Array.from({ length }, (_, index) => [String(index), "-"]);

describe("columns without a border", () => {
  it("stand below their heads, as wide as the widest cell of all rows", () => {
    const text = borderless(["N", "NAME"], [...many(120), ["120", "日本"]]);
    const lines = text.split("\n");
    expect(lines[0]).toBe("N    NAME");
    expect(lines[1]).toBe("0    -");
    expect(lines[121]).toBe("120  日本");
    expect(lines.slice(122)).toEqual([""]);
  });

  it("hold more rows than a function takes arguments", { timeout: 60_000 }, () => {
    const length = 130_000;
    expect(borderless(["N", "NAME"], many(length)).split("\n")).toHaveLength(length + 2);
  });

  it("hold no row", () => {
    expect(borderless(["N", "NAME"], [])).toBe("N  NAME\n");
  });
});
