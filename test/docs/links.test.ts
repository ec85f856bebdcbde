import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { linksIn } from "./links.ts";

const MARKDOWN = [
  ...readdirSync(".", { encoding: "utf8" }),
  ...["docs", "contrib"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  ),
].filter((path) => path.endsWith(".md"));

/** As GitHub and others make them of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\- ]/gu, "")
    .replaceAll(" ", "-");

const anchorsIn = (path: string): ReadonlySet<string> =>
  new Set(
    [...readFileSync(path, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading)),
  );

describe("the links in the documents", () => {
  it("lead to files that there are, and to headings in them", () => {
    const links = MARKDOWN.flatMap((path) => linksIn(path).map((link) => ({ path, link })));
    expect(links.length).toBeGreaterThan(300);
    const dead = links.filter(({ path, link }) => {
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : join(dirname(path), file);
      if (!existsSync(target)) return true;
      return anchor !== undefined && target.endsWith(".md") && !anchorsIn(target).has(anchor);
    });
    expect(dead).toEqual([]);
  });

  it("reach every document from README.md", () => {
    const seen = new Set<string>();
    const waiting = ["README.md"];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path) || !path.endsWith(".md") || !existsSync(path)) continue;
      seen.add(path);
      for (const link of linksIn(path)) waiting.push(join(dirname(path), link.split("#")[0] ?? ""));
    }
    expect(MARKDOWN.filter((path) => path.startsWith("docs/") && !seen.has(path))).toEqual([]);
  });
});
