/**
 * 60,000 targets and three workers in network namespaces of their own: workers killed ten times, the server killed twice,
 * one segment's way cut by nftables for twenty seconds; and each target has one row.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { EXECUTABLE, ensureBuilt } from "../../../test/e2e/cli/executable.ts";
import { startNats } from "../../../test/e2e/fleet/nats-server.ts";
import {
  outputOf,
  type ProcessGroup,
  runProcess,
  startProcess,
} from "../../../test/e2e/servers/programs/processes.ts";
import { bar } from "./bars.ts";

const WORKERS = 3;
const TARGETS = 60_000;
const KILLS = 10;
const RESTARTS = 2;
const CUT_MS = 20_000;
const RATE = 250;

interface Segment {
  readonly name: string;
  readonly centre: string;
}

const inside = (name: string, ...args: readonly string[]) => outputOf("ip", ["netns", "exec", name, ...args]);

/** A namespace with a way to this machine, and loopback to probe: nothing leaves it. */
const makeSegment = async (index: number): Promise<Segment> => {
  const name = `rdprobe-bench-${process.pid}-${index}`;
  const outer = `rdpb${process.pid % 10_000}x${index}`;
  const [here, there] = [`192.0.2.${index * 4 + 1}`, `192.0.2.${index * 4 + 2}`];
  await outputOf("ip", ["netns", "add", name]);
  await outputOf("ip", ["link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", name]);
  await outputOf("ip", ["addr", "add", `${here}/30`, "dev", outer]);
  await outputOf("ip", ["link", "set", outer, "up"]);
  await inside(name, "ip", "link", "set", "lo", "up");
  await inside(name, "ip", "addr", "add", `${there}/30`, "dev", "eth0");
  await inside(name, "ip", "link", "set", "eth0", "up");
  return { name, centre: here };
};

export const proveOnce = async (): Promise<void> => {
  await ensureBuilt();
  const nats = await startNats("", "0.0.0.0");
  const segments: Segment[] = [];
  const workers: ProcessGroup[] = [];
  const run = (...args: readonly string[]) =>
    runProcess(process.execPath, [EXECUTABLE, ...args, ...nats.place], { timeoutMs: 900_000 });
  const start = async (index: number): Promise<void> => {
    const { name, centre } = segments[index] ?? { name: "", centre: "" };
    const args = [
      "worker",
      "--nats",
      `nats://${centre}:${nats.port}`,
      "--segment",
      "all",
      "--allow",
      "127.0.0.0/8",
    ];
    workers[index] = await startProcess(
      process.execPath,
      [
        EXECUTABLE,
        ...args,
        "--rate",
        String(RATE),
        "--max-deliveries",
        "50",
        "--name",
        `w${index}-${Math.random().toString(36).slice(2, 8)}`,
      ],
      { namespace: name },
    );
  };
  try {
    for (let index = 0; index < WORKERS; index += 1) segments.push(await makeSegment(index));
    const words = [
      "--segment",
      "all=127.1.0.0-127.1.234.95",
      "-p",
      "1",
      "--id",
      "once",
      "--block-size",
      "100",
    ];
    await run("submit", ...words, "--ack-wait", "9s", "--timeout", "1s", "--deadline", "2s", "--yes");
    for (let index = 0; index < WORKERS; index += 1) await start(index);
    const collected = run("collect", "once", "--follow", "--ndjson", "--quiet");
    await sleep(2000);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await sleep(3500);
      const index = kill % WORKERS;
      await workers[index]?.stop("SIGKILL");
      await start(index);
      if (kill % (KILLS / RESTARTS) === 2) await nats.restart();
      if (kill === 4) {
        const { name } = segments[1] ?? { name: "" };
        const rules =
          "table inet cut { chain input { type filter hook input priority 0; iifname eth0 drop; } chain output { type filter hook output priority 0; oifname eth0 drop; } }";
        await outputOf("nft", ["-f", "-"], { namespace: name, input: rules });
        void sleep(CUT_MS).then(() => inside(name, "nft", "delete", "table", "inet", "cut"));
      }
    }
    const { code, stdout } = await collected;
    const rows = stdout.split("\n").filter((line) => line !== "");
    const hosts = new Set(rows.map((line) => /"host":"([^"]+)"/.exec(line)?.[1] ?? ""));
    bar(
      "each of 60,000 targets once, 10 kills, 2 restarts, one cut of 20 s",
      `${rows.length} rows of ${hosts.size} targets, collect exits with ${code}`,
      code === 0 && rows.length === TARGETS && hosts.size === TARGETS,
    );
  } finally {
    for (const worker of workers) await worker.stop("SIGKILL");
    await nats.stop();
    for (const { name } of segments) await outputOf("ip", ["netns", "del", name]);
  }
};
