/** What a hostile server does at a stage, whichever stage it is: a row a behaviour. */
import { encodeRecord, CONTENT_TYPE } from "../../tls/wire/record.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import type { AcceptedConnection } from "../../transport/accepted-connection.ts";
import { CONNECTION_LIFETIME_MS } from "../steps.ts";

/** What a stage has to say: as it should be, and wrong in some ways. */
export interface Words {
  readonly valid: Uint8Array;
  readonly wrongType: Uint8Array;
  readonly huge: Uint8Array;
  readonly zero: Uint8Array;
}

interface Attacked {
  readonly connection: AcceptedConnection;
  readonly words: Words;
}

export interface Behaviour {
  readonly id: string;
  /** Of the words of the stage that stands before it. */
  readonly title: string;
  /** The connection is dropped when it settles. */
  readonly does: (attacked: Attacked) => Promise<unknown>;
}

const half = ({ valid }: Words): Uint8Array => valid.subarray(0, Math.ceil(valid.length / 2));
const rest = ({ valid }: Words): Uint8Array => valid.subarray(Math.ceil(valid.length / 2));

const record = (contentType: number, fragment: Uint8Array): Uint8Array =>
  encodeRecord({ contentType, version: TLS_VERSION.tls12, fragment });

const GARBAGE = Uint8Array.from({ length: 160 }, (_, at) => [0xf0, 0x0d, 0xfe, 0xed][at % 4] ?? 0);
const FLOOD = new Uint8Array(0x10000).fill(0x41);
const INTERNAL_ERROR = Uint8Array.of(2, 80);
const EMPTY_RECORD = record(CONTENT_TYPE.handshake, new Uint8Array(0));
const EARLY_DATA = record(CONTENT_TYPE.applicationData, new Uint8Array(64).fill(0x17));
/** The head of a message of 16 MiB less a byte, and what it is filled with. */
const HUGE_MESSAGE = record(CONTENT_TYPE.handshake, Uint8Array.of(11, 0xff, 0xff, 0xff));
const FILLING = record(CONTENT_TYPE.handshake, new Uint8Array(16_000));

/** What the client says is read, and nothing more is said. */
const silence = ({ connection }: Attacked): Promise<void> => connection.drain(CONNECTION_LIFETIME_MS);

const says =
  (bytesOf: (words: Words) => Uint8Array): Behaviour["does"] =>
  async (attacked) => {
    await attacked.connection.write(bytesOf(attacked.words));
    await silence(attacked);
  };

/** As fast as the client takes it. */
const endlessly =
  (first: (words: Words) => Uint8Array, bytesOf: (words: Words) => Uint8Array): Behaviour["does"] =>
  async ({ connection, words }) => {
    await connection.write(first(words));
    const bytes = bytesOf(words);
    await connection.flood(() => bytes);
  };

const nothing = (): Uint8Array => new Uint8Array(0);

export const BEHAVIOURS: readonly Behaviour[] = [
  { id: "rst", title: "a RST", does: async ({ connection }) => connection.reset() },
  { id: "fin", title: "a FIN", does: ({ connection }) => connection.end() },
  {
    id: "half-close",
    title: "a FIN, and then silence",
    does: ({ connection }) => connection.halfClose(CONNECTION_LIFETIME_MS),
  },
  { id: "silence", title: "silence", does: silence },
  {
    ...{ id: "half-then-fin", title: "half of the answer, then a FIN" },
    does: async ({ connection, words }) => {
      await connection.write(half(words));
      await connection.end();
    },
  },
  { id: "half-then-silence", title: "half of the answer, then silence", does: says(half) },
  {
    ...{ id: "dribble", title: "a byte each 200 ms" },
    does: ({ connection, words }) => connection.dribble(words.valid, 200),
  },
  {
    ...{ id: "byte-then-silence", title: "a byte, then silence" },
    does: says(({ valid }) => valid.subarray(0, 1)),
  },
  { id: "garbage", title: "garbage", does: says(() => GARBAGE) },
  {
    ...{ id: "endless-garbage", title: "two bytes of the answer, then garbage without end" },
    does: endlessly(
      ({ valid }) => valid.subarray(0, 2),
      () => FLOOD,
    ),
  },
  {
    ...{ id: "endless-repetition", title: "the answer again and again without end" },
    does: endlessly(nothing, ({ valid }) => valid),
  },
  { id: "huge-length", title: "a length that is huge", does: says(({ huge }) => huge) },
  { id: "zero-length", title: "a length of zero", does: says(({ zero }) => zero) },
  { id: "wrong-type", title: "an answer of another type", does: says(({ wrongType }) => wrongType) },
  {
    ...{ id: "doubled", title: "the answer twice" },
    does: says(({ valid }) => Uint8Array.from([...valid, ...valid])),
  },
  {
    ...{ id: "reordered", title: "the second half of the answer, then the first" },
    does: says((words) => Uint8Array.from([...rest(words), ...half(words)])),
  },
  {
    ...{ id: "early-data", title: "application data of TLS, and then the answer" },
    does: says(({ valid }) => Uint8Array.from([...EARLY_DATA, ...valid])),
  },
  {
    ...{ id: "late", title: "the answer after a quarter of a second" },
    does: async (attacked) => {
      await attacked.connection.pause(250);
      await says(({ valid }) => valid)(attacked);
    },
  },
  { id: "alert", title: "an alert", does: says(() => record(CONTENT_TYPE.alert, INTERNAL_ERROR)) },
  {
    ...{ id: "empty-records", title: "1,000 records of nothing" },
    does: says(() => Uint8Array.from({ length: 5000 }, (_, at) => EMPTY_RECORD[at % 5] ?? 0)),
  },
  {
    ...{ id: "message-of-16-mib", title: "a message of 16 MiB" },
    does: endlessly(
      () => HUGE_MESSAGE,
      () => FILLING,
    ),
  },
  {
    ...{ id: "never-reads", title: "no word, and nothing is read" },
    does: ({ connection }) => connection.pause(CONNECTION_LIFETIME_MS),
  },
  { id: "right-then-silence", title: "the answer, then silence", does: says(({ valid }) => valid) },
  {
    ...{ id: "right-then-rst", title: "the answer, then a RST" },
    does: async ({ connection, words }) => {
      await connection.write(words.valid);
      await connection.pause(5);
      connection.reset();
    },
  },
  {
    ...{ id: "right-then-fin", title: "the answer, then a FIN" },
    does: async ({ connection, words }) => {
      await connection.write(words.valid);
      await connection.end();
    },
  },
];
