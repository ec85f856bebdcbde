/** Bundles the executable and the library into dist/, with the library's types beside it. */
import { execFile } from "node:child_process";
import { chmod, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { build } from "esbuild";

/** CommonJS packages inside an ES module still ask for `require`. */
const REQUIRE_SHIM =
  "import { createRequire as rdprobeCreateRequire } from 'node:module'; const require = rdprobeCreateRequire(import.meta.url);";

await rm("dist", { recursive: true, force: true });
await build({
  entryPoints: { rdprobe: "src/cli/main.ts", index: "src/index.ts" },
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
await chmod("dist/rdprobe.js", 0o755);
await promisify(execFile)(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"]);
