/** Schedules and the lease of who submits them: messages of a stream that keeps the last one of each subject. */
import { gunzipSync, gzipSync } from "node:zlib";
import type { Seen } from "../model/lease.ts";
import { jsonOf, textOf } from "../model/json-reader.ts";
import { LEASE_SUBJECT, scheduleSubject, STREAMS } from "../model/subjects.ts";
import { decodeSchedule, encodeSchedule, type Schedule } from "../model/submission.ts";
import { type Centre, ensureStreams, isNotFound, type Keeping, lastOf } from "./centre.ts";
import { FleetError } from "./connect.ts";

/** What NATS takes in a message by default, less what stands around it. */
const MAX_SCHEDULE_BYTES = 1_000_000;
/** Nobody's list of targets unpacks to more. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

export interface KeptSchedule {
  readonly schedule: Schedule;
  readonly keeping: Keeping;
  /** The message's number, which a change names. */
  readonly sequence: number;
}

/** @throws FleetError for one of that name, or one that is too large. */
export const putSchedule = async (centre: Centre, schedule: Schedule, keeping: Keeping): Promise<void> => {
  await ensureStreams(centre, keeping);
  await write(centre, { schedule, keeping, sequence: 0 }).catch((error: unknown) => {
    if (isLost(error)) throw new FleetError(`there is a schedule ${schedule.schedule} already`);
    throw error;
  });
};

/** Whether the change was made: nobody else changed it meanwhile. */
export const changeSchedule = async (centre: Centre, kept: KeptSchedule): Promise<boolean> =>
  write(centre, kept).then(
    () => true,
    (error: unknown) => {
      if (isLost(error)) return false;
      throw error;
    },
  );

/** Whether there was one. */
export const removeSchedule = async ({ jsm }: Centre, schedule: string): Promise<boolean> => {
  try {
    const { purged } = await jsm.streams.purge(STREAMS.schedules.name, { filter: scheduleSubject(schedule) });
    return purged > 0;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
};

/** All that can be read. */
export const schedulesOf = async (centre: Centre): Promise<readonly KeptSchedule[]> => {
  const subjects = await subjectsOf(centre, scheduleSubject("*"));
  const kept: KeptSchedule[] = [];
  for (const subject of subjects) {
    const message = await bytesOf(centre, subject);
    const one = message === null ? null : read(message.bytes, message.sequence);
    if (one !== null) kept.push(one);
  }
  return kept;
};

/** The lease as it stands. */
export const leaseOf = async (centre: Centre): Promise<Seen> => {
  const last = await lastOf(centre, "schedules", LEASE_SUBJECT);
  if (last === null) return { sequence: 0, holder: null };
  return { sequence: last.sequence, holder: textOf(jsonOf(last.text)?.["holder"]) };
};

/** Writes the lease over the message of that number; null where another one was first. @param holder null gives it up. */
export const writeLease = async (
  { js }: Centre,
  holder: string | null,
  over: number,
): Promise<number | null> => {
  try {
    const { seq } = await js.publish(LEASE_SUBJECT, JSON.stringify({ holder }), {
      expect: { lastSubjectSequence: over },
    });
    return seq;
  } catch (error) {
    if (isLost(error)) return null;
    throw error;
  }
};

const isLost = (error: unknown): boolean =>
  error instanceof Error && /wrong last sequence/i.test(error.message);

const write = async ({ js }: Centre, { schedule, keeping, sequence }: KeptSchedule): Promise<void> => {
  const bytes = gzipSync(JSON.stringify({ keeping, schedule: encodeSchedule(schedule) }));
  if (bytes.length > MAX_SCHEDULE_BYTES)
    throw new FleetError(
      `the schedule's targets are ${bytes.length} bytes, packed: a message takes ${MAX_SCHEDULE_BYTES}`,
    );
  await js.publish(scheduleSubject(schedule.schedule), bytes, { expect: { lastSubjectSequence: sequence } });
};

const read = (bytes: Uint8Array, sequence: number): KeptSchedule | null => {
  try {
    const json = jsonOf(gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }).toString());
    const schedule = decodeSchedule(textOf(json?.["schedule"]) ?? "");
    const keeping = keepingOf(json?.["keeping"]);
    return schedule === null || keeping === null ? null : { schedule, keeping, sequence };
  } catch {
    return null;
  }
};

const keepingOf = (value: unknown): Keeping | null => {
  if (typeof value !== "object" || value === null) return null;
  const { ackWaitMs, rowsMs, replicas }: Partial<Record<keyof Keeping, unknown>> = value;
  return typeof ackWaitMs === "number" && typeof rowsMs === "number" && typeof replicas === "number"
    ? { ackWaitMs, rowsMs, replicas }
    : null;
};

const subjectsOf = async ({ jsm }: Centre, filter: string): Promise<readonly string[]> => {
  try {
    const { state } = await jsm.streams.info(STREAMS.schedules.name, { subjects_filter: filter });
    return Object.keys(state.subjects ?? {}).toSorted();
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
};

const bytesOf = async (
  { jsm }: Centre,
  subject: string,
): Promise<{ readonly bytes: Uint8Array; readonly sequence: number } | null> => {
  try {
    const found = await jsm.streams.getMessage(STREAMS.schedules.name, { last_by_subj: subject });
    return found === null ? null : { bytes: found.data, sequence: found.seq };
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
};
