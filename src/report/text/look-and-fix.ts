/** Out of a result's remedies: what to look at first, which changes nothing, and what mends it. */
import { NOTHING_TO_UNDO, type Remedy } from "../../verdict/remedies/remedy.ts";
import { remedyRow } from "../../verdict/remedies/remedies.ts";
import { isOurs } from "./command-place.ts";

/** What the choice depends on. */
export interface SeenOfServer {
  readonly stage: string | null;
  /** Code of the likeliest cause. */
  readonly cause: string | null;
  /** What answers, where it is known. */
  readonly server: string | null;
  /** What the Connection Confirm could be of. */
  readonly hints: readonly unknown[];
}

/** Where a Windows server's TLS fails, Schannel's events tell the causes apart. */
const SCHANNEL_EVENTS = remedyRow("read-schannel-events");
const DECIDED_BY_EVENTS: ReadonlySet<string> = new Set([
  "private-key-unreadable",
  "cipher-policy",
  "tls-version-policy",
  "signature-policy",
  "suites-do-not-fit-certificate",
  "server-tls-fault",
]);

const UNKNOWN: ReadonlySet<string | null> = new Set([null, "unknown"]);

/** @param remedies those of the likeliest cause first. */
export const lookAndFix = <R extends Remedy>(
  remedies: readonly R[],
  seen: SeenOfServer,
): { readonly look: Remedy | null; readonly fix: R | null } => {
  const fix = remedies.find(({ undo }) => undo !== NOTHING_TO_UNDO) ?? null;
  return { look: lookOf(remedies, fix, seen), fix };
};

/** For the same kind of server as the fix of the likeliest cause: no shell of Linux before one of Windows. */
const lookOf = (
  remedies: readonly Remedy[],
  fix: Remedy | null,
  { stage, cause, server, hints }: SeenOfServer,
): Remedy | null => {
  const isWindows = UNKNOWN.has(server) ? hints.includes("windows") : server === "windows";
  if (stage === "tls" && isWindows && DECIDED_BY_EVENTS.has(cause ?? "")) return SCHANNEL_EVENTS;
  const fits = (look: Remedy): boolean =>
    fix === null || isOurs(look) || (look.shell === "bash") === (fix.shell === "bash");
  return remedies.find((look) => look.undo === NOTHING_TO_UNDO && fits(look)) ?? null;
};
