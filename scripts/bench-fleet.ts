/**
 * `npm run bench:fleet`: what docs/fleet.md promises and sizes, on a real nats-server and PostgreSQL, each with its bar.
 *
 *   npm run bench:fleet [-- once|throughput|centre|memory|history ...]      (default: all)
 */
import { bars } from "./bench/fleet/bars.ts";
import { measureCentre, measureMemory } from "./bench/fleet/centre.ts";
import { measureHistory } from "./bench/fleet/history.ts";
import { proveOnce } from "./bench/fleet/once.ts";
import { measureThroughput } from "./bench/fleet/throughput.ts";

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  once: proveOnce,
  throughput: measureThroughput,
  centre: measureCentre,
  memory: measureMemory,
  history: measureHistory,
};

const asked = process.argv.slice(2);
for (const name of asked) if (!Object.hasOwn(PARTS, name)) throw new RangeError(`there is no part ${name}`);
for (const [name, run] of Object.entries(PARTS)) if (asked.length === 0 || asked.includes(name)) await run();
process.exitCode = bars.every(({ isMet }) => isMet) ? 0 : 1;
