/** What a scrape asks for, read from its URL and its headers. */

import type { HostTarget } from "../scan/one/probe-target.ts";
import { type Parsed, parsed, rejected } from "../targets/plan/parsed.ts";
import { DEFAULT_PORT } from "../targets/grammar/port.ts";
import { parseTarget } from "../targets/plan/target.ts";
import { DEFAULT_MODULE, type ProbeModule, type ProbeModules } from "./module.ts";

/** Prometheus says in this header after how many seconds it gives up. */
export const SCRAPE_TIMEOUT_HEADER = "x-prometheus-scrape-timeout-seconds";

export interface ProbeRequest {
  readonly target: HostTarget;
  readonly module: ProbeModule;
  /** For everything from the arrival to the answer, milliseconds. */
  readonly budgetMs: number;
  /** Whether a person reads the answer. */
  readonly isDebug: boolean;
}

/** No scrape lasts longer. */
const MAX_SCRAPE_SECONDS = 3600;

/** Reads `target`, `module` and `debug`; other parameters do not matter. */
export const parseProbeRequest = (
  query: URLSearchParams,
  scrapeTimeout: string | undefined,
  modules: ProbeModules,
  offsetMs: number,
): Parsed<ProbeRequest> => {
  for (const name of ["target", "module"]) {
    if (query.getAll(name).length > 1) return rejected(`${name}: give it once`);
  }
  const target = parseTarget(query.get("target") ?? "");
  if (!target.ok) {
    return query.has("target")
      ? target
      : rejected("target: missing: write /probe?target=host:port&module=name");
  }
  const name = query.get("module") ?? DEFAULT_MODULE;
  const module = modules.get(name);
  if (module === undefined) {
    return rejected(`module: ${JSON.stringify(name)} is none of ${[...modules.keys()].join(", ")}`);
  }
  const budget = parseBudget(scrapeTimeout, offsetMs);
  if (!budget.ok) return budget;
  const { input, host, family, port } = target.value;
  return parsed({
    target: { input, host, family, port: port ?? DEFAULT_PORT },
    module,
    budgetMs: Math.min(module.options.deadlineMs, budget.value),
    isDebug: query.get("debug") === "true",
  });
};

/**
 * The scrape's time less the offset, so that the answer arrives before Prometheus gives up. Where the offset
 * would leave nothing, half of the time is the probe's.
 */
const parseBudget = (header: string | undefined, offsetMs: number): Parsed<number> => {
  if (header === undefined) return parsed(Number.POSITIVE_INFINITY);
  const seconds = /^\d{1,9}(?:\.\d{1,9})?$/.test(header) ? Number(header) : 0;
  if (seconds <= 0)
    return rejected(`${SCRAPE_TIMEOUT_HEADER}: ${JSON.stringify(header)} is no number of seconds`);
  const timeoutMs = Math.min(seconds, MAX_SCRAPE_SECONDS) * 1000;
  return parsed(timeoutMs > offsetMs ? timeoutMs - offsetMs : timeoutMs / 2);
};
