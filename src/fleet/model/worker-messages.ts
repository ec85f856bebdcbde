/** What a worker says of a block: rows, its end, and that it cannot be done. A line of JSON is the head, one more a row. */
import { jsonOf, listOf, numberOf, objectOf, textOf } from "./json-reader.ts";

/** One answer for a target: a row, or why there is none. */
export type TargetLine =
  | { readonly n: number; readonly result: Readonly<Record<string, unknown>> }
  | { readonly n: number; readonly refused: RefusalCode };

/** Why a worker did not probe what it was given. */
export const REFUSALS = {
  "not-allowed": "outside the worker's --allow",
} as const;

export type RefusalCode = keyof typeof REFUSALS;

export interface RowsMessage {
  readonly block: number;
  /** One delivery of the block to one worker. */
  readonly attempt: string;
  /** Not read yet: a line of JSON each. */
  readonly lines: readonly string[];
}

export interface DoneMessage {
  readonly block: number;
  readonly attempt: string;
  /** How many of the attempt's lines were stored before. */
  readonly lines: number;
  readonly worker: string;
  readonly version: string;
  /** By the worker's clock, RFC 3339. */
  readonly at: string;
}

export interface FailedMessage {
  readonly block: number;
  readonly worker: string;
  readonly why: string;
}

export const encodeRow = (n: number, result: object): string => JSON.stringify({ n, r: result });

export const encodeRefusal = (n: number, refused: RefusalCode): string => JSON.stringify({ n, refused });

export const encodeRows = ({ block, attempt, lines }: RowsMessage): string =>
  `${JSON.stringify({ v: 1, block, attempt })}\n${lines.join("\n")}`;

export const encodeDone = (message: DoneMessage): string => JSON.stringify({ v: 1, ...message });

export const encodeFailed = (message: FailedMessage): string => JSON.stringify({ v: 1, ...message });

/** Null for what a worker of this version does not say. */
export const decodeRows = (text: string): RowsMessage | null => {
  const [head = "", ...lines] = text.split("\n");
  const json = jsonOf(head);
  const block = numberOf(json?.["block"]);
  const attempt = textOf(json?.["attempt"]);
  return json?.["v"] === 1 && block !== null && attempt !== null && lines.length > 0
    ? { block, attempt, lines }
    : null;
};

export const decodeDone = (text: string): DoneMessage | null => {
  const json = jsonOf(text);
  if (json?.["v"] !== 1) return null;
  const [block, lines] = [numberOf(json["block"]), numberOf(json["lines"])];
  const [attempt, worker] = [textOf(json["attempt"]), textOf(json["worker"])];
  const [version, at] = [textOf(json["version"]), textOf(json["at"])];
  if (block === null || lines === null || attempt === null || worker === null) return null;
  return version === null || at === null ? null : { block, attempt, lines, worker, version, at };
};

export const decodeFailed = (text: string): FailedMessage | null => {
  const json = jsonOf(text);
  if (json?.["v"] !== 1) return null;
  const [block, worker, why] = [numberOf(json["block"]), textOf(json["worker"]), textOf(json["why"])];
  return block === null || worker === null || why === null ? null : { block, worker, why };
};

/** Null for a line that says nothing of a target. */
export const decodeLine = (text: string): TargetLine | null => {
  const json = jsonOf(text);
  const n = numberOf(json?.["n"]);
  if (json === null || n === null) return null;
  const result = objectOf(json["r"]);
  if (result !== null) return { n, result };
  const refused = textOf(json["refused"]);
  return refused !== null && isRefusal(refused) ? { n, refused } : null;
};

const isRefusal = (text: string): text is RefusalCode => Object.hasOwn(REFUSALS, text);

/** What a worker says of itself every few seconds. */
export interface Heartbeat {
  readonly worker: string;
  readonly segment: string;
  readonly version: string;
  /** By its own clock, RFC 3339, as the next one. */
  readonly at: string;
  readonly startedAt: string;
  readonly state: "waiting" | "probing" | "outside-hours" | "draining" | "stopped";
  readonly allow: readonly string[];
  readonly hours: string | null;
  readonly rate: number | null;
  /** Blocks in hand: `scan/number`. */
  readonly inHand: readonly string[];
  readonly blocks: number;
  readonly targets: number;
}

const STATES = ["waiting", "probing", "outside-hours", "draining", "stopped"] as const;

export const encodeHeartbeat = (heartbeat: Heartbeat): string => JSON.stringify({ v: 1, ...heartbeat });

export const decodeHeartbeat = (text: string): Heartbeat | null => {
  const json = jsonOf(text);
  if (json?.["v"] !== 1) return null;
  const [worker, segment, version] = [json["worker"], json["segment"], json["version"]].map(textOf);
  const [at, startedAt] = [textOf(json["at"]), textOf(json["startedAt"])];
  const state = STATES.find((one) => one === json["state"]);
  const [blocks, targets] = [numberOf(json["blocks"]), numberOf(json["targets"])];
  if (worker == null || segment == null || version == null || at === null || startedAt === null) return null;
  if (state === undefined || blocks === null || targets === null) return null;
  return {
    ...{ worker, segment, version, at, startedAt, state, blocks, targets },
    allow: listOf(json["allow"], textOf) ?? [],
    hours: textOf(json["hours"]),
    rate: numberOf(json["rate"]),
    inHand: listOf(json["inHand"], textOf) ?? [],
  };
};
