/**
 * The demo's own build: the command line and the demo's script, with the few packages that these need, in a folder of
 * their own. A tenth of a whole installation, and no types: a newcomer sees the first answer soon.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { isInstalled, isThere, npm, QUIET } from "./install.mjs";

const PACKAGES = [
  "cli-progress",
  "cli-table3",
  "commander",
  "csv-stringify",
  "esbuild",
  "ipaddr.js",
  "node-forge",
  "p-limit",
  "picocolors",
  "socks",
  "string-width",
];

/** Builds, and gives the paths of the demo's script and of the command line. */
export const demoParts = async (root) => {
  const folder = join(root, "node_modules", ".demo");
  const home = isInstalled(root) ? root : installParts(root, folder);
  const { build } = createRequire(join(home, "package.json"))("esbuild");
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const parts = { script: join(folder, "demo.mjs"), executable: join(folder, "command-line.mjs") };
  await build({
    entryPoints: {
      demo: join(root, "scripts", "demo.ts"),
      "command-line": join(root, "scripts", "demo-command-line.ts"),
    },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    nodePaths: [join(home, "node_modules")],
    // What other commands load is not there, and is not asked for.
    external: Object.keys(devDependencies).filter((name) => !PACKAGES.includes(name)),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.12",
    banner: {
      js: "import { createRequire as rdprobeCreateRequire } from 'node:module'; const require = rdprobeCreateRequire(import.meta.url);",
    },
    logLevel: "warning",
  });
  return parts;
};

/** Installs the packages by the integrity of package-lock.json, if they are not there; gives where they are. */
const installParts = (root, folder) => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const versions = Object.fromEntries(
    PACKAGES.map((name) => [name, packages[`node_modules/${name}`].version]),
  );
  if (Object.entries(versions).every(([name, version]) => isThere(folder, name, version))) return folder;
  process.stderr.write("Installing what the demo needs: once, a few seconds.\n");
  const own = { name: "rdprobe-demo", version: "0.0.0", private: true, dependencies: versions };
  const lock = {
    name: own.name,
    version: own.version,
    lockfileVersion: 3,
    requires: true,
    packages: { "": own, ...closureOf(packages) },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(own));
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock));
  npm(folder, ["ci", ...QUIET]);
  return folder;
};

/** The entries of the lock for the packages and for what these depend on, each as Node would find it. */
const closureOf = (packages) => {
  const found = {};
  const queue = PACKAGES.map((name) => ["", name]);
  for (let at = 0; at < queue.length; at += 1) {
    const [from, name] = queue[at];
    const path = pathOf(packages, from, name);
    if (path === null || Object.hasOwn(found, path)) continue;
    const { dev: _, ...entry } = packages[path];
    found[path] = entry;
    for (const other of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }))
      queue.push([path, other]);
  }
  return found;
};

/** In the folder of who asks, or in one above it. */
const pathOf = (packages, from, name) => {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (Object.hasOwn(packages, path)) return path;
    if (folder === "") return null;
  }
};
