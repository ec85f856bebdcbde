/** Bundles the executable and the library into dist/, with the library's types beside it. */
import { execFile } from "node:child_process";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build, type Plugin, transform } from "esbuild";
import { CHECK_BUNDLE } from "../src/cli/start-check.ts";
import { leanPackages } from "./build/lean-packages.ts";
import { rollTypes } from "./build/roll-types.ts";
import { writeShellFiles } from "./build/shell-files.ts";
import { textAssets } from "./build/text-assets.ts";
import { writeModules } from "./build/write-modules.ts";
import { noticesOf, packageFolders, thirdParty } from "./third-party.ts";

const run = promisify(execFile);

/** Leaves a module out of a bundle, which then asks for `path`. */
const beside = (name: string, filter: RegExp, path: string): Plugin => ({
  name,
  setup: ({ onResolve }) => onResolve({ filter }, () => ({ path, external: true })),
});

/** `check` has no full depth, and does not carry what that asks. */
const withoutFullDepth = beside("without-full-depth", /\/probe-full\.ts$/, "./probe-full.js");

/** The executable starts the command line as a module of its own. */
const commandLineBeside = beside("command-line-beside", /\/command-line\.ts$/, "./command-line.js");

/** A file that `check` and the command line share, though one is CommonJS and the other is not: 70 KB. */
const SOCKS_CLIENT = "socks-client.cjs";
const socksBeside = beside("socks-beside", /\/socks-client\.ts$/, `./${SOCKS_CLIENT}`);

const assets = await textAssets();

/** The package's sub-paths, as its exports and tsconfig.types.json have them. */
const CODECS = ["x224", "tls", "credssp", "pcap"] as const;

/**
 * `check` as CommonJS in several files: what it seldom needs is not read, and what it always needs is compiled once.
 * esbuild cuts ES modules only, so that each is made CommonJS afterwards.
 */
const writeCheck = async (): Promise<void> => {
  const { outputFiles } = await build({
    ...{ bundle: true, splitting: true, format: "esm", platform: "node", target: "node20.12", write: false },
    entryPoints: ["src/cli/check-main.ts"],
    outdir: "dist",
    outExtension: { ".js": CHECK_BUNDLE.slice(CHECK_BUNDLE.lastIndexOf(".")) },
    chunkNames: "check-[hash]",
    plugins: [withoutFullDepth, socksBeside],
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
  await mkdir("dist");
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      ...{ format: "cjs", platform: "node", target: "node20.12", minify: true },
      supported: { "dynamic-import": false },
    });
    await writeFile(path, code);
  }
};

await rm("dist", { recursive: true, force: true });
const commonJs = { bundle: true, format: "cjs", platform: "node", target: "node20.12" } as const;
await writeCheck();
await build({
  ...commonJs,
  entryPoints: ["src/cli/check-rdp.ts"],
  outfile: "dist/check_rdp.cjs",
  logLevel: "warning",
});
const library = await writeModules(
  {
    "command-line": "src/cli/command-line.ts",
    index: "src/index.ts",
    ...Object.fromEntries(CODECS.map((name) => [name, `src/library/${name}.ts`])),
  },
  [assets.plugin, socksBeside, leanPackages],
);
const socks = await build({
  ...commonJs,
  metafile: true,
  entryPoints: ["src/transport/proxy/socks-client.ts"],
  outfile: join("dist", SOCKS_CLIENT),
  plugins: [leanPackages],
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});
await chmod("dist/check_rdp.cjs", 0o755);
await run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"]);

await rollTypes(CODECS);

/** Whose code is in the bundles, with each licence's text. */
const parties = await Promise.all(
  packageFolders(
    [library, socks.metafile].flatMap(({ inputs }) => Object.keys(inputs)).concat(assets.inputs),
  ).map(thirdParty),
);
await writeFile(join("dist", "THIRD-PARTY.txt"), noticesOf(parties));
await writeShellFiles();

// Last, since it is what tells that all is built.
await build({
  ...commonJs,
  entryPoints: { rdprobe: "src/cli/main.ts" },
  outdir: "dist",
  outExtension: { ".js": ".cjs" },
  plugins: [commandLineBeside],
  logLevel: "warning",
});
await chmod("dist/rdprobe.cjs", 0o755);
