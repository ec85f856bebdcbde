import { readFileSync } from "node:fs";

/** A document's links to other files, without those to the web and those inside code. */
export const linksIn = (path: string): readonly string[] => {
  const text = readFileSync(path, "utf8")
    .replaceAll(/```[\s\S]*?```/g, "")
    .replaceAll(/`[^`]*`/g, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
};
