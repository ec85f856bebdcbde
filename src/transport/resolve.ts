/** Name resolution through the system's resolver, as mstsc does: hosts file, DNS, and whatever else is set up. */
import { lookup } from "node:dns/promises";
import { errorCode } from "./error-code.ts";

interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

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
 * @param timeoutMs after it the outcome is `failed`; the resolver itself cannot be stopped.
 */
export const resolveName = async (
  name: string,
  family: 0 | 4 | 6,
  timeoutMs: number,
): Promise<NameResolution> => {
  const started = performance.now();
  const elapsed = () => performance.now() - started;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, timeoutMs, "late" as const);
  });
  try {
    const found = await Promise.race([lookup(name, { all: true, family, verbatim: true }), late]);
    if (found === "late") return { outcome: "failed", detail: "timeout", durationMs: elapsed() };
    const unique = new Map(found.map(({ address, family: kind }) => [address, kind === 6 ? 6 : 4] as const));
    const addresses = [...unique].map(([address, kind]) => ({ address, family: kind }));
    return addresses.length === 0
      ? { outcome: "not-found", detail: "no address", durationMs: elapsed() }
      : { outcome: "resolved", addresses, durationMs: elapsed() };
  } catch (error) {
    const detail = errorCode(error) ?? "unknown";
    return { outcome: NOT_FOUND.has(detail) ? "not-found" : "failed", detail, durationMs: elapsed() };
  } finally {
    clearTimeout(timer);
  }
};
