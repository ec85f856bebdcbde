/** A result without advice and without what is not known: facts and codes alone, where they always stand, and no causes. */
import type { Result } from "../../verdict/result/result.ts";

/** JSON of the same schema; a part that is missing was not reached, and a security layer that is missing is unknown. */
export const compactResult = (result: Result): object => {
  const { target, verdict, security, negotiation, tls, certificate, server, ntlm } = result;
  return known({
    schema: result.schema,
    source: result.source.kind === "live" && result.source.proxy === undefined ? null : result.source,
    target: { host: target.host, address: target.address, port: target.port },
    startedAt: result.startedAt,
    durationMs: result.durationMs,
    connections: result.connections,
    severity: result.severity,
    verdict: known({
      code: verdict.code,
      stage: verdict.stage,
      mstsc:
        verdict.mstsc === null ? null : known({ code: verdict.mstsc.code, extended: verdict.mstsc.extended }),
    }),
    findings: listOf(result.findings.map(({ code, severity }) => ({ code, severity }))),
    server:
      server === null ? null : known({ implementation: server.implementation, version: server.version }),
    negotiation:
      negotiation === null
        ? null
        : known({ selected: negotiation.selected, failure: negotiation.failure, raw: negotiation.raw }),
    security: listOf(
      Object.entries(security).filter(([name, state]) => STATES.has(name) && state !== "unknown"),
      Object.fromEntries,
    ),
    tls:
      tls === null
        ? null
        : known({ version: tls.version, cipher: nameOf(tls.cipher), group: tls.group, alert: tls.alert }),
    certificate: certificate === null ? null : known({ ...certificate, chain: null, der: null }),
    credssp: result.credssp,
    ntlm: ntlm === null ? null : known({ ...ntlm }),
    rdp: result.rdp,
    tlsVersions: result.tlsVersions ?? null,
    weakSuites: result.weakSuites ?? null,
    tlsSupport: result.tlsSupport ?? null,
    clients: result.clients?.map(({ id, outcome }) => ({ id, outcome })) ?? null,
    listeners: result.listeners ?? null,
    repeat: result.repeat ?? null,
    error: result.error,
  });
};

const STATES: ReadonlySet<string> = new Set(["rdp", "ssl", "hybrid", "hybrid-ex", "rdstls", "rdsaad", "nla"]);

const nameOf = (cipher: { readonly name: string } | null) => (cipher === null ? null : { name: cipher.name });

/** Null for an empty list, which says no more than its absence. */
const listOf = <T>(list: readonly T[], as: (list: readonly T[]) => object = (same) => same): object | null =>
  list.length === 0 ? null : as(list);

/** Without the parts that are null. */
const known = (parts: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null));
