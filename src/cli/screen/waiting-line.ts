/** One line on a terminal's stderr while a probe waits: for which stage, and for how long it will. */
import type { ProbeOptions } from "../../scan/one/probe-options.ts";
import { canRedraw, type Terminal } from "./terminal.ts";

export interface WaitingLine {
  readonly onWait: NonNullable<ProbeOptions["onWait"]>;
  /** Takes the line away. */
  stop(): void;
}

/** A host that answers at once is not worth a line. */
const QUIET_MS = 800;
const EVERY_MS = 200;
/** To the start of the line, and clear it (ECMA-48 8.3.41). */
const CLEAR = "\r\u001b[K";

/** Null where no terminal can take a line back. */
export const startWaitingLine = (terminal: Terminal): WaitingLine | null => {
  if (!canRedraw(terminal)) return null;
  const { stderr } = terminal;
  let stage: string | null = null;
  let sinceMs = 0;
  let forMs = 0;
  let shown = "";
  const draw = (): void => {
    const waitedMs = performance.now() - sinceMs;
    if (stage === null || waitedMs < QUIET_MS) return;
    const [waited, most] = [waitedMs, forMs].map((ms) => Math.max(1, Math.round(ms / 1000)));
    const text = `${stage}: waiting ${waited} of ${most} s`;
    if (text !== shown) stderr.write(`${CLEAR}${text}`);
    shown = text;
  };
  const timer = setInterval(draw, EVERY_MS).unref();
  return {
    onWait: (next, mostMs) => {
      if (next === stage && mostMs <= forMs) return;
      stage = next;
      sinceMs = performance.now();
      forMs = mostMs;
    },
    stop: () => {
      clearInterval(timer);
      if (shown !== "") stderr.write(CLEAR);
    },
  };
};
