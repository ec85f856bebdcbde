/** The real Prometheus of a test: a configuration of its own, a free port, and what it answers. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { type FinishedProcess, runProcess, startProcess } from "../servers/programs/processes.ts";
import { freePort } from "../servers/programs/real-server.ts";

export interface PrometheusServer extends AsyncDisposable {
  /** The series that an expression gives now. */
  query(expression: string): Promise<readonly Series[]>;
  /** The alerts that are pending or fire. */
  alerts(): Promise<readonly Alert[]>;
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: "pending" | "firing";
}

const START_TIMEOUT_MS = 20_000;

/** @param files by name; `prometheus.yml` is the configuration. */
export const startPrometheus = async (files: Readonly<Record<string, string>>): Promise<PrometheusServer> => {
  const folder = await mkdtemp(join(tmpdir(), "rdprobe-prometheus-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const address = `127.0.0.1:${await freePort("127.0.0.1")}`;
  const server = await startProcess("prometheus", [
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=${address}`,
    "--log.level=warn",
  ]);
  const isReady = () =>
    fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  if (!(await eventually(isReady, { timeoutMs: START_TIMEOUT_MS, everyMs: 100 }))) {
    await server.stop();
    throw new Error(`prometheus does not start: ${server.stderr()}`);
  }
  const ask = async <T>(path: string): Promise<T> => {
    const { data }: { data: T } = JSON.parse(await (await fetch(`http://${address}/api/v1/${path}`)).text());
    return data;
  };
  return {
    query: async (expression) =>
      (await ask<{ result: readonly Series[] }>(`query?${new URLSearchParams({ query: expression })}`))
        .result,
    alerts: async () => (await ask<{ alerts: readonly Alert[] }>("alerts")).alerts,
    [Symbol.asyncDispose]: async () => {
      await server.stop("SIGTERM", 5000);
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** promtool, with what it reads on stdin. */
export const promtool = (args: readonly string[], input = "", cwd = "."): Promise<FinishedProcess> =>
  runProcess("promtool", args, { input, cwd, timeoutMs: 20_000 });
