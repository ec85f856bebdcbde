/**
 * `npm run fuzz -- <target>|all|list [--time 60s] [--seed n] [--keep]`: fuzzes a target, or each in its turn, for so long.
 * What is wrong becomes a file in fixtures/reject, which the suite reads; `--keep` keeps a small corpus in
 * fixtures/corpus. Exit 1 where anything was wrong.
 */
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { parseDuration } from "../src/targets/grammar/duration.ts";
import { keepCorpus, readCorpus, writeFault } from "../test/fuzz/corpus.ts";
import { superviseFuzzing } from "../test/fuzz/supervisor.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    time: { type: "string", default: "60s" },
    seed: { type: "string", default: "1" },
    hang: { type: "string", default: "10s" },
    keep: { type: "boolean", default: false },
  },
});

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const milliseconds = (option: string, text: string): number => {
  const duration = parseDuration(text);
  if (!duration.ok) throw new Error(`--${option}: ${duration.problem}`);
  return duration.value;
};

const main = async (): Promise<number> => {
  const { FUZZ_TARGETS } = await import("../test/fuzz/targets/targets.ts");
  const [wanted = "list"] = positionals;
  if (wanted === "list") {
    for (const { name, source } of FUZZ_TARGETS) say(`${name.padEnd(32)} ${source}`);
    return 0;
  }
  const targets = FUZZ_TARGETS.filter(
    ({ name }) => wanted === "all" || name === wanted || name.startsWith(`${wanted}-`),
  );
  if (targets.length === 0) throw new Error(`there is no target ${wanted}: npm run fuzz -- list`);
  const timeMs = milliseconds("time", values.time);
  const hangMs = milliseconds("hang", values.hang);
  let executions = 0;
  let faults = 0;
  say("| target | executions | a second | places | corpus | slowest | faults |");
  say("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const { name } of targets) {
    const run = await superviseFuzzing({
      target: name,
      seed: Number(values.seed),
      timeMs,
      hangMs,
      corpus: readCorpus(name),
    });
    const { report } = run;
    faults += run.faults.length;
    executions += report?.executions ?? 0;
    const cells =
      report === null
        ? ["-", "-", "-", "-", "-"]
        : [
            report.executions.toLocaleString("en"),
            Math.round((1000 * report.executions) / report.elapsedMs).toLocaleString("en"),
            String(report.places),
            String(report.corpus.length),
            `${report.slowestMs.toFixed(0)} ms`,
          ];
    say(`| ${[name, ...cells, String(run.faults.length)].join(" | ")} |`);
    for (const fault of run.faults) say(`  ${fault.what}: ${relative(".", writeFault(fault))}`);
    if (values.keep && report !== null) keepCorpus(name, report.corpus);
  }
  say(`${executions.toLocaleString("en")} executions of ${targets.length} targets, ${faults} faults`);
  return faults === 0 ? 0 : 1;
};

process.exitCode = await main();
// The servers that a target keeps end with the process.
process.exit();
