/** The site's menu: every document of the repository stands in it once, under its own title. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { siteLink } from "../../../scripts/site/links.ts";
import { siteDocuments, siteMenu } from "../../../scripts/site/menu.ts";

const DOCUMENTS = [
  ...readdirSync(".", { encoding: "utf8" }),
  ...["docs", "contrib"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  ),
].filter((path) => path.endsWith(".md"));

describe("the site", () => {
  it("has every document once", () => {
    expect(siteDocuments(".").toSorted()).toEqual(DOCUMENTS.toSorted());
  });

  it("gives each in its menu its own title, and no two the same link", () => {
    const items = siteMenu(".").flatMap((section) => section.items);
    expect(items.length).toBeGreaterThan(50);
    expect(items.filter(({ text }) => text === "" || text.endsWith(".md"))).toEqual([]);
    expect(new Set(items.map(({ link }) => link)).size).toBe(items.length);
  });
});

describe("a link of the repository in the site", () => {
  it.each([
    ["install.md", "docs/faq.md", "/docs/install.md"],
    ["../contrib", "docs/exporter.md", "/contrib/README.md"],
    ["../contrib/", "docs/exporter.md", "/contrib/README.md"],
    ["../README.md", "docs/faq.md", "/index.md"],
    ["docs/faq.md#a", "README.md", "/docs/faq.md#a"],
    ["#targets", "docs/scanning.md", "#targets"],
    ["https://example.org/a.md", "docs/faq.md", "https://example.org/a.md"],
  ])("%s in %s leads to %s", (href, from, expected) => {
    expect(siteLink(href, from, ".")).toBe(expected);
  });
});
