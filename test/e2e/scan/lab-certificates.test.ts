import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Depth } from "../../../src/handshake/plan/probe-plan.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { probeAddress } from "../../../src/scan/one/probe-address.ts";
import { DEFAULT_EXPIRY, type ExpiryThresholds } from "../../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";

/** The name in most of the lab's certificates; the others are said to be for another. */
const HOST = "RDPLAB";

/** Scenario, and every finding about its certificate with the severity. */
const SHOWN: readonly (readonly [string, readonly string[]])[] = [
  ["tls-without-nla", []],
  ["certificate-ec", []],
  ["certificate-chain", ["certificate-name-mismatch info"]],
  ["certificate-expires-soon", ["certificate-name-mismatch info", "certificate-expires-soon critical"]],
  ["certificate-windows-overdue", ["windows-certificate-not-renewed critical"]],
  ["certificate-md5", ["certificate-hash-weak critical"]],
  ["certificate-rsa1024-sha1", ["certificate-key-short warning", "certificate-hash-weak warning"]],
  ["certificate-rsa512", ["certificate-key-refused critical"]],
  ["certificate-client-eku", ["certificate-not-for-servers warning"]],
  ["certificate-no-encipherment", ["certificate-key-usage warning"]],
  ["chain-out-of-order", ["certificate-name-mismatch info", "chain-out-of-order warning"]],
  ["chain-incomplete", ["certificate-name-mismatch info", "chain-incomplete info"]],
  ["chain-huge", ["certificate-name-mismatch info", "chain-too-long critical"]],
];

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: [...SHOWN.map(([id]) => id), "farm"] });
});

afterAll(() => lab.close());

interface Asked {
  readonly host?: string;
  readonly depth?: Depth;
  readonly expiry?: ExpiryThresholds;
}

const probe = (id: string, { host = HOST, depth = "standard", expiry }: Asked = {}): Promise<Result> => {
  const listener = lab.listeners.find(({ scenario }) => scenario.id === id);
  if (listener === undefined) throw new Error(`no scenario ${id}`);
  const endpoint = { address: listener.host, port: listener.port, family: 4 } as const;
  return probeAddress(
    { input: host, host, endpoint, resolution: null },
    {
      depth,
      pauseMs: 1,
      timeoutMs: 5000,
      deadlineMs: 60_000,
      routing: { kind: "cookie", identity: "rdprobe" },
      reference: REFERENCE,
      expiry: expiry ?? DEFAULT_EXPIRY,
    },
  );
};

const saidOf = ({ findings }: Result): readonly string[] =>
  findings.filter(({ stage }) => stage === "certificate").map(({ code, severity }) => `${code} ${severity}`);

describe("what a live probe says of the server's certificate", () => {
  it.each(SHOWN)("%s: %j", async (id, findings) => {
    expect(saidOf(await probe(id))).toEqual(findings);
  });

  it("one that is for another name is no more than worth a word", async () => {
    const { verdict, certificate, findings } = await probe("tls-without-nla", { host: "other.example" });
    expect(verdict.code).toBe("ok");
    expect(certificate?.matchesTarget).toBe(false);
    expect(findings).toMatchObject([
      {
        code: "certificate-name-mismatch",
        severity: "info",
        summary: "the certificate is for RDPLAB, not for other.example",
      },
    ]);
  });

  it.each([
    [{ warningDays: 200, criticalDays: 14 }, ["certificate-expires-soon warning"]],
    [{ warningDays: 200, criticalDays: 180 }, ["certificate-expires-soon critical"]],
    [{ warningDays: 1, criticalDays: 1 }, []],
  ])("what counts as soon is settable: 173 days left with %j", async (expiry, findings) => {
    expect(saidOf(await probe("tls-without-nla", { expiry }))).toEqual(findings);
  });

  it("a farm shows itself when more than one handshake is made", async () => {
    expect(saidOf(await probe("farm", { depth: "full" }))).toContain(
      "certificate-differs-between-connections warning",
    );
  });
});
