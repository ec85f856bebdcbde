/**
 * The law of interoperation over as many combinations as wanted; exit code 1 where it does not hold.
 *
 *   npm run law:interop [-- --cases 2400 --seed 1 --stack gnutls]
 */
import { parseArgs } from "node:util";
import { runInteropLaw } from "../test/laws/interop/law.ts";
import { reportLines } from "../test/laws/interop/report-lines.ts";
import { SETUPS } from "../test/laws/interop/servers.ts";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "2400" },
    seed: { type: "string", default: "1" },
    stack: { type: "string" },
  },
});

const setups = SETUPS.filter(({ stack }) => values.stack === undefined || stack === values.stack);
if (setups.length === 0) throw new Error(`no stack is called ${values.stack}`);

const startedAt = performance.now();
const report = await runInteropLaw({ cases: Number(values.cases), seed: Number(values.seed), setups });
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
process.stdout.write(`${[...reportLines(report), `${setups.length} servers, ${seconds} s`].join("\n")}\n`);
if (report.disagreements.length > 0) process.exitCode = 1;
