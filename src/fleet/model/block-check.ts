/** Whether what a worker says of a block is about the block's targets, each once: nobody writes rows of others' hosts. */
import { portOf } from "../../audit/row-of-json.ts";
import { blockTargets } from "./block-targets.ts";
import type { Block } from "./block.ts";
import { decodeLine, type RefusalCode, type TargetLine } from "./worker-messages.ts";
import { objectOf } from "./json-reader.ts";

export interface CheckedBlock {
  /** In the order of their targets; a name has one for each of its addresses. */
  readonly results: readonly Readonly<Record<string, unknown>>[];
  readonly refused: readonly { readonly target: string; readonly why: RefusalCode }[];
}

/** The block's rows, or what is wrong with them. */
export const checkBlock = (
  block: Block,
  lines: readonly string[],
): { readonly ok: true; readonly value: CheckedBlock } | { readonly ok: false; readonly why: string } => {
  const plan = blockTargets(block);
  if (plan === null) return { ok: false, why: "the block itself cannot be read" };
  const read = lines.map(decodeLine);
  if (read.some((line) => line === null)) return { ok: false, why: "a line is no row" };
  const sorted = read.filter((line) => line !== null).toSorted((a, b) => a.n - b.n);
  const results: Readonly<Record<string, unknown>>[] = [];
  const refused: { target: string; why: RefusalCode }[] = [];
  let at = 0;
  for (let n = 0; n < block.count; n += 1) {
    const { host, port, family, input } = plan.at(n);
    const own: TargetLine[] = [];
    for (let line = sorted[at]; line !== undefined && line.n === n; line = sorted[at]) {
      own.push(line);
      at += 1;
    }
    if (own.length === 0) return { ok: false, why: `there is no row of ${input}` };
    if (family !== null && own.length > 1)
      return { ok: false, why: `there are ${own.length} rows of ${input}` };
    const addresses = new Set<unknown>();
    for (const line of own) {
      if ("refused" in line) {
        refused.push({ target: input, why: line.refused });
        continue;
      }
      const target = objectOf(line.result["target"]);
      if (target?.["host"] !== host || portOf(target["port"]) !== port)
        return { ok: false, why: `a row of ${input} is about another host` };
      const address = target["address"] ?? null;
      if (family !== null && address !== host)
        return { ok: false, why: `a row of ${input} has another address` };
      if (addresses.has(address)) return { ok: false, why: `an address of ${input} has two rows` };
      addresses.add(address);
      results.push(line.result);
    }
  }
  return at === sorted.length
    ? { ok: true, value: { results, refused } }
    : { ok: false, why: "there are rows of targets that the block has not" };
};
