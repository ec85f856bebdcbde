import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RepeatedResult } from "../../../src/verdict/repeat/repeat-report.ts";
import { EXECUTABLE, ensureBuilt } from "../cli/executable.ts";
import { describeWhere } from "../../support/availability.ts";
import { eventually } from "../../support/eventually.ts";
import { createDelayedPair, delayLinkAvailable } from "./delay-link.ts";
import type { NamespacePair } from "./namespaces.ts";

const PORT = 3389;
/** 30 ms each way and up to 20 ms more. */
const LINK = { oneWayMs: 30, jitterMs: 20, loss: 0.05, lossTowards: "server", seed: 7 } as const;
const FASTEST_MS = 2 * LINK.oneWayMs;
const MEAN_MS = 80;
const TURNS = 3;

beforeAll(ensureBuilt, 150_000);

describeWhere(delayLinkAvailable())("a link that takes 80 ms ± 20 ms and loses 5 % of what is sent", () => {
  let pair: NamespacePair;

  beforeAll(async () => {
    pair = await createDelayedPair(LINK);
    const script = fileURLToPath(new URL("windows-like.ts", import.meta.url));
    const args = ["--import", "tsx", script, pair.server.address, String(PORT)];
    const server = await pair.server.start(process.execPath, args);
    const settled = () => server.hasEnded() || server.stdout() === "ready\n";
    if (!(await eventually(settled, { timeoutMs: 20_000 })) || server.hasEnded()) {
      throw new Error(server.stderr());
    }
  });

  afterAll(() => pair?.remove());

  const fiftyProbes = async (): Promise<RepeatedResult> => {
    const options = ["--json", "--depth", "quick", "--count", "50", "--interval", "0"];
    const args = [EXECUTABLE, ...options, `${pair.server.address}:${PORT}`];
    const { stdout, stderr } = await pair.client.run(process.execPath, args, { timeoutMs: 90_000 });
    expect(stderr).toBe("");
    return JSON.parse(stdout);
  };

  it("is reported by --count 50: latency within 10 %, loss within its confidence interval", async () => {
    let { repeat } = await fiftyProbes();
    // A busy machine makes the link slower, but never faster.
    for (let turn = 1; turn < TURNS && (repeat.latencyMs?.median ?? 0) > 1.1 * MEAN_MS; turn += 1) {
      ({ repeat } = await fiftyProbes());
    }
    expect(repeat.count).toBe(50);
    expect(repeat.latencyMs?.min).toBeGreaterThanOrEqual(FASTEST_MS);
    expect(repeat.latencyMs?.median).toBeGreaterThan(0.9 * MEAN_MS);
    expect(repeat.latencyMs?.median).toBeLessThan(1.1 * MEAN_MS);
    expect(repeat.loss.repeatedSyns).toBeGreaterThan(0);
    expect(repeat.loss.lowPercent).toBeLessThan(100 * LINK.loss);
    expect(repeat.loss.highPercent).toBeGreaterThan(100 * LINK.loss);
  }, 240_000);
});
