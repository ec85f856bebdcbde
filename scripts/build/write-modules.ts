/**
 * ES modules in few files. esbuild bundles and cuts a file for each set of entries that share something; Rollup puts
 * together what is loaded together anyhow, so that a start opens half as many files.
 */
import { join } from "node:path";
import { build, type Metafile, type Plugin, transform } from "esbuild";
import { type Plugin as RollupPlugin, rollup } from "rollup";
import { REQUIRE_SHIM } from "../require-shim.ts";

const TARGET = { platform: "node", target: "node20.12", minify: true, legalComments: "none" } as const;

/** Who wants a fleet or a history installs these beside rdprobe; nobody else has them. */
const OPTIONAL = ["@nats-io/transport-node", "@nats-io/jetstream", "postgres"];

/** Writes the entries, by the names of their files without ending, and what they share into `dist`. */
export const writeModules = async (
  entryPoints: Readonly<Record<string, string>>,
  plugins: Plugin[],
): Promise<Metafile> => {
  const { outputFiles, metafile } = await build({
    ...TARGET,
    ...{ entryPoints, plugins, bundle: true, splitting: true, format: "esm", outdir: "dist" },
    ...{ external: OPTIONAL, write: false, metafile: true, logLevel: "warning" },
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  const joined = await rollup({
    input: Object.fromEntries(
      Object.keys(entryPoints).map((name) => [name, join(process.cwd(), "dist", `${name}.js`)]),
    ),
    external: [/^node:/, /\.cjs$/, ...OPTIONAL],
    plugins: [cutBy(texts), minified],
    // esbuild has left out what nobody uses.
    treeshake: false,
  });
  await joined.write({
    dir: "dist",
    format: "es",
    compact: true,
    hashCharacters: "base36",
    chunkFileNames: ({ name }) => `${name.replace(ESBUILD_HASH, "")}-[hash].js`,
  });
  await joined.close();
  return metafile;
};

const ESBUILD_HASH = /-[A-Z0-9]{8}$/;

/** The files that esbuild made, which lie nowhere. */
const cutBy = (texts: ReadonlyMap<string, string>): RollupPlugin => ({
  name: "cut-by-esbuild",
  resolveId: (id, importer) => {
    const path = importer === undefined ? id : join(importer, "..", id);
    return texts.has(path) ? path : null;
  },
  load: (path) => {
    const text = texts.get(path);
    if (text === undefined) return null;
    return USES_REQUIRE.test(text) ? `${REQUIRE_SHIM}\n${text}` : text;
  },
});

/** In the one file where esbuild defines what CommonJS packages ask Node's modules for. */
const USES_REQUIRE = /\btypeof require\b/;

const minified: RollupPlugin = {
  name: "minified",
  renderChunk: async (code) => (await transform(code, { ...TARGET, format: "esm" })).code,
};
