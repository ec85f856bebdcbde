import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { ensureBuilt } from "../cli/executable.ts";

const DOCUMENT = readFileSync("docs/dependencies.md", "utf8");

/** The packages of the table, each with a word in every column. */
const listed = [...DOCUMENT.matchAll(/^\| ([@a-z][^ |]*) \| [^|]+ \| [^|]+ \| [^|]+ \|$/gm)]
  .map(([, name = ""]) => name)
  .filter((name) => name !== "package");

/** The packages that a file of src imports, at run time. */
const importedIn = (path: string): readonly string[] =>
  [
    ...readFileSync(path, "utf8").matchAll(
      /^(?!import type)(?:import|export)[^;]*? from "([^"]+)"|import\("([^"]+)"\)|^import "([^"]+)"/gm,
    ),
  ]
    .flatMap(([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? [])
    .filter((id) => !id.startsWith(".") && !isBuiltin(id))
    .map((id) => /^(@[^/]+\/[^/]+|[^/]+)/.exec(id)?.[1] ?? id);

const imported = [
  ...new Set(
    readdirSync("src", { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .flatMap((path) => importedIn(join("src", path))),
  ),
].toSorted();

/** They make texts while the package is built, and are not in it. */
const BUILDERS: ReadonlySet<string> = new Set(["esbuild"]);

beforeAll(ensureBuilt);

describe("docs/dependencies.md", () => {
  it("has a row for every package that src imports, and for no other", () => {
    expect(listed.length).toBeGreaterThan(10);
    expect(listed.toSorted()).toEqual(imported.filter((name) => !BUILDERS.has(name)));
  });

  it("names every package whose code is in the bundles", () => {
    const bundled = [
      ...readFileSync("dist/THIRD-PARTY.txt", "utf8").matchAll(/^(@?[a-z][\w./-]*) \d+\.[\d.]+, /gm),
    ].map(([, name = ""]) => name);
    expect(bundled.length).toBeGreaterThan(listed.length);
    expect(
      bundled.filter(
        (name) => !new RegExp(`(^|[\\s|])${name.replaceAll(".", "\\.")}([,.\\s|]|$)`, "m").test(DOCUMENT),
      ),
    ).toEqual([]);
  });

  it("is about versions that are exact", () => {
    const versions: Readonly<Record<string, string>> = manifest.devDependencies;
    for (const name of listed)
      expect([name, versions[name]]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
    expect(Object.values(versions).filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual(
      [],
    );
    expect(manifest).not.toHaveProperty("dependencies");
  });
});
