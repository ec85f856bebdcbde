/** An esbuild plugin: the page's script and style as texts, in the place of what makes them. */
import type { Plugin } from "esbuild";
import type { bundledPage } from "../../src/cli/page-asset.ts";

export const pageInside = ({ script, style }: Awaited<ReturnType<typeof bundledPage>>): Plugin => ({
  name: "page-inside",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/page-asset\.ts$/ }, () => ({
      contents: `export const pageAsset = async () => (${JSON.stringify({ script, style })});`,
      loader: "js",
    }));
  },
});
