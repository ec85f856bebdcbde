import { describe, expect, it } from "vitest";
import {
  type Alert,
  type CheckPolicy,
  checkOutcome,
  gravestState,
  wholeDaysLeft,
} from "../../../src/verdict/check/check-state.ts";
import {
  demandOutcomes,
  type OfferState,
  PROHIBITIONS,
  type Prohibition,
  REQUIREMENTS,
} from "../../../src/verdict/check/requirements.ts";
import type { CertificateReport, Finding, Result, StageReport } from "../../../src/verdict/result/result.ts";
import { platformOf } from "../../../src/verdict/remedies/remedy.ts";
import { remedyRows } from "../../../src/verdict/remedies/remedies.ts";
import type { ServerImplementation } from "../../../src/verdict/server/implementations.ts";
import { VERDICT_CODES, VERDICTS } from "../../../src/verdict/verdicts.ts";
import { withFindings } from "../../../src/verdict/findings/with-findings.ts";
import { RESULTS } from "../../report/results.ts";

const below = (limit: number): Alert => ({ text: `${limit}:`, holds: (value) => value < limit });

const POLICY: CheckPolicy = {
  daysLeft: { warning: below(30), critical: below(14) },
  latencyMs: { warning: null, critical: null },
  ...{ required: [], forbidden: [], inDate: false, expected: [], pins: [], states: new Map() },
  ...{ strictExpiry: false, issuer: null },
};

const PIN = "ab".repeat(32);

const certificate: CertificateReport = {
  ...{ subject: "CN=a", commonName: "a", issuer: "CN=b", serial: "01" },
  ...{ notBefore: "2026-01-01T00:00:00.000Z", notAfter: "2099-01-01T00:00:00.000Z" },
  ...{
    daysLeft: 100.9,
    selfSigned: false,
    subjectAltNames: [],
    key: null,
    keySha256: null,
    extendedKeyUsage: null,
  },
  ...{ signature: "sha256WithRSAEncryption", sha1: "00", sha256: PIN, matchesTarget: true, chain: [] },
};

const tls = (version: string): NonNullable<Result["tls"]> => ({
  ...{ version, cipher: null, group: null, alert: null, offeredAs: null },
});

const base = RESULTS.resetAfterConfirm;

const stagesOf = (tlsStatus: StageReport["status"]): readonly StageReport[] =>
  base.stages.map((stage) => (stage.name === "tls" ? { ...stage, status: tlsStatus } : stage));

/** A server with TLS 1.2, a certificate and NLA. */
const healthy: Result = {
  ...base,
  verdict: { ...base.verdict, code: "nla-required", stage: "negotiation", severity: "ok", mstsc: null },
  ...{ severity: "ok", findings: [], stages: stagesOf("ok"), tls: tls("1.2"), certificate },
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
  it.each(VERDICT_CODES)("of %s is its severity, or UNKNOWN where it could not be told", (code) => {
    const { severity } = VERDICTS[code];
    const result: Result = { ...healthy, verdict: { ...healthy.verdict, code, severity } };
    expect(stateOf(result)).toBe(code === "inconclusive" ? "unknown" : severity);
  });

  it("that could not be told is what a site says as well", () => {
    const verdict = { ...healthy.verdict, code: "inconclusive", severity: "warning" } as const;
    const states = new Map([["inconclusive", "critical"]] as const);
    expect(stateOf({ ...healthy, verdict }, { states })).toBe("critical");
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
    expect(unexpected.reasons[0]?.text).toBe("not port-closed but nla-required at negotiation");
  });

  it("names stage and mstsc's code with the reason", () => {
    expect(outcome(base).reasons[0]).toEqual({
      state: "critical",
      text: "the server drops the connection when TLS starts (mstsc 0x904/0x7)",
      detail: `reset at tls (mstsc 0x904/0x7): ${base.verdict.summary}`,
      remedies: base.verdict.causes[0]?.remedies,
      isVerdict: true,
    });
  });
});

const finding = (code: string, severity: Finding["severity"]): Finding => ({
  ...{ code, severity, stage: "certificate", summary: `it is ${code}`, evidence: {}, remedies: [] },
});

describe("findings", () => {
  it.each<[code: string, severity: Finding["severity"], policy: Partial<CheckPolicy>, state: string]>([
    ["certificate-key-refused", "critical", {}, "critical"],
    ["certificate-key-refused", "critical", { expected: ["nla-required"] }, "critical"],
    ["certificate-key-short", "warning", {}, "ok"],
    ["certificate-key-short", "info", {}, "ok"],
    // Of these a policy has rules of its own.
    ["certificate-expires-soon", "critical", {}, "ok"],
    ["certificate-hash-weak", "critical", {}, "critical"],
    ["certificate-hash-weak", "critical", { forbidden: ["sha1"] }, "ok"],
  ])("%s (%s) with %j: %s", (code, severity, policy, state) => {
    expect(stateOf(withFindings(healthy, [finding(code, severity)]), policy)).toBe(state);
  });

  it("are each a reason of their own", () => {
    const result = withFindings(healthy, [finding("a", "critical"), finding("b", "critical")]);
    expect(outcome(result).reasons.map(({ text }) => text)).toEqual(["it is a", "it is b"]);
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
    expect(reasons[0]?.detail).toMatch(/^port-filtered at tcp/);
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
    ["tls1.0", { ...healthy, tls: tls("ssl3") }, "refused", "critical"],
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
    expect(outcome(unseen, { forbidden: [prohibition] }).reasons[0]?.detail).toMatch(/^port-filtered at tcp/);
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

/** What a probe may not have seen of a server that is well; it did not ask what takes a question of its own. */
const GAPS = {
  "no certificate seen": { ...healthy, certificate: null },
  "dates that cannot be read": withCertificate({ notBefore: null, notAfter: null, daysLeft: null }),
  "TLS not finished": { ...healthy, stages: stagesOf("failed") },
  "not asked": {
    ...healthy,
    ...{ stages: stagesOf("skipped"), tls: null, certificate: null },
    security: { ...healthy.security, nla: "unknown" },
  },
} as const satisfies Readonly<Record<string, Result>>;

type Gap = keyof typeof GAPS;

const ALL_GAPS: readonly Gap[] = [
  "no certificate seen",
  "dates that cannot be read",
  "TLS not finished",
  "not asked",
];

/** Dates say nothing of versions and keys: with TLS finished, these are seen. */
const BUT_DATES = ALL_GAPS.filter((gap) => gap !== "dates that cannot be read");

/** Every demand of `check` and of a module, with the gaps in which it cannot be told. */
const DEMANDS: readonly (readonly [what: string, policy: Partial<CheckPolicy>, gaps: readonly Gap[]])[] = [
  ["days left", {}, ALL_GAPS],
  ["pins", { pins: [PIN] }, BUT_DATES],
  ["in date", { inDate: true }, ALL_GAPS],
  ["nla", { required: ["nla"] }, BUT_DATES],
  ["tls", { required: ["tls"] }, BUT_DATES],
  ["tls1.2", { required: ["tls1.2"] }, BUT_DATES],
  ["tls1.3", { required: ["tls1.3"] }, BUT_DATES],
  ["name", { required: ["name"] }, BUT_DATES],
  ["issuer", { issuer: "CN=b" }, BUT_DATES],
  ["self-signed", { forbidden: ["self-signed"] }, BUT_DATES],
  ["sha1", { forbidden: ["sha1"] }, BUT_DATES],
  ["standard-security", { forbidden: ["standard-security"] }, ALL_GAPS],
  ["tls1.0", { forbidden: ["tls1.0"] }, ALL_GAPS],
  ["tls1.1", { forbidden: ["tls1.1"] }, ALL_GAPS],
];

const NO_LEVELS = { warning: null, critical: null };

const CELLS = DEMANDS.flatMap(([what, policy, gaps]) =>
  ALL_GAPS.map((gap) => [what, gap, gaps.includes(gap) ? "unknown" : "ok", policy] as const),
);

describe("a demand of what was not seen", () => {
  it("is every demand that there is", () => {
    const told = DEMANDS.flatMap(([, { required = [], forbidden = [] }]) => [...required, ...forbidden]);
    expect(new Set(told)).toEqual(new Set([...REQUIREMENTS, ...PROHIBITIONS]));
  });

  it.each(CELLS)("%s, %s: %s", (what, gap, expected, policy) => {
    const seen: Result = GAPS[gap];
    const version = what === "tls1.3" && seen.tls !== null ? tls("1.3") : seen.tls;
    const result: Result = { ...seen, tls: version };
    // Days left are demanded of every check; the other demands are looked at without them.
    const daysLeft = what === "days left" ? POLICY.daysLeft : NO_LEVELS;
    expect(stateOf(result, { ...policy, daysLeft })).toBe(expected);
    const demands = { required: [], forbidden: [], inDate: false, ...policy };
    const outcomes = demandOutcomes({ result, offers: new Map() }, demands);
    expect(outcomes.filter(({ state }) => state.kind === "met")).toHaveLength(
      expected === "ok" ? outcomes.length : 0,
    );
    expect(outcomes.filter(({ state }) => state.kind === "violated")).toEqual([]);
  });

  it.each(ALL_GAPS)("has days left UNKNOWN, unless nobody alerts on them: %s", (gap) => {
    expect(stateOf(GAPS[gap])).toBe("unknown");
    expect(stateOf(GAPS[gap], { daysLeft: NO_LEVELS })).toBe("ok");
  });

  it("is none where a site expects the failure that ends before it, and one where it expects more", () => {
    expect(stateOf(RESULTS.portClosed, { expected: ["port-closed"] })).toBe("ok");
    expect(stateOf(RESULTS.portClosed, { states: new Map([["port-closed", "ok"]]) })).toBe("ok");
    expect(stateOf(GAPS["no certificate seen"], { expected: ["nla-required"] })).toBe("unknown");
  });
});

describe("a certificate that is to be in date", () => {
  it.each<[what: string, changed: Partial<CertificateReport>, kind: string]>([
    ["is", {}, "met"],
    ["has expired", { notAfter: "2020-01-01T00:00:00.000Z" }, "violated"],
    [
      "has expired, and its begin cannot be read",
      { notBefore: null, notAfter: "2020-01-01T00:00:00Z" },
      "violated",
    ],
    ["is not valid yet", { notBefore: "2098-01-01T00:00:00.000Z" }, "violated"],
    ["has no begin that can be read", { notBefore: null }, "unknown"],
    ["has no end that can be read", { notAfter: null }, "unknown"],
  ])("%s: %j is %s", (_what, changed, kind) => {
    const demands = { required: [], forbidden: [], inDate: true };
    const [only] = demandOutcomes({ result: withCertificate(changed), offers: new Map() }, demands);
    expect(only?.state.kind).toBe(kind);
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

describe("what helps", () => {
  /** Every demand that names remedies is broken here. */
  const broken: Result = {
    ...withCertificate({ daysLeft: 3, selfSigned: true, signature: "sha1WithRSAEncryption" }),
    tls: tls("1.0"),
  };
  const demands: Partial<CheckPolicy> = {
    ...{ required: ["tls1.2"], forbidden: ["self-signed", "sha1"], issuer: "CN=corp" },
  };
  const remediesFor = (implementation: ServerImplementation | "unknown"): readonly string[] => {
    const server = { implementation, version: null, confidence: "observed", evidence: [] } as const;
    return outcome({ ...broken, server }, demands).reasons.flatMap(({ remedies = [] }) => remedies);
  };
  const platformsFor = (implementation: ServerImplementation | "unknown"): ReadonlySet<string> =>
    new Set(remedyRows(remediesFor(implementation)).map(platformOf));

  it.each(["windows", "xrdp"] as const)(
    "on %s is what %s can do, and nothing of another server",
    (server) => {
      expect(outcome(broken, demands).reasons.length).toBeGreaterThan(3);
      expect([...platformsFor(server)]).toEqual([server]);
    },
  );

  it("is every server's where nobody knows who answers, Windows' first", () => {
    expect([...platformsFor("unknown")]).toEqual(["windows", "xrdp"]);
  });

  it("names no remedy of theirs to a server that is neither", () => {
    expect(remediesFor("virtualbox")).toEqual([]);
  });
});

describe("one problem", () => {
  const expired: Result = {
    ...withCertificate({ daysLeft: -27.1 }),
    verdict: { ...healthy.verdict, code: "certificate-expired", stage: "certificate", severity: "critical" },
  };

  it("is an expired certificate, whether its verdict says so, its days left or a finding", () => {
    const notRenewed = finding("windows-certificate-not-renewed", "critical");
    const { reasons } = outcome(withFindings(expired, [notRenewed]));
    expect(reasons).toMatchObject([{ state: "critical", text: "the certificate has expired" }]);
  });

  it("is graver than a site sees the verdict, where its days left are", () => {
    const states = new Map([["certificate-expired", "warning"]] as const);
    const { state, reasons } = outcome(expired, { states });
    expect(state).toBe("critical");
    expect(reasons.map(({ text }) => text)).toEqual([
      "the certificate ended 27 days ago (alert range 14:)",
      "the certificate has expired",
    ]);
  });
});

describe("the certificate that Windows makes itself", () => {
  const windows = (daysLeft: number, changed: Partial<CertificateReport> = {}): Result =>
    withCertificate({
      ...{ subject: "CN=HOST", commonName: "HOST", issuer: "CN=HOST", selfSigned: true, daysLeft },
      ...{ notBefore: "2026-01-01T00:00:00.000Z", notAfter: "2026-07-03T00:00:00.000Z" },
      ...changed,
    });

  it.each<[what: string, result: Result, policy: Partial<CheckPolicy>, state: string]>([
    ["nine days before its end", windows(9), {}, "ok"],
    ["on its last day", windows(0.2), {}, "ok"],
    ["past its end", windows(-0.2), {}, "critical"],
    ["nine days before its end, where a site is strict", windows(9), { strictExpiry: true }, "critical"],
    ["with a name beside the CN", windows(9, { subjectAltNames: ["DNS:host"] }), {}, "critical"],
    ["with an organisation", windows(9, { subject: "CN=HOST, O=a" }), {}, "critical"],
    ["from an issuer", windows(9, { selfSigned: false }), {}, "critical"],
    ["for a year", windows(9, { notAfter: "2027-01-01T00:00:00.000Z" }), {}, "critical"],
    ["whose end cannot be read", windows(9, { notAfter: null }), {}, "critical"],
  ])("%s", (_, result, policy, state) => {
    expect(stateOf(result, policy)).toBe(state);
  });
});

describe("the name and the issuer", () => {
  it.each<[what: string, changed: Partial<CertificateReport>, policy: Partial<CheckPolicy>, state: string]>([
    ["the host's", { matchesTarget: true }, { required: ["name"] }, "ok"],
    ["another", { matchesTarget: false }, { required: ["name"] }, "critical"],
    ["another, which nobody asks for", { matchesTarget: false }, {}, "ok"],
    ["the wanted one, in any case", { issuer: "CN=Corp CA 2, DC=corp" }, { issuer: "corp ca" }, "ok"],
    ["not the wanted one", { issuer: "CN=HOST" }, { issuer: "Corp CA" }, "critical"],
    ["one that cannot be read", { issuer: null }, { issuer: "Corp CA" }, "unknown"],
  ])("%s: %s", (_, changed, policy, state) => {
    expect(stateOf(withCertificate(changed), policy)).toBe(state);
  });
});

describe("the order of several problems", () => {
  it("is by gravity, then the verdict, then the fewest words", () => {
    const findings = [finding("certificate-key-refused", "critical"), finding("short", "critical")];
    const { reasons } = outcome(withFindings(base, findings), { required: ["nla"] });
    expect(reasons.map(({ text, isVerdict = false }) => [text, isVerdict]).slice(0, 3)).toEqual([
      ["the server drops the connection when TLS starts (mstsc 0x904/0x7)", true],
      ["it is short", false],
      ["it is certificate-key-refused", false],
    ]);
  });
});
