/** Links as they serve in the repository, and what they are in the site. */
import { existsSync, statSync } from "node:fs";
import { posix } from "node:path";

/**
 * @param href as it stands in the document: relative, with or without an anchor.
 * @param from the document, as a path from the root.
 */
export const siteLink = (href: string, from: string, root: string): string => {
  if (/^(?:[a-z]+:|#|\/)/i.test(href)) return href;
  const [path = "", anchor] = href.split("#");
  const target = posix.join(posix.dirname(from), path).replace(/\/$/, "");
  const index = posix.join(target, "README.md");
  const isFolder = isFolderAt(posix.join(root, target)) && existsSync(posix.join(root, index));
  const page = target === "README.md" ? "index.md" : isFolder ? index : target;
  return `/${page}${anchor === undefined ? "" : `#${anchor}`}`;
};

const isFolderAt = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
