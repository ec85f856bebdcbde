/** `rdprobe collect <scan>`: a fleet's rows, each target's once, and what is missing by name. */
import { Command, Option } from "commander";
import { rowOfJson } from "../../audit/row-of-json.ts";
import type { ResultRow } from "../../audit/result-row.ts";
import type { Block } from "../../fleet/model/block.ts";
import type { CheckedBlock } from "../../fleet/model/block-check.ts";
import type { SegmentState } from "../../fleet/model/ledger.ts";
import type { Manifest } from "../../fleet/model/submission.ts";
import { REFUSALS } from "../../fleet/model/worker-messages.ts";
import type { Centre } from "../../fleet/nats/centre.ts";
import { readBlock, readManifest, readScanRows, type ScanState } from "../../fleet/nats/read-scan.ts";
import { duration, thousands } from "../../report/table/scan-tally.ts";
import { FORMATS } from "../outputs/output-format.ts";
import { addOnlyOption, type OnlyFlags, onlyOf } from "../options/only-flags.ts";
import { addSpreadsheetOptions } from "../options/spreadsheet-flags.ts";
import { EXIT } from "../screen/exit-code.ts";
import { say } from "../screen/say.ts";
import { onSignals } from "../screen/signals.ts";
import { canRedraw, type Terminal } from "../screen/terminal.ts";
import { UsageError } from "../words/usage-error.ts";
import { type CollectedFlags, openCollected } from "./collected-outputs.ts";
import { addNatsOptions, type NatsFlags, withCentre } from "./nats-flags.ts";
import type { StoredScan } from "../history/stored-scan.ts";

interface CollectFlags extends NatsFlags, CollectedFlags, OnlyFlags {
  readonly follow?: true;
  readonly into?: string;
  readonly quiet?: true;
}

const HELP = `
Rows have the facts and codes of rdprobe --compact, and what a row of CSV needs beside them.
Exit codes: 0 every target has its row, 1 some have none (stderr names them), 2 wrong usage, 3 rdprobe failed.

Example:
  rdprobe collect 20261128T093000Z-4f2a --follow -o rdp.csv -o rdp.html`;

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** The command; `exit` takes the exit code when all is written. */
export const collectCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  addNatsOptions(
    addOnlyOption(
      addSpreadsheetOptions(
        new Command("collect")
          .description("write the rows of a fleet's scan: each target once, and what is missing")
          .argument("<scan>", "the id that rdprobe submit printed")
          .option("--follow", "go on until the scan is over")
          .addOption(
            new Option("--format <format>", "output format")
              .choices(FORMATS.filter((one) => one !== "prometheus"))
              .default("text"),
          )
          .option("--json", "the same as --format json")
          .option("--ndjson", "the same as --format ndjson")
          .option("--csv", "the same as --format csv")
          .option(
            "-o, --output <file>",
            "write the rows there: .csv, .ndjson, .json, .html or .txt; repeatable",
            collect,
          )
          .option("--into <url>", "put the rows into a history as well: postgres://host/database")
          .option("-q, --quiet", "no progress"),
      ),
    ),
  )
    .addHelpText("after", HELP)
    .action(async (scan: string, flags: CollectFlags) => {
      exit(await run(scan, flags, terminal));
    });

const run = async (scan: string, flags: CollectFlags, terminal: Terminal): Promise<number> => {
  const keeps = onlyOf(flags, false);
  // Who stores the rows need not look at them.
  const output = openCollected(
    flags.into === undefined ? flags : { ...flags, output: flags.output ?? [] },
    terminal,
  );
  const signals = onSignals();
  try {
    const code = await withCentre(flags, "collect", async (centre) => {
      const manifest = await readManifest(centre, scan);
      if (manifest === null)
        throw new UsageError(`<scan>: there is no scan ${scan}: rdprobe fleet lists them`);
      const stored = flags.into === undefined ? null : await openStored(flags.into, scan);
      const refused = new Refusals();
      const progress = startProgress(manifest, flags, terminal);
      try {
        const state = await readScanRows(centre, manifest, {
          follows: flags.follow === true,
          signal: signals.aborted,
          tell: (text) => say(terminal, text),
          onState: progress.saw,
          onBlock: async (block, checked) => {
            refused.add(block, checked);
            const rows = checked.results.map(rowOfJson).filter((row): row is ResultRow => row !== null);
            await stored?.add(rows, block);
            await output.take(keeps === null ? rows : rows.filter((row) => keeps(row)));
          },
        });
        progress.stop();
        const counts = await stored?.close();
        if (counts !== undefined)
          say(
            terminal,
            `${thousands(counts.rows)} new rows and ${thousands(counts.changes)} changes in the history`,
          );
        return await tellEnd(centre, { manifest, state, refused }, terminal);
      } finally {
        progress.stop();
        await stored?.end();
      }
    });
    await output.close();
    return signals.exitCode() ?? code;
  } catch (error) {
    output.discard();
    throw error;
  } finally {
    signals.release();
  }
};

/** Loaded where rows are stored alone. */
const openStored = async (url: string, scan: string): Promise<StoredScan> =>
  (await import("../history/stored-scan.ts")).openStoredScan(url, scan);

/** Named of each kind of gap. */
const SHOWN = 20;

class Refusals {
  count = 0;
  readonly some: string[] = [];

  add({ segment }: Block, { refused }: CheckedBlock): void {
    this.count += refused.length;
    for (const { target, why } of refused) {
      if (this.some.length >= SHOWN) return;
      this.some.push(`${target} (${segment}: ${REFUSALS[why]})`);
    }
  }
}

interface End {
  readonly manifest: Manifest;
  readonly state: ScanState;
  readonly refused: Refusals;
}

/** Says what is missing, and gives the exit code. */
const tellEnd = async (
  centre: Centre,
  { manifest, state, refused }: End,
  terminal: Terminal,
): Promise<number> => {
  let gaps = 0;
  for (const { segment, blocks, done, failed, open } of state.segments) {
    if (blocks === done) continue;
    gaps += blocks - done;
    say(
      terminal,
      `${segment}: ${thousands(done)} of ${thousands(blocks)} blocks are done, ${thousands(open)} wait, ${thousands(failed.size)} are set aside`,
    );
    let shown = 0;
    for (const block of state.ledger.missing(segment)) {
      if (shown === SHOWN) break;
      shown += 1;
      const words = (await readBlock(centre, manifest.scan, segment, block))?.words ?? [];
      const why = failed.get(block)?.why ?? "not done yet";
      say(
        terminal,
        `no row: ${words.slice(0, SHOWN).join(" ")}${words.length > SHOWN ? " ..." : ""} (${segment}/${block}: ${why})`,
      );
    }
  }
  if (refused.count > 0)
    say(
      terminal,
      `no row: ${thousands(refused.count)} targets that a worker refused: ${refused.some.join(", ")}`,
    );
  const { uncovered, isWhole, scan } = manifest;
  if (uncovered.targets > 0)
    say(
      terminal,
      `no row: ${thousands(uncovered.targets)} targets that no segment covers: ${uncovered.words.join(" ")}`,
    );
  if (!isWhole) say(terminal, `not all of ${scan} was submitted: submit it again with --id ${scan}`);
  for (const [worker, ms] of state.clocks)
    say(terminal, `${worker}'s clock is off by ${duration(Math.abs(ms))}: the times in its rows are, too`);
  return gaps + refused.count + uncovered.targets === 0 && isWhole ? EXIT.ok : EXIT.failOn;
};

const LINE_EVERY_MS = 30_000;
const REDRAW_MS = 500;

/** How far each segment is, on stderr. */
const startProgress = (
  manifest: Manifest,
  { quiet, follow }: CollectFlags,
  terminal: Terminal,
): { readonly saw: (states: readonly SegmentState[]) => void; readonly stop: () => void } => {
  if (quiet === true || follow !== true) return { saw: () => {}, stop: () => {} };
  let states: readonly SegmentState[] = [];
  const redraws = canRedraw(terminal);
  const line = (): string =>
    states
      .map(({ segment, done, blocks }) => `${segment} ${thousands(done)}/${thousands(blocks)}`)
      .join("  ") || `waiting for ${manifest.scan}`;
  const timer = setInterval(
    () => terminal.stderr.write(redraws ? `\r\u001b[K${line()}` : `${line()}\n`),
    redraws ? REDRAW_MS : LINE_EVERY_MS,
  );
  let isStopped = false;
  return {
    saw: (seen) => {
      states = seen;
    },
    stop: () => {
      if (isStopped) return;
      isStopped = true;
      clearInterval(timer);
      if (redraws) terminal.stderr.write("\r\u001b[K");
    },
  };
};
