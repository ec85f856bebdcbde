/** Fuzzes a target in a thread with bounded memory, and notices where it hangs or dies. */
import { Worker } from "node:worker_threads";
import type { Fault, FuzzReport } from "./fuzzing.ts";
import type { WorkerTask } from "./worker.ts";

export interface SupervisedRun {
  readonly report: FuzzReport | null;
  readonly faults: readonly Fault[];
}

export interface SupervisorOptions {
  readonly target: string;
  readonly seed: number;
  readonly timeMs: number;
  readonly corpus: readonly Uint8Array[];
  /** An execution that takes longer hangs. */
  readonly hangMs: number;
}

const SHARED_BYTES = 1024 * 1024;
const POLL_MS = 250;
const MEMORY = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64 } as const;

/** A thread does not take over how its parent reads TypeScript. */
const START = `import("tsx/esm/api").then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL("./worker.ts", import.meta.url).href)});
});`;

/** What the thread says. */
interface Message {
  readonly fault?: Fault;
  readonly report?: FuzzReport;
}

export const superviseFuzzing = async (options: SupervisorOptions): Promise<SupervisedRun> => {
  const { target, seed, timeMs, corpus, hangMs } = options;
  const shared = new SharedArrayBuffer(SHARED_BYTES);
  const counters = new Int32Array(shared, 0, 2);
  const faults: Fault[] = [];
  const task: WorkerTask = { target, seed, timeMs, corpus, shared };
  const worker = new Worker(START, { eval: true, workerData: task, execArgv: [], resourceLimits: MEMORY });
  const held = (): Uint8Array => Uint8Array.from(new Uint8Array(shared, 8, counters[1] ?? 0));
  return new Promise((resolve) => {
    let report: FuzzReport | null = null;
    let count = 0;
    let quietMs = 0;
    const watch = setInterval(() => {
      const now = Atomics.load(counters, 0);
      quietMs = now === count ? quietMs + POLL_MS : 0;
      count = now;
      // Before the first execution all is loaded.
      if (count === 0 || quietMs < hangMs || report !== null) return;
      faults.push({ target, what: "hangs", bytes: held() });
      void worker.terminate();
    }, POLL_MS);
    worker
      .on("message", (message: Message) => {
        if (message.fault !== undefined) faults.push(message.fault);
        if (message.report === undefined) return;
        report = message.report;
        // A target may keep servers.
        void worker.terminate();
      })
      .on("error", (error) =>
        faults.push({ target, what: `ends the thread: ${String(error)}`, bytes: held() }),
      )
      .on("exit", () => {
        clearInterval(watch);
        resolve({ report, faults });
      });
  });
};
