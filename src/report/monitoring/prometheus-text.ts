/** Results in Prometheus' text exposition format 0.0.4, without timestamps, as the textfile collector wants it. */
import type { Result } from "../../verdict/result/result.ts";
import {
  isProbeSuccess,
  type MetricFamily,
  type MetricSample,
  PROBE_METRICS,
  successMetric,
} from "./probe-metrics.ts";
import { safeText } from "../safe/safe-text.ts";

/** A result with the labels that tell its series from those of the others. */
export interface LabelledResult {
  readonly result: Result;
  readonly labels: Readonly<Record<string, string>>;
}

/** When the job ran last: a file that nobody writes any more looks as fresh as ever otherwise. */
const LAST_RUN: MetricFamily = {
  name: "rdp_probe_last_run_timestamp_seconds",
  help: "When the probe ended, Unix time",
  samplesOf: ({ startedAt, durationMs }) => [
    { labels: {}, value: (Date.parse(startedAt) + Math.round(durationMs)) / 1000 },
  ],
};

const SUCCESS = successMetric(isProbeSuccess);

/** What a file of them begins with, by which it is known. */
export const METRICS_MARK = `# HELP ${SUCCESS.name} ${SUCCESS.help}\n`;

/** All results as one file for the textfile collector: `target` and `address` tell them apart. */
export const prometheusDocument = (results: readonly Result[]): string =>
  exposition(
    [SUCCESS, ...PROBE_METRICS, LAST_RUN],
    results.map((result) => ({ result, labels: targetLabels(result) })),
  );

/** The metrics of several results: HELP and TYPE once a metric, each series once, the last one wins. */
export const exposition = (families: readonly MetricFamily[], results: readonly LabelledResult[]): string =>
  families
    .map((family) => {
      const series = new Map<string, number>();
      for (const { result, labels } of results) {
        for (const sample of family.samplesOf(result)) {
          if (Number.isFinite(sample.value))
            series.set(labelText({ ...labels, ...sample.labels }), sample.value);
        }
      }
      return series.size === 0 ? "" : familyText(family, series);
    })
    .join("");

const familyText = ({ name, help }: MetricFamily, series: ReadonlyMap<string, number>): string => {
  const lines = [...series].map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`;
};

const targetLabels = ({ target: { host, port, address } }: Result): MetricSample["labels"] => ({
  target: host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`,
  address: address ?? "",
});

const labelText = (labels: MetricSample["labels"]): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${labelValue(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
};

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n" };

/** Controls are shown and not kept, and a long text is cut, before the format's own three escapes. */
const labelValue = (text: string): string =>
  safeText(text).replace(/[\\"\n]/g, (character) => ESCAPES[character] ?? character);
