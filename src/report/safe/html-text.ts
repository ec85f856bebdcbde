/** Text of a peer or a user, safe inside HTML: as an element's content and in a quoted attribute. */
import { safeText } from "./safe-text.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Controls are shown and not kept, a long text is cut, and no character begins a tag or ends an attribute. */
export const htmlText = (text: string): string =>
  safeText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
