/** The command line that the demo runs, started as the executable starts it. */
import { commandLine } from "../src/cli/command-line.ts";

await commandLine(process.argv.slice(2));
