/** Runs the examples of docs/commands as a user's shell does, with servers of the lab and files made here. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CommandExample, EXAMPLE_PORT } from "../../../scripts/docs/command-facts.ts";
import { startLab } from "../../../src/lab/lab.ts";
import { generatedScan, scanText } from "../audit/generated-scan.ts";
import { ensureBuilt, PROGRAM, PROGRAM_ARGS } from "../cli/executable.ts";
import { rdprobe } from "../cli/rdprobe.ts";
import { startPostgres } from "../history/postgres-server.ts";
import { startNats } from "../fleet/nats-server.ts";
import { startWorker } from "../fleet/worker-process.ts";

const HOSTS = 24;
const DAYS_LATER = 4;
const CAPTURE = join("fixtures", "lab", "reset-after-request.pcap");
const TIMEOUT_MS = 60_000;

export interface ExampleFolder extends AsyncDisposable {
  readonly path: string;
}

/** A folder with the files that the examples name. */
export const exampleFolder = async (): Promise<ExampleFolder> => {
  await ensureBuilt();
  const path = await mkdtemp(join(tmpdir(), "rdprobe-examples-"));
  await copyFile(CAPTURE, join(path, "failing-pc.pcapng"));
  for (const [name, day] of [
    ["monday", 0],
    ["friday", DAYS_LATER],
  ] as const) {
    await writeFile(join(path, `${name}.ndjson`), scanText(generatedScan(HOSTS, day)));
    await rdprobe(["merge", `${name}.ndjson`, "-o", `${name}.csv`], { cwd: path });
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};

/** What the command prints, stderr behind stdout, with the ports that the example names. */
export const runExample = async (example: CommandExample, folder: string): Promise<string> => {
  const { servers = [], command, lines, needsNats, needsPostgres } = example;
  if (needsNats === true) return runFleetExample(command, folder);
  if (needsPostgres === true) return cutTo(await runHistoryExample(command, folder), lines);
  const lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: servers });
  try {
    const [, ...typed] = command.split(" ");
    const ports = lab.listeners.map(({ port }) => port);
    const args = typed.map((word) => word.replace(NAMED_PORT, (port) => standIn(port, ports)));
    const output = withNamedPorts(await outputOf(args, folder), args[0] ?? "", ports);
    return cutTo(output, lines);
  } finally {
    await lab.close();
  }
};

const cutTo = (output: string, lines: number | undefined): string => {
  const shown = output.trimEnd().split("\n");
  return lines === undefined || shown.length <= lines
    ? output
    : `${[...shown.slice(0, lines), "…"].join("\n")}\n`;
};

const runHistoryExample = async (command: string, folder: string): Promise<string> => {
  const server = await startPostgres();
  const env = { RDPROBE_DB: server.url };
  try {
    await rdprobe(["store", "monday.ndjson"], { cwd: folder, env });
    if (!command.startsWith("rdprobe store")) await rdprobe(["store", "friday.ndjson"], { cwd: folder, env });
    const [, ...args] = command.split(" ");
    const { stdout, stderr } = await rdprobe(args, { cwd: folder, env: { ...env, LC_ALL: "C.UTF-8" } });
    return stdout + stderr;
  } finally {
    await server.stop();
  }
};

/** A fleet of one segment, whose scan `monday` is done; it has the port that is written nowhere. */
const runFleetExample = async (command: string, folder: string): Promise<string> => {
  const nats = await startNats();
  try {
    await rdprobe([
      "submit",
      "--segment",
      "berlin=127.0.0.9,127.0.0.10",
      "-p",
      "1",
      "--id",
      "monday",
      ...nats.place,
    ]);
    const worker = await startWorker(nats.place, "berlin", ["--allow", "127.0.0.0/8", "--name", "berlin-1"]);
    await rdprobe(["collect", "monday", "--follow", ...nats.place]);
    await worker.stop("SIGTERM", SETTLE_MS);
    const [, ...args] = command.split(" ");
    const output = await outputOf([...args, ...nats.place], folder);
    return output.replaceAll(String(nats.port), "4222");
  } finally {
    await nats.stop();
  }
};

const SETTLE_MS = 5000;

/** Without what differs from run to run. */
export const steady = (output: string): string =>
  output
    .replaceAll(/\b\d+ ms\b/g, "N ms")
    .replaceAll(/'=\d+\.\d+s/g, "'=Ns")
    .replaceAll(/\d\d:\d\d:\d\dZ/g, "HH:MM:SSZ")
    .replaceAll(/\bfor [\d.]+ s\b/g, "for N s")
    .replaceAll(/ +[\d.]+ s ago/g, " N s ago")
    .replaceAll(/\d\d\d\d-\d\d-\d\d \d\d:\d\d/g, "YYYY-MM-DD HH:MM")
    .replaceAll(/scheduler [\w-]+ on/g, "scheduler NAME on")
    .replaceAll(/\d+ days? (left|ago)\b */g, "N days $1 ")
    .replaceAll(/\d{4}-\d\d-\d\d/g, "YYYY-MM-DD");

const NAMED_PORT = new RegExp(`\\b${EXAMPLE_PORT}\\b`);

/** The port of the first server; any free one where the command itself is the server. */
const standIn = (port: string, ports: readonly number[]): string =>
  String(ports[Number(port) - EXAMPLE_PORT] ?? 0);

/** Ports have five digits here, so that columns keep their width. */
const withNamedPorts = (output: string, command: string, ports: readonly number[]): string => {
  const own = [...output.matchAll(/127\.0\.0\.1:(\d{5})/g)].map(([, port]) => Number(port));
  return (Object.hasOwn(READY, command) ? own : ports).reduce(
    (text, port, index) => text.replaceAll(String(port), String(EXAMPLE_PORT + index)),
    output,
  );
};

/** What a command that stays says once it is ready. */
const READY: Readonly<Record<string, RegExp>> = {
  lab: /Ctrl-C/,
  exporter: /exporter on/,
  worker: /worker .* on /,
  scheduler: /has the lease/,
};

const outputOf = async (args: readonly string[], cwd: string): Promise<string> => {
  const ready = READY[args[0] ?? ""];
  const child = spawn(PROGRAM, [...PROGRAM_ARGS, ...args], {
    ...{ cwd, timeout: TIMEOUT_MS },
    env: { ...process.env, NO_COLOR: "", FORCE_COLOR: "", TERM: "xterm", LC_ALL: "C.UTF-8" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const told = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      told[stream] += text;
      if (ready?.test(told.stderr)) child.kill("SIGINT");
    });
  }
  await once(child, "close");
  return told.stdout + told.stderr;
};
