/** A block of work: some targets, and how they are probed. It says all that a worker needs to know. */
import { jsonOf, listOf, numberOf, objectOf, textOf } from "./json-reader.ts";
import { isToken } from "./subjects.ts";

/** How a scan probes, in the words of the command line; a worker reads them as it reads its own. */
export interface ScanWords {
  readonly depth: "quick" | "standard" | "full";
  readonly ask?: readonly string[];
  readonly client: string;
  readonly timeout: string;
  readonly deadline?: string;
  readonly pause: string;
  readonly retries: string;
  readonly expiryWarning: string;
  readonly expiryCritical: string;
  readonly cookie?: string;
  readonly rate?: string;
  readonly ipv4?: true;
  readonly ipv6?: true;
}

export interface Block {
  readonly scan: string;
  readonly segment: string;
  /** From 0, in its segment. */
  readonly block: number;
  /** Targets as one types them: ranges, addresses, names. */
  readonly words: readonly string[];
  /** Of the words that name none. */
  readonly ports: readonly number[];
  /** Pairs of host and port. */
  readonly count: number;
  /** How long the block is a worker's without a word, milliseconds; the centre may wait longer. */
  readonly ackWaitMs: number;
  readonly settings: ScanWords;
}

/** A block holds at most so many targets: it is probed, told and, after a loss, probed again as a whole. */
export const MAX_BLOCK_TARGETS = 4096;

export const encodeBlock = (block: Block): string => JSON.stringify({ v: 1, ...block });

/** Null for what is no block of this version. */
export const decodeBlock = (text: string): Block | null => {
  const json = jsonOf(text);
  if (json === null || json["v"] !== 1) return null;
  const scan = textOf(json["scan"]);
  const segment = textOf(json["segment"]);
  const block = numberOf(json["block"]);
  const count = numberOf(json["count"]);
  const ackWaitMs = numberOf(json["ackWaitMs"]);
  const words = listOf(json["words"], textOf);
  const ports = listOf(json["ports"], numberOf);
  const settings = settingsOf(json["settings"]);
  if (scan === null || segment === null || block === null || count === null) return null;
  if (words === null || ports === null || settings === null || ackWaitMs === null) return null;
  if (!isToken(scan) || !isToken(segment) || count > MAX_BLOCK_TARGETS) return null;
  return { scan, segment, block, words, ports, count, ackWaitMs, settings };
};

const DEPTHS = ["quick", "standard", "full"] as const;

/** Null where a part that every scan has is missing. */
export const settingsOf = (value: unknown): ScanWords | null => {
  const json = objectOf(value);
  if (json === null) return null;
  const depth = DEPTHS.find((one) => one === json["depth"]);
  const [client, timeout, pause] = [textOf(json["client"]), textOf(json["timeout"]), textOf(json["pause"])];
  const retries = textOf(json["retries"]);
  const [warning, critical] = [textOf(json["expiryWarning"]), textOf(json["expiryCritical"])];
  if (depth === undefined || client === null || timeout === null || pause === null) return null;
  if (retries === null || warning === null || critical === null) return null;
  const [deadline, cookie, rate] = [json["deadline"], json["cookie"], json["rate"]].map(textOf);
  const ask = listOf(json["ask"], textOf);
  return {
    ...{ depth, client, timeout, pause, retries, expiryWarning: warning, expiryCritical: critical },
    ...(ask === null ? {} : { ask }),
    ...(deadline == null ? {} : { deadline }),
    ...(cookie == null ? {} : { cookie }),
    ...(rate == null ? {} : { rate }),
    ...(json["ipv4"] === true ? { ipv4: true } : {}),
    ...(json["ipv6"] === true ? { ipv6: true } : {}),
  };
};
