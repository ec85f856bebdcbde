/** Bundles the executable and the library into dist/, with the library's types beside it. */
import { execFile } from "node:child_process";
import { chmod, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build, type Plugin } from "esbuild";
import { CHECK_BUNDLE } from "../src/cli/start-check.ts";
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
await build({
  entryPoints: { "command-line": "src/cli/command-line.ts", index: "src/index.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.12",
  minifySyntax: true,
  legalComments: "eof",
  banner: { js: REQUIRE_SHIM },
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
