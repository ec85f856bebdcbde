/**
 * The demo: starts the lab, then asks about its scenarios with the command line that a user types. Prints
 * the answer for one and the table of all.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const RDPROBE = "dist/rdprobe.cjs";

/** The scenario whose answer is shown: the signature behind mstsc's 0x904 / 0x7. */
const SHOWN = "key-unreadable";

interface Listener {
  readonly id: string;
  readonly address: string;
  readonly port: number;
}

const rdprobe = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [RDPROBE, ...args], { stdio: ["ignore", "inherit", "inherit"] });

/** Shows the command as it would be typed, then runs it. */
const show = async (args: readonly string[], shown: readonly string[] = args): Promise<void> => {
  process.stdout.write(`\n$ rdprobe ${shown.join(" ")}\n\n`);
  await once(rdprobe(args), "exit");
};

const lab = spawn(process.execPath, [RDPROBE, "lab", "--base-port", "0", "--json"], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const [line] = (await once(createInterface({ input: lab.stdout }), "line")) as [string];
  const listeners = JSON.parse(line) as readonly Listener[];
  const targets = listeners.map(({ address, port }) => `${address}:${port}`);
  const one = listeners.find(({ id }) => id === SHOWN);
  if (one === undefined) throw new Error(`the lab has no scenario ${SHOWN}`);
  await show([`${one.address}:${one.port}`]);
  await show(
    ["--timeout", "3s", ...targets],
    ["--timeout", "3s", `127.0.0.1:… (all ${targets.length} scenarios of rdprobe lab)`],
  );
} finally {
  lab.kill("SIGINT");
}
