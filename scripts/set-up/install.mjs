/** What is installed, and installing by the npm that runs this. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const read = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Whether every package of package.json is there in its version. */
export const isInstalled = (root) => {
  const { devDependencies } = read(join(root, "package.json"));
  return Object.entries(devDependencies).every(([name, version]) => isThere(root, name, version));
};

export const isThere = (folder, name, version) => {
  try {
    return read(join(folder, "node_modules", name, "package.json")).version === version;
  } catch {
    return false;
  }
};

export const installAll = (root) => {
  process.stderr.write("Installing the packages of package-lock.json: once, about a minute.\n");
  npm(root, ["ci", ...QUIET]);
};

/** No package needs a script of its own: esbuild's binary is a package. */
export const QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/** @throws Error where npm fails; what it wrote is on the terminal. */
export const npm = (folder, args) => {
  const { status, error } = spawnSync(process.execPath, [npmScript(), ...args], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`npm ${args[0]} failed: is the registry within reach?`);
};

/** npm names its script to what it runs; else it lies beside Node. */
const npmScript = () => {
  const { npm_execpath: given = "" } = process.env;
  if (/npm-cli\.c?js$/.test(given)) return given;
  const bin = dirname(process.execPath);
  const places = [join(bin, "node_modules"), join(bin, "..", "lib", "node_modules")];
  const found = places
    .map((place) => join(place, "npm", "bin", "npm-cli.js"))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error("npm was not found: start this as npm run demo or npm test");
  return found;
};
