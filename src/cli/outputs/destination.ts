/** Where results go: stdout, or a file that appears whole under its name or not at all. */
import { realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { isNamedPipe, writeNamedPipe } from "../../transport/named-pipe.ts";
import { reasonOf } from "../screen/system-error.ts";
import type { Terminal } from "../screen/terminal.ts";

/** The output file could not be written. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/**
 * Writes all of `text` to `path`, or to stdout where it is null, and waits until it is out.
 * @param signal ends the waiting for who reads a named pipe.
 * @throws OutputError naming the file and the system's reason.
 */
export const deliver = async (
  text: string,
  path: string | null,
  { stdout }: Terminal,
  signal?: AbortSignal,
): Promise<void> => {
  if (path === null) {
    await new Promise<void>((resolve) => {
      stdout.write(text, () => resolve());
    });
    return;
  }
  try {
    if (isNamedPipe(path)) await pipe(path, text, signal);
    else await replace(path, text);
  } catch (error) {
    throw new OutputError(`-o, --output: cannot write ${path}: ${reasonOf(error)}`);
  }
};

const pipe = async (path: string, text: string, signal: AbortSignal | undefined): Promise<void> => {
  const writer = writeNamedPipe(path, signal);
  await writer.write(Buffer.from(text));
  await writer.close();
};

/** A file changes from old to new in one step, also behind a link; devices and pipes are written to as they are. */
const replace = async (path: string, text: string): Promise<void> => {
  const existing = await stat(path).catch(() => null);
  if (existing !== null && !existing.isFile()) {
    await writeFile(path, text);
    return;
  }
  const file = existing === null ? path : await realpath(path);
  const temporary = `${file}.${process.pid}.part`;
  try {
    await writeFile(temporary, text, { flag: "wx", mode: existing?.mode ?? 0o666 });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};
