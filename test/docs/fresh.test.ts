import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pages } from "../../scripts/docs/pages.ts";

const GENERATED = pages();
const FOLDERS = ["verdicts", "causes", "remedies"];

describe("the generated pages of docs/", () => {
  it.each([...GENERATED.keys()])("%s is as npm run docs writes it", (path) => {
    expect(readFileSync(join("docs", path), "utf8")).toBe(GENERATED.get(path));
  });

  it("are all that is in their folders", () => {
    const there = FOLDERS.flatMap((folder) =>
      readdirSync(join("docs", folder)).map((name) => `${folder}/${name}`),
    );
    const due = [...GENERATED.keys()].filter((path) => path.includes("/"));
    expect(there.toSorted()).toEqual(due.toSorted());
  });

  it("link to pages that there are", () => {
    const broken = [...GENERATED].flatMap(([path, text]) =>
      [...text.matchAll(/\]\(([^)]+\.md)\)/g)]
        .map(([, link = ""]) => join(path, "..", link))
        .filter((target) => !GENERATED.has(target)),
    );
    expect(broken).toEqual([]);
  });
});
