/** A worker whose centre goes away in the middle of a block: it gives the block back, and lives on. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { settingsOfWords } from "../../../src/cli/fleet/scan-words.ts";
import type { Block } from "../../../src/fleet/model/block.ts";
import { runWorker } from "../../../src/fleet/worker.ts";
import type { Delivery, WorkerPort } from "../../../src/fleet/worker-port.ts";
import { parseAllowList } from "../../../src/targets/plan/allow-list.ts";

const ACK_WAIT_MS = 1500;

/** More rows than may be on their way at a time. */
const block = (number: number, count: number): Block => ({
  ...{
    scan: "s",
    segment: "here",
    block: number,
    words: [`127.77.${number * 8}.0/${32 - Math.log2(count)}`],
  },
  ...{ ports: [1], count, ackWaitMs: ACK_WAIT_MS },
  settings: {
    ...{ depth: "quick", client: "win11-mstsc-nla", timeout: "1s", pause: "50ms", retries: "0" },
    ...{ expiryWarning: "30", expiryCritical: "14" },
  },
});

const createPort = () => {
  const waiting = [block(0, 2048), block(1, 4)];
  const told: string[] = [];
  let isAway = false;
  const unlessAway = async (): Promise<void> => {
    if (isAway) throw new Error("no answer");
  };
  const deliveryOf = (own: Block): Delivery => ({
    ...{ block: own, deliveries: 1 },
    extend: unlessAway,
    acknowledge: async () => void told.push(`acknowledged ${own.block}`),
    giveBack: () => {
      told.push(`given back ${own.block}`);
      isAway = false;
    },
    setAside: () => void told.push(`set aside ${own.block}`),
  });
  const port: WorkerPort = {
    next: async () => {
      const own = waiting.shift();
      if (own !== undefined) return deliveryOf(own);
      await sleep(20);
      return null;
    },
    rows: async (_scan, { block: number }) => {
      if (number === 0) isAway = true;
      await unlessAway();
    },
    done: async (_scan, { block: number, lines }) => void told.push(`done ${number}: ${lines}`),
    failed: async () => {},
    alive: () => {},
  };
  return { port, told };
};

describe("a centre that is away for longer than a block is the worker's", () => {
  it("costs that block, and not the worker", async () => {
    const { port, told } = createPort();
    const allow = parseAllowList(["127.0.0.0/8"]);
    if (!allow.ok) throw new Error(allow.problem);
    const draining = new AbortController();
    const worked = runWorker(port, {
      ...{ segment: "here", worker: "w", version: "0", allow: allow.value, allowWords: [], hours: null },
      ...{ ratePerSecond: null, maxDeliveries: 5, draining: draining.signal, tell: () => {} },
      settings: (words) => settingsOfWords(words, { concurrency: "64", ratePerSecond: null }),
    });
    await Promise.race([worked, expect.poll(() => told, { timeout: 60_000 }).toContain("acknowledged 1")]);
    draining.abort();
    await expect(worked).resolves.toEqual({ blocks: 1, targets: 4 });
    expect(told).toEqual(["given back 0", "done 1: 4", "acknowledged 1"]);
  });
});
