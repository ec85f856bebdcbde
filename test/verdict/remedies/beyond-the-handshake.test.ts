import { describe, expect, it } from "vitest";
import {
  BEYOND_THE_HANDSHAKE,
  beyondTheHandshake,
} from "../../../src/verdict/remedies/beyond-the-handshake.ts";
import { CAUSES } from "../../../src/verdict/causes/causes.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { RESULTS } from "../../report/results.ts";

const codesFor = (change: Partial<Result>): readonly string[] =>
  beyondTheHandshake({
    ...HEALTHY,
    ...change,
  }).map(({ code }) => code);

const { silent } = RESULTS;
const HEALTHY: Result = {
  ...silent,
  severity: "ok",
  verdict: { ...silent.verdict, code: "ok", severity: "ok" },
};

const NLA = { ...silent.security, nla: "required" } as const;

const ntlm = (domain: string, build: number): Result["ntlm"] => ({
  targetName: domain,
  netbiosComputer: "SERVER01",
  netbiosDomain: domain,
  dnsComputer: "server01",
  dnsDomain: domain.toLowerCase(),
  dnsTree: null,
  osVersion: `10.0.${build}`,
  os: [],
  serverTime: null,
  clockSkewMs: null,
});

const server = (implementation: "windows" | "xrdp"): Result["server"] => ({
  implementation,
  version: null,
  confidence: "observed",
  evidence: ["told by the test"],
});

describe("what the handshake does not show", () => {
  it("is said of a live server that is in order, and of no other", () => {
    expect(codesFor({})).not.toEqual([]);
    for (const result of Object.values(RESULTS)) expect(beyondTheHandshake(result)).toEqual([]);
  });

  it.each([
    [
      "a member of a domain with NLA",
      { security: NLA, ntlm: ntlm("EXAMPLE", 20348) },
      ["no-domain-controller", "kerberos-encryption"],
      ["cloned-machine", "server-without-nla"],
    ],
    [
      "a computer in no domain",
      { security: NLA, ntlm: ntlm("SERVER01", 26100) },
      ["cloned-machine", "ntlm-switched-off"],
      ["no-domain-controller", "kerberos-encryption"],
    ],
    [
      "a server without NLA",
      { security: { ...NLA, nla: "unsupported" as const } },
      ["server-without-nla"],
      ["no-domain-controller", "smart-card-provider"],
    ],
    [
      "xrdp",
      { server: server("xrdp"), security: { ...NLA, nla: "unsupported" as const } },
      ["client-policy", "server-without-nla"],
      ["credentials-refused", "udp-freeze", "patched-termsrv"],
    ],
    [
      "the machine itself",
      { target: { ...silent.target, address: "127.0.0.1" } },
      ["client-is-the-server"],
      [],
    ],
    ["another machine", { target: { ...silent.target, address: "192.0.2.1" } }, [], ["client-is-the-server"]],
  ] as const)("of %s is what fits it", (_name, change, named, unnamed) => {
    const codes = codesFor(change);
    expect(codes).toEqual(expect.arrayContaining([...named]));
    for (const code of unnamed) expect(codes).not.toContain(code);
  });

  it("has a name of its own, and says where it is known from", () => {
    const codes: readonly string[] = [...BEYOND_THE_HANDSHAKE, ...CAUSES].map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const { source, symptom, about, remedy } of BEYOND_THE_HANDSHAKE) {
      expect(source.length).toBeGreaterThan(5);
      expect(symptom).not.toMatch(/[.]$/);
      for (const text of [about, remedy]) expect(text).toMatch(/^[A-Z].*[.]$/);
    }
  });
});
