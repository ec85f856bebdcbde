/** The declarations of the package's entries, without all that they do not name. */
import { join } from "node:path";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

/** Where `tsc -p tsconfig.types.json` writes one declaration a source file. */
export const DECLARATIONS = ".declarations";

/** Writes dist/types: a file an entry, and what several of them share. @throws where a declaration cannot be read. */
export const rollTypes = async (codecs: readonly string[]): Promise<void> => {
  const bundle = await rollup({
    input: {
      index: join(DECLARATIONS, "index.d.ts"),
      ...Object.fromEntries(codecs.map((name) => [name, join(DECLARATIONS, "library", `${name}.d.ts`)])),
    },
    external: /^node:/,
    plugins: [dts()],
    // What an entry's types rest on need not be an export of its own.
    onLog: () => undefined,
  });
  await bundle.write({ dir: join("dist", "types"), format: "es", chunkFileNames: "shared-[hash].d.ts" });
  await bundle.close();
};
