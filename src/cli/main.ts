#!/usr/bin/env node
/** The executable `rdprobe`. It is built as CommonJS, which Node starts sooner than ES modules. */
import { join } from "node:path";
import { start } from "./start.ts";
import { CHECK_BUNDLE } from "./start-check.ts";

start(process.argv.slice(2), {
  loadCheck: () => require(join(__dirname, CHECK_BUNDLE)),
  loadCommandLine: () => import("./command-line.ts"),
});
