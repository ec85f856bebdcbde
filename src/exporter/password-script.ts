/**
 * What the thread runs that compares passwords, as one text: so it needs no file of its own, in the package and in the
 * single-file executable alike. scripts/build puts the text in this module's place; from the sources it is made anew.
 */
import { fileURLToPath } from "node:url";

export const passwordScript = async (): Promise<string> => (await bundledPasswordScript()).script;

/** The same with whose code is in it: the paths of all files. */
export const bundledPasswordScript = async (): Promise<{
  readonly script: string;
  readonly inputs: readonly string[];
}> => {
  const { build } = await import("esbuild");
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL("password-thread.ts", import.meta.url))],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: "cjs",
    platform: "node",
    target: "node20.12",
    legalComments: "none",
    logLevel: "warning",
  });
  return { script: outputFiles[0]?.text ?? "", inputs: Object.keys(metafile.inputs) };
};
