/** Workers of a test, as processes. */
import { PROGRAM, PROGRAM_ARGS } from "../cli/executable.ts";
import { type ProcessGroup, startProcess } from "../servers/programs/processes.ts";

export const startWorker = (
  place: readonly string[],
  segment: string,
  more: readonly string[] = ["--allow", "127.0.0.0/8"],
): Promise<ProcessGroup> =>
  startProcess(PROGRAM, [...PROGRAM_ARGS, "worker", ...place, "--segment", segment, ...more]);
