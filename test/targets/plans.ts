/** Plans from text, for the tests of targets. */
import { TargetList } from "../../src/targets/plan/target-list.ts";
import { orderTargets } from "../../src/targets/order/target-order.ts";
import { planTargets, type TargetPlan } from "../../src/targets/plan/target-plan.ts";
import type { TargetSpec } from "../../src/targets/plan/target-spec.ts";
import { targetsOfText } from "../../src/targets/plan/target-text.ts";

/** @throws Error with the problem of the first target that is none. */
export const listOf = (text: string): TargetList => {
  const list = new TargetList();
  for (const entry of targetsOfText(text)) {
    if (!entry.ok) throw new Error(entry.problem);
    list.add(entry.value);
  }
  return list;
};

export const planOf = (targets: string, { exclude = "", ports = [3389] } = {}): TargetPlan =>
  planTargets({ targets: listOf(targets), exclusions: listOf(exclude), ports });

/** All targets of a plan as typed. */
export const typedOrder = (plan: TargetPlan): TargetSpec[] => [
  ...orderTargets(plan, { seed: null, shard: null }),
];

/** `host port`, for sets. */
export const keyOf = ({ host, port }: TargetSpec): string => `${host} ${port}`;
