/** The package for Debian and Ubuntu (deb(5), Debian Policy). */
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Level } from "../archive.ts";
import { FACTS, homepageOf } from "./facts.ts";
import { compressed, writeLinuxTree } from "./linux-tree.ts";

const run = promisify(execFile);

export interface LinuxPackage {
  /** As the system's packages name the processor: amd64, x86_64. */
  readonly architecture: string;
  readonly executable: string;
  /** The text of every licence inside. */
  readonly licences: string;
  readonly url: string;
  readonly level: Level;
  /** A folder to work in. */
  readonly work: string;
}

const PLACES = {
  plugins: "usr/lib/nagios/plugins",
  units: "lib/systemd/system",
  zsh: "usr/share/zsh/vendor-completions",
} as const;

/** The packaging's own version, behind the program's. */
const REVISION = "1";

/** Writes the package into `folder`, and gives its path. */
export const writeDeb = async (folder: string, of: LinuxPackage): Promise<string> => {
  const root = join(of.work, `deb-${of.architecture}`);
  await rm(root, { recursive: true, force: true });
  await writeLinuxTree(root, of.executable, PLACES);
  const docs = join(root, "usr/share/doc/rdprobe");
  await mkdir(docs, { recursive: true });
  await writeFile(join(docs, "copyright"), await copyright());
  await compressed(of.licences, join(docs, "LICENSES.txt.gz"));
  await compressed(await readFile("CHANGELOG.md"), join(docs, "changelog.gz"));
  await compressed(debianChangelog(), join(docs, "changelog.Debian.gz"));
  const overrides = join(root, "usr/share/lintian/overrides");
  await mkdir(overrides, { recursive: true });
  await writeFile(join(overrides, "rdprobe"), OVERRIDES);
  await mkdir(join(root, "DEBIAN"));
  await writeFile(join(root, "DEBIAN", "md5sums"), await md5sums(root));
  await writeFile(join(root, "DEBIAN", "control"), await control(root, of));
  const path = join(folder, `rdprobe_${FACTS.version}-${REVISION}_${of.architecture}.deb`);
  await run("dpkg-deb", ["--root-owner-group", "-Zxz", `-z${of.level}`, "--build", root, path]);
  return path;
};

const control = async (root: string, { architecture, url }: LinuxPackage): Promise<string> => {
  const { stdout } = await run("du", ["-sk", "--exclude=DEBIAN", root]);
  return `Package: ${FACTS.name}
Version: ${FACTS.version}-${REVISION}
Architecture: ${architecture}
Maintainer: ${FACTS.maintainer}
Installed-Size: ${stdout.split("\t")[0]}
Depends: libc6 (>= 2.28), libgcc-s1 (>= 3.4), libstdc++6 (>= 9)
Enhances: icinga2-common, nagios4-core, prometheus
Section: net
Priority: optional
Homepage: ${homepageOf(url)}
Description: ${FACTS.summary}
${FACTS.description.map((line) => ` ${line}\n`).join("")}`;
};

const debianChangelog = (): string => `rdprobe (${FACTS.version}-${REVISION}) unstable; urgency=medium

  * New release; see changelog.gz.

 -- ${FACTS.maintainer}  Fri, 27 Nov 2026 00:00:00 +0000
`;

/** What is inside is under many licences, whose texts stand beside this file. */
const copyright = async (): Promise<string> => `rdprobe is under this licence:

${(await readFile("LICENSE", "utf8")).trim()}

/usr/bin/rdprobe has Node.js inside, with the libraries that its makers build it
with, and npm packages. Their licences are in /usr/share/doc/rdprobe/LICENSES.txt.gz.
`;

/** Node brings its own copies of these libraries, as its makers build and test it. */
const OVERRIDES = `# One file for every system: Node.js with the libraries that its makers build it with.
rdprobe: embedded-library *
# As Node.js' makers link it.
rdprobe: hardening-no-pie [usr/bin/rdprobe]
# It is no upload to Debian's archive.
rdprobe: initial-upload-closes-no-bugs *
`;

const md5sums = async (root: string): Promise<string> => {
  const { stdout } = await run("sh", [
    "-c",
    'cd "$1" && find usr lib -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum',
    "sh",
    root,
  ]);
  return stdout;
};
