/**
 * The law of damage over as many cases as wanted; exit code 1 where it does not hold. A case is found again with
 * its seed and number.
 *
 *   npm run law:damage [-- --cases 20000 --seed 1 --first 0 --concurrency 12]
 */
import { parseArgs } from "node:util";
import { runDamageLaw } from "../test/laws/damage/law.ts";
import { reportLines } from "../test/laws/damage/report-lines.ts";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
    concurrency: { type: "string", default: "12" },
  },
});

const wholeNumber = (name: keyof typeof values, least: number): number => {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= least) return number;
  process.stderr.write(`law-damage: --${name} is a whole number from ${least} on\n`);
  process.exit(2);
};

const startedAt = performance.now();
const report = await runDamageLaw({
  cases: wholeNumber("cases", 1),
  seed: wholeNumber("seed", 0),
  first: wholeNumber("first", 0),
  concurrency: wholeNumber("concurrency", 1),
});
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
process.stdout.write(`${[...reportLines(report), `${seconds} s`].join("\n")}\n`);
if (report.falseOk + report.falseAlarm > 0) process.exitCode = 1;
