/**
 * `npm run bench`: what rdprobe costs, beside others in the same run, and then the proofs of `bench:scan`: some forty
 * minutes in all. Figures are of this machine and this moment; the ratios are what to compare.
 *
 *   npm run bench [-- --only peers|costs|delayed|proofs ...] [--hosts N] [--base FOLDER]
 *
 * `--hosts` is how many hosts the ways inside this process go through (default 4000); `--base` a checkout of another
 * commit, built, that takes turns with this one.
 */
import { parseArgs } from "node:util";
import { buildsOf, liveCosts } from "./bench/live-costs.ts";
import { comparePeers } from "./bench/peers.ts";
import { scanBars } from "./bench/scan-bars.ts";
import { proveScans } from "./bench/scan-proofs.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    hosts: { type: "string", default: "4000" },
    base: { type: "string" },
  },
});

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  peers: async () => {
    await comparePeers("tls-1.3", Number(values.hosts), print);
    print("");
    await comparePeers("tls-1.2", Number(values.hosts), print);
  },
  costs: () => liveCosts(buildsOf(values.base ?? null), print),
  delayed: () => scanBars(print),
  proofs: () => proveScans([]),
};

const names = values.only ?? Object.keys(PARTS);
for (const name of names) {
  const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
  if (part === undefined) throw new RangeError(`${name} is none of ${Object.keys(PARTS).join(", ")}`);
  await part();
  print("");
}
