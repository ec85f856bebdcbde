/** Submits what is due, as long as the lease is held: of several schedulers one does it, and each run is submitted once. */
import { setTimeout as sleep } from "node:timers/promises";
import { LeaseView } from "./model/lease.ts";
import { dueRun, runName } from "./model/submission.ts";
import type { Centre } from "./nats/centre.ts";
import { changeSchedule, leaseOf, schedulesOf, writeLease } from "./nats/schedules.ts";
import { submit } from "./nats/submit.ts";

export interface SchedulerOptions {
  readonly self: string;
  readonly leaseMs: number;
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

/** How often the lease and the schedules are looked at, of the lease. */
const LOOK_SHARE = 1 / 10;

/** Goes on until the signal aborts, and gives the lease up then. */
export const runScheduler = async (centre: Centre, options: SchedulerOptions): Promise<void> => {
  const { self, leaseMs, signal, tell } = options;
  const view = new LeaseView(self, leaseMs);
  let held = false;
  let sequence = 0;
  while (!signal.aborted) {
    try {
      const seen = await leaseOf(centre);
      view.saw(seen, performance.now());
      const over = view.wants(performance.now());
      if (over !== null) {
        const beganMs = performance.now();
        const written = await writeLease(centre, self, over);
        if (written !== null) {
          sequence = written;
          view.wrote(written, beganMs);
        }
      }
      const holds = view.holds(performance.now());
      if (holds !== held) tell(holds ? "this scheduler has the lease" : "another scheduler has the lease");
      held = holds;
      if (holds) await submitDue(centre, view, options);
    } catch (error) {
      tell(`it goes on to try: ${error instanceof Error ? error.message : String(error)}`);
    }
    await sleep(leaseMs * LOOK_SHARE, undefined, { signal }).catch(() => {});
  }
  if (view.holds(performance.now())) await writeLease(centre, null, sequence).catch(() => null);
};

const submitDue = async (
  centre: Centre,
  view: LeaseView,
  { tell, signal }: SchedulerOptions,
): Promise<void> => {
  for (const kept of await schedulesOf(centre)) {
    const due = dueRun(kept.schedule, new Date());
    if (due === null) continue;
    if (signal.aborted || !view.holds(performance.now())) return;
    const { schedule, submission } = kept.schedule;
    const scan = runName(schedule, due);
    // Who comes second finds the scan there, or goes on with what the first one left half done.
    const manifest = await submit(centre, submission, { scan, schedule, createdAt: due }, kept.keeping);
    if (manifest !== null) tell(`${scan} is submitted`);
    await changeSchedule(centre, { ...kept, schedule: { ...kept.schedule, lastAt: due.toISOString() } });
  }
};
