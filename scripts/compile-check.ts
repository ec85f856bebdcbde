/**
 * Runs `check` once against a healthy server of the lab, and keeps what V8 compiled of it on the way beside
 * the bundle. Called by scripts/build.ts in a process of its own, since a check ends its process.
 */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { CHECK_CODE, loadCheck } from "../src/cli/compiled-check.ts";
import { startLab } from "../src/lab/lab.ts";

const DIST = "dist";

const { listeners } = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: ["nla-required"] });
const { script, checkMain } = loadCheck(DIST, createRequire(import.meta.url));
process.on("exit", () => writeFileSync(join(DIST, CHECK_CODE), script.createCachedData()));
await checkMain(["-H", "127.0.0.1", "-p", String(listeners[0]?.port)], "check_rdp");
process.exit();
