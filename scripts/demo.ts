/**
 * The demo: starts the lab, then asks about its scenarios with the command line that a user types. Prints the answer for
 * one and a table of several; `npm run demo:all` shows all. `npm run demo` builds what it runs (scripts/set-up.mjs).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { DEMO_ROWS, DEMO_SHOWN } from "./demo-scenarios.ts";

interface Listener {
  readonly id: string;
  readonly address: string;
  readonly port: number;
}

const [executable = "", ...flags] = process.argv.slice(2);
const isAll = flags.includes("--all");

const rdprobe = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [executable, ...args], { stdio: ["ignore", "inherit", "inherit"] });

/** Shows the command as it would be typed, then runs it. */
const show = async (args: readonly string[], shown: readonly string[] = args): Promise<void> => {
  process.stdout.write(`\n$ rdprobe ${shown.join(" ")}\n\n`);
  await once(rdprobe(args), "exit");
};

const scenarios = isAll ? [] : [DEMO_SHOWN, ...DEMO_ROWS];
const lab = spawn(process.execPath, [executable, "lab", ...scenarios, "--base-port", "0", "--json"], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const [line] = (await once(createInterface({ input: lab.stdout }), "line")) as [string];
  const listeners = JSON.parse(line) as readonly Listener[];
  const targets = listeners.map(({ address, port }) => `${address}:${port}`);
  const one = listeners.find(({ id }) => id === DEMO_SHOWN);
  if (one === undefined) throw new Error(`the lab has no scenario ${DEMO_SHOWN}`);
  await show([`${one.address}:${one.port}`]);
  await show(
    ["--timeout", "3s", ...targets],
    ["--timeout", "3s", `127.0.0.1:… (${targets.length} scenarios of rdprobe lab)`],
  );
  if (!isAll) process.stdout.write("\nAll scenarios of the lab: npm run demo:all\n");
} finally {
  lab.kill("SIGINT");
}
