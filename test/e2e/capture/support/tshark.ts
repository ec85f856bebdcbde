/** tshark as the judge, where it is installed. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const hasTshark = spawnSync("tshark", ["--version"], { timeout: 20_000 }).status === 0;

/** The output of tshark over a file. */
export const tshark = (file: string, ...options: readonly string[]): string =>
  execFileSync("tshark", ["-r", file, ...options], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 30_000,
    maxBuffer: 64 * 1024 * 1024,
  });

/** Runs `use` with the path of a file that holds `bytes`. */
export const withCaptureFile = <T>(bytes: Uint8Array, use: (path: string) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), "capture-"));
  try {
    const path = join(folder, "test.pcapng");
    writeFileSync(path, bytes);
    return use(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
