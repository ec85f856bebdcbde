/** Runs the executable `check_rdp` as a monitor does. */
import { join } from "node:path";
import { type FinishedProcess, runProcess } from "../servers/programs/processes.ts";
import { EXECUTABLE, PLUGIN, PLUGIN_ARGS } from "./executable.ts";

/** dist/check_rdp.cjs as an absolute path. */
export const CHECK_RDP = join(EXECUTABLE, "..", "check_rdp.cjs");

/** One run to its end; a run that hangs has the code null. */
export const checkRdp = (args: readonly string[]): Promise<FinishedProcess> =>
  runProcess(PLUGIN, [...PLUGIN_ARGS, ...args], { timeoutMs: 20_000 });
