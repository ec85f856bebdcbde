/** Many scrapes at once: what each took, beside what its probe says that it took. */
import pLimit from "p-limit";

export interface Scrape {
  readonly status: number;
  readonly isSuccess: boolean;
  /** From the request to the whole answer, milliseconds. */
  readonly latencyMs: number;
  /** The probe's own time as its answer has it; NaN where there was none. */
  readonly probeMs: number;
}

/** Scrapes every target once, so many at a time. @param url the exporter's, without a path. */
export const scrapeAll = (
  url: string,
  targets: readonly string[],
  parallel: number,
  module: string,
): Promise<readonly Scrape[]> => {
  const limit = pLimit(parallel);
  return Promise.all(targets.map((target) => limit(() => scrape(url, target, module))));
};

const scrape = async (url: string, target: string, module: string): Promise<Scrape> => {
  const started = performance.now();
  const response = await fetch(`${url}/probe?${new URLSearchParams({ target, module })}`);
  const text = await response.text();
  const latencyMs = performance.now() - started;
  return {
    status: response.status,
    isSuccess: metric(text, "probe_success") === 1,
    latencyMs,
    probeMs: metric(text, "probe_duration_seconds") * 1000,
  };
};

/** A metric without labels. */
export const metric = (text: string, name: string): number =>
  Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN);

/** The value that so many of a hundred do not exceed. */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
};
