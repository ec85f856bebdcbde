/** Windows programs under Debian's Wine, in a Windows of their own. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Made by the first run, which takes half a minute. */
const PREFIX = resolve("node_modules", ".cache", "rdprobe-wine");

const WINE_ENV = { ...process.env, WINEPREFIX: PREFIX, WINEDEBUG: "-all" } as const;

const START_TIMEOUT_MS = 240_000;
const RUN_TIMEOUT_MS = 90_000;

/** Makes the Windows, if there is none yet; Node demands Windows 10. */
export const startWine = async (): Promise<void> => {
  mkdirSync(PREFIX, { recursive: true });
  const options = { env: WINE_ENV, timeout: START_TIMEOUT_MS };
  await run("wineboot", ["--init"], options);
  await run("winecfg", ["/v", "win10"], options);
};

/** Ends what Wine keeps running for its Windows. */
export const stopWine = async (): Promise<void> => {
  await run("wineserver", ["--kill"], { env: WINE_ENV }).catch(() => undefined);
};

export interface WineRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One run to its end, in the folder `cwd`. Its outputs are files: Node cannot write into pipes under Wine 8. */
export const wine = async (file: string, args: readonly string[], cwd: string): Promise<WineRun> => {
  const paths = [join(cwd, "stdout.txt"), join(cwd, "stderr.txt")] as const;
  const [out, err] = [openSync(paths[0], "w"), openSync(paths[1], "w")];
  const child = spawn("wine", [file, ...args], {
    cwd,
    env: WINE_ENV,
    stdio: ["ignore", out, err],
    timeout: RUN_TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
  const [code]: unknown[] = await once(child, "exit");
  closeSync(out);
  closeSync(err);
  return {
    code: typeof code === "number" ? code : null,
    stdout: await readFile(paths[0], "utf8"),
    stderr: await readFile(paths[1], "utf8"),
  };
};
