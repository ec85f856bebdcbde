import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, type LabListener, startLab } from "../../../src/lab/lab.ts";
import { SCENARIOS } from "../../../src/lab/scenarios.ts";
import { probeAddress } from "../../../src/scan/one/probe-address.ts";
import { RECEIVE_LIMIT_BYTES } from "../../../src/transport/tcp-connection.ts";
import { DEFAULT_EXPIRY } from "../../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { firstCommandOf } from "../advice/first-commands.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";

const TIMEOUT_MS = 1500;
const DEADLINE_MS = 5000;

/** A byte every two milliseconds is slow, and slower on a busy machine. */
const PATIENT_MS = 15_000;

/** A healthy host costs two connections; one that fails up to six more, which find out why. */
const MAX_CONNECTIONS = { ok: 2, other: 8 } as const;

/** Healthy, but it takes another question to see it: SPNEGO where the bare NTLM token is refused. */
const ASKED_TWICE: ReadonlySet<string> = new Set(["credssp-spnego-only"]);

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0 });
});

afterAll(() => lab.close());

const listenerOf = (id: string): LabListener => {
  const listener = lab.listeners.find(({ scenario }) => scenario.id === id);
  if (listener === undefined) throw new Error(`no scenario ${id}`);
  return listener;
};

const probe = (id: string): Promise<Result> => {
  const { host, port } = listenerOf(id);
  const input = `${host}:${port}`;
  const times =
    id === "dribble"
      ? { timeoutMs: PATIENT_MS, deadlineMs: PATIENT_MS }
      : { timeoutMs: TIMEOUT_MS, deadlineMs: DEADLINE_MS };
  return probeAddress(
    { input, host, endpoint: { address: host, port, family: 4 }, resolution: null },
    {
      ...times,
      depth: "standard",
      pauseMs: 50,
      routing: { kind: "cookie", identity: "rdprobe" },
      reference: REFERENCE,
      expiry: DEFAULT_EXPIRY,
    },
  );
};

describe("a live probe of each lab scenario", () => {
  it.each(SCENARIOS.map(({ id, verdict, stage }) => ({ id, verdict, stage })))(
    "$id is $verdict at $stage, and the first command is the right one",
    async ({ id, verdict, stage }) => {
      const result = await probe(id);
      expect({ verdict: result.verdict.code, stage: result.verdict.stage }).toEqual({ verdict, stage });
      const isHealthy = result.verdict.severity === "ok" && !ASKED_TWICE.has(id);
      expect(result.connections).toBeLessThanOrEqual(isHealthy ? MAX_CONNECTIONS.ok : MAX_CONNECTIONS.other);
      if (isHealthy) expect(listenerOf(id).connections().maxOpen).toBe(1);
      const due = firstCommandOf(id);
      const first = result.remedies[0]?.commands[0]?.replace(/(?<=\d):\d+/, ":PORT") ?? null;
      expect(due === undefined || due === null ? first : first?.slice(0, due.length)).toBe(due);
    },
  );
});

describe("what CredSSP tells", () => {
  it("the server's names, version, build and clock, on the first of two connections", async () => {
    const { ntlm, credssp, connections, findings } = await probe("nla-required");
    expect({ connections, credssp }).toEqual({ connections: 2, credssp: { version: 6, errorCode: null } });
    expect(ntlm).toMatchObject({
      targetName: "LAB",
      netbiosComputer: "RDPLAB",
      netbiosDomain: "LAB",
      dnsComputer: "rdplab.lab.test",
      dnsDomain: "lab.test",
      dnsTree: "lab.test",
      osVersion: "10.0.20348",
      os: ["Windows Server 2022"],
    });
    expect(Math.abs(ntlm?.clockSkewMs ?? Number.NaN)).toBeLessThan(2000);
    expect(findings.map(({ code }) => code)).not.toContain("clock-skew");
  });

  it.each([
    ["clock-ahead", "clock-skew"],
    ["credssp-version-2", "credssp-unpatched"],
    ["credssp-kerberos-only", "kerberos-only"],
    ["credssp-broken-pairs", "ntlm-challenge-unread-part"],
    ["renamed-computer", "certificate-not-for-this-computer"],
  ])("%s gives the finding %s", async (id, code) => {
    expect((await probe(id)).findings.map((finding) => finding.code)).toContain(code);
  });

  it.each([
    ["nla-required", /, clock (right|[+-]\d\.[1-9] s)$/],
    ["clock-ahead", /, clock \+(29|30) minutes$/],
  ])("the ladder's line for %s says how its clock goes", async (id, clock) => {
    const { stages } = await probe(id);
    expect(stages.find(({ name }) => name === "credssp")?.note).toMatch(clock);
  });

  it("an NTSTATUS is kept and named", async () => {
    const { credssp, verdict, ntlm } = await probe("credssp-refused");
    expect(credssp).toEqual({ version: 6, errorCode: 0xc0000418 });
    expect(verdict.evidence).toMatchObject({ errorName: "STATUS_NTLM_BLOCKED" });
    expect(ntlm).toBeNull();
  });

  it("a part of the challenge that cannot be read voids no other", async () => {
    const { ntlm, verdict } = await probe("credssp-broken-pairs");
    expect(verdict.code).toBe("nla-required");
    expect(ntlm).toMatchObject({ targetName: "LAB", osVersion: "10.0.20348", netbiosComputer: "RDPLAB" });
    expect(ntlm?.unread?.map(({ field }) => field)).toEqual(["avPair.avLen", "avPair.avLen"]);
  });

  it("SPNEGO is tried where the bare token is refused", async () => {
    expect((await probe("credssp-spnego-only")).ntlm?.netbiosComputer).toBe("RDPLAB");
  });
});

describe("what a live probe learns", () => {
  it.each([
    ["tls10-only", "1.0", "rsa", 2048],
    ["tls-without-nla", "1.2", "rsa", 2048],
    ["tls13-only", "1.3", "rsa", 2048],
    ["certificate-ec", "1.3", "ec", 256],
    ["certificate-rsa1024-sha1", "1.2", "rsa", 1024],
  ])("%s shows TLS %s with a key of %s %d", async (id, version, type, bits) => {
    const { tls, certificate } = await probe(id);
    expect(tls?.version).toBe(version);
    expect(certificate?.key).toMatchObject({ type, bits });
  });

  it("the chain behind the leaf, in the server's order", async () => {
    const { certificate } = await probe("certificate-chain");
    expect(certificate?.chain).toHaveLength(2);
    expect(certificate?.chain[0]?.subject).toBe(certificate?.issuer);
  });

  it("the chain is the same with TLS 1.2 and 1.3, also where the server sends no root", async () => {
    const self = await probe("tls13-only");
    expect(self.certificate).toMatchObject({ selfSigned: true, chain: [] });
  });

  it("an endless stream is cut off at the limit, long before the deadline", async () => {
    const { verdict, durationMs } = await probe("endless-after-hello");
    expect(verdict).toMatchObject({ code: "malformed", stage: "tls" });
    expect(durationMs).toBeLessThan(TIMEOUT_MS);
    expect(RECEIVE_LIMIT_BYTES).toBeLessThan(256 * 1024);
  });

  it("a reset after the ClientHello is what mstsc shows as 0x904, extended 0x7, and it is said that this is inferred", async () => {
    const { verdict } = await probe("reset-after-hello");
    expect(verdict.mstsc).toMatchObject({
      code: "0x904",
      decimal: 2308,
      extended: "0x7",
      confidence: "inferred",
    });
  });
});
