import { describe, expect, it } from "vitest";
import {
  type Alert,
  type CheckPolicy,
  checkOutcome,
  gravestState,
  type OfferState,
  PROHIBITIONS,
  type Prohibition,
  REQUIREMENTS,
  wholeDaysLeft,
} from "../../src/verdict/check-state.ts";
import type { CertificateReport, Result } from "../../src/verdict/result.ts";
import { VERDICTS, type VerdictCode } from "../../src/verdict/verdicts.ts";
import { RESULTS } from "../report/results.ts";

const below = (limit: number): Alert => ({ text: `${limit}:`, holds: (value) => value < limit });

const POLICY: CheckPolicy = {
  daysLeft: { warning: below(30), critical: below(14) },
  latencyMs: { warning: null, critical: null },
  ...{ required: [], forbidden: [], expected: [], pins: [], states: new Map() },
};

const PIN = "ab".repeat(32);

const certificate: CertificateReport = {
  ...{ subject: "CN=a", commonName: "a", issuer: "CN=b", serial: "01", notBefore: null, notAfter: null },
  ...{ daysLeft: 100.9, selfSigned: false, subjectAltNames: [], key: null, extendedKeyUsage: null },
  ...{ signature: "sha256WithRSAEncryption", sha1: "00", sha256: PIN, matchesTarget: null, chain: [] },
};

const tls = (version: string): NonNullable<Result["tls"]> => ({
  ...{ version, cipher: null, group: null, alert: null, offeredAs: null },
});

const base = RESULTS.resetAfterConfirm;

/** A server with TLS 1.2, a certificate and NLA. */
const healthy: Result = {
  ...base,
  verdict: { ...base.verdict, code: "nla-required", stage: "negotiation", severity: "ok", mstsc: null },
  ...{ tls: tls("1.2"), certificate },
  security: { ...base.security, rdp: "unknown", nla: "required" },
};

const withCertificate = (changed: Partial<CertificateReport>): Result => ({
  ...healthy,
  certificate: { ...certificate, ...changed },
});

const outcome = (
  result: Result,
  policy: Partial<CheckPolicy> = {},
  offers: readonly (readonly [Prohibition, OfferState])[] = [],
) => checkOutcome({ result, offers: new Map(offers) }, { ...POLICY, ...policy });

const stateOf = (...args: Parameters<typeof outcome>) => outcome(...args).state;

describe("the state of a verdict", () => {
  const isVerdict = (code: string): code is VerdictCode => code in VERDICTS;

  it.each(Object.keys(VERDICTS).filter(isVerdict))("of %s is its severity", (code) => {
    const { severity } = VERDICTS[code];
    const result: Result = { ...healthy, verdict: { ...healthy.verdict, code, severity } };
    expect(stateOf(result)).toBe(severity);
  });

  it("is what a site says it is", () => {
    const states = new Map([["reset", "warning"]] as const);
    expect(stateOf(base)).toBe("critical");
    expect(stateOf(base, { states })).toBe("warning");
    expect(stateOf(RESULTS.portClosed, { states })).toBe("critical");
  });

  it("is OK where it is the verdict that is expected, and critical where it is another", () => {
    expect(stateOf(RESULTS.portClosed, { expected: ["port-closed", "port-filtered"] })).toBe("ok");
    const unexpected = outcome(healthy, { expected: ["port-closed"] });
    expect(unexpected.state).toBe("critical");
    expect(unexpected.reasons[0]?.text).toMatch(/^not port-closed but nla-required at negotiation: /);
  });

  it("names stage and mstsc's code with the reason", () => {
    expect(outcome(base).reasons).toEqual([
      { state: "critical", text: `reset at tls (0x904/0x7): ${base.verdict.summary}` },
    ]);
  });
});

describe("the days that a certificate has left", () => {
  it.each([
    [100.9, "ok"],
    [30, "ok"],
    [29.99, "warning"],
    [14, "warning"],
    [13.99, "critical"],
    [-0.5, "critical"],
  ])("%d days are %s at -w 30: -c 14:", (daysLeft, state) => {
    expect(stateOf(withCertificate({ daysLeft }))).toBe(state);
  });

  it("are whole days, and -1 from the moment when it is over", () => {
    expect([100.9, 0.5, -0.1].map((daysLeft) => wholeDaysLeft(withCertificate({ daysLeft })))).toEqual([
      100, 0, -1,
    ]);
    expect(wholeDaysLeft(withCertificate({ daysLeft: null }))).toBeNull();
    expect(wholeDaysLeft({ ...healthy, certificate: null })).toBeNull();
  });
});

describe("the latency of a probe", () => {
  const latencyMs = {
    warning: { text: "500", holds: (ms: number) => ms > 500 },
    critical: { text: "900", holds: (ms: number) => ms > 900 },
  };

  it.each([
    [500, "ok"],
    [501, "warning"],
    [901, "critical"],
  ])("of %d ms is %s at 500 and 900", (durationMs, state) => {
    expect(stateOf({ ...healthy, durationMs }, { latencyMs })).toBe(state);
  });
});

/** A server that has Standard RDP Security alone, and one that never answered. */
const { standardSecurity: withoutTls, portFiltered: unseen } = RESULTS;

describe("what a site requires", () => {
  it.each<[requirement: (typeof REQUIREMENTS)[number], result: Result, state: string]>([
    ["nla", healthy, "ok"],
    ["nla", { ...healthy, security: { ...healthy.security, nla: "optional" } }, "critical"],
    ["nla", { ...healthy, security: { ...healthy.security, nla: "unsupported" } }, "critical"],
    ["nla", { ...healthy, security: { ...healthy.security, nla: "unknown" } }, "unknown"],
    ["tls", healthy, "ok"],
    ["tls", withoutTls, "critical"],
    ["tls1.2", healthy, "ok"],
    ["tls1.2", { ...healthy, tls: tls("1.3") }, "ok"],
    ["tls1.2", { ...healthy, tls: tls("1.1") }, "critical"],
    ["tls1.2", { ...healthy, tls: tls("0x7f1c") }, "critical"],
    ["tls1.3", healthy, "critical"],
    ["tls1.3", { ...healthy, tls: tls("1.3") }, "ok"],
    ["tls1.3", { ...healthy, tls: null }, "unknown"],
  ])("%s: %#", (requirement, result, state) => {
    expect(stateOf(result, { required: [requirement] })).toBe(state);
  });

  it.each(REQUIREMENTS)("%s does not hide why a server was not reached", (requirement) => {
    const { state, reasons } = outcome(unseen, { required: [requirement] });
    expect(state).toBe("critical");
    expect(reasons[0]?.text).toMatch(/^port-filtered at tcp/);
  });
});

describe("what a site forbids", () => {
  it.each<[prohibition: Prohibition, result: Result, answer: OfferState | null, state: string]>([
    ["standard-security", withoutTls, null, "critical"],
    [
      "standard-security",
      { ...healthy, security: { ...healthy.security, rdp: "accepted" } },
      null,
      "critical",
    ],
    ["standard-security", { ...healthy, security: { ...healthy.security, rdp: "refused" } }, null, "ok"],
    ["standard-security", healthy, "accepted", "critical"],
    ["standard-security", healthy, "refused", "ok"],
    ["standard-security", healthy, null, "unknown"],
    ["tls1.0", healthy, "accepted", "critical"],
    ["tls1.0", healthy, "refused", "ok"],
    ["tls1.0", healthy, "unknown", "unknown"],
    ["tls1.0", { ...healthy, tls: tls("1.0") }, null, "critical"],
    ["tls1.0", withoutTls, null, "warning"],
    ["tls1.1", healthy, "accepted", "critical"],
    ["tls1.1", { ...healthy, tls: tls("1.1") }, "refused", "critical"],
    ["self-signed", healthy, null, "ok"],
    ["self-signed", withCertificate({ selfSigned: true }), null, "critical"],
    ["self-signed", withCertificate({ selfSigned: null }), null, "unknown"],
    ["sha1", healthy, null, "ok"],
    ["sha1", withCertificate({ signature: "sha1WithRSAEncryption" }), null, "critical"],
    ["sha1", withCertificate({ signature: "ecdsa-with-SHA1" }), null, "critical"],
    ["sha1", withCertificate({ signature: "md5WithRSAEncryption" }), null, "critical"],
    ["sha1", withCertificate({ signature: "ecdsa-with-SHA512" }), null, "ok"],
    ["sha1", withCertificate({ signature: null }), null, "unknown"],
  ])("%s: %#", (prohibition, result, answer, state) => {
    const offers = answer === null ? [] : [[prohibition, answer] as const];
    expect(stateOf(result, { forbidden: [prohibition] }, offers)).toBe(state);
  });

  it.each(PROHIBITIONS)("%s does not hide why a server was not reached", (prohibition) => {
    expect(outcome(unseen, { forbidden: [prohibition] }).reasons[0]?.text).toMatch(/^port-filtered at tcp/);
  });
});

describe("the certificates that a site has pinned", () => {
  it.each<[what: string, result: Result, pins: readonly string[], state: string]>([
    ["the pinned one", healthy, [PIN], "ok"],
    ["one of several", healthy, ["cd".repeat(32), PIN], "ok"],
    ["another one", healthy, ["cd".repeat(32)], "critical"],
    ["none, since the server does no TLS", withoutTls, [PIN], "critical"],
    ["none that was seen", { ...healthy, certificate: null }, [PIN], "unknown"],
  ])("%s", (_what, result, pins, state) => {
    expect(stateOf(result, { pins })).toBe(state);
  });
});

describe("several reasons", () => {
  it("stand by their gravity, and what is not known weighs least", () => {
    const result = { ...withCertificate({ daysLeft: 20, selfSigned: null }), tls: tls("1.0") };
    const { state, reasons } = outcome(result, { required: ["tls1.2"], forbidden: ["self-signed"] });
    expect(state).toBe("critical");
    expect(reasons.map((reason) => reason.state)).toEqual(["critical", "warning", "unknown"]);
  });

  it("of several addresses the gravest counts", () => {
    expect(gravestState(["ok", "unknown", "critical", "warning"])).toBe("critical");
    expect(gravestState(["ok", "unknown"])).toBe("unknown");
    expect(gravestState([])).toBe("unknown");
  });
});
