/** The centre under a simulated worker that probes nothing: rows a second, and memory against the number of targets. */
import { randomBytes } from "node:crypto";
import { type NatsServer, startNats } from "../../../test/e2e/fleet/nats-server.ts";
import { connectNats } from "../../../src/fleet/nats/connect.ts";
import { openWorkerPort } from "../../../src/fleet/nats/worker-port.ts";
import { runWorker } from "../../../src/fleet/worker.ts";
import { parseAllowList } from "../../../src/targets/plan/allow-list.ts";
import { leanRow } from "./lean-row.ts";
import { EXECUTABLE, ensureBuilt } from "../../../test/e2e/cli/executable.ts";
import { timed } from "../timed-process.ts";
import { bar } from "./bars.ts";

const ROWS_A_SECOND = 20_000;
const FEW = 10_000;
const MANY = 1_000_000;
/** Of what many take over few. */
const MAX_GROWTH = 1.5;

const submit = (nats: NatsServer, id: string, targets: number): void => {
  const range = `127.16.0.0-${ipv4(0x7f10_0000 + targets - 1)}`;
  timed([
    process.execPath,
    EXECUTABLE,
    "submit",
    "--segment",
    `sim=${range}`,
    "-p",
    "1",
    "--id",
    id,
    "--yes",
    ...nats.place,
  ]);
};

const ipv4 = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");

/** Every block of the queue, as fast as the centre takes them; gives the peak of this process' memory in MiB. */
const simulate = async (nats: NatsServer, targets: number): Promise<number> => {
  const nc = await connectNats({ servers: `nats://127.0.0.1:${nats.port}`, name: "simulated worker" }, false);
  const allow = parseAllowList(["127.0.0.0/8"]);
  if (!allow.ok) throw new TypeError(allow.problem);
  const draining = new AbortController();
  let left = targets;
  let peak = 0;
  await runWorker(await openWorkerPort(nc, "sim"), {
    ...{ segment: "sim", worker: `sim-${randomBytes(2).toString("hex")}`, version: "0", allow: allow.value },
    ...{ allowWords: [], hours: null, ratePerSecond: null, maxDeliveries: 5, draining: draining.signal },
    tell: (text) => void process.stderr.write(`${text}\n`),
    settings: () => ({
      ...leanRow.settings,
      probe: (target) => {
        left -= 1;
        if (left === 0) setTimeout(() => draining.abort(), 500);
        if (left % 5000 === 0) peak = Math.max(peak, process.memoryUsage().rss / 2 ** 20);
        return Promise.resolve(leanRow.of(target));
      },
    }),
  });
  await nc.close();
  return peak;
};

export const measureCentre = async (): Promise<void> => {
  await ensureBuilt();
  const nats = await startNats();
  try {
    const targets = 200_000;
    submit(nats, "rate", targets);
    await simulate(nats, targets);
    const run = timed([
      process.execPath,
      EXECUTABLE,
      "collect",
      "rate",
      "-o",
      `${nats.folder}/rows.ndjson`,
      ...nats.place,
    ]);
    const rate = targets / (run.wallMs / 1000);
    bar(
      `the centre, ${targets} rows from JetStream into NDJSON`,
      `${Math.round(rate)} rows a second (bar ${ROWS_A_SECOND})`,
      rate >= ROWS_A_SECOND,
    );
  } finally {
    await nats.stop();
  }
};

export const measureMemory = async (): Promise<void> => {
  await ensureBuilt();
  const nats = await startNats();
  try {
    const peaks: { worker: number; collector: number }[] = [];
    for (const targets of [FEW, MANY]) {
      submit(nats, `m${targets}`, targets);
      const startedMs = performance.now();
      const worker = await simulate(nats, targets);
      const rate = Math.round(targets / ((performance.now() - startedMs) / 1000));
      const run = timed([
        process.execPath,
        EXECUTABLE,
        "collect",
        `m${targets}`,
        "-o",
        `${nats.folder}/m${targets}.ndjson`,
        ...nats.place,
      ]);
      process.stdout.write(
        `        ${targets} targets: worker ${worker.toFixed(0)} MiB at ${rate} rows a second, collector ${run.peakMiB.toFixed(0)} MiB, ${(run.wallMs / 1000).toFixed(1)} s\n`,
      );
      peaks.push({ worker, collector: run.peakMiB });
    }
    for (const who of ["worker", "collector"] as const) {
      const [few, many] = peaks.map((peak) => peak[who]);
      const growth = (many ?? 0) / (few ?? 1);
      bar(
        `memory of the ${who}, 1,000,000 targets of 10,000`,
        `${growth.toFixed(2)} times (bar ${MAX_GROWTH})`,
        growth <= MAX_GROWTH,
      );
    }
  } finally {
    await nats.stop();
  }
};
