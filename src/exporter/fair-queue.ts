/** Dear work one at a time, by turns of those who ask for it: whoever asks for much waits for himself. */

export interface FairQueue<T> {
  /** Runs the work when its asker's turn comes; `full` where too much waits already. */
  run(asker: string, work: () => Promise<T>): Promise<T | "full">;
}

export interface QueueBounds {
  /** Of one asker, what runs included. */
  readonly ofOne: number;
  readonly all: number;
}

interface Waiting {
  readonly start: () => void;
  readonly refuse: () => void;
}

export const createFairQueue = <T>({ ofOne, all }: QueueBounds): FairQueue<T> => {
  /** Askers in the order of their turns. */
  const lines = new Map<string, Waiting[]>();
  let waiting = 0;
  let running: string | null = null;

  const next = (): void => {
    running = null;
    const [turn] = lines;
    if (turn === undefined) return;
    const [asker, line] = turn;
    const first = line.shift();
    lines.delete(asker);
    if (line.length > 0) lines.set(asker, line);
    if (first === undefined) return;
    waiting -= 1;
    running = asker;
    first.start();
  };

  /** Whether one more of this asker's may wait: where all is full, the newest of whoever has most goes. */
  const admits = (asker: string): boolean => {
    const own = (lines.get(asker)?.length ?? 0) + (running === asker ? 1 : 0);
    if (own >= ofOne) return false;
    if (waiting < all) return true;
    let longest: { readonly asker: string; readonly line: Waiting[] } | null = null;
    for (const [other, line] of lines) {
      if (line.length > (longest?.line.length ?? 0)) longest = { asker: other, line };
    }
    if (longest === null || longest.line.length <= own + 1) return false;
    waiting -= 1;
    longest.line.pop()?.refuse();
    return true;
  };

  return {
    run: (asker, work) => {
      if (!admits(asker)) return Promise.resolve("full");
      return new Promise((resolve, reject) => {
        const start = (): void => void work().then(resolve, reject).finally(next);
        if (running === null) {
          running = asker;
          start();
          return;
        }
        const line = lines.get(asker) ?? [];
        line.push({ start, refuse: () => resolve("full") });
        lines.set(asker, line);
        waiting += 1;
      });
    },
  };
};
