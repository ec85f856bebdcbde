/** A module of the project as users run it: bundled, and not as tsx loads it, which names every function anew. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { REQUIRE_SHIM } from "../require-shim.ts";

/**
 * The exports of a source file, from a bundle of it.
 * @param entryPoint its path below the project's folder.
 */
export const bundled = async <T>(entryPoint: string): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), "rdprobe-bench-"));
  try {
    const outfile = join(folder, "bundle.mjs");
    await build({
      entryPoints: [entryPoint],
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20.12",
      minifySyntax: true,
      banner: { js: REQUIRE_SHIM },
      logLevel: "warning",
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true });
  }
};
