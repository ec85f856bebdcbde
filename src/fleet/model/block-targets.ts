/** The targets that a block's words stand for, at numbers that worker and centre agree on. */
import { TargetList } from "../../targets/plan/target-list.ts";
import { planTargets, type TargetPlan } from "../../targets/plan/target-plan.ts";
import { targetsOfText } from "../../targets/plan/target-text.ts";
import type { Block } from "./block.ts";

/** Null for words that are no targets, or not as many as the block says. */
export const blockTargets = ({
  words,
  ports,
  count,
}: Pick<Block, "words" | "ports" | "count">): Pick<TargetPlan, "at" | "count"> | null => {
  const targets = new TargetList();
  for (const word of words) {
    for (const entry of targetsOfText(word)) {
      if (!entry.ok) return null;
      targets.add(entry.value);
    }
  }
  const plan = planTargets({ targets, exclusions: new TargetList(), ports });
  return plan.count === BigInt(count) ? plan : null;
};
