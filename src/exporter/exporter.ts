/** The exporter: what each path answers, and the way of one probe through its limits. */
import { ladder } from "../report/ladder.ts";
import { type MetricFamily, PROBE_METRICS, successMetric } from "../report/probe-metrics.ts";
import { exposition } from "../report/prometheus-text.ts";
import { escapeUnsafe } from "../report/safe-text.ts";
import { probeAddress } from "../scan/probe-address.ts";
import { planTarget } from "../scan/probe-target.ts";
import { LocalResourceError } from "../transport/local-resource-error.ts";
import type { Result } from "../verdict/result.ts";
import type { AllowList } from "./allow-list.ts";
import { basicAuth } from "./basic-auth.ts";
import { type Front, type FrontAnswer, type FrontRequest, openFront, textAnswer } from "./http-front.ts";
import type { ProbeModules } from "./module.ts";
import { type ProbeRequest, parseProbeRequest, SCRAPE_TIMEOUT_HEADER } from "./probe-request.ts";
import { createProbeSlots } from "./probe-slots.ts";
import { createRecentProbes } from "./recent-probes.ts";
import { type Demands, demandOutcomes, isSuccessFor } from "./requirements.ts";
import { createSelfMetrics, type RefusalReason } from "./self-metrics.ts";
import { PAGE_HEADERS, statusPage } from "./status-page.ts";
import type { TlsMaterial } from "./web-config.ts";

export interface ExporterOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly modules: ProbeModules;
  readonly allowed: AllowList;
  readonly maxConcurrent: number;
  /** Taken from the scrape's own time, milliseconds. */
  readonly timeoutOffsetMs: number;
  readonly tls: TlsMaterial | null;
  /** bcrypt hashes by user name; null where everybody is let in. */
  readonly users: ReadonlyMap<string, string> | null;
  readonly version: string;
  /** Takes what the exporter itself failed in. */
  readonly onFault: (fault: unknown) => void;
}

const RECENT_PROBES = 100;

/** Beside as many scrapes that wait as there are that run: keep-alive, people, the exporter's own metrics. */
const SPARE_CONNECTIONS = 256;
const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
const DEBUG_COLUMNS = 100;

const REFUSAL_STATUS: Readonly<Record<RefusalReason, number>> = {
  "bad-request": 400,
  forbidden: 403,
  busy: 503,
};

/** A probe that was made, or why there was none. */
type Probed =
  | { readonly kind: "result"; readonly result: Result }
  | { readonly kind: "refused"; readonly reason: RefusalReason; readonly text: string };

/**
 * Starts to answer.
 * @throws Error from the operating system (EADDRINUSE, EACCES, EADDRNOTAVAIL), or from OpenSSL for a bad key.
 */
export const startExporter = (options: ExporterOptions): Promise<Front> => {
  const { modules, version } = options;
  const slots = createProbeSlots(options.maxConcurrent);
  const recent = createRecentProbes(RECENT_PROBES);
  const metrics = createSelfMetrics(version, slots, modules.keys());

  const probe = async ({ query, header }: FrontRequest): Promise<FrontAnswer> => {
    const refuse = (reason: RefusalReason, text: string): FrontAnswer => {
      metrics.refused(reason);
      return textAnswer(REFUSAL_STATUS[reason], escapeUnsafe(text));
    };
    const request = parseProbeRequest(query, header(SCRAPE_TIMEOUT_HEADER), modules, options.timeoutOffsetMs);
    if (!request.ok) return refuse("bad-request", request.problem);
    const { module, isDebug } = request.value;
    const probed = await probeWithin(request.value, options.allowed, slots.take);
    if (probed.kind === "refused") return refuse(probed.reason, probed.text);
    const { result } = probed;
    const isSuccess = isSuccessFor(result, module.demands);
    metrics.probed(module.name, isSuccess, result.durationMs);
    recent.add(module.name, isSuccess, result);
    const text = exposition(familiesFor(module.demands), [{ result, labels: {} }]);
    return isDebug
      ? textAnswer(200, `${ladder(result, { color: false, verbose: true, columns: DEBUG_COLUMNS })}\n${text}`)
      : { status: 200, contentType: METRICS_TYPE, body: text };
  };

  const paths: Readonly<Record<string, (request: FrontRequest) => Promise<FrontAnswer>>> = {
    "/probe": async (request) =>
      request.method === "GET" ? probe(request) : textAnswer(405, "only GET probes", { Allow: "GET" }),
    "/metrics": async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.text() }),
    "/-/healthy": async () => textAnswer(200, "Healthy"),
    "/": async () => ({
      status: 200,
      contentType: "text/html; charset=utf-8",
      body: statusPage(version, modules, recent.list()),
      headers: PAGE_HEADERS,
    }),
  };

  const fail = (fault: unknown): void => {
    metrics.failed();
    options.onFault(fault);
  };
  return openFront({
    host: options.host,
    port: options.port,
    maxConnections: options.maxConcurrent * 2 + SPARE_CONNECTIONS,
    tls: options.tls,
    authenticate: options.users === null ? null : basicAuth(options.users),
    onFault: fail,
    handle: async (request) => {
      const path = Object.hasOwn(paths, request.path) ? paths[request.path] : undefined;
      if (path === undefined) return textAnswer(404, "there are /, /probe, /metrics and /-/healthy");
      try {
        return await path(request);
      } catch (fault) {
        if (!(fault instanceof LocalResourceError)) throw fault;
        fail(fault);
        return textAnswer(503, fault.message);
      }
    },
  });
};

/** What a module's probe answers with: its own word on success, and what it demands. */
const familiesFor = (demands: Demands): readonly MetricFamily[] => [
  successMetric((result) => isSuccessFor(result, demands)),
  ...PROBE_METRICS,
  {
    name: "rdp_requirement_met",
    help: "Whether the server meets what the module requires or forbids",
    samplesOf: (result) =>
      demandOutcomes(result, demands).map(({ demand, isMet }) => ({
        labels: { requirement: demand },
        value: isMet ? 1 : 0,
      })),
  },
];

/** Waits for a slot, resolves, looks at the address, and only then sends anything to it. */
const probeWithin = async (
  { target, module, budgetMs }: ProbeRequest,
  allowed: AllowList,
  takeSlot: (waitMs: number) => Promise<(() => void) | null>,
): Promise<Probed> => {
  const forbidden = {
    kind: "refused",
    reason: "forbidden",
    text: `target ${target.host} is not allowed here`,
  } as const;
  if (target.family !== null && !allowed.allows(target.host)) return forbidden;
  const endsAt = performance.now() + budgetMs;
  const release = await takeSlot(budgetMs);
  try {
    const leftMs = (): number => endsAt - performance.now();
    const busy = {
      kind: "refused",
      reason: "busy",
      text: "no probe came free in the scrape's time",
    } as const;
    if (release === null || leftMs() <= 0) return busy;
    const plan = await planTarget(target, { ...module.options, deadlineMs: leftMs() });
    if (plan.kind === "unresolved") return { kind: "result", result: plan.result };
    const address = plan.addresses.find(({ endpoint }) => allowed.allows(endpoint.address));
    if (address === undefined) return forbidden;
    const options = { ...module.options, deadlineMs: leftMs() };
    return { kind: "result", result: await probeAddress(address, options) };
  } finally {
    release?.();
  }
};
