/** Modules: what a probe does and what it demands, by the name that a scrape asks for. */
import { PROBE_IDENTITY } from "../handshake/plan/connection-requests.ts";
import type { Depth } from "../handshake/plan/probe-plan.ts";
import { parseClient } from "../scan/one/parse-client.ts";
import type { TargetOptions } from "../scan/one/probe-target.ts";
import { parseDuration } from "../targets/grammar/duration.ts";
import { type Parsed, parsed, rejected } from "../targets/plan/parsed.ts";
import { DEFAULT_CLIENT_ID } from "../tls/profiles/client-profiles.ts";
import { DEFAULT_EXPIRY } from "../verdict/findings/certificate-findings.ts";
import { type Demands, PROHIBITIONS, REQUIREMENTS } from "../verdict/check/requirements.ts";
import {
  booleanOf,
  ConfigError,
  choiceOf,
  choicesOf,
  joined,
  parseDocument,
  parsedOf,
  type Section,
  section,
} from "./config-document.ts";

export interface ProbeModule {
  readonly name: string;
  readonly options: TargetOptions;
  readonly demands: Demands;
}

export type ProbeModules = ReadonlyMap<string, ProbeModule>;

/** What a scrape without `module` gets. */
export const DEFAULT_MODULE = "standard";

const DEPTHS = ["quick", "standard", "full"] as const satisfies readonly Depth[];
const FAMILIES = { ip4: 4, ip6: 6 } as const;
const FIELDS = [
  "depth",
  "timeout",
  "deadline",
  "client",
  "cookie",
  "routing_token",
  "ip_protocol",
  "require",
  "forbid",
  "fail_on_expired",
] as const;

/** For one stage, and for all connections of a probe where the scrape names no time of its own. */
const TIMEOUT_MS = 5000;
const DEADLINES_MS: Readonly<Record<Depth, number>> = { quick: 10_000, standard: 20_000, full: 120_000 };

/** Between two connections of full depth. */
const PAUSE_MS = 50;

const MAX_ROUTING_LENGTH = 200;
const MODULE_NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * The modules of a configuration file, beside one for each depth that needs none.
 * @throws ConfigError that names the field and says what would be right.
 */
export const parseModules = (text: string): ProbeModules => {
  const document = parseDocument(text, ["modules"]);
  const { path, fields } = section(document.fields["modules"] ?? {}, "modules", null);
  const configured = Object.entries(fields).map(([name, value]) => {
    if (!MODULE_NAME.test(name)) {
      throw new ConfigError(`${joined(path, name)}: write a name of letters, digits, "_", "." and "-"`);
    }
    return moduleOf(name, section(value ?? {}, joined(path, name), FIELDS));
  });
  return new Map([...builtIn(), ...configured].map((module) => [module.name, module]));
};

/** A module for each depth. */
const builtIn = (): readonly ProbeModule[] =>
  DEPTHS.map((depth) => moduleOf(depth, { path: depth, fields: { depth } }));

const moduleOf = (name: string, from: Section): ProbeModule => {
  const depth = choiceOf(from, "depth", DEPTHS) ?? "standard";
  const family = choiceOf(from, "ip_protocol", ["ip4", "ip6"]);
  const options: TargetOptions = {
    depth,
    timeoutMs: parsedOf(from, "timeout", parseDuration, TIMEOUT_MS),
    deadlineMs: parsedOf(from, "deadline", parseDuration, DEADLINES_MS[depth]),
    pauseMs: PAUSE_MS,
    reference: parsedOf(from, "client", parseClient, clientOf(DEFAULT_CLIENT_ID)),
    routing: routingOf(from),
    expiry: DEFAULT_EXPIRY,
    family: family === null ? 0 : FAMILIES[family],
  };
  return { name, options, demands: demandsOf(from, depth) };
};

const demandsOf = (from: Section, depth: Depth): Demands => {
  const required = choicesOf(from, "require", REQUIREMENTS);
  if (depth === "quick" && required.includes("nla")) {
    throw new ConfigError(
      `${joined(from.path, "require")}: nla takes a second connection; write depth: standard`,
    );
  }
  return {
    required,
    forbidden: choicesOf(from, "forbid", PROHIBITIONS),
    inDate: booleanOf(from, "fail_on_expired"),
  };
};

const routingOf = (from: Section): TargetOptions["routing"] => {
  const token = parsedOf(from, "routing_token", parseRouting, null);
  if (token !== null && from.fields["cookie"] !== undefined) {
    throw new ConfigError(
      `${joined(from.path, "routing_token")}: give it without cookie; a request carries one of them`,
    );
  }
  if (token !== null) return { kind: "token", token };
  const identity = parsedOf(from, "cookie", parseRouting, PROBE_IDENTITY);
  return identity === "" ? null : { kind: "cookie", identity };
};

const parseRouting = (text: string): Parsed<string> =>
  /^[\x20-\x7e]*$/.test(text) && text.length <= MAX_ROUTING_LENGTH
    ? parsed(text)
    : rejected(`write up to ${MAX_ROUTING_LENGTH} printable ASCII characters`);

const clientOf = (id: string): TargetOptions["reference"] => {
  const profile = parseClient(id);
  if (profile.ok) return profile.value;
  throw new RangeError(`exporter: client ${profile.problem}`);
};
