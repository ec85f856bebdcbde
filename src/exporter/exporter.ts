/** The exporter: what each path answers, and the way of one probe through its limits. */
import { placeOf } from "../report/place-of.ts";
import { ladder } from "../report/text/ladder.ts";
import {
  isProbeSuccess,
  type MetricFamily,
  PROBE_METRICS,
  successMetric,
} from "../report/monitoring/probe-metrics.ts";
import { exposition } from "../report/monitoring/prometheus-text.ts";
import { escapeUnsafe } from "../report/safe/safe-text.ts";
import { probeAddress } from "../scan/one/probe-address.ts";
import { probeOffers } from "../scan/one/probe-offers.ts";
import { planTarget } from "../scan/one/probe-target.ts";
import { DEFAULT_PORT } from "../targets/grammar/port.ts";
import { parseTarget } from "../targets/plan/target.ts";
import { LocalResourceError } from "../transport/local-resource-error.ts";
import {
  type CheckedResult,
  type DemandOutcome,
  demandOutcomes,
  openQuestions,
} from "../verdict/check/requirements.ts";
import type { Result } from "../verdict/result/result.ts";
import type { AllowList } from "../targets/plan/allow-list.ts";
import { basicAuth } from "./basic-auth.ts";
import { ConfigError } from "./config-document.ts";
import { createFailedProbes, type FailedProbe } from "./failed-probes.ts";
import { type Front, type FrontAnswer, type FrontRequest, openFront, textAnswer } from "./http-front.ts";
import type { ProbeModules } from "./module.ts";
import { modulesDocument } from "./module-document.ts";
import { type ProbeRequest, parseProbeRequest, SCRAPE_TIMEOUT_HEADER } from "./probe-request.ts";
import { createProbeSlots } from "./probe-slots.ts";
import { createRecentProbes } from "./recent-probes.ts";
import { createSelfMetrics, type RefusalReason } from "./self-metrics.ts";
import { PAGE_HEADERS, statusPage } from "./status-page.ts";
import type { TlsMaterial } from "./web-config.ts";

export interface ExporterOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly modules: ProbeModules;
  /**
   * Reads the modules anew.
   * @throws ConfigError where they cannot be carried out, or not be read.
   */
  readonly reread: () => Promise<ProbeModules>;
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

export interface Exporter extends Front {
  /** Takes the modules anew; gives what is wrong with them, and then the old ones hold, or null. */
  reload(): Promise<string | null>;
}

const RECENT_PROBES = 100;
const FAILED_PROBES = { probes: 200, ofOneTarget: 5, bytes: 4 * 1024 * 1024 } as const;

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
  | { readonly kind: "result"; readonly checked: CheckedResult }
  | { readonly kind: "refused"; readonly reason: RefusalReason; readonly text: string };

/**
 * Starts to answer.
 * @throws Error from the operating system (EADDRINUSE, EACCES, EADDRNOTAVAIL), or from OpenSSL for a bad key.
 */
export const startExporter = async (options: ExporterOptions): Promise<Exporter> => {
  const { version } = options;
  let { modules } = options;
  const slots = createProbeSlots(options.maxConcurrent);
  const recent = createRecentProbes(RECENT_PROBES);
  const failed = createFailedProbes(FAILED_PROBES);
  const metrics = createSelfMetrics(version, slots);
  metrics.configured(modules.keys());

  const reload = async (): Promise<string | null> => {
    try {
      modules = await options.reread();
      metrics.configured(modules.keys());
      return null;
    } catch (fault) {
      metrics.configured(null);
      if (!(fault instanceof ConfigError)) throw fault;
      return fault.message;
    }
  };

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
    const { result } = probed.checked;
    const outcomes = demandOutcomes(probed.checked, module.demands);
    // What could not be verified is no success either: nothing may look met that was not seen.
    const isSuccess = isProbeSuccess(result) && outcomes.every(({ state }) => state.kind === "met");
    metrics.probed(module.name, isSuccess, result.durationMs);
    const text = exposition(familiesOf(isSuccess, outcomes), [{ result, labels: {} }]);
    const words = (): string =>
      [ladder(result, { color: false, verbose: true, columns: DEBUG_COLUMNS }), demandLines(outcomes), text]
        .filter((part) => part !== "")
        .join("\n");
    // What alerts are about: no success, or a server that is critical though it can be used.
    const { startedAt } = result;
    const failedId =
      isSuccess && result.severity !== "critical"
        ? null
        : failed.add({ startedAt, place: placeOf(result), module: module.name, text: words() });
    recent.add(module.name, isSuccess, result, failedId);
    return isDebug ? textAnswer(200, words()) : { status: 200, contentType: METRICS_TYPE, body: text };
  };

  /** What a failed probe saw, of a target: the newest one. */
  const latestFailed = ({ query }: FrontRequest): FrontAnswer => {
    const target = parseTarget(query.get("target") ?? "");
    if (!target.ok) return textAnswer(400, escapeUnsafe(`target: ${target.problem}`));
    const { port, ...rest } = target.value;
    const place = placeOf({ target: { ...rest, port: port ?? DEFAULT_PORT, address: null } });
    return failedAnswer(failed.latestOf(place, query.get("module")));
  };

  const paths: Readonly<Record<string, (request: FrontRequest) => Promise<FrontAnswer>>> = {
    "/probe": async (request) =>
      request.method === "GET" ? probe(request) : textAnswer(405, "only GET probes", { Allow: "GET" }),
    "/probes": async (request) => latestFailed(request),
    "/config": async () => textAnswer(200, modulesDocument(modules).trimEnd()),
    "/metrics": async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.text() }),
    "/-/healthy": async () => textAnswer(200, "Healthy"),
    "/": async () => ({
      status: 200,
      contentType: "text/html; charset=utf-8",
      body: statusPage(version, modules, recent.list(), (id) => failed.byId(id) !== null),
      headers: PAGE_HEADERS,
    }),
  };

  const reloadAnswer = async ({ method }: FrontRequest): Promise<FrontAnswer> => {
    if (!CHANGING_METHODS.includes(method)) {
      return textAnswer(405, "only POST and PUT reload", { Allow: CHANGING_METHODS.join(", ") });
    }
    const problem = await reload();
    return problem === null
      ? textAnswer(200, "Reloaded")
      : textAnswer(500, escapeUnsafe(`not reloaded, the old modules hold: ${problem}`));
  };

  const answerOf = async (request: FrontRequest): Promise<FrontAnswer> => {
    const { method, path } = request;
    if (path === RELOAD_PATH) return reloadAnswer(request);
    if (CHANGING_METHODS.includes(method)) {
      return textAnswer(405, "only GET and HEAD are answered", { Allow: "GET, HEAD" });
    }
    if (path.startsWith(FAILED_PREFIX)) return failedAnswer(failed.byId(path.slice(FAILED_PREFIX.length)));
    const answer = Object.hasOwn(paths, path) ? paths[path] : undefined;
    if (answer !== undefined) return answer(request);
    return textAnswer(
      404,
      `there are ${[...Object.keys(paths), `${FAILED_PREFIX}<id>`, RELOAD_PATH].join(", ")}`,
    );
  };

  const fail = (fault: unknown): void => {
    metrics.failed();
    options.onFault(fault);
  };
  const front = await openFront({
    host: options.host,
    port: options.port,
    maxConnections: options.maxConcurrent * 2 + SPARE_CONNECTIONS,
    tls: options.tls,
    authenticate: options.users === null ? null : basicAuth(options.users),
    onFault: fail,
    handle: async (request) => {
      try {
        return await answerOf(request);
      } catch (fault) {
        if (!(fault instanceof LocalResourceError)) throw fault;
        fail(fault);
        return textAnswer(503, fault.message);
      }
    },
  });
  return { ...front, reload };
};

const RELOAD_PATH = "/-/reload";
const FAILED_PREFIX = "/probes/";
const CHANGING_METHODS: readonly string[] = ["POST", "PUT"];

const failedAnswer = (probe: FailedProbe | null): FrontAnswer =>
  probe === null
    ? textAnswer(404, "no failed probe of that is kept: the newest are, since the exporter's start")
    : textAnswer(200, probe.text.trimEnd());

/** What a module's probe answers with: its own word on success, and on what it demands. */
const familiesOf = (isSuccess: boolean, outcomes: readonly DemandOutcome[]): readonly MetricFamily[] => [
  successMetric(() => isSuccess),
  ...PROBE_METRICS,
  {
    name: "rdp_requirement_met",
    help: "Whether the server meets what the module requires or forbids; absent where the probe could not tell",
    samplesOf: () =>
      outcomes.flatMap(({ demand, state }) =>
        state.kind === "unknown"
          ? []
          : [{ labels: { requirement: demand }, value: state.kind === "met" ? 1 : 0 }],
      ),
  },
];

/** Each demand and what became of it, for people; empty for a module that demands nothing. */
const demandLines = (outcomes: readonly DemandOutcome[]): string =>
  outcomes
    .map(({ demand, state }) => {
      const why = state.kind === "met" ? "" : `: ${state.text}`;
      return `requirement ${demand} ${state.kind}${why}\n`;
    })
    .join("");

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
    const leftMs = (): number => Math.max(0, endsAt - performance.now());
    const busy = {
      kind: "refused",
      reason: "busy",
      text: "no probe came free in the scrape's time",
    } as const;
    if (release === null || leftMs() <= 0) return busy;
    const plan = await planTarget(target, { ...module.options, deadlineMs: leftMs() });
    if (plan.kind === "unresolved") {
      return { kind: "result", checked: { result: plan.result, offers: new Map() } };
    }
    const address = plan.addresses.find(({ endpoint }) => allowed.allows(endpoint.address));
    if (address === undefined) return forbidden;
    const options = () => ({ ...module.options, deadlineMs: leftMs() });
    const result = await probeAddress(address, options());
    const { endpoint, host } = address;
    const questions = openQuestions(result, module.demands.forbidden);
    const askedAt = performance.now();
    const offers = await probeOffers(questions, { ...options(), endpoint, host });
    const asked: Pick<Result, "connections" | "durationMs"> = {
      connections: result.connections + offers.size,
      durationMs: result.durationMs + (questions.length === 0 ? 0 : performance.now() - askedAt),
    };
    return { kind: "result", checked: { result: { ...result, ...asked }, offers } };
  } finally {
    release?.();
  }
};
