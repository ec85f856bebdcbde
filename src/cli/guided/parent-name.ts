/** The program that started this process, on Windows. */
import { execFileSync } from "node:child_process";
import { taskName } from "./mouse-start.ts";

/** Its name, as explorer.exe; null where Windows does not tell. */
export const parentName = (): string | null => {
  try {
    const args = ["/FI", `PID eq ${process.ppid}`, "/FO", "CSV", "/NH"];
    const options = { timeout: TIMEOUT_MS, windowsHide: true, stdio: "pipe", encoding: "utf8" } as const;
    return taskName(execFileSync("tasklist", args, options));
  } catch {
    return null;
  }
};

const TIMEOUT_MS = 3000;
