import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../../../src/cli/inputs/input-error.ts";
import { linesOf, linesOfFile, MAX_LINE } from "../../../src/cli/inputs/whole-lines.ts";

const gathered = async (lines: AsyncIterable<string>): Promise<readonly string[]> => {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
};

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const utf16be = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

/** How the same text can lie in a file. */
const ENCODINGS = [
  ["UTF-8", (text: string) => Buffer.from(text)],
  ["UTF-8 with a mark", (text: string) => Buffer.from(`\uFEFF${text}`)],
  ["UTF-16 LE with a mark", (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le")],
  ["UTF-16 BE with a mark", (text: string) => utf16be(`\uFEFF${text}`)],
  ["UTF-16 LE", (text: string) => Buffer.from(text, "utf16le")],
  ["UTF-16 BE", utf16be],
] as const;

const OPTIONS = { source: "list.txt", withTorn: true, maxLength: MAX_LINE.targets } as const;

describe("a text line by line", () => {
  it.each(ENCODINGS)("is the same whatever its pieces: %s", async (_, encode) => {
    const anyLine = fc
      .string({ unit: "grapheme", maxLength: 12 })
      .map((text) => text.replace(/[\r\n\uFEFF]/g, ""));
    const anyText = fc.tuple(fc.array(anyLine, { maxLength: 8 }), fc.constantFrom("\n", "\r\n"));
    await fc.assert(
      fc.asyncProperty(
        anyText,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        fc.boolean(),
        async ([others, end], sizes, withTorn) => {
          // Without a mark, the first character tells the encoding: an ASCII one.
          const lines = ["server01", ...others];
          const bytes = encode(lines.join(end));
          const whole = withTorn && lines.at(-1) !== "" ? lines : lines.slice(0, -1);
          const expected = withTorn || lines.length > 1 ? whole : [];
          expect(await gathered(linesOf(inPieces(bytes, sizes), { ...OPTIONS, withTorn }))).toEqual(expected);
        },
      ),
    );
  });

  it.each([1, 7, 64])(
    "with a line over the bound is an error that names it, in pieces of %d",
    async (size) => {
      const fits = "x".repeat(100);
      const text = Buffer.from(`a\n${fits}\n${fits}y\nb\n`);
      const lines: string[] = [];
      const reading = async (): Promise<void> => {
        for await (const line of linesOf(inPieces(text, [size]), { ...OPTIONS, maxLength: 100 }))
          lines.push(line);
      };
      await expect(reading()).rejects.toThrow(InputError);
      await expect(gathered(linesOf(inPieces(text, [size]), { ...OPTIONS, maxLength: 100 }))).rejects.toThrow(
        "list.txt:3: ",
      );
      expect(lines).toEqual(["a", fits]);
    },
  );

  it("takes work that grows with the text, with and without line ends", async () => {
    const timeOf = async (text: string): Promise<number> => {
      const bytes = Buffer.from(text);
      const startedAt = performance.now();
      await gathered(
        linesOf(inPieces(bytes, [16 * 1024]), { ...OPTIONS, maxLength: Number.POSITIVE_INFINITY }),
      );
      return performance.now() - startedAt;
    };
    for (const unit of ["x", `${"x".repeat(40)}\n`]) {
      const textOf = (mib: number): string => unit.repeat(Math.floor((mib * 1024 * 1024) / unit.length));
      await timeOf(textOf(2));
      const short = Math.min(await timeOf(textOf(4)), await timeOf(textOf(4)));
      const long = Math.min(await timeOf(textOf(32)), await timeOf(textOf(32)));
      // Eight times the text: what is quadratic takes 64 times as long.
      expect(long).toBeLessThan(30 * Math.max(short, 2));
    }
  });
});

describe("a file line by line", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "rdprobe-lines-"));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it("names itself where it cannot be read, and where a line is too long", async () => {
    const file = join(folder, "endless");
    writeFileSync(file, "x".repeat(MAX_LINE.targets + 1));
    const options = { withTorn: true, maxLength: MAX_LINE.targets };
    await expect(gathered(linesOfFile(file, options))).rejects.toThrow(`${file}:1: a line of more than`);
    await expect(gathered(linesOfFile(folder, options))).rejects.toThrow(`cannot read ${folder}: `);
  });
});
