/** The name by which a single-file executable was called. */
import { basename, win32 } from "node:path";

/**
 * `check_rdp` where the executable, a link to it or a copy is called that, with or without `.exe`; else `rdprobe`.
 * @param argv0 as the shell gave it.
 * @param execPath the file itself; a link is resolved in it.
 */
export const calledAs = (argv0: string, execPath: string): "check_rdp" | "rdprobe" =>
  [argv0, execPath].some((path) => PLUGIN.test(win32.basename(basename(path)))) ? "check_rdp" : "rdprobe";

const PLUGIN = /^check_rdp(?:\.exe)?$/i;
