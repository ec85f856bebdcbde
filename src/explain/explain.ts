/** What a code says, what it does not say, and what to probe next: of one code, of two, or of a text that holds some. */
import { disconnectReason } from "../verdict/disconnect-reasons.ts";
import { EXTENDED_REASONS, PROTOCOL_RANGE, SEVEN_IN_THE_HANDSHAKE } from "./extended-reasons.ts";
import { found } from "./found.ts";
import { MEANING_KINDS, type Meaning, type MeaningKind, PROBE } from "./meaning.ts";
import { ENTRIES } from "./meanings.ts";
import { nearestWords } from "./nearest.ts";
import { numberOf } from "./number-of.ts";
import { codesInText, type PastedCode } from "./paste.ts";

export interface Explanation {
  /** As it was asked. */
  readonly query: readonly string[];
  /** Empty for a code that is not known. */
  readonly meanings: readonly Meaning[];
  /** What the two codes say together; null where there is no second one. */
  readonly together: string | null;
  /** Words of the tables that are like the one that was asked for, with their kind; none for a number. */
  readonly nearest: readonly string[];
  /** What was asked, or stands in the text, and is in no table. */
  readonly unknown: readonly string[];
  /** The command that tells more than the code; null where the handshake has no part in it. */
  readonly first: string | null;
}

/**
 * Explains `0x904`, `0x904 0x7`, `0x904/0x7`, `alert 40`, `reset`, or a text that was pasted.
 * @param words arguments of a command line, or one text.
 */
export const explain = (words: readonly string[]): Explanation => {
  const [first = "", second, ...more] = wordsOf(words);
  if (second === undefined) return ofOne(words, first);
  const kind = kindOf(first);
  if (more.length > 0) return ofText(words);
  if (kind !== null) {
    const meanings = found(kind, second);
    return answer(words, meanings, meanings.length > 0 ? [] : [second]);
  }
  return numberOf(first) !== null && numberOf(second) !== null ? ofPair(words, first, second) : ofText(words);
};

/** One text of few words is the same as the words. */
const wordsOf = (words: readonly string[]): readonly string[] =>
  words
    .join(" ")
    .slice(0, MAX_WORDS)
    .split(/\s+/)
    .filter((word) => word !== "");

const MAX_WORDS = 4096;

const ofOne = (query: readonly string[], word: string): Explanation => {
  const own = found(null, word);
  if (own.length > 0) return answer(query, own, []);
  const reason = HEXADECIMAL_WITHOUT_PREFIX.test(word) ? found("disconnect", `0x${word}`) : [];
  if (reason.length > 0) return answer(query, reason, []);
  return numberOf(word) === null && codesInText(word).length > 0 ? ofText(query) : answer(query, [], [word]);
};

/** As people write the number of a dialog: 904, b09, 1b07. */
const HEXADECIMAL_WITHOUT_PREFIX = /^[1-9a-f][0-9a-f]{2,3}$/i;

/** A code and the extended one behind it: each is told even where the other is not known. */
const ofPair = (query: readonly string[], first: string, second: string): Explanation => {
  const own = found("disconnect", first);
  const reason = own.length > 0 ? own : found(null, first).filter(({ kind }) => OF_DIALOGS.has(kind));
  const extended = extendedOf(second);
  const unknown = [...(reason.length === 0 ? [first] : []), ...(extended.length === 0 ? [second] : [])];
  const together = unknown.length > 0 ? null : togetherOf(numberOf(first), numberOf(second));
  return { ...answer(query, [...reason, ...extended], unknown), unknown, together };
};

/** What stands in front of an extended code in a dialog. */
const OF_DIALOGS: ReadonlySet<MeaningKind> = new Set(["gateway", "ntstatus", "hresult", "win32", "freerdp"]);

/** Extended codes are values of the Set Error Info PDU: those that the list lacks are in the PDU's table. */
const extendedOf = (text: string): readonly Meaning[] => {
  const own = found("extended", text);
  return own.length > 0 && own.every(({ name }) => name !== "ProtocolError")
    ? own
    : [...found("errinfo", text), ...own].slice(0, 1);
};

const ofText = (query: readonly string[]): Explanation => {
  const codes = codesInText(query.join(" "));
  const [first, second] = codes;
  if (first === undefined) return answer(query, [], [query.join(" ").trim()]);
  if (second !== undefined && codes.length === 2 && codes.every(isBareNumber) && isExtended(second.text))
    return ofPair(query, first.text, second.text);
  const told = codes.map((code) => ({ code, meanings: foundIn(code) }));
  const meanings = told.flatMap((row) => row.meanings);
  // A word in capitals may be anything; a number of a known place that is in no table is worth a line.
  const unknown = told.filter((row) => row.meanings.length === 0 && numberOf(row.code.text) !== null);
  return answer(
    query,
    distinct(meanings),
    unknown.map(({ code }) => code.text),
  );
};

const isBareNumber = ({ kind, text }: PastedCode): boolean => kind === null && numberOf(text) !== null;

/** Extended codes end with the range of the session's protocol. */
const isExtended = (text: string): boolean => (numberOf(text) ?? Infinity) <= PROTOCOL_RANGE.to;

const foundIn = ({ kind, text }: PastedCode): readonly Meaning[] =>
  found(kind, text).filter((meaning) => kind !== null || !OWN_WORDS.has(meaning.kind));

/** Words of rdprobe's own, which a text may hold by chance. */
const OWN_WORDS: ReadonlySet<MeaningKind> = new Set([
  "verdict",
  "finding",
  "cause",
  "remedy",
  "beyond",
  "advice",
]);

const distinct = (meanings: readonly Meaning[]): readonly Meaning[] => [
  ...new Map(meanings.map((row) => [`${row.kind} ${row.code}`, row])).values(),
];

const answer = (
  query: readonly string[],
  meanings: readonly Meaning[],
  unknown: readonly string[],
): Explanation => ({
  query,
  meanings,
  together: null,
  nearest: meanings.length > 0 ? [] : unknown.flatMap(nearestTo),
  unknown: meanings.length > 0 && unknown.every((text) => numberOf(text) === null) ? [] : unknown,
  first: firstOf(meanings, unknown),
});

const firstOf = (meanings: readonly Meaning[], unknown: readonly string[]): string | null => {
  const isNumber = meanings.length === 0 && unknown.some((text) => numberOf(text) !== null);
  const isProbed = meanings.some(
    ({ decimal, next }) => decimal !== null && next.some((command) => command.startsWith(PROBE)),
  );
  return isNumber || isProbed ? PROBE : null;
};

const kindOf = (word: string): MeaningKind | null =>
  KINDS.find((kind) => kind === word.toLowerCase()) ?? null;

const isKind = (word: string): word is MeaningKind => Object.hasOwn(MEANING_KINDS, word);
const KINDS = Object.keys(MEANING_KINDS).filter(isKind);

const HANDSHAKE = new Set(["dns", "tcp", "handshake", "tls", "credssp"]);

/** What an extended code adds to a disconnect reason. */
const togetherOf = (code: number | null, extended: number | null): string | null => {
  if (code === null || extended === null) return null;
  if (code === 0x904 && extended === 7) {
    return `The socket was closed. ${SEVEN_IN_THE_HANDSHAKE} No Microsoft text explains the pair. Find the stage in which it ends: the causes below are in the order in which to check them.`;
  }
  if (extended === 0) return "The server gave no reason: only the first code counts.";
  if (code === 0x904) {
    const name = EXTENDED_REASONS.find((row) => row.code === extended)?.name ?? `${extended}`;
    return `The socket was closed, and the server had said why, if the connection had got past MCS: ${name}. In the handshake the number carries no cause.`;
  }
  return HANDSHAKE.has(disconnectReason(code)?.stage ?? "")
    ? "The disconnect reason is one of the handshake, where the server cannot have sent an extended code: it adds nothing."
    : "The extended code is the server's own reason, and says more than the first one.";
};

/** Only for words: the number beside one that is not known says nothing of it. */
const nearestTo = (asked: string): readonly string[] =>
  numberOf(asked) !== null || !/[a-z]{3}/i.test(asked)
    ? []
    : nearestWords(asked, ENTRIES).map((row) => `${row.kind} ${row.code} (${row.name})`);
