/** A submission becomes a scan: its manifest, its blocks for the centre, the same blocks as work, and the manifest again, whole. */
import type { JetStreamClient } from "@nats-io/jetstream";
import { TargetList } from "../../targets/plan/target-list.ts";
import { planTargets } from "../../targets/plan/target-plan.ts";
import { targetsOfText } from "../../targets/plan/target-text.ts";
import { type Runs, runsOf } from "../model/address-runs.ts";
import { type Block, encodeBlock } from "../model/block.ts";
import { cutBlocks } from "../model/block-cut.ts";
import { blockSubject, scanSubject, workSubject } from "../model/subjects.ts";
import { decodeManifest, encodeManifest, type Manifest, type Submission } from "../model/submission.ts";
import { type Centre, ensureSegment, ensureStreams, type Keeping, lastOf } from "./centre.ts";
import { FleetError } from "./connect.ts";

export interface Run {
  readonly scan: string;
  readonly schedule: string | null;
  readonly createdAt: Date;
}

/** Messages on their way at a time. */
const MAX_OUTSTANDING = 256;

/**
 * Publishes all of it; what was published before, as by a run that was cut off, is not published twice.
 * @returns null where the scan is there already, whole.
 */
export const submit = async (
  centre: Centre,
  submission: Submission,
  { scan, schedule, createdAt }: Run,
  keeping: Keeping,
): Promise<Manifest | null> => {
  await ensureStreams(centre, keeping);
  const { ackWaitMs } = keeping;
  const { blockSize, ports, settings, uncovered } = submission;
  const parts = submission.segments.map(({ segment, words }) => ({
    segment,
    runs: runsOfWords(words, ports),
  }));
  const segments = parts.map(({ segment, runs }) => {
    let blocks = 0;
    let targets = 0;
    for (const { count } of cutBlocks(runs, blockSize, ports)) {
      blocks += 1;
      targets += count;
    }
    return { segment, blocks, targets };
  });
  for (const { segment, blocks } of segments) if (blocks > 0) await ensureSegment(centre, segment, keeping);
  const manifest = { scan, createdAt: createdAt.toISOString(), segments, uncovered, settings, schedule };
  const first = await publishFirst(centre, { ...manifest, isWhole: false });
  if (first === "whole") return null;
  const outstanding = createOutstanding(centre.js);
  for (const { segment, runs } of parts) {
    let block = 0;
    for (const cut of cutBlocks(runs, blockSize, ports)) {
      const text = encodeBlock({ scan, segment, block, ...cut, ports, ackWaitMs, settings } satisfies Block);
      const id = `${scan}/${segment}/${block}`;
      // The centre knows a block before any worker does.
      await outstanding.publish(blockSubject(scan, segment, block), text, id);
      await outstanding.publish(workSubject(segment), text, id);
      block += 1;
    }
  }
  await outstanding.settled();
  const whole = { ...manifest, isWhole: true };
  await centre.js.publish(scanSubject(scan), encodeManifest(whole));
  return whole;
};

/** Only one of two who submit the same scan begins it; who finds it begun and not whole goes on. */
const publishFirst = async (centre: Centre, manifest: Manifest): Promise<"begun" | "whole"> => {
  const subject = scanSubject(manifest.scan);
  try {
    await centre.js.publish(subject, encodeManifest(manifest), { expect: { lastSubjectSequence: 0 } });
    return "begun";
  } catch (error) {
    if (!(error instanceof Error && /wrong last sequence/i.test(error.message))) throw error;
  }
  const known = decodeManifest((await lastOf(centre, "scans", subject))?.text ?? "");
  if (known === null) throw new FleetError(`the scan ${manifest.scan} is there and cannot be read`);
  if (known.isWhole) return "whole";
  if (JSON.stringify(known.segments) !== JSON.stringify(manifest.segments))
    throw new FleetError(`the scan ${manifest.scan} is there, of other targets: give another --id`);
  return "begun";
};

const runsOfWords = (words: readonly string[], ports: readonly number[]): Runs => {
  const targets = new TargetList();
  for (const word of words) {
    for (const entry of targetsOfText(word)) {
      if (!entry.ok) throw new FleetError(entry.problem);
      targets.add(entry.value);
    }
  }
  return runsOf(planTargets({ targets, exclusions: new TargetList(), ports }).spans());
};

/** Many on their way; what fails is told at the next word, or at the end. */
const createOutstanding = (js: JetStreamClient) => {
  const flying = new Set<Promise<void>>();
  let failure: Error | null = null;
  const check = (): void => {
    if (failure !== null)
      throw new FleetError(
        `not all blocks are stored: ${failure.message}; submit it again with the same --id`,
      );
  };
  return {
    async publish(subject: string, text: string, msgID: string): Promise<void> {
      check();
      const flight: Promise<void> = js
        .publish(subject, text, { msgID, retries: 5, timeout: 10_000 })
        .then(
          () => {},
          (error: unknown) => {
            failure = error instanceof Error ? error : new Error(String(error));
          },
        )
        .finally(() => flying.delete(flight));
      flying.add(flight);
      if (flying.size >= MAX_OUTSTANDING) await Promise.race(flying);
    },
    async settled(): Promise<void> {
      await Promise.all(flying);
      check();
    },
  };
};
