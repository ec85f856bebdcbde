/** What the command line runs in: streams, environment, signals. The commands get it as an argument. */

interface Output {
  write(text: string, done?: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As Node names it; a POSIX system where it is left out. */
  readonly platform?: string;
  /** Opened only where a command reads it; nothing comes where it is left out. */
  readonly stdin?: () => AsyncIterable<Uint8Array>;
}

export type ColorChoice = "auto" | "always" | "never";

/** `--color` first, then NO_COLOR, FORCE_COLOR, and whether a person reads (no-color.org). */
export const wantsColor = (choice: ColorChoice, { stdout, env }: Terminal, toFile: boolean): boolean => {
  if (choice !== "auto") return choice === "always";
  if (set(env["NO_COLOR"])) return false;
  if (set(env["FORCE_COLOR"])) return env["FORCE_COLOR"] !== "0";
  return !toFile && stdout.isTTY === true && env["TERM"] !== "dumb";
};

/** The width to wrap at: the terminal's within reason, 100 where nobody watches; some terminals say 0. */
export const widthOf = ({ stdout }: Terminal): number =>
  Math.min(Math.max(stdout.columns === 0 ? USUAL_COLUMNS : (stdout.columns ?? 100), 60), 120);

const USUAL_COLUMNS = 80;

/** The columns of the terminal, or null where the output goes elsewhere. */
export const screenOf = ({ stdout }: Terminal): number | null =>
  stdout.columns === undefined || stdout.columns === 0 ? null : stdout.columns;

/**
 * Whether text beyond ASCII is read as it was written: by the locale (POSIX, XBD 8.2: LC_ALL before LC_CTYPE before
 * LANG). Node writes to a Windows console in its own characters; what is redirected there is read in the OEM code page.
 */
export const speaksUtf8 = ({ stdout, env, platform }: Terminal): boolean => {
  if (env["TERM"] === "dumb") return false;
  if (platform === "win32") return stdout.isTTY === true;
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find(set) ?? "";
  return /utf-?8/i.test(locale);
};

/** Whether a line that was written can be taken back. */
export const canRedraw = ({ stderr, env }: Terminal): boolean =>
  stderr.isTTY === true && env["TERM"] !== "dumb";

const set = (value: string | undefined): boolean => value !== undefined && value !== "";
