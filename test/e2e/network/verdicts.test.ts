import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Result } from "../../../src/verdict/result/result.ts";
import { EXECUTABLE, ensureBuilt } from "../cli/executable.ts";
import { rdprobe } from "../cli/rdprobe.ts";
import { describeWhere } from "../../support/availability.ts";
import { eventually } from "../../support/eventually.ts";
import { fullBacklogAvailable, startFullBacklog } from "../servers/fronts/full-backlog.ts";
import { createDelayedPair, delayLinkAvailable } from "./delay-link.ts";
import {
  createNamespacePair,
  type FilterAction,
  type NamespacePair,
  namespacesAvailable,
  UNROUTED_ADDRESS,
} from "./namespaces.ts";

const PORT = 3389;
/** For a busy machine; still under a third SYN, and far under the time-out of a stage. */
const SLACK_MS = 1500;
const SECOND_SYN_MS = 1000;

beforeAll(ensureBuilt, 150_000);

/** The result of a probe from the client's namespace. */
const probeFrom = async (
  { client }: NamespacePair,
  host: string,
  ...options: readonly string[]
): Promise<Result> => {
  const args = [EXECUTABLE, "--json", "-p", String(PORT), ...options, host];
  const { stdout, stderr } = await client.run(process.execPath, args);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
};

describeWhere(fullBacklogAvailable())("a listener whose queue is full", () => {
  it("is port-filtered after the time-out: no answer to the SYN", async () => {
    const listener = await startFullBacklog();
    const target = `${listener.host}:${listener.port}`;
    const { code, stdout } = await rdprobe(["--json", "--timeout", "500ms", target]);
    await listener.stop();
    const result: Result = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(result.verdict).toMatchObject({ code: "port-filtered", stage: "tcp", severity: "critical" });
    expect(result.connections).toBe(1);
    expect(result.durationMs).toBeGreaterThan(490);
    expect(result.durationMs).toBeLessThan(500 + SLACK_MS);
  });
});

describeWhere(namespacesAvailable())("what a network does with the SYN", () => {
  let pair: NamespacePair;

  beforeAll(async () => {
    pair = await createNamespacePair();
  });

  afterAll(() => pair?.remove());

  it("a port where nothing listens is port-closed, over IPv4 and IPv6", async () => {
    for (const host of [pair.server.address, pair.server.address6]) {
      const { verdict, durationMs } = await probeFrom(pair, host);
      expect(verdict).toMatchObject({ code: "port-closed", stage: "tcp" });
      expect(durationMs).toBeLessThan(SLACK_MS);
    }
  });

  it.each<[FilterAction, string]>([
    ["tcp-reset", "port-closed"],
    ["host-unreachable", "unreachable"],
    ["no-route", "unreachable"],
    ["admin-prohibited", "unreachable"],
  ])("%s is %s, over IPv4 and IPv6, with the second SYN at the latest", async (action, code) => {
    await pair.filter(action, PORT);
    for (const host of [pair.server.address, pair.server.address6]) {
      const { verdict, durationMs } = await probeFrom(pair, host);
      expect(verdict, host).toMatchObject({ code, stage: "tcp" });
      // Linux takes note of an ICMP message that comes while connect() still runs, and acts on the next one.
      expect(durationMs).toBeLessThan(SECOND_SYN_MS + SLACK_MS);
    }
  });

  it("drop is port-filtered, after the default time-out of 5 s and not later", async () => {
    await pair.filter("drop", PORT);
    const { verdict, durationMs } = await probeFrom(pair, pair.server.address);
    expect(verdict).toMatchObject({ code: "port-filtered", stage: "tcp" });
    expect(durationMs).toBeGreaterThan(4990);
    expect(durationMs).toBeLessThan(5000 + SLACK_MS);
  });

  it("an address without a route is unreachable at once", async () => {
    const { verdict, durationMs } = await probeFrom(pair, UNROUTED_ADDRESS);
    expect(verdict).toMatchObject({ code: "unreachable", stage: "tcp" });
    expect(durationMs).toBeLessThan(SLACK_MS);
  });

  it("an address in the same network where nobody is, is unreachable once ARP gives up", async () => {
    const { verdict } = await probeFrom(pair, "192.0.2.77");
    expect(verdict).toMatchObject({ code: "unreachable", stage: "tcp" });
  });
});

describeWhere(delayLinkAvailable())("a healthy server of TLS 1.2 behind a round trip of 50 ms", () => {
  const ROUND_TRIP_MS = 50;
  const MAX_TURNS = 20;
  /** The kernel may let a packet go a fraction of a millisecond early. */
  const EARLY_MS = 5;
  const waitsIn = (durationMs: number): number => Math.floor((durationMs + EARLY_MS) / ROUND_TRIP_MS);
  let pair: NamespacePair;

  beforeAll(async () => {
    pair = await createDelayedPair({ oneWayMs: ROUND_TRIP_MS / 2 });
    const script = fileURLToPath(new URL("windows-like.ts", import.meta.url));
    const args = ["--import", "tsx", script, pair.server.address, String(PORT)];
    const server = await pair.server.start(process.execPath, args);
    const settled = () => server.hasEnded() || server.stdout() === "ready\n";
    if (!(await eventually(settled, { timeoutMs: 20_000 })) || server.hasEnded()) {
      throw new Error(server.stderr());
    }
  });

  afterAll(() => pair?.remove());

  it("is judged within 8 round trips: TLS, certificate, NTLM challenge, and whether NLA is required", async () => {
    let fastest = Number.POSITIVE_INFINITY;
    // Each wait takes a whole round trip. A busy machine makes each probe slower, and never saves one.
    for (let turn = 0; turn < MAX_TURNS && waitsIn(fastest) > 8; turn += 1) {
      const result = await probeFrom(pair, pair.server.address);
      expect(result).toMatchObject({
        connections: 2,
        verdict: { code: "nla-required", severity: "ok" },
        security: { nla: "required" },
        tls: { version: "1.2" },
        certificate: { commonName: "RDPLAB" },
        ntlm: { netbiosComputer: "RDPLAB" },
      });
      fastest = Math.min(fastest, result.durationMs);
    }
    expect(waitsIn(fastest)).toBe(8);
  }, 60_000);
});
