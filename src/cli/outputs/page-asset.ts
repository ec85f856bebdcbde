/**
 * The script and style of the HTML page, made of src/page. scripts/build.ts puts the two texts in this module's place, so
 * that nobody who uses the package needs a bundler; run from its sources, the page is made anew each time.
 */
import { fileURLToPath } from "node:url";
import type { PageAsset } from "../../report/page/page-html.ts";

const SOURCE = fileURLToPath(new URL("../../page/", import.meta.url));

/** Bundles them; minified, for browsers of the last three years. */
export const pageAsset = async (): Promise<PageAsset> => {
  const { script, style } = await bundledPage();
  return { script, style };
};

/** The same with whose code is in it: the paths of all files. */
export const bundledPage = async (): Promise<PageAsset & { readonly inputs: readonly string[] }> => {
  const { build } = await import("esbuild");
  const { outputFiles, metafile } = await build({
    entryPoints: [`${SOURCE}main.ts`, `${SOURCE}page.css`],
    outdir: "page",
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: "iife",
    target: ["chrome110", "firefox115", "safari16.4"],
    charset: "ascii",
    legalComments: "none",
    logLevel: "warning",
  });
  const textOf = (ending: string): string =>
    (outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "").trim();
  return { script: textOf(".js"), style: textOf(".css"), inputs: Object.keys(metafile.inputs) };
};
