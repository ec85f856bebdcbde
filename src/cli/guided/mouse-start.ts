/** Whether a person started the single-file executable with the mouse, and no shell or script did. */
import { win32 } from "node:path";

export interface StartedWith {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As Node names it. */
  readonly platform: string;
  /** Whether input and output are both a console. */
  readonly isConsole: () => boolean;
  readonly isFile: (path: string) => boolean;
  /** The name of the program that started this one, or null where it cannot be told. */
  readonly parentName: () => string | null;
}

/** What is to be probed; null where that is to be asked. */
export interface MouseStart {
  readonly target: string | null;
}

/**
 * A start with the mouse has no arguments, or the one `.rdp` file that was dropped on the executable; it has a
 * console; and on Windows the Explorer made it. `RDPROBE_ASK` overrides the last: 1 always, 0 never.
 * @returns null for every other start.
 */
export const mouseStart = (start: StartedWith): MouseStart | null => {
  const [path, ...more] = start.argv;
  if (more.length > 0) return null;
  if (path !== undefined && !(/\.rdp$/i.test(path) && start.isFile(path))) return null;
  if (!start.isConsole()) return null;
  return isByMouse(start) ? { target: path ?? null } : null;
};

const isByMouse = ({ env, platform, parentName }: StartedWith): boolean => {
  const { RDPROBE_ASK: choice = "" } = env;
  if (choice !== "") return choice !== "0";
  // cmd.exe gives its prompt to all that it starts.
  if (platform !== "win32" || env["PROMPT"] !== undefined) return false;
  const parent = parentName();
  // Who cannot be told is no shell: a window that closes at once would be worse than a question.
  return parent === null || parent.toLowerCase() === EXPLORER;
};

const EXPLORER = "explorer.exe";

/** The name of the only process in what `tasklist /FO CSV /NH` prints, or null. */
export const taskName = (csv: string): string | null => {
  const [, name] = /^\s*"([^"]+)","\d+"/.exec(csv) ?? [];
  return name === undefined ? null : win32.basename(name);
};
