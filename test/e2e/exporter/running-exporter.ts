/** An exporter of a test, on a free port of loopback, in this process. */
import { EVERYTHING } from "../../../src/targets/plan/allow-list.ts";
import { type ExporterOptions, startExporter } from "../../../src/exporter/exporter.ts";
import { parseModules } from "../../../src/exporter/module.ts";
import { soleValueOf } from "../../exporter/exposition-format.ts";

export interface RunningExporter extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** `/probe` of a target, with whatever else is asked. */
  probe(target: string, query?: Readonly<Record<string, string>>, scrapeSeconds?: number): Promise<Answer>;
  /** A metric of the exporter itself that has one series alone. */
  own(metric: string): Promise<number | null>;
  /** What the exporter itself failed in. */
  readonly faults: readonly unknown[];
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Stops when the block that it is used in ends. */
export const runExporter = async (options: Partial<ExporterOptions> = {}): Promise<RunningExporter> => {
  const faults: unknown[] = [];
  const front = await startExporter({
    host: "127.0.0.1",
    port: 0,
    modules: parseModules(""),
    reread: async () => parseModules(""),
    allowed: EVERYTHING,
    maxConcurrent: 64,
    timeoutOffsetMs: 500,
    tls: null,
    users: null,
    version: "test",
    onFault: (fault) => faults.push(fault),
    ...options,
  });
  const url = `http://127.0.0.1:${front.port}`;
  return {
    port: front.port,
    url,
    faults,
    probe: async (target, query = {}, scrapeSeconds) => {
      const headers: Record<string, string> =
        scrapeSeconds === undefined ? {} : { "X-Prometheus-Scrape-Timeout-Seconds": String(scrapeSeconds) };
      const response = await fetch(`${url}/probe?${new URLSearchParams({ target, ...query })}`, { headers });
      return { status: response.status, text: await response.text() };
    },
    own: async (metric) => soleValueOf(await (await fetch(`${url}/metrics`)).text(), metric),
    [Symbol.asyncDispose]: () => front.close(5000),
  };
};
