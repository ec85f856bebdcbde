#!/usr/bin/env node
/** The executable `check_rdp`. It is built as CommonJS, which Node starts sooner than ES modules. */
import { startCheck } from "./start-check.ts";

startCheck(__dirname, require, process.argv.slice(2), "check_rdp");
