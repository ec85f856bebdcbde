/** The exporter's metrics of itself, and of the process that it runs in. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ProbeSlots } from "./probe-slots.ts";

/** Why a probe was not made. */
export type RefusalReason = "bad-request" | "forbidden" | "busy";

export interface SelfMetrics {
  probed(module: string, isSuccess: boolean, durationMs: number): void;
  refused(reason: RefusalReason): void;
  /** The exporter itself failed. */
  failed(): void;
  /** The modules were read, at the start or again; null where they could not be. */
  configured(modules: Iterable<string> | null): void;
  /** The text exposition, and its content type. */
  text(): Promise<string>;
  readonly contentType: string;
}

const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60, 120];

/** Gauges of Node's whose names end as only a counter's should. */
const MISNAMED = [
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
  "nodejs_active_resources_total",
];

export const createSelfMetrics = (version: string, slots: ProbeSlots): SelfMetrics => {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);

  new Gauge({
    name: "rdprobe_exporter_build_info",
    help: "The version of rdprobe",
    labelNames: ["version"],
    registers,
  }).set({ version }, 1);
  const probes = new Counter({
    name: "rdprobe_exporter_probes_total",
    help: "Probes made, by module and success",
    labelNames: ["module", "success"],
    registers,
  });
  const durations = new Histogram({
    name: "rdprobe_exporter_probe_duration_seconds",
    help: "How long probes took, by module",
    labelNames: ["module"],
    buckets: BUCKETS,
    registers,
  });
  const refusals = new Counter({
    name: "rdprobe_exporter_refused_total",
    help: "Requests for which no probe was made, by reason",
    labelNames: ["reason"],
    registers,
  });
  const faults = new Counter({
    name: "rdprobe_exporter_errors_total",
    help: "Requests in which the exporter itself failed",
    registers,
  });
  gaugeOf("rdprobe_exporter_probes_running", "Probes that run", slots.inUse, registers);
  gaugeOf("rdprobe_exporter_probes_waiting", "Probes that wait for a slot", slots.waiting, registers);
  const reloaded = new Gauge({
    name: "rdprobe_exporter_config_last_reload_successful",
    help: "Whether the modules could be read the last time that they were",
    registers,
  });
  const reloadedAt = new Gauge({
    name: "rdprobe_exporter_config_last_reload_success_timestamp_seconds",
    help: "When the modules were last read without a fault",
    registers,
  });
  // A rate is only right from the first request on where its series begins at zero.
  for (const reason of ["bad-request", "forbidden", "busy"]) refusals.inc({ reason }, 0);

  return {
    probed: (module, isSuccess, durationMs) => {
      probes.inc({ module, success: String(isSuccess) });
      durations.observe({ module }, durationMs / 1000);
    },
    refused: (reason) => refusals.inc({ reason }),
    failed: () => faults.inc(),
    configured: (modules) => {
      reloaded.set(modules === null ? 0 : 1);
      if (modules === null) return;
      reloadedAt.setToCurrentTime();
      for (const module of modules) {
        for (const success of ["true", "false"]) probes.inc({ module, success }, 0);
      }
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
};

const gaugeOf = (name: string, help: string, value: () => number, registers: Registry[]): void => {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(value());
    },
  });
};
