/** Looks a number or a word up in the tables, and by the rules that make one number of another. */
import { PROTOCOL_RANGE } from "./extended-reasons.ts";
import { ERRINFO_CLASS } from "./freerdp-errors.ts";
import { FACILITY_NT_BIT } from "./hresults.ts";
import { entry, type Meaning, type MeaningKind } from "./meaning.ts";
import { ENTRIES } from "./meanings.ts";
import { NO_SOURCE } from "../verdict/disconnect-reasons.ts";
import { numberOf } from "./number-of.ts";
import { HRESULT_OF_WIN32 } from "./win32-errors.ts";

/** By its number, or by its code or name; of one kind, or of every kind that writes numbers so. */
export const found = (kind: MeaningKind | null, text: string): readonly Meaning[] => {
  const number = numberOf(text);
  const word = text.trim().toLowerCase();
  const own = ENTRIES.filter(
    (row) =>
      (kind === null ? number === null || isWrittenSo(row.kind, text) : kind === row.kind) &&
      (number === null
        ? word !== "" && (row.code === word || row.name.toLowerCase() === word)
        : row.decimal === number),
  );
  if (own.length > 0) return own.toSorted(bySource).map(({ tell }) => tell());
  return number === null ? [] : byRule(kind, number);
};

/** Numbers that only search engines have a meaning for stand behind those that somebody wrote down. */
const bySource = (a: Pick<Meaning, "name">, b: Pick<Meaning, "name">): number =>
  Number(a.name === NO_SOURCE) - Number(b.name === NO_SOURCE);

/** Kinds whose numbers nobody writes in hexadecimal. */
const DECIMAL: ReadonlySet<MeaningKind> = new Set(["alert", "event", "nagios", "win32", "guacamole"]);
/** Those that mean this kind to hardly anybody who has the number alone. */
const LARGE: ReadonlySet<MeaningKind> = new Set(["win32"]);
const LEAST = 1000;

const isWrittenSo = (kind: MeaningKind, text: string): boolean => {
  const isHexadecimal = /^0x/i.test(text.trim());
  if (DECIMAL.has(kind) && isHexadecimal) return kind === "guacamole" && /^0x0[1-3]/i.test(text.trim());
  return !LARGE.has(kind) || Number(text) >= LEAST;
};

interface Rule {
  readonly kind: MeaningKind;
  readonly isOf: (number: number) => boolean;
  readonly source: (number: number) => number;
  readonly why: string;
}

const RULES: readonly Rule[] = [
  {
    kind: "ntstatus",
    isOf: (number) => number >>> 28 === 0xd,
    source: (number) => (number - FACILITY_NT_BIT) >>> 0,
    why: "HRESULT_FROM_NT of it ([MS-ERREF] 2.1.2): the leading D stands for C.",
  },
  {
    kind: "win32",
    isOf: (number) => number >>> 16 === HRESULT_OF_WIN32,
    source: (number) => number & 0xffff,
    why: "HRESULT_FROM_WIN32 of it ([MS-ERREF] 2.1.2): the error is in the lower half.",
  },
  {
    kind: "errinfo",
    isOf: (number) => number >>> 16 === ERRINFO_CLASS,
    source: (number) => number & 0xffff,
    why: "FreeRDP prints the number of a Set Error Info PDU with a class of its own above it.",
  },
];

/** Kinds under which the number that a rule makes may be asked for. */
const UNDER: Readonly<Partial<Record<MeaningKind, MeaningKind>>> = {
  ntstatus: "hresult",
  win32: "hresult",
  errinfo: "freerdp",
};

const byRule = (kind: MeaningKind | null, number: number): readonly Meaning[] => {
  const isProtocol = number >= PROTOCOL_RANGE.from && number <= PROTOCOL_RANGE.to;
  if (kind === "extended" && isProtocol) return [protocolError(number)];
  const rule = RULES.find(
    (row) => row.isOf(number) && (kind === null || kind === row.kind || kind === UNDER[row.kind]),
  );
  if (rule === undefined) return [];
  const source = rule.source(number);
  return ENTRIES.filter((row) => row.kind === rule.kind && row.decimal === source)
    .map(({ tell }) => tell())
    .map((row) => ({ ...row, said: `0x${number.toString(16)} is ${rule.why}` }));
};

const protocolError = (code: number): Meaning =>
  entry("extended", `0x${code.toString(16)}`, code, "ProtocolError", () => ({
    what: "A number of the range in which the server reports errors of the session's protocol; errinfo may have its name.",
    stage: "after MCS: the server's Set Error Info PDU carries it",
    basis: "documented",
    source: "Microsoft, ExtendedDisconnectReasonCode: 4096 to 32767",
  })).tell();
