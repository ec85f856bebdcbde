/** An interactive shell in a terminal: keys go in, and its command line is read off the screen. tmux is the terminal. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { outputOf } from "../servers/programs/processes.ts";

export interface TypingShell {
  /** Types the text and then Tab, and gives the command line once it is as expected, or what it is after a while. */
  tabbed(text: string, expected: RegExp): Promise<string>;
  close(): Promise<void>;
}

/** Of each line that the shell prompts for; its start-up has to set it. */
export const PROMPT = "%>";

const PATIENCE = { timeoutMs: 8000, everyMs: 100 } as const;

/**
 * @param command the shell and its arguments.
 * @param start the line that is typed first: it loads the completions and sets the prompt.
 */
export const startTypingShell = async (
  command: readonly string[],
  start: string,
  folder: string,
): Promise<TypingShell> => {
  const own = mkdtempSync(join(tmpdir(), "rdprobe-tab-"));
  const tmux = (...args: readonly string[]): Promise<string> =>
    outputOf("tmux", ["-S", join(own, "tmux"), "-f", "/dev/null", ...args]);
  const environment = ["-e", `HOME=${own}`, "-e", "LC_ALL=C.UTF-8", "-e", `XDG_CONFIG_HOME=${own}`];
  await tmux("new-session", "-d", "-x", "150", "-y", "50", "-c", folder, ...environment, ...command);
  const lines = async (): Promise<readonly string[]> =>
    (await tmux("capture-pane", "-p", "-J")).split("\n").filter((line) => line.startsWith(PROMPT));
  const typed = async (): Promise<string> => (await lines()).at(-1)?.slice(PROMPT.length).trim() ?? "";
  await tmux("send-keys", "-l", start);
  await tmux("send-keys", "Enter");
  await eventually(async () => (await lines()).length > 0, PATIENCE);
  return {
    tabbed: async (text, expected) => {
      await tmux("send-keys", "C-u");
      await tmux("send-keys", "-l", `${text}\t`);
      await eventually(async () => expected.test(await typed()), PATIENCE);
      return typed();
    },
    close: async () => {
      // A shell that is ended from outside still writes its history; one that is told to leave has done so before.
      await tmux("send-keys", "C-u");
      await tmux("send-keys", "-l", "exit");
      await tmux("send-keys", "Enter").catch(() => "");
      await eventually(
        () =>
          tmux("list-sessions").then(
            () => false,
            () => true,
          ),
        PATIENCE,
      );
      rmSync(own, { recursive: true, force: true });
    },
  };
};
