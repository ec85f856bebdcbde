#!/usr/bin/env node
/** The executable `check_rdp`. It is built as CommonJS, which Node starts sooner than ES modules. */
import { join } from "node:path";
import { CHECK_BUNDLE, startCheck } from "./start-check.ts";

startCheck(() => require(join(__dirname, CHECK_BUNDLE)), process.argv.slice(2), "check_rdp");
