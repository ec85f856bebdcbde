/** A check as a Checkmk local check prints it: `state "service" metrics text`, one line a service. */
import type { AlertRange } from "../../targets/grammar/range.ts";
import { CHECK_STATES } from "../../verdict/check/check-state.ts";
import { headline, type PluginOutput } from "./nagios-line.ts";
import type { Metric } from "./perfdata.ts";
import { pluginText } from "./plugin-text.ts";

/** The line with its newline. */
export const checkmkLine = (service: string, { state, addresses, metrics }: PluginOutput): string => {
  const name = pluginText(service).replaceAll('"', "'");
  const numbers = metrics.length === 0 ? "-" : metrics.map(metricText).join("|");
  const text = headline(addresses);
  return `${CHECK_STATES.indexOf(state)} "${name}" ${numbers} ${text}\n`;
};

/** Levels are written where Checkmk has them: an upper limit, or a lower and an upper one. */
const metricText = ({ label, value, ranges, min }: Metric): string => {
  const levels = [ranges.warning, ranges.critical].map((range) => (range === null ? "" : levelText(range)));
  const fields = [...levels, min === null ? "" : String(min)];
  const text = `${label}=${value};${fields.join(";")}`;
  return text.replace(/;+$/, "");
};

const levelText = ({ start, end, alertsInside }: AlertRange): string => {
  if (alertsInside || !Number.isFinite(end)) return "";
  return Number.isFinite(start) && start !== 0 ? `${start}:${end}` : String(end);
};
