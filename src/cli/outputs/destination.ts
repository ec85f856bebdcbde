/** Where a text goes that is known whole: stdout, or a file that appears under its name or not at all. */
import type { Terminal } from "../screen/terminal.ts";
import type { NamedFile } from "./own-file.ts";
import { replacing } from "./stream-destination.ts";

/**
 * Writes all of `text` to the file, or to stdout where it is null, and waits until it is out.
 * @param signal ends the waiting for who reads a named pipe.
 * @throws OutputError naming the file and the system's reason.
 */
export const deliver = async (
  text: string,
  file: NamedFile | null,
  { stdout }: Terminal,
  signal?: AbortSignal,
): Promise<void> => {
  if (file === null) {
    await new Promise<void>((resolve) => {
      stdout.write(text, () => resolve());
    });
    return;
  }
  const destination = replacing(file, signal);
  try {
    await destination.write(text);
    await destination.close();
  } catch (error) {
    destination.discard();
    throw error;
  }
};
