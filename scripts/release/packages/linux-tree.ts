/** The files that a package for Linux installs, as a tree; the same for .deb and .rpm but for where some go. */
import { execFile } from "node:child_process";
import { chmod, copyFile, cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Places {
  readonly plugins: string;
  readonly units: string;
  readonly zsh: string;
}

/** What the build makes, and where it goes. */
const COMPLETIONS = [
  { made: "rdprobe.bash", place: () => "usr/share/bash-completion/completions/rdprobe" },
  { made: "_rdprobe", place: ({ zsh }: Places) => join(zsh, "_rdprobe") },
  { made: "rdprobe.fish", place: () => "usr/share/fish/vendor_completions.d/rdprobe.fish" },
] as const;

const MAN_PAGES = ["rdprobe.1", "check_rdp.1"] as const;

const CONTRIB = ["nagios", "icinga2", "checkmk", "prometheus", "grafana", "telegraf", "zabbix"] as const;

/**
 * Writes the tree under `root`.
 * @returns the paths of what was installed, relative to `root`.
 */
export const writeLinuxTree = async (root: string, executable: string, places: Places): Promise<string[]> => {
  const paths: string[] = [];
  const made = async (path: string): Promise<string> => {
    paths.push(path);
    await mkdir(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  const install = async (from: string, to: string, mode = 0o644): Promise<void> => {
    const path = await made(to);
    await copyFile(from, path);
    await chmod(path, mode);
  };
  await install(executable, "usr/bin/rdprobe", 0o755);
  for (const link of ["usr/bin/check_rdp", join(places.plugins, "check_rdp")]) {
    await symlink(relative(dirname(link), "usr/bin/rdprobe"), await made(link));
  }
  for (const page of MAN_PAGES) {
    await compressed(await readFile(join("dist", "man", page)), await made(`usr/share/man/man1/${page}.gz`));
  }
  for (const { made: name, place } of COMPLETIONS) {
    await install(join("dist", "completions", name), place(places));
  }
  await install(
    join("contrib", "systemd", "rdprobe-exporter.service"),
    join(places.units, "rdprobe-exporter.service"),
  );
  for (const folder of CONTRIB) {
    const to = await made(join("usr/share/rdprobe", folder));
    await cp(join("contrib", folder), to, { recursive: true });
  }
  // Modes as packages have them, whatever the checkout's umask was.
  await run("chmod", ["-R", "u=rwX,go=rX", root]);
  return paths;
};

/** As Debian wants it: smallest, without name and time. */
export const compressed = async (text: Uint8Array | string, path: string): Promise<void> => {
  const plain = path.replace(/\.gz$/, "");
  await writeFile(plain, text);
  await run("gzip", ["-9", "-n", "-f", plain]);
};
