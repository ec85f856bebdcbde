/** From a producer that calls to a consumer that loops: one value at a time, each waited for until it is taken. */
export interface HandOver<T> {
  /** Settles when the value was taken, or nobody is there any more. */
  give(value: T): Promise<void>;
  /** Nothing more comes. */
  readonly end: () => void;
  /** The loop is to throw this. */
  readonly fail: (reason: unknown) => void;
  /** The consumer is gone. */
  leave(): void;
  taken(): AsyncGenerator<T, void, undefined>;
}

export const createHandOver = <T>(): HandOver<T> => {
  const waiting: { readonly value: T; readonly taken: () => void }[] = [];
  let ending: { readonly reason: unknown; readonly isFailure: boolean } | null = null;
  let isLeft = false;
  let wake = (): void => {};
  const over = (reason: unknown, isFailure: boolean): void => {
    ending ??= { reason, isFailure };
    wake();
  };
  return {
    give: (value) =>
      isLeft
        ? Promise.resolve()
        : new Promise((taken) => {
            waiting.push({ value, taken });
            wake();
          }),
    end: () => over(null, false),
    fail: (reason) => over(reason, true),
    leave() {
      isLeft = true;
      for (const { taken } of waiting.splice(0)) taken();
    },
    async *taken() {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) {
          next.taken();
          yield next.value;
        } else if (ending !== null) {
          if (ending.isFailure) throw ending.reason;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
};
