/** SIGINT and SIGTERM: the first ends the work in good order, the second at once. */
import { EXIT } from "./exit-code.ts";

export interface Signals {
  /** Aborts at the first signal. */
  readonly aborted: AbortSignal;
  /** 130 or 143 after a signal, else null. */
  exitCode(): number | null;
  /** Gives the signals back to Node's own handling. */
  release(): void;
}

const CODES = { SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm } as const;

export const onSignals = (): Signals => {
  const controller = new AbortController();
  let code: number | null = null;
  const take = (signal: NodeJS.Signals): void => {
    const exit = signal === "SIGTERM" ? CODES.SIGTERM : CODES.SIGINT;
    if (code !== null) process.exit(exit);
    code = exit;
    controller.abort();
  };
  process.on("SIGINT", take).on("SIGTERM", take);
  return {
    aborted: controller.signal,
    exitCode: () => code,
    release: () => process.off("SIGINT", take).off("SIGTERM", take),
  };
};
