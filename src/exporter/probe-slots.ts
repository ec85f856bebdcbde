/** How many probes run at once: what exceeds waits its turn, as long as its time allows. */

export interface ProbeSlots {
  /**
   * Waits for a free slot, in the order of arrival.
   * @returns what gives the slot back, or null where none came free within `waitMs`.
   */
  take(waitMs: number): Promise<(() => void) | null>;
  inUse(): number;
  waiting(): number;
}

export const createProbeSlots = (count: number): ProbeSlots => {
  const queue = new Set<(release: () => void) => void>();
  let used = 0;

  const pass = (): void => {
    const [next] = queue;
    if (next === undefined) {
      used -= 1;
      return;
    }
    queue.delete(next);
    next(once(pass));
  };

  return {
    inUse: () => used,
    waiting: () => queue.size,
    take: async (waitMs) => {
      if (used < count) {
        used += 1;
        return once(pass);
      }
      if (waitMs <= 0) return null;
      return new Promise((resolve) => {
        const turn = (release: () => void): void => {
          clearTimeout(timer);
          resolve(release);
        };
        const timer = setTimeout(() => {
          queue.delete(turn);
          resolve(null);
        }, waitMs);
        queue.add(turn);
      });
    },
  };
};

/** A slot given back twice would be two. */
const once = (action: () => void): (() => void) => {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
};
