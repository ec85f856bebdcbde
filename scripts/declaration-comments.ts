/**
 * Declarations without their comments. An editor shows the comment of what somebody imports, and that is in the files
 * that the package's entries name; in the hundreds behind these it is a third of what is downloaded.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

/** Takes the comments out of all declarations in a folder but those of the entries and what they re-export. */
export const dropInnerComments = async (folder: string, entries: readonly string[]): Promise<void> => {
  const kept = new Set(entries);
  for (const entry of entries) {
    const text = await readFile(join(folder, entry), "utf8");
    for (const [, path = ""] of text.matchAll(/ from "(\.[^"]*)\.(?:js|ts)"/g)) {
      kept.add(relative(folder, join(folder, dirname(entry), `${path}.d.ts`)));
    }
  }
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith(".d.ts") || kept.has(file)) continue;
    const path = join(folder, file);
    await writeFile(path, withoutComments(await readFile(path, "utf8")));
  }
};

const withoutComments = (text: string): string => {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text);
  let kept = "";
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (token !== ts.SyntaxKind.MultiLineCommentTrivia) kept += scanner.getTokenText();
  }
  return kept.replace(/\n\s*\n/g, "\n");
};
