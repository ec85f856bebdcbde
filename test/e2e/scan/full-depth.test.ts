import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { probeAddress } from "../../../src/scan/one/probe-address.ts";
import { CLIENT_PROFILES } from "../../../src/tls/profiles/client-profiles.ts";
import { DEFAULT_EXPIRY } from "../../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({
    host: "127.0.0.1",
    basePort: 0,
    scenarios: ["3des-only", "nla-required", "silent"],
  });
});

afterAll(() => lab.close());

const probe = (id: string, depth: "standard" | "full"): Promise<Result> => {
  const listener = lab.listeners.find(({ scenario }) => scenario.id === id);
  if (listener === undefined) throw new Error(`no scenario ${id}`);
  const { host, port } = listener;
  return probeAddress(
    { input: host, host, endpoint: { address: host, port, family: 4 }, resolution: null },
    {
      depth,
      pauseMs: 1,
      timeoutMs: 1000,
      deadlineMs: 60_000,
      routing: { kind: "cookie", identity: "rdprobe" },
      reference: REFERENCE,
      expiry: DEFAULT_EXPIRY,
    },
  );
};

describe("a probe of full depth", () => {
  it("comes to the verdict of standard depth, and says what else there is", async () => {
    const standard = await probe("nla-required", "standard");
    const full = await probe("nla-required", "full");
    expect(full.verdict).toEqual(standard.verdict);
    expect(full.connections).toBeGreaterThan(standard.connections);
    expect(full.clients?.map(({ id }) => id)).toEqual(CLIENT_PROFILES.map(({ id }) => id));
    expect(full.tlsSupport?.["1.3"].accepted).toContain("TLS_AES_256_GCM_SHA384");
    expect(full.listeners?.websocket3387?.state).toBe("closed");
    expect(full.security).toMatchObject({
      nla: "required",
      ssl: "refused",
      hybrid: "accepted",
      "hybrid-ex": "accepted",
    });
  });

  it("names the clients that a server with 3DES alone answers, and how far it goes with them", async () => {
    const { clients, tlsSupport } = await probe("3des-only", "full");
    const outcomes = new Map(clients?.map(({ id, outcome }) => [id, outcome]));
    // The scenario takes the suite, and closes behind its certificate.
    expect(outcomes.get("win10-1809")).toBe("closed");
    expect(outcomes.get("win11-mstsc-nla")).toBe("no-shared-cipher");
    expect(tlsSupport?.["1.2"].accepted).toEqual(["TLS_RSA_WITH_3DES_EDE_CBC_SHA"]);
  });

  it("asks no suites of a port that does not come as far as TLS", async () => {
    const result = await probe("silent", "full");
    expect(result.clients).toBeUndefined();
    expect(result.tlsSupport).toBeUndefined();
    expect(result.listeners).toBeDefined();
  });

  it("has none of this at standard depth", async () => {
    const result = await probe("nla-required", "standard");
    expect([result.clients, result.tlsSupport, result.listeners]).toEqual([undefined, undefined, undefined]);
  });
});
