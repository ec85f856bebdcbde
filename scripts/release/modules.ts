/** rdprobe as the modules of a single-file executable: CommonJS texts that ask for each other as `./name.js`. */
import { createRequire } from "node:module";
import { basename } from "node:path";
import { build, type Plugin, transform } from "esbuild";
import { textAssets } from "../build/text-assets.ts";
import { packageFolders, type ThirdParty, thirdParty } from "../third-party.ts";

export interface BundledModules {
  /** The script that the executable starts with. */
  readonly main: string;
  /** By name. */
  readonly modules: ReadonlyMap<string, string>;
  /** The npm packages whose code is in them. */
  readonly parties: readonly ThirdParty[];
}

const COMMON = {
  bundle: true,
  platform: "node",
  target: "node22",
  minify: true,
  logLevel: "warning",
} as const;

/**
 * A CommonJS package that is loaded late has its names, as Node gives them: what NATS' client is loaded by expects
 * them, and esbuild gives such a package as a whole.
 */
const lateNames: Plugin = {
  name: "late-names",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^@nats-io\// }, ({ path, kind, resolveDir }) =>
      kind === "dynamic-import" ? { path, namespace: "late", pluginData: resolveDir } : undefined,
    );
    onLoad({ filter: /./, namespace: "late" }, ({ path, pluginData: resolveDir }) => {
      const names = Object.keys(createRequire(import.meta.url)(path));
      const contents = `import * as all from ${JSON.stringify(path)};\nexport const { ${names.join(", ")} } = all;`;
      return { contents, resolveDir };
    });
  },
};

/**
 * The modules are cut where a command is first needed, as dist/ is: esbuild cuts ES modules only, so that each is
 * made CommonJS afterwards.
 */
export const bundledModules = async (): Promise<BundledModules> => {
  const main = await build({
    ...COMMON,
    entryPoints: ["src/cli/single-file.ts"],
    format: "cjs",
    write: false,
  });
  const assets = await textAssets();
  const cut = await build({
    ...COMMON,
    plugins: [assets.plugin, lateNames],
    entryPoints: ENTRIES.map((name) => ({ in: `src/cli/${name}.ts`, out: basename(name) })),
    outdir: "modules",
    format: "esm",
    splitting: true,
    metafile: true,
    legalComments: "none",
    write: false,
  });
  const modules = new Map<string, string>();
  for (const { path, text } of cut.outputFiles) {
    const { code } = await transform(text, {
      format: "cjs",
      platform: "node",
      target: COMMON.target,
      minify: true,
      supported: { "dynamic-import": false },
    });
    modules.set(basename(path), code);
  }
  const parties = await Promise.all(
    packageFolders([...Object.keys(cut.metafile.inputs), ...assets.inputs]).map(thirdParty),
  );
  const [{ text: mainText } = { text: "" }] = main.outputFiles;
  return { main: mainText, modules, parties };
};

/** What src/cli/single-file.ts asks for. */
const ENTRIES = ["command-line", "check-main", "guided/guide", "guided/parent-name"] as const;
