/** The archives: the executable, its licences and what else there is for it; the same bytes from the same files. */
import { execFile } from "node:child_process";
import { utimes } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** 1 is quick, for a trial; 9 makes the smallest, which takes minutes. */
export type Level = 1 | 9;

export type ArchiveKind = "tar.xz" | "tar.gz" | "zip";

/**
 * Packs the folder `folder` under its own name.
 * @param path of the archive.
 */
export const writeArchive = async (
  kind: ArchiveKind,
  folder: string,
  path: string,
  level: Level,
): Promise<void> => {
  const options = { cwd: dirname(folder), maxBuffer: 2 ** 26 };
  if (kind === "zip") {
    await withEpoch(folder);
    await run("zip", ["-q", `-${level}`, "-X", "-r", path, basename(folder)], { ...options, env: utc() });
    return;
  }
  const compress = kind === "tar.xz" ? `xz -${level} -T0` : `gzip -${level} -n`;
  const anonymous = ["--sort=name", `--mtime=@${EPOCH_S}`, "--owner=0", "--group=0", "--numeric-owner"];
  await run("tar", [...anonymous, "-I", compress, "-cf", path, basename(folder)], options);
};

/** 1980-01-01, the first day that a zip knows. */
const EPOCH_S = 315_532_800;

const utc = (): NodeJS.ProcessEnv => ({ ...process.env, TZ: "UTC" });

const withEpoch = async (folder: string): Promise<void> => {
  const { stdout } = await run("find", [folder, "-print0"]);
  for (const path of stdout.split("\0").filter((name) => name !== "")) await utimes(path, EPOCH_S, EPOCH_S);
};
