/**
 * The law of pieces with as many fragmentations of each reader as wanted:
 * `npm run law:pieces -- --cases 10000 [--seed n] [--reader name] [--first n]`. Exit 1 when one breaks it.
 */
import { inspect, parseArgs } from "node:util";
import { breakOf, describeBreak } from "../test/laws/pieces/law.ts";
import { PIECE_READERS } from "../test/laws/pieces/readers.ts";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
    reader: { type: "string" },
  },
});

const readers = PIECE_READERS.filter(({ name }) => values.reader === undefined || name === values.reader);
if (readers.length === 0) throw new Error(`no reader is called ${values.reader}`);

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

let broken = 0;
for (const reader of readers) {
  const started = performance.now();
  const found = breakOf(reader, Number(values.seed), Number(values.cases), Number(values.first));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (found !== null) {
    broken += 1;
    say(inspect({ whole: found.whole, cut: found.cut }, { depth: 4 }));
  }
  const said = found === null ? `${values.cases} fragmentations read alike` : describeBreak(found);
  say(`${reader.name.padEnd(28)} ${said} (${seconds} s)`);
}
say(`${readers.length} readers, ${broken} broken`);
process.exitCode = broken > 0 ? 1 : 0;
