/** A command line run in the test's own process: no build, no start. */
import { run } from "../../src/cli/program.ts";

export interface InProcessRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param stdin what `-` reads. */
export const runInProcess = async (
  argv: readonly string[],
  stdin: Uint8Array = new Uint8Array(0),
): Promise<InProcessRun> => {
  const out: string[] = [];
  const err: string[] = [];
  const writer = (texts: string[]) => ({
    write: (text: string, done?: () => void): void => {
      texts.push(text);
      done?.();
    },
  });
  const code = await run(argv, {
    ...{ stdout: writer(out), stderr: writer(err), env: {} },
    stdin: async function* () {
      yield stdin;
    },
  });
  return { code, stdout: out.join(""), stderr: err.join("") };
};
