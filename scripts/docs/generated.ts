/** What all pages that are made have in common. */

/** The line that says of a page that it is made. */
export const GENERATED =
  "<!-- Made by `npm run docs` from the tables in src; change those, not this page. -->";

/** `<number>` in a text of ours is no tag: outside of code it would not be shown. */
export const withoutTags = (markdown: string): string =>
  markdown
    .split(CODE)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll("<", "&lt;")))
    .join("");

/** Blocks and spans of code, and comments. */
const CODE = /(^```[\s\S]*?^```|`[^`\n]*`|<!--[\s\S]*?-->)/m;
