/** The law of damage over any number of cases: npm run law:damage -- --cases 20000 [--seed n]. */
import { parseArgs } from "node:util";
import { runDamageLaw } from "../test/laws/damage/law.ts";

const { values } = parseArgs({
  options: { cases: { type: "string", default: "2000" }, seed: { type: "string", default: "1" } },
});
const cases = Number(values.cases);
const seed = Number(values.seed);
if (!Number.isSafeInteger(cases) || cases <= 0 || !Number.isSafeInteger(seed)) {
  process.stderr.write("law-damage: --cases is a whole number above 0, --seed a whole number\n");
  process.exit(2);
}
const report = await runDamageLaw({
  cases,
  seed,
  onProgress: (done) => {
    if (done % 1000 === 0) process.stderr.write(`${done} of ${cases}\n`);
  },
});
for (const breach of report.breaches) process.stdout.write(`${JSON.stringify(breach)}\n`);
const count = (what: string): number => report.breaches.filter((breach) => breach.what === what).length;
process.stdout.write(
  `${report.cases} cases (${JSON.stringify(report.kinds)}), OpenSSL connects in ${report.connected}: ` +
    `${count("false ok")} false ok, ${count("false alarm")} false alarms\n`,
);
process.exitCode = report.breaches.length === 0 ? 0 : 1;
