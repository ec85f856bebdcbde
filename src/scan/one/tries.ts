/** One address, tried until there is a row: again after a loss, and again when this machine had nothing left. */
import { setTimeout as sleep } from "node:timers/promises";
import { LocalResourceError } from "../../transport/local-resource-error.ts";
import type { Result } from "../../verdict/result/result.ts";
import { type ConnectPatience, createConnectPatience } from "./connect-patience.ts";
import { createConnectionRate } from "../connection-rate.ts";
import { probeAddress } from "./probe-address.ts";
import type { AddressTarget, ProbeOptions, ProbeTurn } from "./probe-options.ts";
import { createSlots } from "../slots.ts";

export type ProbeOne = (target: AddressTarget, options: ProbeOptions, turn: ProbeTurn) => Promise<Result>;

export interface TriesOptions extends ProbeOptions {
  readonly concurrency: number;
  readonly ratePerSecond: number | null;
  readonly retries: number;
  readonly adaptive: boolean;
  readonly signal: AbortSignal;
  readonly probe?: ProbeOne;
}

export interface Tries {
  /** Runs other work in one of the same slots; null once the signal aborts. */
  resolve<T>(work: () => Promise<T>): Promise<T | null>;
  /**
   * The row of an address, or null where the signal aborts before there is one.
   * @param onClosing takes, for each connection, when it is closed on both sides.
   * @throws LocalResourceError when not even a few connections can be opened, after long waits.
   */
  probe(target: AddressTarget, onClosing: (closed: Promise<void>) => void): Promise<Result | null>;
}

const SHORTAGE = "shortage";

/** How long this machine is given to have something to spare again, before each further try. */
const SHORTAGE_WAITS_MS = [50, 100, 200, 400, 800, 1600, 3000, 3000, 3000, 3000, 5000, 5000] as const;

/** A source port can be missing, and so can the whole family: after so many waits it is the latter. */
const PORT_WAITS = 4;

const RETRY_PAUSE_MS = 250;

export const createTries = (options: TriesOptions): Tries => {
  const { signal, probe = probeAddress } = options;
  const slots = createSlots(options.concurrency);
  const rate = createConnectionRate(options.ratePerSecond);
  const patience = options.adaptive ? createConnectPatience(options.timeoutMs) : null;

  const tryOnce = (target: AddressTarget, onClosing: (closed: Promise<void>) => void) =>
    slots.run(async (): Promise<Result | null> => {
      await rate.admit(true);
      if (signal.aborted) return null;
      let isFirst = true;
      const admit = (): Promise<void> => {
        const isAdmitted = isFirst;
        isFirst = false;
        return isAdmitted ? ADMITTED : rate.admit(false);
      };
      const waits = patienceFor(patience, target);
      try {
        const result = await probe(target, options, { ...waits, admit, onClosing });
        if (isOutOfPorts(result)) return result;
        learn(patience, target, result);
        return result;
      } catch (error) {
        if (signal.aborted && !(error instanceof LocalResourceError)) return null;
        throw error;
      }
    });

  return {
    resolve: (work) => slots.run(async () => (signal.aborted ? null : work())),
    async probe(target, onClosing) {
      let connections = 0;
      let losses = 0;
      for (let shortages = 0; !signal.aborted; ) {
        const result = await tryOnce(target, onClosing).catch((error: unknown): typeof SHORTAGE => {
          if (error instanceof LocalResourceError && shortages < SHORTAGE_WAITS_MS.length) return SHORTAGE;
          throw error;
        });
        if (result === null) return null;
        if (result === SHORTAGE || (isOutOfPorts(result) && shortages < PORT_WAITS)) {
          slots.shortage();
          await sleep(SHORTAGE_WAITS_MS[shortages]);
          shortages += 1;
          continue;
        }
        connections += result.connections;
        if (!isLoss(result) || losses >= options.retries) return { ...result, connections };
        losses += 1;
        await sleep(RETRY_PAUSE_MS);
      }
      return null;
    },
  };
};

const ADMITTED = Promise.resolve();

const patienceFor = (
  patience: ConnectPatience | null,
  { endpoint }: AddressTarget,
): Pick<ProbeTurn, "connectTimeoutMs" | "leavesSilent"> =>
  patience === null ? {} : { connectTimeoutMs: patience.timeoutMs(endpoint.address), leavesSilent: true };

/** What the SYN's answer took, whether it was SYN+ACK or RST, is what the next SYNs are held to. */
const learn = (patience: ConnectPatience | null, { endpoint }: AddressTarget, result: Result): void => {
  const { code } = result.verdict;
  const tcp = result.stages.find(({ name }) => name === "tcp");
  if (patience === null || tcp === undefined || tcp.durationMs === null) return;
  if (tcp.status === "ok" || code === "port-closed") patience.answered(endpoint.address, tcp.durationMs);
};

/** Nothing came in time: a loss on the way can look like that. */
const isLoss = ({ verdict }: Result): boolean =>
  verdict.code === "port-filtered" || verdict.code === "timeout";

/** On Linux also what a machine says that has no address of the family, so that it can be a verdict. */
const isOutOfPorts = ({ verdict }: Result): boolean =>
  verdict.code === "inconclusive" && verdict.evidence["error"] === "EADDRNOTAVAIL";
