/** What every document keeps to, so that it reads the same on GitHub, on npm, in the site and in a terminal. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const DOCUMENTS = [
  ...readdirSync(".", { encoding: "utf8" }),
  ...["docs", "contrib"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  ),
].filter((path) => path.endsWith(".md"));

const BLOCK = /^ *```([a-z]*)\n([\s\S]*?)^ *```/gm;

/** Without code and comments. */
const proseOf = (text: string): string =>
  text
    .replaceAll(BLOCK, "")
    .replaceAll(/`[^`\n]*`/g, "")
    .replaceAll(/<!--[\s\S]*?-->/g, "");

describe.each(DOCUMENTS)("%s", (path) => {
  const text = readFileSync(path, "utf8");

  it("begins with its title", () => {
    expect(text).toMatch(/^# \S/);
  });

  it("has no tag, which would not be shown, and no template", () => {
    expect(proseOf(text).match(/<\/?[a-z][^>]*>|\{\{/gi) ?? []).toEqual([]);
  });

  it("has commands that Windows PowerShell 5.1 can read", () => {
    // Those of contrib are for a monitoring system on Linux, and a block of bash is for a Linux server.
    if (path.startsWith("contrib")) return;
    const typed = [...text.matchAll(BLOCK)].flatMap(([, language = "", block = ""]) =>
      language === "bash" ? [] : block.split("\n"),
    );
    expect(typed.filter((line) => /(?:&&|\|\|) /.test(line))).toEqual([]);
  });
});
