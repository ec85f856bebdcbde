/**
 * The numbers that a check gives a monitoring system to draw, by the Monitoring Plugins guidelines:
 * `'label'=value[unit];[warning];[critical];[min];[max]`.
 */
import { type AlertRange, printedRange, scaledRange } from "../../targets/grammar/range.ts";
import type { Result } from "../../verdict/result/result.ts";

/** What a value may be without an alert. */
export interface AlertRanges {
  readonly warning: AlertRange | null;
  readonly critical: AlertRange | null;
}

export interface MetricRanges {
  /** On whole days. */
  readonly daysLeft: AlertRanges;
  /** On milliseconds. */
  readonly latencyMs: AlertRanges;
}

export interface Metric {
  /** Letters, digits and underscores: fit for every system. */
  readonly label: string;
  readonly value: number;
  /** `s`, or nothing for a number of days. */
  readonly unit: "s" | "";
  readonly ranges: AlertRanges;
  readonly min: number | null;
}

/**
 * Time of the probe and of each stage, days left and clock skew, as far as they are known. Of several
 * addresses the worst of each counts, so that the labels stay the same.
 */
export const metricsOf = (
  results: readonly Result[],
  { daysLeft, latencyMs }: MetricRanges,
): readonly Metric[] => {
  const seconds = (
    label: string,
    values: readonly (number | null)[],
    ranges: AlertRanges,
  ): readonly Metric[] =>
    worst(values, (ms) => ms).map((ms) => ({ label, value: inSeconds(ms), unit: "s", ranges, min: 0 }));
  const days = results.map(({ certificate }) => certificate?.daysLeft ?? null);
  const skews = results.map(({ ntlm }) => ntlm?.clockSkewMs ?? null);
  return [
    ...seconds(
      "time",
      results.map(({ durationMs }) => durationMs),
      { warning: scaledOf(latencyMs.warning), critical: scaledOf(latencyMs.critical) },
    ),
    ...TIMED_STAGES.flatMap((name) => seconds(name, stageTimes(results, name), NO_RANGES)),
    ...worst(days, (value) => -value).map((value) => ({
      ...{ label: "cert_days_left", value: Math.floor(value) + 0, unit: "" as const },
      ...{ ranges: daysLeft, min: null },
    })),
    ...worst(skews, Math.abs).map((ms) => ({
      ...{ label: "clock_skew", value: inSeconds(ms), unit: "s" as const },
      ...{ ranges: NO_RANGES, min: null },
    })),
  ];
};

/** All metrics on one line, with a space between. */
export const perfdata = (metrics: readonly Metric[]): string =>
  metrics
    .map(({ label, value, unit, ranges, min }) => {
      const parts = [ranges.warning, ranges.critical].map((range) =>
        range === null ? "" : printedRange(range),
      );
      const fields = [...parts, ...(min === null ? [] : [String(min)])];
      return `'${label}'=${value}${unit};${fields.join(";")}`;
    })
    .join(" ");

const NO_RANGES: AlertRanges = { warning: null, critical: null };

/** Stages that take a time of their own. */
const TIMED_STAGES = ["dns", "tcp", "negotiation", "tls", "credssp"] as const;

const stageTimes = (results: readonly Result[], stage: string): readonly (number | null)[] =>
  results.map(({ stages }) => stages.find(({ name }) => name === stage)?.durationMs ?? null);

/** The value that ranks highest, or none where there is no value at all. */
const worst = (values: readonly (number | null)[], rank: (value: number) => number): readonly number[] => {
  const known = values.filter((value) => value !== null && Number.isFinite(value)).map(Number);
  return known.toSorted((a, b) => rank(b) - rank(a)).slice(0, 1);
};

const MS_PER_SECOND = 1000;

/** With the tenths of a millisecond that are measured; never in exponent notation, nor -0. */
const inSeconds = (ms: number): number => Number((ms / MS_PER_SECOND).toFixed(4)) + 0;

const scaledOf = (range: AlertRange | null): AlertRange | null =>
  range === null ? null : scaledRange(range, 1 / MS_PER_SECOND);
