/** The thread that fuzzes one target: it may hang or run out of memory, and whoever started it sees with what. */
import { parentPort, workerData } from "node:worker_threads";
import { fuzz } from "./fuzzing.ts";
import { FUZZ_TARGETS } from "./targets/targets.ts";

export interface WorkerTask {
  readonly target: string;
  readonly seed: number;
  readonly timeMs: number;
  readonly corpus: readonly Uint8Array[];
  /** Four bytes that count executions, four with the size of the input, and the input. */
  readonly shared: SharedArrayBuffer;
}

const { target: name, seed, timeMs, corpus, shared }: WorkerTask = workerData;
const counters = new Int32Array(shared, 0, 2);
const held = new Uint8Array(shared, 8);
const target = FUZZ_TARGETS.find((one) => one.name === name);
if (target === undefined) throw new Error(`there is no target ${name}`);

const report = await fuzz(target, {
  ...{ seed, timeMs, corpus },
  onInput: (bytes) => {
    const size = Math.min(bytes.length, held.length);
    held.set(bytes.subarray(0, size));
    counters[1] = size;
    Atomics.add(counters, 0, 1);
  },
  onFault: (fault) => parentPort?.postMessage({ fault }),
});
parentPort?.postMessage({ report });
