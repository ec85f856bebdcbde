/** How a scan probes, between the command line's options and a block's words. */
import type { ScanWords } from "../../fleet/model/block.ts";
import type { SessionSettings } from "../../fleet/worker.ts";
import { scanSettings } from "../options/probe-settings.ts";
import { UsageError } from "../words/usage-error.ts";

/** Of a command line's flags those that are a scan's. @throws UsageError for what no worker would take. */
export const scanWords = (flags: ScanWords): ScanWords => {
  const { depth, ask, client, timeout, deadline, pause, retries } = flags;
  const { expiryWarning, expiryCritical, cookie, rate, ipv4, ipv6 } = flags;
  const words: ScanWords = {
    ...{ depth, client, timeout, pause, retries, expiryWarning, expiryCritical },
    ...(ask === undefined ? {} : { ask }),
    ...(deadline === undefined ? {} : { deadline }),
    ...(cookie === undefined ? {} : { cookie }),
    ...(rate === undefined ? {} : { rate }),
    ...(ipv4 === undefined ? {} : { ipv4 }),
    ...(ipv6 === undefined ? {} : { ipv6 }),
  };
  scanSettings({ ...words, ...UNUSED });
  return words;
};

/** What a worker's own options bound. */
export interface WorkerBounds {
  readonly concurrency: string;
  readonly ratePerSecond: number | null;
}

/** Null for words that this version does not take. */
export const settingsOfWords = (
  words: ScanWords,
  { concurrency, ratePerSecond }: WorkerBounds,
): SessionSettings | null => {
  try {
    const settings = scanSettings({ ...words, ...UNUSED, concurrency });
    const asked = settings.ratePerSecond;
    return {
      ...settings,
      ratePerSecond:
        asked === null || ratePerSecond === null ? (asked ?? ratePerSecond) : Math.min(asked, ratePerSecond),
    };
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
};

/** What the default command has beside. */
const UNUSED = { port: "3389", concurrency: "256", format: "text", color: "never", interval: "1s" } as const;
