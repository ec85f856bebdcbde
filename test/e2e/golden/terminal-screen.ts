/** What a terminal shows of a command: tmux is the terminal, on a server and socket of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outputOf } from "../servers/programs/processes.ts";

export interface ScreenOptions {
  readonly columns: number;
  readonly rows: number;
  /** Variables of the command. */
  readonly env: Readonly<Record<string, string>>;
  /** With the escape sequences of colours. */
  readonly withColors: boolean;
}

/**
 * Runs a shell's line in a terminal of that size and gives the lines that stand there at its end.
 * @param line must come to its end by itself.
 */
export const terminalScreen = async (line: string, options: ScreenOptions): Promise<string> => {
  const { columns, rows, env, withColors } = options;
  const folder = mkdtempSync(join(tmpdir(), "rdprobe-screen-"));
  const socket = join(folder, "tmux");
  const tmux = (...args: readonly string[]): Promise<string> =>
    outputOf("tmux", ["-S", socket, "-f", "/dev/null", ...args]);
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
  // The screen is read while the shell still waits: with its end the window would be gone.
  const script = `export ${variables.join(" ")}; clear; ${line}; tmux -S ${quoted(socket)} wait-for -S done; sleep 60`;
  try {
    const size = ["-x", String(columns), "-y", String(rows)];
    await tmux("new-session", "-d", ...size, "sh", "-c", script);
    await tmux("wait-for", "done");
    const text = await tmux("capture-pane", "-p", ...(withColors ? ["-e"] : []));
    return `${text.replace(/[ \n]+$/, "")}\n`;
  } finally {
    await tmux("kill-server");
    rmSync(folder, { recursive: true });
  }
};

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
