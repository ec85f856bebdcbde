import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AddressTarget } from "../../src/scan/one/probe-options.ts";
import type { HostTarget } from "../../src/scan/one/probe-target.ts";
import { type ScanOptions, type ScanRow, scan } from "../../src/scan/scan.ts";
import { scanAll } from "../../src/scan/scan-all.ts";
import type { ProbeOne } from "../../src/scan/one/tries.ts";
import { LocalResourceError } from "../../src/transport/local-resource-error.ts";
import { DEFAULT_EXPIRY } from "../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../src/verdict/result/result.ts";
import { RESULTS } from "../report/results.ts";
import { REFERENCE } from "../verdict/transcripts.ts";

const addressOf = (index: number): string => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;

const targetOf = (host: string, port = 3389): HostTarget => ({ input: host, host, family: 4, port });

const resultOf = ({ input, host, endpoint }: AddressTarget, like: Result = RESULTS.portClosed): Result => ({
  ...like,
  target: { input, host, address: endpoint.address, port: endpoint.port, family: endpoint.family },
});

const optionsOf = (probe: ProbeOne, more: Partial<ScanOptions> = {}): Omit<ScanOptions, "onRow"> => ({
  depth: "quick",
  pauseMs: 0,
  timeoutMs: 1000,
  deadlineMs: 5000,
  routing: null,
  reference: REFERENCE,
  expiry: DEFAULT_EXPIRY,
  family: 0,
  concurrency: 8,
  ratePerSecond: null,
  retries: 0,
  adaptive: false,
  signal: new AbortController().signal,
  probe,
  ...more,
});

/** Watches how many probes are open, in all and at one address; each leaves its connection open for a while. */
const watched = () => {
  const open = new Map<string, number>();
  let running = 0;
  let mostRunning = 0;
  let mostAtOne = 0;
  const probe: ProbeOne = async (target, _options, { onClosing }) => {
    const { address } = target.endpoint;
    running += 1;
    open.set(address, (open.get(address) ?? 0) + 1);
    mostRunning = Math.max(mostRunning, running);
    mostAtOne = Math.max(mostAtOne, open.get(address) ?? 0);
    await sleep(1);
    running -= 1;
    onClosing?.(
      sleep(2).then(() => {
        open.set(address, (open.get(address) ?? 0) - 1);
      }),
    );
    return resultOf(target);
  };
  return { probe, mostRunning: () => mostRunning, mostAtOne: () => mostAtOne };
};

describe("a scan of many targets", () => {
  it("has never two connections to one address, whatever its ports, and never more probes than slots", async () => {
    const places = fc.array(fc.record({ host: fc.nat(5), port: fc.integer({ min: 1, max: 9 }) }), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(places, fc.integer({ min: 1, max: 6 }), async (wanted, concurrency) => {
        const watch = watched();
        const targets = wanted.map(({ host, port }) => targetOf(addressOf(host), port));
        const results = await scanAll(targets, optionsOf(watch.probe, { concurrency }));
        expect(results.map(({ target }) => `${target.host}:${target.port}`)).toEqual(
          targets.map(({ host, port }) => `${host}:${port}`),
        );
        expect(watch.mostAtOne()).toBeLessThanOrEqual(1);
        expect(watch.mostRunning()).toBeLessThanOrEqual(concurrency);
      }),
      { numRuns: 30 },
    );
  });

  it("reads no further ahead in its targets than a bounded window, also where the writer is slow", async () => {
    let read = 0;
    let written = 0;
    let furthest = 0;
    function* targets(): Generator<HostTarget> {
      for (; read < 500; read += 1) yield targetOf(addressOf(read));
    }
    await scan(targets(), {
      ...optionsOf(async (target) => resultOf(target), { concurrency: 10 }),
      onRow: async () => {
        await sleep(0);
        written += 1;
        furthest = Math.max(furthest, read - written);
      },
    });
    expect(written).toBe(500);
    expect(furthest).toBeLessThanOrEqual(2 * 10);
  });

  it("ends where its signal aborts, in a sequence that has no end", async () => {
    const controller = new AbortController();
    function* targets(): Generator<HostTarget> {
      for (let index = 0; ; index += 1) yield targetOf(addressOf(index));
    }
    const rows: ScanRow[] = [];
    await scan(targets(), {
      ...optionsOf(async (target) => resultOf(target), { signal: controller.signal }),
      onRow: (row) => {
        rows.push(row);
        if (rows.length === 100) controller.abort();
      },
    });
    expect(rows.length).toBeGreaterThanOrEqual(100);
    expect(new Set(rows.map(({ target }) => target)).size).toBe(rows.length);
  });

  it("opens no more connections a second than it may, the further ones of a probe included", async () => {
    const startedAtMs = performance.now();
    const probe: ProbeOne = async (target, _options, { admit }) => {
      for (let connection = 0; connection < 3; connection += 1) await admit?.();
      return resultOf(target);
    };
    const targets = Array.from({ length: 10 }, (_, index) => targetOf(addressOf(index)));
    await scanAll(targets, optionsOf(probe, { ratePerSecond: 100 }));
    const burst = 12;
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(((3 * 10 - 1 - burst) / 100) * 1000);
  });

  it("leaves out what an earlier run has", async () => {
    const targets = Array.from({ length: 10 }, (_, index) => targetOf(addressOf(index)));
    const results = await scanAll(
      targets,
      optionsOf(async (target) => resultOf(target), { skips: ({ host }) => host !== addressOf(7) }),
    );
    expect(results.map(({ target }) => target.host)).toEqual([addressOf(7)]);
  });

  it("tries again what was lost, so often as it may, and counts all connections", async () => {
    const tries = new Map<string, number>();
    const probe: ProbeOne = async (target) => {
      const tried = (tries.get(target.host) ?? 0) + 1;
      tries.set(target.host, tried);
      return resultOf(target, tried > 2 ? RESULTS.noCertificate : RESULTS.portFiltered);
    };
    const [once] = await scanAll([targetOf("10.0.0.1")], optionsOf(probe, { retries: 1 }));
    expect(once).toMatchObject({ verdict: { code: "port-filtered" }, connections: 2 });
    const [twice] = await scanAll([targetOf("10.0.0.2")], optionsOf(probe, { retries: 2 }));
    expect(twice).toMatchObject({ verdict: { code: "no-server-certificate" }, connections: 3 });
  });

  it("slows down where this machine runs out of something, and loses no row", async () => {
    let running = 0;
    const probe: ProbeOne = async (target) => {
      running += 1;
      try {
        if (running > 20) throw new LocalResourceError("cannot open a connection: EMFILE");
        await sleep(1);
        return resultOf(target);
      } finally {
        running -= 1;
      }
    };
    const targets = Array.from({ length: 2000 }, (_, index) => targetOf(addressOf(index)));
    const results = await scanAll(targets, optionsOf(probe, { concurrency: 200 }));
    expect(results.map(({ target }) => target.host)).toEqual(targets.map(({ host }) => host));
  });

  it("takes a missing source port for no verdict, until it is always missing", async () => {
    const noPort = (target: AddressTarget): Result => ({
      ...resultOf(target),
      verdict: { ...RESULTS.portClosed.verdict, code: "inconclusive", evidence: { error: "EADDRNOTAVAIL" } },
    });
    let failures = 2;
    const [passing] = await scanAll(
      [targetOf("10.0.0.1")],
      optionsOf(async (target) => {
        failures -= 1;
        return failures >= 0 ? noPort(target) : resultOf(target);
      }),
    );
    expect(passing?.verdict.code).toBe("port-closed");
    const [lasting] = await scanAll(
      [targetOf("10.0.0.2")],
      optionsOf(async (target) => noPort(target)),
    );
    expect(lasting?.verdict.code).toBe("inconclusive");
  });

  it("ends with what a writer throws", async () => {
    const fault = new Error("no space left on device");
    const run = scan([targetOf("10.0.0.1"), targetOf("10.0.0.2")], {
      ...optionsOf(async (target) => resultOf(target)),
      onRow: () => Promise.reject(fault),
    });
    await expect(run).rejects.toBe(fault);
  });
});
