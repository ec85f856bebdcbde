/** The modules of a release, before they are put into an executable: each loads, and asks for nothing but Node's own. */
import { createRequire, isBuiltin } from "node:module";
import { expect, it } from "vitest";
import { bundledModules } from "../../scripts/release/modules.ts";
import { singleFileModules } from "../../src/cli/single-file-modules.ts";

const nodeRequire = createRequire(import.meta.url);

it("every module loads by itself", async () => {
  const { modules } = await bundledModules();
  expect(modules.size).toBeGreaterThan(20);
  for (const name of modules.keys()) {
    const source = { text: (wanted: string) => modules.get(wanted) ?? "", code: () => null };
    const { require: load } = singleFileModules(source, nodeRequire);
    expect(() => load(`./${name}`), name).not.toThrow();
  }
});

it("none needs a package or a module that is not there", async () => {
  const { modules } = await bundledModules();
  const asked = [...modules].flatMap(([name, text]) =>
    [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, id = ""]) => ({ name, id })),
  );
  expect(asked.length).toBeGreaterThan(50);
  const missing = asked.filter(({ id }) =>
    id.startsWith("./") ? !modules.has(id.slice(2)) : !isBuiltin(id),
  );
  expect(missing).toEqual([]);
});
