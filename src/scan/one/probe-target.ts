/** What a target stands for: a name stands for every address that it resolves to. */
import { overriddenAddresses, type ResolveOverride } from "../../targets/grammar/resolve-override.ts";
import { nameSources } from "../../transport/dns/name-sources.ts";
import { resolveName } from "../../transport/dns/resolve.ts";
import type { SocksProxy } from "../../transport/proxy/socks-proxy.ts";
import type { Dial } from "../../transport/tcp-connection.ts";
import { judge } from "../../verdict/rules/judge.ts";
import type { NameSources } from "../../verdict/result/resolution.ts";
import { resolutionReport } from "../../verdict/result/resolution-report.ts";
import type { Result } from "../../verdict/result/result.ts";
import type { Routing } from "../../x224/connection-request.ts";
import type { AddressTarget, ProbeOptions } from "./probe-options.ts";

export interface HostTarget {
  readonly input: string;
  readonly host: string;
  /** The family of a literal address; null for a name. */
  readonly family: 4 | 6 | null;
  readonly port: number;
  /** Its own cookie or routing token; that of the options where it is left out. */
  readonly routing?: Routing;
}

export interface TargetOptions extends ProbeOptions {
  /** What all connections go through. */
  readonly proxy?: SocksProxy;
  /** Opens all TCP connections; goes before `proxy`. */
  readonly dial?: Dial;
  /** Addresses that stand for a name instead of what the resolver gives. */
  readonly overrides?: readonly ResolveOverride[];
  /** Whether to ask DNS and the hosts file as well, so that it can be told where an address is from. */
  readonly explainsNames?: boolean;
  /** How many addresses of one name are probed, of those that the resolver gives; all where it is left out. */
  readonly maxAddresses?: number;
  /** Told of a name that has more than that. */
  readonly onLeftOut?: (host: string, addresses: number) => void;
  /** 4 or 6 for addresses of one kind alone, 0 for both. */
  readonly family: 0 | 4 | 6;
}

/** The addresses to probe, or the one result where the name gave none. */
export type TargetPlan =
  | { readonly kind: "addresses"; readonly addresses: readonly AddressTarget[] }
  | { readonly kind: "unresolved"; readonly result: Result };

/** DNS is asked beside the resolver, and not waited for much longer. */
const EXPLANATION_MS = 500;

/** More than a farm behind one name has: whoever answers for a name is not to decide how much is scanned. */
export const MAX_ADDRESSES_OF_A_NAME = 16;

/** Resolves a target; a literal address stands for itself. */
export const planTarget = async (target: HostTarget, options: TargetOptions): Promise<TargetPlan> => {
  const { input, host, port, family } = target;
  const via = viaOf(options);
  const own = routingOf(target);
  if (family !== null) {
    const endpoint = { address: host, port, family, ...via };
    return { kind: "addresses", addresses: [{ input, host, endpoint, resolution: null, ...own }] };
  }
  const startedAt = new Date();
  const waitMs = Math.min(options.timeoutMs, options.deadlineMs);
  const given = overriddenAddresses(options.overrides ?? [], target, options.family);
  const sources = options.explainsNames === true ? sourcesOf(host, given !== null, waitMs) : undefined;
  const found =
    given === null
      ? await resolveName(host, options.family, waitMs)
      : ({ outcome: "resolved", addresses: given, durationMs: 0 } as const);
  if (found.outcome === "resolved") {
    const { outcome, durationMs } = found;
    const addresses = found.addresses.map(({ address }) => address);
    const most = given === null ? (options.maxAddresses ?? addresses.length) : addresses.length;
    if (addresses.length > most) options.onLeftOut?.(host, addresses.length);
    const report = sources === undefined ? {} : { report: resolutionReport(addresses, await sources) };
    const resolution = { outcome, durationMs, ...report };
    return {
      kind: "addresses",
      addresses: found.addresses.slice(0, most).map((address) => ({
        input,
        host,
        endpoint: { ...address, port, ...via },
        resolution,
        ...own,
      })),
    };
  }
  const unresolved = {
    target: { input, host, address: null, port, family: null },
    resolution: found,
    connections: [],
    reference: options.reference,
    expiry: options.expiry,
    startedAt,
    durationMs: found.durationMs,
  };
  return { kind: "unresolved", result: judge(unresolved) };
};

/** What a target says of its own routing. */
export const routingOf = ({ routing }: HostTarget): Pick<HostTarget, "routing"> =>
  routing === undefined ? {} : { routing };

/** How an endpoint is reached. */
export const viaOf = ({ proxy, dial }: TargetOptions): Pick<TargetOptions, "proxy" | "dial"> => ({
  ...(proxy === undefined ? {} : { proxy }),
  ...(dial === undefined ? {} : { dial }),
});

/** Null for addresses that were given: nobody was asked. */
const sourcesOf = (host: string, isGiven: boolean, waitMs: number): Promise<NameSources | null> =>
  isGiven ? Promise.resolve(null) : nameSources(host, Math.min(waitMs, EXPLANATION_MS));
