/** What the program says beside its results: one line on stderr, in which no text moves the cursor. */
import { escapeUnsafe } from "../../report/safe/safe-text.ts";
import type { Terminal } from "./terminal.ts";

/** @param text of the user, a file or the system, as it came; its line ends become spaces. */
export const say = ({ stderr }: Pick<Terminal, "stderr">, text: string): void => {
  stderr.write(`rdprobe: ${escapeUnsafe(text.replace(/\s*\n\s*/g, " ").trim())}\n`);
};
