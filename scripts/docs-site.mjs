/**
 * `npm run docs:site`: every document as a static site with search, the API's pages included, in dist-docs/site. Installs
 * what is missing first; the build itself asks for nothing on the network, and neither does the site.
 *
 *   npm run docs:site [-- --base /rdprobe/]      the path below which it will be served
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { installAll, isInstalled, npm, QUIET } from "./set-up/install.mjs";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const SITE = join(ROOT, "site");

const { values } = parseArgs({
  options: {
    base: { type: "string", default: "/" },
    out: { type: "string", default: join(ROOT, "dist-docs", "site") },
  },
});

/** Runs a tool of a package to its end; the process ends where it fails. */
const run = (folder, [name, script], args) => {
  const { status } = spawnSync(process.execPath, [join(folder, "node_modules", name, script), ...args], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, RDPROBE_SITE_OUT: values.out, RDPROBE_SITE_BASE: values.base },
  });
  if (status !== 0) process.exit(status ?? 1);
};

if (!isInstalled(ROOT)) installAll(ROOT);
if (!isInstalled(SITE)) npm(SITE, ["ci", ...QUIET]);
run(SITE, ["vitepress", join("bin", "vitepress.js")], ["build", SITE]);
run(ROOT, ["typedoc", join("bin", "typedoc")], ["--out", join(values.out, "api")]);
process.stdout.write(`\nThe site is in ${values.out}\n`);
