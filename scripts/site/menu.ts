/** The menu of the site: the sections with the titles that the documents themselves have. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SECTIONS, UNLISTED } from "./sections.ts";

interface MenuItem {
  readonly text: string;
  readonly link: string;
}

export interface MenuSection {
  readonly text: string;
  readonly collapsed: boolean;
  readonly items: readonly MenuItem[];
}

/** @param root the folder of the repository. */
export const siteMenu = (root: string): readonly MenuSection[] =>
  SECTIONS.map(({ title, entries, isFolded = false }) => ({
    text: title,
    collapsed: isFolded,
    items: entries.flatMap((entry) =>
      documentsOf(root, entry).map((path) => ({ text: titleOf(root, path), link: linkTo(path) })),
    ),
  }));

/** Every document of the site, as a path from the root. */
export const siteDocuments = (root: string): readonly string[] =>
  [...SECTIONS.flatMap(({ entries }) => entries), ...UNLISTED].flatMap((entry) => documentsOf(root, entry));

const documentsOf = (root: string, entry: string): readonly string[] =>
  statSync(join(root, entry)).isDirectory()
    ? readdirSync(join(root, entry), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".md"))
        .map((name) => `${entry}/${name.replaceAll("\\", "/")}`)
        .toSorted()
    : [entry];

const titleOf = (root: string, path: string): string => {
  const [, title = path] = /^# (.+)$/m.exec(readFileSync(join(root, path), "utf8")) ?? [];
  return title.replaceAll("`", "");
};

/** The README is the first page. */
const linkTo = (path: string): string => (path === "README.md" ? "/" : `/${path.replace(/\.md$/, "")}`);
