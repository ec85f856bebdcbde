/** What a code says, what it does not say, and what to probe next: every meaning, or the nearest known codes. */
import { disconnectReason } from "../verdict/disconnect-reasons.ts";
import { EXTENDED_REASONS, PROTOCOL_RANGE, SEVEN_IN_THE_HANDSHAKE } from "./extended-reasons.ts";
import { ERRINFO_CLASS } from "./freerdp-errors.ts";
import { entry, MEANING_KINDS, type Meaning, type MeaningKind } from "./meaning.ts";
import { ENTRIES } from "./meanings.ts";
import { nearestNumbers, nearestWords } from "./nearest.ts";
import { numberOf } from "./number-of.ts";

export interface Explanation {
  /** As it was asked. */
  readonly query: readonly string[];
  /** Empty for a code that is not known. */
  readonly meanings: readonly Meaning[];
  /** What the two codes say together; null where there is no second one. */
  readonly together: string | null;
  /** The nearest known codes, with their prefix, where `meanings` is empty. */
  readonly nearest: readonly string[];
}

/**
 * Explains `0x904`, `0x904 0x7`, `alert 40`, `reset`.
 * @param words one code, a disconnect reason with its extended code, or a kind and a code.
 */
export const explain = (words: readonly string[]): Explanation => {
  const [first = "", second] = words;
  if (second === undefined) return answer(words, found(null, first), null, first);
  const kind = kindOf(first);
  if (kind !== null) return answer(words, found(kind, second), null, second, kind);
  const reason = found("disconnect", first);
  const extended = found("extended", second);
  if (reason.length === 0) return answer(words, [], null, first, "disconnect");
  if (extended.length === 0) return answer(words, [], null, second, "extended");
  return answer(words, [...reason, ...extended], togetherOf(numberOf(first), numberOf(second)), first);
};

const answer = (
  query: readonly string[],
  meanings: readonly Meaning[],
  together: string | null,
  asked: string,
  kind: MeaningKind | null = null,
): Explanation => ({
  query,
  meanings,
  together,
  nearest: meanings.length > 0 ? [] : nearestTo(asked, kind),
});

const kindOf = (word: string): MeaningKind | null =>
  KINDS.find((kind) => kind === word.toLowerCase()) ?? null;

const isKind = (word: string): word is MeaningKind => Object.hasOwn(MEANING_KINDS, word);
const KINDS = Object.keys(MEANING_KINDS).filter(isKind);

/** By its number, or by its code or name. */
const found = (kind: MeaningKind | null, text: string): readonly Meaning[] => {
  const number = numberOf(text);
  const word = text.trim().toLowerCase();
  const own = ENTRIES.filter(
    ({ kind: other, decimal, code, name }) =>
      (kind === null || kind === other) &&
      (number === null ? word !== "" && (code === word || name.toLowerCase() === word) : decimal === number),
  );
  if (own.length === 0 && number !== null && number >>> 16 === ERRINFO_CLASS && isOfFreerdp(kind)) {
    return found("errinfo", String(number & 0xffff));
  }
  const isProtocol = number !== null && number >= PROTOCOL_RANGE.from && number <= PROTOCOL_RANGE.to;
  return own.length === 0 && kind === "extended" && isProtocol
    ? [protocolError(number)]
    : own.map(({ tell }) => tell());
};

/** FreeRDP prints the number of a Set Error Info PDU with a class of its own above it. */
const isOfFreerdp = (kind: MeaningKind | null): boolean => kind === null || kind === "freerdp";

const protocolError = (code: number): Meaning =>
  entry("extended", `0x${code.toString(16)}`, code, "ProtocolError", () => ({
    what: "A number of the range in which the server reports errors of the session's protocol; errinfo may have its name.",
    stage: "behind MCS: the server's Set Error Info PDU carries it",
    basis: "documented",
    source: "Microsoft, ExtendedDisconnectReasonCode: 4096 to 32767",
  })).tell();

const HANDSHAKE = new Set(["dns", "tcp", "handshake", "tls", "credssp"]);

/** What an extended code adds to a disconnect reason. */
const togetherOf = (code: number | null, extended: number | null): string | null => {
  if (code === null || extended === null) return null;
  if (code === 0x904 && extended === 7) {
    return `The socket was closed. ${SEVEN_IN_THE_HANDSHAKE} No Microsoft text explains the pair. Find the stage in which it ends: the causes below stand in the order in which they are worth looking at.`;
  }
  if (extended === 0) return "The server gave no reason: the disconnect reason stands alone.";
  if (code === 0x904) {
    const name = EXTENDED_REASONS.find((row) => row.code === extended)?.name ?? `${extended}`;
    return `The socket was closed, and the server had said why, if the connection had come behind MCS: ${name}. In the handshake the number carries no cause.`;
  }
  return HANDSHAKE.has(disconnectReason(code)?.stage ?? "")
    ? "The disconnect reason is one of the handshake, where the server cannot have sent an extended code: it adds nothing."
    : "The extended code is the server's own reason, and says more than the disconnect reason.";
};

const nearestTo = (asked: string, kind: MeaningKind | null): readonly string[] => {
  const pool = ENTRIES.filter((row) => kind === null || row.kind === kind);
  const number = numberOf(asked);
  const near = number === null ? nearestWords(asked, pool) : nearestNumbers(number, pool);
  return near.map((row) => `${row.kind} ${row.code} (${row.name})`);
};
