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

/** A fix, and the program that it is for. */
export interface FixOfProgram<R extends Remedy> {
  readonly program: string;
  readonly fix: R;
}

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

/**
 * The first fix of each program that may answer, where that is not known: Windows' first; none where one fix is enough.
 * @param remedies of every cause, the likeliest first.
 */
export const fixesByProgram = <R extends Remedy>(
  remedies: readonly R[],
  { server, hints }: SeenOfServer,
): readonly FixOfProgram<R>[] => {
  if (!UNKNOWN.has(server) || !hints.includes("windows") || !hints.includes("xrdp")) return [];
  const firstOf = (program: string, isXrdp: boolean): readonly FixOfProgram<R>[] =>
    remedies
      .filter((one) => one.undo !== NOTHING_TO_UNDO && (one.shell === "bash") === isXrdp)
      .slice(0, 1)
      .map((fix) => ({ program, fix }));
  const found = [...firstOf("Windows", false), ...firstOf("xrdp", true)];
  return found.length > 1 ? found : [];
};
