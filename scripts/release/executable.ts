/** One executable: Node's binary with rdprobe inside, by Node's own way (nodejs.org/api/single-executable-applications). */
import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { inject } from "postject";
import type { BundledModules } from "./modules.ts";
import { nodeBinary } from "./node-packages.ts";
import type { ReleaseTarget } from "./targets.ts";

const run = promisify(execFile);

/** Writes the executable of a target to `path`. */
export const writeExecutable = async (
  target: ReleaseTarget,
  modules: BundledModules,
  path: string,
): Promise<void> => {
  const work = await mkdtemp(join(tmpdir(), "rdprobe-executable-"));
  try {
    const blob = await preparedBlob(target, modules, work);
    await mkdir(dirname(path), { recursive: true });
    await copyFile(await nodeBinary(target.node), path);
    await chmod(path, 0o755);
    // Before the injection: afterwards strip damages the file.
    if (target.strip !== null) await run(target.strip, [path]);
    await inject(path, "NODE_SEA_BLOB", blob, { sentinelFuse: FUSE, machoSegmentName: "NODE_SEA" });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

/** The mark in Node's binary that postject flips; the same for all. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

const preparedBlob = async (
  { preparedBy, isNative }: ReleaseTarget,
  { main, modules }: BundledModules,
  work: string,
): Promise<Buffer> => {
  const folder = join(work, "modules");
  await mkdir(folder);
  for (const [name, text] of modules) await writeFile(join(folder, name), text);
  await writeFile(join(folder, "code.json"), "[]");
  await writeFile(join(work, "main.cjs"), main);
  const node = await nodeBinary(preparedBy);
  // V8 takes the code of its own version and machine only: others compile as they go.
  if (isNative) await warmUp(node, folder, work);
  const names = await readdir(folder);
  const config = {
    main: join(work, "main.cjs"),
    output: join(work, "rdprobe.blob"),
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    // NODE_OPTIONS is meant for other programs.
    execArgvExtension: "none",
    assets: Object.fromEntries(names.map((name) => [name, join(folder, name)])),
  };
  await writeFile(join(work, "sea.json"), JSON.stringify(config));
  await run(node, ["--experimental-sea-config", join(work, "sea.json")]);
  return readFile(config.output);
};

const warmUp = async (node: string, folder: string, work: string): Promise<void> => {
  const script = join(work, "warm-up.cjs");
  await build({
    entryPoints: ["scripts/release/warm-up.ts"],
    outfile: script,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node22",
    logLevel: "warning",
  });
  await run(node, [script, folder], { env: { PATH: process.env["PATH"] } });
};
