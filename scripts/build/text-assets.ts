/** What runs as a text (the page, the thread of passwords), made once and put in the place of what makes it. */
import type { Plugin } from "esbuild";
import { bundledPage } from "../../src/cli/outputs/page-asset.ts";
import { bundledPasswordScript } from "../../src/exporter/password-script.ts";

export interface TextAssets {
  readonly plugin: Plugin;
  /** The paths of all files whose code is in them. */
  readonly inputs: readonly string[];
}

export const textAssets = async (): Promise<TextAssets> => {
  const page = await bundledPage();
  const password = await bundledPasswordScript();
  const modules = [
    [/\/page-asset\.ts$/, "pageAsset", { script: page.script, style: page.style }],
    [/\/password-script\.ts$/, "passwordScript", password.script],
  ] as const;
  const plugin: Plugin = {
    name: "text-assets",
    setup: ({ onLoad }) => {
      for (const [filter, name, value] of modules) {
        const contents = `export const ${name} = async () => (${JSON.stringify(value)});`;
        onLoad({ filter }, () => ({ contents, loader: "js" }));
      }
    },
  };
  return { plugin, inputs: [...page.inputs, ...password.inputs] };
};
