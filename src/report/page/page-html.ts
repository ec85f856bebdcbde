/**
 * The page as one HTML file that asks nobody for anything. Of what peers sent, nothing is alive in it: the data stands
 * in a block that no browser runs, `<` is escaped there, and the policy names the two texts that may act, by their hash.
 */
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { packDigests } from "./packed-digests.ts";
import { DEFLATED_TYPE, DIGESTS_TYPE, PAGE_MARK, type PageData } from "./page-data.ts";

/** What scripts/build.ts makes of src/page. */
export interface PageAsset {
  /** JavaScript. */
  readonly script: string;
  /** CSS. */
  readonly style: string;
}

/** The whole file. */
export const pageHtml = (data: PageData, { script, style }: PageAsset): string => {
  const [block, digests] = dataBlocks(data);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(script, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
${PAGE_MARK}
<title>RDP report</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
<style>${style}</style>
</head>
<body>
<noscript><p>This report needs JavaScript. It loads nothing from a network.</p></noscript>
${block}
<script>${script}</script>${digests}
</body>
</html>
`;
};

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="1" y="2" width="14" height="10" rx="2" fill="#2457c5"/><path d="M5 7.2 7.2 9.4 11.2 5" stroke="#fff" stroke-width="1.8" fill="none"/><rect x="5" y="13" width="6" height="1.6" rx=".8" fill="#2457c5"/></svg>`;

/** Nothing is loaded, sent, framed or run but these two texts; and no text can become markup (Trusted Types). */
const policyOf = (script: string, style: string): string =>
  [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");

const hashOf = (text: string): string =>
  `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;

/** What could end the block, begin a comment in it, or reorder what an editor shows. */
const ALIVE = /[<>&\u007f-\u009f\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/** Characters of JSON from which on it stands there compressed: a browser reads an HTML file at some 10 MB a second. */
const LARGE = 256 * 1024;

/** What is needed first, and what the script reads while it waits for the first to be inflated. */
const dataBlocks = (data: PageData): readonly [first: string, afterScript: string] => {
  const json = JSON.stringify(data);
  if (json.length < LARGE)
    return [`<script type="application/json" id="data">${json.replace(ALIVE, escaped)}</script>`, ""];
  const digests = packDigests(data.certificates.sha256);
  if (digests === null) return [deflatedBlock(json), ""];
  const rest = { ...data, certificates: { ...data.certificates, sha256: [] } };
  return [
    deflatedBlock(JSON.stringify(rest)),
    `\n<script type="${DIGESTS_TYPE}" id="digests">${digests}</script>`,
  ];
};

const deflatedBlock = (json: string): string =>
  `<script type="${DEFLATED_TYPE}" id="data">${deflateRawSync(json).toString("base64")}</script>`;

const escaped = (character: string): string =>
  character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
