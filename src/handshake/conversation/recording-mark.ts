/**
 * What a recording of our own says of a connection beside its packets, as a comment on its first one: what
 * the probe asked, and what no wire shows. It comes from a file, and is held to its form when read.
 */
import { FAULT_KINDS, LIMIT_VALUES, type TlsFault, type TlsLimit } from "../../tls/client/tls-fault.ts";
import { type StoppedTls, CONNECT_FAILURES, type ConnectFailure } from "./transcript.ts";

/** Events of a transcript that leave no packet. Times as in the transcript. */
export type UnseenEvent =
  | { readonly kind: "tls-stopped"; readonly atMs: number; readonly state: StoppedTls }
  | { readonly kind: "timeout"; readonly atMs: number }
  | { readonly kind: "overflow"; readonly atMs: number; readonly limitBytes: number }
  | {
      readonly kind: "connect-failed";
      readonly atMs: number;
      readonly reason: ConnectFailure;
      readonly detail: string;
    };

export interface RecordingMark {
  /** Number of the probe in the file; its connections have it in common. */
  readonly probe: number;
  /** What the connection was for: a purpose of the plan, or one of `RECORDED_BESIDE`. */
  readonly purpose: string;
  /** As the user typed it, and the host in it. */
  readonly input: string;
  readonly host: string;
  /** Id of the client that the verdict is for. */
  readonly reference: string;
  /** How long the name took to resolve, milliseconds; null for a literal address. */
  readonly resolvedMs: number | null;
  /** When the probe began: milliseconds since the epoch. */
  readonly probeStartedAtMs: number;
  /** When the dialling began, by the clock of the transcript. */
  readonly startedAtMs: number;
  readonly unseen: readonly UnseenEvent[];
}

/** What connections are for that are no part of a probe's facts: suites and clients, other services. */
export const RECORDED_BESIDE = { enumeration: "enumeration", listener: "listener" } as const;

const PREFIX = "rdprobe.connection/1 ";

/** The comment that carries a mark. */
export const formatRecordingMark = (mark: RecordingMark): string => `${PREFIX}${JSON.stringify(mark)}`;

/** The mark in the first line of a packet's comment, or null where the comment is another. */
export const parseRecordingMark = (comment: string | null): RecordingMark | null => {
  if (comment === null || !comment.startsWith(PREFIX)) return null;
  const [line = ""] = comment.split("\n", 1);
  const value = parsedJson(line.slice(PREFIX.length));
  if (!isRecord(value)) return null;
  const {
    probe,
    purpose,
    input,
    host,
    reference,
    resolvedMs = null,
    probeStartedAtMs,
    startedAtMs,
    unseen,
  } = value;
  if (resolvedMs !== null && !isTime(resolvedMs)) return null;
  if (!isCount(probe) || !isTime(probeStartedAtMs) || !isTime(startedAtMs)) return null;
  if (!isText(purpose) || !isText(input) || !isText(host) || !isText(reference)) return null;
  if (!Array.isArray(unseen) || unseen.length > MAX_UNSEEN) return null;
  const events = unseen.filter((event) => !isOfOldEngine(event)).map(unseenEvent);
  const known = events.filter((event) => event !== null);
  if (known.length < events.length) return null;
  const who = { probe, purpose, input, host, reference };
  return { ...who, resolvedMs, probeStartedAtMs, startedAtMs, unseen: known };
};

/** Recordings up to version 0.1.0 name what their TLS library gave up on; the packets say it better. */
const isOfOldEngine = (event: unknown): boolean => isRecord(event) && event["kind"] === "session-failed";

const MAX_UNSEEN = 8;
const MAX_TEXT = 4096;
/** The last time that a date can be made of (ECMA-262 21.4.1.1). */
const MAX_TIME_MS = 8.64e15;

const unseenEvent = (value: unknown): UnseenEvent | null => {
  if (!isRecord(value) || !isTime(value["atMs"])) return null;
  const { kind, atMs, detail, reason, limitBytes } = value;
  switch (kind) {
    case "timeout":
      return { kind, atMs };
    case "tls-stopped": {
      const state = stoppedTls(value["state"]);
      return state === null ? null : { kind, atMs, state };
    }
    case "overflow":
      return isCount(limitBytes) ? { kind, atMs, limitBytes } : null;
    case "connect-failed":
      return isText(detail) && isFailure(reason) ? { kind, atMs, reason, detail } : null;
    default:
      return null;
  }
};

const stoppedTls = (value: unknown): StoppedTls | null => {
  if (!isRecord(value)) return null;
  const { kind, fault, limit } = value;
  if (kind === "fault" && isFault(fault)) return { kind, fault };
  return kind === "limit" && isLimit(limit) ? { kind, limit } : null;
};

const isFault = (value: unknown): value is TlsFault =>
  isRecord(value) &&
  FAULT_KINDS.has(value["kind"]) &&
  isText(value["message"]) &&
  isText(value["field"]) &&
  isCount(value["offset"]) &&
  isText(value["reason"]);

const isLimit = (value: unknown): value is TlsLimit => {
  if (!isRecord(value)) return false;
  const name = LIMIT_VALUES.get(value["kind"]);
  return name !== undefined && (isCount(value[name]) || (name === "algorithm" && isText(value[name])));
};

const isFailure = (value: unknown): value is ConnectFailure =>
  CONNECT_FAILURES.some((failure) => failure === value);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === "string" && value.length <= MAX_TEXT;

const isTime = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && value <= MAX_TIME_MS;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && isTime(value);

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
