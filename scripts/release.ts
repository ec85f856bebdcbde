/**
 * Makes a release from a clean checkout, on Linux x64: a single-file executable a system, archives of them, packages,
 * their sums, a bill of materials and the notes, all in release/.
 *
 *   npm run release [-- <target>... --quick --url <address>]
 *
 * The targets are linux-x64, linux-arm64, win-x64, macos-arm64 and macos-x64; all where none is named. With --quick
 * nothing is compressed well: for a trial.
 */
import { cp, mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import manifest from "../package.json" with { type: "json" };
import { type Level, writeArchive } from "./release/archive.ts";
import { checksumLines, readChecksums } from "./release/checksums.ts";
import { writeExecutable } from "./release/executable.ts";
import { type BundledModules, bundledModules } from "./release/modules.ts";
import { nodePackage } from "./release/node-packages.ts";
import { notesOf, type ReleasedFile, type ReleasedTarget } from "./release/notes.ts";
import { writeDeb } from "./release/packages/deb.ts";
import { DEFAULT_URL } from "./release/packages/facts.ts";
import { manifestsOf } from "./release/packages/manifests.ts";
import { writeRpm } from "./release/packages/rpm.ts";
import { lockedIntegrity, sbomOf } from "./release/sbom.ts";
import { RELEASE_TARGETS, type ReleaseTarget } from "./release/targets.ts";
import { triedWith } from "./release/trial.ts";
import { noticesOf } from "./third-party.ts";

const { version } = manifest;
const RELEASE = resolve("release");
const WORK = join(RELEASE, "work");

/** How the systems' packages name the processors. */
const LINUX_NAMES: Readonly<Partial<Record<string, { readonly deb: string; readonly rpm: string }>>> = {
  "linux-x64": { deb: "amd64", rpm: "x86_64" },
  "linux-arm64": { deb: "arm64", rpm: "aarch64" },
};

const { values, positionals: wanted } = parseArgs({
  options: { quick: { type: "boolean", default: false }, url: { type: "string", default: DEFAULT_URL } },
  allowPositionals: true,
});
const level: Level = values.quick ? 1 : 9;
const targets: readonly ReleaseTarget[] = RELEASE_TARGETS.filter(
  ({ id }) => wanted.length === 0 || wanted.includes(id),
);
const unknown = wanted.find((id) => !RELEASE_TARGETS.some((target) => target.id === id));
if (unknown !== undefined) {
  throw new Error(`${unknown}: no target; there are ${RELEASE_TARGETS.map(({ id }) => id).join(", ")}`);
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const sized = async (path: string): Promise<ReleasedFile> => ({
  name: basename(path),
  sizeBytes: (await stat(path)).size,
});

/** What goes beside the executable: man pages, completions, and what contrib/ has. */
const COMPANIONS = ["dist/man", "dist/completions", "contrib", "README.md", "CHANGELOG.md"] as const;

const release = async (
  target: ReleaseTarget,
  modules: BundledModules,
): Promise<ReleasedTarget & { readonly files: readonly string[] }> => {
  const stem = `rdprobe-${version}-${target.id}`;
  const executable = join(RELEASE, target.executable === "rdprobe.exe" ? `${stem}.exe` : stem);
  await writeExecutable(target, modules, executable);
  const tried = await triedWith(target, executable, version);
  const folder = join(WORK, stem);
  await mkdir(folder, { recursive: true });
  await cp(executable, join(folder, target.executable));
  if (target.archive !== "zip") await symlink("rdprobe", join(folder, "check_rdp"));
  for (const path of COMPANIONS) {
    await cp(path, join(folder, basename(path)), { recursive: true });
  }
  await writeFile(join(folder, "LICENSES.txt"), await licences(target, modules));
  const archive = join(RELEASE, `${stem}.${target.archive}`);
  await writeArchive(target.archive, folder, archive, level);
  say(`${target.id}: ${tried === null ? "made, not started" : `made, runs ${tried}`}`);
  return {
    title: target.title,
    node: target.node.replace(/^node-.*@/, "Node "),
    executable: await sized(executable),
    archive: await sized(archive),
    triedWith: tried,
    files: [executable, archive],
  };
};

/** rdprobe's own, Node's with what it carries, and those of the packages inside. */
const licences = async (target: ReleaseTarget, { parties }: BundledModules): Promise<string> => {
  const own = await readFile("LICENSE", "utf8");
  // The packages for some systems leave Node's licence out; it is the same for all of a line.
  const node = await readFile(join(await nodePackage(target.preparedBy), "LICENSE"), "utf8");
  const rule = `\n${"=".repeat(72)}\n`;
  return [own, `Node.js\n\n${node}`, noticesOf(parties)].join(rule);
};

await rm(RELEASE, { recursive: true, force: true });
await mkdir(RELEASE);
const modules = await bundledModules();
const released: Awaited<ReturnType<typeof release>>[] = [];
// One after the other: each takes some 400 MB while Node's binary is rewritten.
for (const target of targets) released.push(await release(target, modules));
const packages: string[] = [];
for (const target of targets) {
  const names = LINUX_NAMES[target.id];
  if (names === undefined) continue;
  const of = {
    executable: join(RELEASE, `rdprobe-${version}-${target.id}`),
    licences: await licences(target, modules),
    url: values.url,
    level,
    work: WORK,
  };
  packages.push(await writeDeb(RELEASE, { ...of, architecture: names.deb }));
  packages.push(await writeRpm(RELEASE, { ...of, architecture: names.rpm }));
}
await rm(WORK, { recursive: true });

const bill = join(RELEASE, `rdprobe-${version}.cdx.json`);
const integrity = lockedIntegrity(JSON.parse(await readFile("package-lock.json", "utf8")));
const nodes = targets.map(({ node }) => node);
await writeFile(bill, sbomOf({ version, integrity, parties: modules.parties, nodes }));
const notes = notesOf({ version, targets: released, packages: await Promise.all(packages.map(sized)) });
await writeFile(join(RELEASE, "RELEASE-NOTES.md"), notes);
const sums = await checksumLines([...released.flatMap(({ files }) => files), ...packages, bill]);
await writeFile(join(RELEASE, "SHA256SUMS"), sums);
// Manifests name the archives of all systems.
if (targets.length === RELEASE_TARGETS.length) {
  for (const [path, text] of manifestsOf({ url: values.url, sums: readChecksums(sums) })) {
    await mkdir(dirname(join(RELEASE, "manifests", path)), { recursive: true });
    await writeFile(join(RELEASE, "manifests", path), text);
  }
}
say(
  `release/ has ${released.length} executables, ${packages.length} packages, SHA256SUMS and RELEASE-NOTES.md`,
);
