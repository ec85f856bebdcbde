/** The library as a program calls it, against the lab's real sockets. */
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { probeCommand } from "../../../src/cli/commands/probe-command.ts";
import type { ProbeFlags } from "../../../src/cli/options/probe-flags.ts";
import { scanSettings } from "../../../src/cli/options/probe-settings.ts";
import { explain, judgeCapture, probe, probeMany, report } from "../../../src/index.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { scanBounds, targetOptions } from "../../../src/library/probe-settings.ts";

const HOST = "127.20.4.1";
let lab: Lab;
beforeAll(async () => {
  lab = await startLab({
    host: HOST,
    basePort: 0,
    scenarios: ["nla-required", "reset-after-hello", "silent"],
  });
});
afterAll(() => lab.close());

const target = (id: string): string => {
  const listener = lab.listeners.find(({ scenario }) => scenario.id === id);
  if (listener === undefined) throw new Error(`the lab has no scenario ${id}`);
  return `${HOST}:${listener.port}`;
};

describe("probe", () => {
  test("needs nothing but a target", async () => {
    const [result, ...others] = await probe(target("nla-required"));
    expect(result.verdict.code).toBe("nla-required");
    expect(others).toEqual([]);
  });

  test("takes depth, client and time-out", async () => {
    const [result] = await probe(target("silent"), { depth: "quick", client: "win7-sp1", timeoutMs: 200 });
    expect(result.verdict).toMatchObject({ code: "timeout", stage: "negotiation" });
    expect(result.durationMs).toBeLessThan(2000);
  });

  test("has the defaults of the command line", () => {
    const writer = { write: () => {} };
    const flags = probeCommand({ stdout: writer, stderr: writer, env: {} }, () => {}).opts<ProbeFlags>();
    const { overrides, ...own } = targetOptions({});
    expect({ ...own, overrides, ...scanBounds({}) }).toEqual(scanSettings(flags));
    const full = scanSettings({ ...flags, depth: "full" });
    expect(targetOptions({ depth: "full" }).deadlineMs).toBe(full.deadlineMs);
  });

  test("dials as the caller says, and gives the same verdict", async () => {
    const dialled: string[] = [];
    const [result] = await probe(target("reset-after-hello"), {
      dial: ({ address, port }) => {
        dialled.push(`${address}:${port}`);
        return connect({ host: address, port, allowHalfOpen: true });
      },
    });
    expect(result.verdict).toMatchObject({ code: "reset", stage: "tls" });
    expect(new Set(dialled)).toEqual(new Set([target("reset-after-hello")]));
    expect(dialled).toHaveLength(result.connections);
  });

  test("tells a refused dial as a closed port", async () => {
    const [result] = await probe(target("nla-required"), {
      dial: () => connect({ host: HOST, port: 1, allowHalfOpen: true }),
    });
    expect(result.verdict.code).toBe("port-closed");
  });

  test("rejects with the reason of a signal that aborts", async () => {
    const reason = new Error("enough");
    await expect(probe(target("silent"), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const late = new AbortController();
    const waiting = probe(target("silent"), { signal: late.signal, timeoutMs: 60_000, deadlineMs: 60_000 });
    setTimeout(() => late.abort(reason), 50);
    await expect(waiting).rejects.toBe(reason);
  });

  test.each([
    ["10.0.0.0/24", {}, /^target: /],
    ["", {}, /^target: /],
    ["server01", { timeoutMs: 0 }, /^timeoutMs: 0 /],
    ["server01", { timeoutMs: Number.NaN }, /^timeoutMs: /],
    ["server01", { port: 70_000 }, /^port: /],
    ["server01", { proxy: "http://proxy" }, /^proxy: /],
    ["server01", { cookie: "a", routingToken: "b" }, /^routingToken: /],
    ["server01", { cookie: "a\r\nb" }, /^cookie: /],
    ["server01", { resolve: ["nonsense"] }, /^resolve: /],
  ])("refuses %j with %j by name", async (text, settings, message) => {
    const error = await probe(text, settings).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toHaveProperty("message", expect.stringMatching(message));
  });
});

describe("probeMany", () => {
  test("gives each target once, from an array", async () => {
    const codes: string[] = [];
    const targets = [target("nla-required"), target("reset-after-hello"), target("nla-required")];
    for await (const { verdict } of probeMany(targets)) codes.push(verdict.code);
    expect(codes.toSorted()).toEqual(["nla-required", "reset"]);
  });

  test("takes targets as they come, ranges too, and leaves out what is excluded", async () => {
    const [, port = ""] = target("nla-required").split(":");
    async function* source() {
      yield `127.20.4.0-2:${port}`;
    }
    const found: string[] = [];
    for await (const { target: of, verdict } of probeMany(source(), {
      exclude: ["127.20.4.0"],
      retries: 0,
    })) {
      found.push(`${of.address} ${verdict.code}`);
    }
    expect(found.toSorted()).toEqual(["127.20.4.1 nla-required", "127.20.4.2 port-closed"]);
  });

  test("ends when the loop is left", async () => {
    const targets = [target("nla-required"), target("silent")];
    const startedAtMs = performance.now();
    for await (const { verdict } of probeMany(targets, { timeoutMs: 30_000, deadlineMs: 30_000 })) {
      expect(verdict.code).toBe("nla-required");
      break;
    }
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
  });

  test("throws the reason of a signal that aborts, behind what was known", async () => {
    const reason = new Error("enough");
    const stop = new AbortController();
    const codes: string[] = [];
    const all = (async () => {
      const settings = { signal: stop.signal, timeoutMs: 30_000, deadlineMs: 30_000 };
      for await (const { verdict } of probeMany([target("nla-required"), target("silent")], settings)) {
        codes.push(verdict.code);
        stop.abort(reason);
      }
    })();
    await expect(all).rejects.toBe(reason);
    expect(codes).toEqual(["nla-required"]);
  });

  test("throws what the source throws", async () => {
    const broken = new Error("no list");
    async function* source(): AsyncGenerator<string> {
      yield target("nla-required");
      throw broken;
    }
    const all = (async () => {
      let results = 0;
      for await (const _ of probeMany(source())) results += 1;
      return results;
    })();
    await expect(all).rejects.toBe(broken);
  });
});

describe("judgeCapture", () => {
  const CAPTURE = new URL("../../../fixtures/xrdp/chain-of-three.pcap", import.meta.url);

  test("judges bytes and streams alike", async () => {
    const bytes = await readFile(CAPTURE);
    const whole = await judgeCapture(bytes);
    expect(whole.results.length).toBeGreaterThan(0);
    expect(whole.faults).toEqual([]);
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
    }
    expect(await judgeCapture(pieces())).toEqual(whole);
  });

  test("says of another file that it is no capture", async () => {
    const { results, faults } = await judgeCapture(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
    expect(results).toEqual([]);
    expect(faults.map(({ code }) => code)).toEqual(["not-a-capture"]);
  });
});

describe("explain and report", () => {
  test("explains a code, alone and with its extended code, as text and as numbers", () => {
    const pair = explain("0x904", "0x7");
    expect(pair.together).not.toBeNull();
    expect(explain("0x904 0x7").meanings).toEqual(pair.meanings);
    expect(explain(2308, 7).meanings).toEqual(pair.meanings);
    expect(explain("no such thing").meanings).toEqual([]);
  });

  test("writes results in the forms of the command line", async () => {
    const results = await probe(target("nla-required"));
    expect(JSON.parse(report(results, "json"))).toEqual(JSON.parse(JSON.stringify(results[0])));
    expect(report(results, "csv").split("\r\n")).toHaveLength(3);
    expect(report(results, "ndjson").split("\n")).toHaveLength(2);
    for (const form of ["answer", "ladder", "table"] as const) expect(report(results, form)).toContain(HOST);
  });
});
