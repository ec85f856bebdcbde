/** rdprobe as the modules of a single-file executable: CommonJS texts that ask for each other as `./name.js`. */
import { basename } from "node:path";
import { build, transform } from "esbuild";
import { bundledPage } from "../../src/cli/page-asset.ts";
import { pageInside } from "../build/page-inside.ts";
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
  const page = await bundledPage();
  const cut = await build({
    ...COMMON,
    plugins: [pageInside(page)],
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
    packageFolders([...Object.keys(cut.metafile.inputs), ...page.inputs]).map(thirdParty),
  );
  const [{ text: mainText } = { text: "" }] = main.outputFiles;
  return { main: mainText, modules, parties };
};

/** What src/cli/single-file.ts asks for. */
const ENTRIES = ["command-line", "check-main", "guided/guide", "guided/parent-name"] as const;
