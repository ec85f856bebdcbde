/** Places for lookups that run at the same time: whoever finds none free waits in the order of arrival. */

export interface LookupLane {
  /** A place at once, or null; what it gives takes it back. */
  take(): Release | null;
  wait(): Waiting;
}

/** Gives the place to whoever waits first. */
type Release = () => void;

interface Waiting {
  readonly turn: Promise<Release>;
  /** The place is wanted no more, whether it was given meanwhile or not. */
  leave(): void;
}

export const createLookupLane = (places: number): LookupLane => {
  const queue = new Set<(release: Release) => void>();
  let used = 0;
  const pass: Release = () => {
    const [next] = queue;
    if (next === undefined) {
      used -= 1;
      return;
    }
    queue.delete(next);
    next(pass);
  };
  const take = (): Release | null => {
    if (used >= places) return null;
    used += 1;
    return pass;
  };
  return {
    take,
    wait() {
      const free = take();
      if (free !== null) return { turn: Promise.resolve(free), leave: free };
      let given: Release | null = null;
      let next: (release: Release) => void = () => {};
      const turn = new Promise<Release>((resolve) => {
        next = (release) => {
          given = release;
          resolve(release);
        };
        queue.add(next);
      });
      return {
        turn,
        leave() {
          if (given === null) queue.delete(next);
          else given();
        },
      };
    },
  };
};
