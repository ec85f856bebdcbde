/** The centre's side of JetStream: it makes the streams, submits, and reads what workers said. */
import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { STREAMS, type StreamId, workSubject } from "../model/subjects.ts";
import { FleetError } from "./connect.ts";
import { loadJetStream } from "./load.ts";

export interface Centre {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
}

export interface Keeping {
  /** How long a block is a worker's without a word, milliseconds. */
  readonly ackWaitMs: number;
  /** How long rows are kept, milliseconds. */
  readonly rowsMs: number;
  /** Servers that each stream is kept on. */
  readonly replicas: number;
}

export const DEFAULT_KEEPING: Keeping = { ackWaitMs: 60_000, rowsMs: 7 * 86_400_000, replicas: 1 };

const NANOSECONDS = 1_000_000;

/** Longer than a worker goes on to send the same message again. */
const DUPLICATES_MS = 600_000;
const DAY_MS = 86_400_000;

/** @throws FleetError where the server has no JetStream, or does not let us manage it. */
export const openCentre = async (nc: NatsConnection): Promise<Centre> => {
  const { jetstream, jetstreamManager } = await loadJetStream();
  try {
    return { nc, js: jetstream(nc), jsm: await jetstreamManager(nc) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.toLowerCase() : String(error);
    throw new FleetError(`--nats: the server has no JetStream for this user: ${reason}`);
  }
};

/** Makes the streams that are missing; what is there stays as its owner has set it. */
export const ensureStreams = async ({ jsm }: Centre, keeping: Keeping): Promise<void> => {
  const { DiscardPolicy, RetentionPolicy, StorageType } = await loadJetStream();
  const ages: Readonly<Record<StreamId, number>> = {
    work: 0,
    blocks: keeping.rowsMs,
    rows: keeping.rowsMs,
    workers: DAY_MS,
    scans: keeping.rowsMs,
    schedules: 0,
  };
  const latestOnly: ReadonlySet<StreamId> = new Set(["workers", "scans", "schedules"]);
  for (const id of STREAM_IDS) {
    const { name, subjects } = STREAMS[id];
    if (await isThere(() => jsm.streams.info(name))) continue;
    await jsm.streams.add({
      name,
      subjects: [...subjects],
      storage: StorageType.File,
      num_replicas: keeping.replicas,
      retention: id === "work" ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
      // A full store is told to who publishes: nothing that is there makes room for it.
      discard: latestOnly.has(id) ? DiscardPolicy.Old : DiscardPolicy.New,
      max_age: ages[id] * NANOSECONDS,
      max_msgs_per_subject: latestOnly.has(id) ? 1 : -1,
      duplicate_window: DUPLICATES_MS * NANOSECONDS,
      allow_direct: true,
    });
  }
};

const STREAM_IDS = [
  "work",
  "blocks",
  "rows",
  "workers",
  "scans",
  "schedules",
] as const satisfies readonly StreamId[];

/** Makes the segment's consumer, which its workers share; its ack-wait grows, and never gets shorter than a block says. */
export const ensureSegment = async (
  { jsm }: Centre,
  segment: string,
  { ackWaitMs }: Keeping,
): Promise<void> => {
  const { AckPolicy } = await loadJetStream();
  const config = {
    durable_name: segment,
    filter_subject: workSubject(segment),
    ack_policy: AckPolicy.Explicit,
    ack_wait: ackWaitMs * NANOSECONDS,
    max_deliver: -1,
    max_ack_pending: 1000,
  };
  const known = await jsm.consumers.info(STREAMS.work.name, segment).catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
  if (known === null) await jsm.consumers.add(STREAMS.work.name, config);
  else if ((known.config.ack_wait ?? 0) < config.ack_wait)
    await jsm.consumers.update(STREAMS.work.name, segment, { ack_wait: config.ack_wait });
};

const isThere = async (ask: () => Promise<unknown>): Promise<boolean> => {
  try {
    await ask();
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
};

/** Of a stream, a consumer or a message. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof Error && /not found|no message found/i.test(error.message);

/** The last message of a subject; null where there is none. */
export const lastOf = async (
  { jsm }: Centre,
  stream: StreamId,
  subject: string,
): Promise<{ readonly sequence: number; readonly text: string; readonly storedAt: Date } | null> => {
  try {
    const found = await jsm.streams.getMessage(STREAMS[stream].name, { last_by_subj: subject });
    return found === null ? null : { sequence: found.seq, text: found.string(), storedAt: found.time };
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
};

/** The last message of each subject, for streams that keep one of each. */
export const lastOfEach = async (
  { js, jsm }: Centre,
  stream: StreamId,
  filter: string,
): Promise<readonly { readonly subject: string; readonly text: string; readonly storedAt: Date }[]> => {
  const { name } = STREAMS[stream];
  const found: { subject: string; text: string; storedAt: Date }[] = [];
  if (!(await isThere(() => jsm.streams.info(name)))) return found;
  const { DeliverPolicy } = await loadJetStream();
  const consumer = await js.consumers.get(name, {
    filter_subjects: filter,
    deliver_policy: DeliverPolicy.LastPerSubject,
  });
  const { num_pending: pending } = await consumer.info();
  if (pending === 0) return found;
  const messages = await consumer.consume({ max_messages: 1000 });
  for await (const message of messages) {
    found.push({ subject: message.subject, text: message.string(), storedAt: message.time });
    if (message.info.pending === 0) break;
  }
  return found;
};
