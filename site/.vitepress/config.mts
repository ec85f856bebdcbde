/** The documents of the repository as a site, where they lie: `npm run docs:site`. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { siteLink } from "../../scripts/site/links.ts";
import { siteMenu } from "../../scripts/site/menu.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const { RDPROBE_SITE_OUT = `${ROOT}dist-docs/site`, RDPROBE_SITE_BASE = "/" } = process.env;

/** The document that is rendered, as a path from the root. */
const documentOf = ({ path }: { readonly path: string }): string =>
  relative(ROOT, path).replaceAll("\\", "/");

/** Words, and the parts of those with hyphens, underscores and dots; runs in the reader's browser as well. */
const wordsOf = (text: string): string[] =>
  text
    .split(/[^\p{L}\p{N}_.-]+/u)
    .map((word) => word.replace(/^[-.]+|[-.]+$/g, ""))
    .flatMap((word) => (/[-_.]/.test(word) ? [word, ...word.split(/[-_.]+/)] : [word]))
    .filter((word) => word !== "");

export default defineConfig({
  srcDir: ROOT,
  srcExclude: [
    "node_modules",
    "site",
    "src",
    "test",
    "scripts",
    "fixtures",
    "release",
    "dist",
    "dist-docs",
  ].map((folder) => `${folder}/**`),
  outDir: RDPROBE_SITE_OUT,
  cacheDir: `${ROOT}site/node_modules/.cache`,
  base: RDPROBE_SITE_BASE,
  rewrites: { "README.md": "index.md" },
  lang: "en",
  title: "rdprobe",
  description: "Why a Remote Desktop (RDP) connection fails, and how to fix it.",
  // No icon of our own: else browsers ask for one.
  head: [["link", { rel: "icon", href: "data:," }]],
  metaChunk: true,
  vite: { build: { target: "es2022" } },
  markdown: {
    config: (markdown) => {
      markdown.core.ruler.push("links-of-the-repository", ({ tokens, env }) => {
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const href = token.type === "link_open" ? token.attrGet("href") : null;
          if (href !== null) token.attrSet("href", siteLink(href, documentOf(env), ROOT));
        }
      });
    },
  },
  themeConfig: {
    outline: [2, 3],
    sidebar: siteMenu(ROOT).map(({ items, ...section }) => ({ ...section, items: [...items] })),
    nav: [
      { text: "Install", link: "/docs/install" },
      { text: "Commands", link: "/docs/commands" },
      { text: "Error codes", link: "/docs/codes" },
      { text: "0x904 / 0x7", link: "/docs/0x904-0x7" },
      { text: "Library", link: "/api/index.html", target: "_self" },
    ],
    search: {
      provider: "local",
      options: {
        detailedView: true,
        miniSearch: {
          options: { tokenize: wordsOf },
          searchOptions: {
            combineWith: "AND",
            boost: { title: 6, titles: 2, text: 1 },
            // One digit less or more is another code.
            fuzzy: (term) => (/\d/.test(term) ? false : 0.2),
          },
        },
      },
    },
  },
});
