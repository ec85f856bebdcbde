/** Bundles the executable and the library into dist/, with the library's types beside it. */
import { execFile } from "node:child_process";
import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build, type Plugin } from "esbuild";
import { bundledPage } from "../src/cli/page-asset.ts";
import { CHECK_BUNDLE } from "../src/cli/start-check.ts";
import { dropInnerComments } from "./declaration-comments.ts";
import { REQUIRE_SHIM } from "./require-shim.ts";

const run = promisify(execFile);

/** `check` has no full depth, and does not carry what that asks. */
const withoutFullDepth: Plugin = {
  name: "without-full-depth",
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/probe-full\.ts$/ }, () => ({ path: "./probe-full.js", external: true }));
  },
};

/** The executable starts the command line as a module of its own. */
const commandLineBeside: Plugin = {
  name: "command-line-beside",
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/command-line\.ts$/ }, () => ({ path: "./command-line.js", external: true }));
  },
};

const page = await bundledPage();

/** The page's script and style as texts, in the place of what makes them. */
const pageInside: Plugin = {
  name: "page-inside",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/page-asset\.ts$/ }, () => ({
      contents: `export const pageAsset = async () => (${JSON.stringify({ script: page.script, style: page.style })});`,
      loader: "js",
    }));
  },
};

/** The package's sub-paths, as its exports and tsconfig.types.json have them. */
const CODECS = ["x224", "tls", "credssp", "pcap"] as const;

await rm("dist", { recursive: true, force: true });
const commonJs = { bundle: true, format: "cjs", platform: "node", target: "node20.12" } as const;
await build({
  ...commonJs,
  entryPoints: ["src/cli/check-main.ts"],
  outfile: join("dist", CHECK_BUNDLE),
  plugins: [withoutFullDepth],
  minify: true,
  legalComments: "inline",
  logLevel: "warning",
});
await build({
  ...commonJs,
  entryPoints: ["src/cli/check-rdp.ts"],
  outfile: "dist/check_rdp.cjs",
  logLevel: "warning",
});
const library = await build({
  metafile: true,
  entryPoints: {
    "command-line": "src/cli/command-line.ts",
    index: "src/index.ts",
    ...Object.fromEntries(CODECS.map((name) => [name, `src/library/${name}.ts`])),
  },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.12",
  minify: true,
  legalComments: "eof",
  banner: { js: REQUIRE_SHIM },
  plugins: [pageInside],
  logLevel: "warning",
});
await build({
  ...commonJs,
  entryPoints: { rdprobe: "src/cli/main.ts" },
  outdir: "dist",
  outExtension: { ".js": ".cjs" },
  plugins: [commandLineBeside],
  logLevel: "warning",
});
await chmod("dist/rdprobe.cjs", 0o755);
await chmod("dist/check_rdp.cjs", 0o755);
await run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"]);

/**
 * Some declarations name the tree of node-forge's ASN.1 reader, which comes without types: they get it from a file
 * beside them, so that nobody who compiles against the package needs others' declarations.
 */
const FORGE = /from "node-forge\/lib\/asn1\.js"/;
const TYPES = join("dist", "types");
for (const file of await readdir(TYPES, { recursive: true })) {
  if (!file.endsWith(".d.ts")) continue;
  const text = await readFile(join(TYPES, file), "utf8");
  if (FORGE.test(text)) await writeFile(join(TYPES, file), text.replace(FORGE, 'from "../forge-asn1.js"'));
}
await dropInnerComments(TYPES, ["index.d.ts", ...CODECS.map((name) => join("library", `${name}.d.ts`))]);
await writeFile(
  join(TYPES, "forge-asn1.d.ts"),
  `/** A node of the tree that node-forge's asn1.fromDer makes. */
export interface Asn1 {
  tagClass: number;
  type: number;
  constructed: boolean;
  composed: boolean;
  value: string | Asn1[];
}
`,
);

/** Whose code is in the bundles, with each licence's text. */
const packages = new Set(
  [...Object.keys(library.metafile.inputs), ...page.inputs].flatMap(
    (path) => /^(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
  ),
);
const notices: string[] = [];
for (const folder of [...packages].sort()) {
  const file = (await readdir(folder)).find((name) => /^licen[cs]e/i.test(name));
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const text = file === undefined ? "" : `\n${(await readFile(join(folder, file), "utf8")).trim()}\n`;
  notices.push(`${name} ${version}, ${license}\n${text}`);
}
await writeFile(join("dist", "THIRD-PARTY.txt"), notices.join(`\n${"-".repeat(72)}\n`));
