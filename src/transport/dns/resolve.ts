/** Name resolution through the system's resolver, as mstsc does: hosts file, DNS, and whatever else is set up. */
import { lookup } from "node:dns/promises";
import { askDns } from "./ask-dns.ts";
import { errorCode } from "../error-code.ts";
import { createResolver, type Lookup, type ResolvedAddress } from "./resolver.ts";
import { parallelLookups } from "./resolver-limits.ts";

export type NameResolution =
  | {
      readonly outcome: "resolved";
      readonly addresses: readonly ResolvedAddress[];
      readonly durationMs: number;
    }
  | { readonly outcome: "not-found" | "failed"; readonly detail: string; readonly durationMs: number };

/** Answers that say the name has no address, as against no answer. */
const NOT_FOUND: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA", "EAI_NONAME", "EAI_NODATA"]);

/**
 * Every A and AAAA address of a name, in the resolver's order, each once.
 * @param family 4 or 6 for one kind alone, 0 for both.
 * @param timeoutMs from when the name's turn came; after it the outcome is `failed`.
 */
export const resolveName = (name: string, family: 0 | 4 | 6, timeoutMs: number): Promise<NameResolution> =>
  resolveBy(systemLookup(), name, family, timeoutMs);

const resolveBy = async (
  look: Lookup,
  name: string,
  family: 0 | 4 | 6,
  timeoutMs: number,
): Promise<NameResolution> => {
  const end = await look(name, family, timeoutMs);
  const { durationMs } = end;
  switch (end.kind) {
    case "late":
      return { outcome: "failed", detail: "timeout", durationMs };
    case "error": {
      const detail = errorCode(end.error) ?? "unknown";
      return { outcome: NOT_FOUND.has(detail) ? "not-found" : "failed", detail, durationMs };
    }
    case "found": {
      const unique = new Map(end.addresses.map((one) => [one.address, one] as const));
      return unique.size === 0
        ? { outcome: "not-found", detail: "no address", durationMs }
        : { outcome: "resolved", addresses: [...unique.values()], durationMs };
    }
  }
};

let shared: Lookup | null = null;

/** One for the process, as its threads are. */
const systemLookup = (): Lookup => {
  shared ??= createResolver({
    parallel: parallelLookups(process.env, process.platform),
    lookup: async (name, family) => {
      const found = await lookup(name, { all: true, family, verbatim: true });
      return found.map(({ address, family: kind }) => ({ address, family: kind === 6 ? 6 : 4 }));
    },
    ask: askDns,
  });
  return shared;
};
