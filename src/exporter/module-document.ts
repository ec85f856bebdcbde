/** The modules as a configuration file would have them, for who asks a running exporter what it does. */
import { stringify } from "yaml";
import { PROBE_IDENTITY } from "../handshake/plan/connection-requests.ts";
import type { ProbeModule, ProbeModules } from "./module.ts";

/** Stands for what may be a secret: who has a token or a cookie may be let in by it. */
const SECRET = "<secret>";

/** YAML that `parseModules` reads; the built-in modules are in it, cookies and routing tokens are not. */
export const modulesDocument = (modules: ProbeModules): string =>
  stringify({ modules: Object.fromEntries([...modules].map(([name, module]) => [name, fieldsOf(module)])) });

const fieldsOf = ({ options, demands }: ProbeModule) => ({
  depth: options.depth,
  timeout: `${options.timeoutMs}ms`,
  deadline: `${options.deadlineMs}ms`,
  client: options.reference.id,
  ...routingFields(options.routing),
  ...(options.family === 0 ? {} : { ip_protocol: `ip${options.family}` }),
  require: demands.required,
  forbid: demands.forbidden,
  fail_on_expired: demands.inDate,
});

const routingFields = (routing: ProbeModule["options"]["routing"]) => {
  if (routing === null) return { cookie: "" };
  if (routing.kind === "token") return { routing_token: SECRET };
  return { cookie: routing.identity === PROBE_IDENTITY ? PROBE_IDENTITY : SECRET };
};
