/** Waiting for something that happens outside this process. */
import { setTimeout as sleep } from "node:timers/promises";

/** Asks until the answer is true; false when it was not within `timeoutMs`. */
export const eventually = async (
  condition: () => boolean | Promise<boolean>,
  { timeoutMs, everyMs = 20 }: { readonly timeoutMs: number; readonly everyMs?: number },
): Promise<boolean> => {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() >= end) return false;
    await sleep(everyMs);
  }
  return true;
};
