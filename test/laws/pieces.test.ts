import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { breakOf, describeBreak } from "./pieces/law.ts";
import { PIECE_READERS } from "./pieces/readers.ts";

/** Fragmentations of each reader; `npm run law:pieces` tries as many as it is told. */
const CASES = 300;
const SEED = 3;

const ROOT = join(import.meta.dirname, "../..");

describe("law of pieces: whole, byte by byte and in any pieces the same is read", () => {
  it("has a name and a file for each reader", () => {
    expect(new Set(PIECE_READERS.map(({ name }) => name)).size).toBe(PIECE_READERS.length);
    expect(
      PIECE_READERS.map(({ source }) => source).filter((source) => !existsSync(join(ROOT, source))),
    ).toEqual([]);
  });

  it.each(PIECE_READERS.map((reader) => [reader.name, reader] as const))("%s", (_name, reader) => {
    const broken = breakOf(reader, SEED, CASES);
    expect(broken?.cut, broken === null ? "" : describeBreak(broken)).toEqual(broken?.whole);
    expect(broken).toBeNull();
  });
});
