/** How far a scan is, on stderr: a bar where a person watches, a line every half minute where nobody does. */
import { Writable } from "node:stream";
import type { SingleBar } from "cli-progress";
import { duration, type ScanTally, thousands } from "../../report/table/scan-tally.ts";
import { canRedraw, type Terminal } from "./terminal.ts";

export interface ScanProgress {
  /** One more target is done. */
  step(): void;
  stop(): void;
}

export interface ProgressOptions {
  readonly targets: number;
  readonly tally: ScanTally;
  /** A bar would get between the rows that the same terminal shows. */
  readonly isBarInTheWay: boolean;
}

const LINE_EVERY_MS = 30_000;
const BAR_EVERY_MS = 200;

const NO_PROGRESS: ScanProgress = { step: () => {}, stop: () => {} };

export const startProgress = async (
  terminal: Terminal,
  { targets, tally, isBarInTheWay }: ProgressOptions,
): Promise<ScanProgress> => {
  const { stderr } = terminal;
  if (stderr.isTTY === true && isBarInTheWay) return NO_PROGRESS;
  const startedAtMs = performance.now();
  let done = 0;
  const rate = (): number => done / Math.max(0.001, (performance.now() - startedAtMs) / 1000);
  const left = (): string => (done === 0 ? "?" : duration(((targets - done) / rate()) * 1000));
  const words = (): { readonly rate: string; readonly alive: string; readonly left: string } => ({
    rate: thousands(Math.round(rate())),
    alive: thousands(tally.alive),
    left: left(),
  });
  const line = (): void => {
    const { rate: perSecond, alive } = words();
    stderr.write(
      `${thousands(done)} of ${thousands(targets)} targets, ${perSecond} a second, ${alive} answered, about ${left()} left; ${tally.counts()}\n`,
    );
  };
  const bar = canRedraw(terminal) ? await startBar(stderr, targets) : null;
  const timer = setInterval(
    () => {
      if (bar === null) line();
      else bar.update(done, { ...words(), counts: tally.counts() });
    },
    bar === null ? LINE_EVERY_MS : BAR_EVERY_MS,
  ).unref();
  return {
    step: () => {
      done += 1;
    },
    stop: () => {
      clearInterval(timer);
      bar?.stop();
    },
  };
};

/** What the bar writes to, as the terminal of the command line. */
class TerminalStream extends Writable {
  readonly isTTY = true;
  readonly #output: Terminal["stderr"];

  constructor(output: Terminal["stderr"]) {
    super({ decodeStrings: false });
    this.#output = output;
  }

  get columns(): number | undefined {
    return this.#output.columns;
  }

  override _write(text: unknown, _encoding: BufferEncoding, done: () => void): void {
    this.#output.write(String(text));
    done();
  }
}

/** Loaded only where a bar is shown. */
const startBar = async (stderr: Terminal["stderr"], targets: number): Promise<SingleBar> => {
  const { default: progress } = await import("cli-progress");
  const bar = new progress.SingleBar({
    format: "{bar} {value}/{total} targets  {rate}/s  {alive} answered  {left} left  {counts}",
    barsize: 20,
    barCompleteChar: "#",
    barIncompleteChar: ".",
    clearOnComplete: true,
    hideCursor: false,
    linewrap: false,
    fps: 5,
    stream: new TerminalStream(stderr),
    gracefulExit: false,
  });
  bar.start(targets, 0, { rate: "0", alive: "0", left: "?", counts: "" });
  return bar;
};
