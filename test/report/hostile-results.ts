/** Results as no server would be so kind to bring about: any text and number wherever a peer's can stand. */
import fc from "fast-check";
import type { Result } from "../../src/verdict/result/result.ts";
import { VERDICTS, type VerdictCode } from "../../src/verdict/verdicts.ts";
import { RESULTS } from "./results.ts";

/** What ends a line, begins performance data, quotes, escapes or reorders. */
const BITS = [
  ...["|", "\n", "\r\n", "\u2028", "'", '"', "=", ";", "\\n", "\\", "\u0000", "\t", "\u007f", "\u0085", "$"],
  ...["\u001b[2K", "\u001b]0;x\u0007", "\u202e", "\u200b", "\ud800", "\u{e0041}", "| 'time'=0;;;", "OK", " "],
];

const text = fc.oneof(
  fc.array(fc.oneof(fc.constantFrom(...BITS), fc.string()), { maxLength: 12 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 600 }),
  fc.constant("x".repeat(5000)),
);

const isVerdict = (code: string): code is VerdictCode => code in VERDICTS;
const CODES = Object.keys(VERDICTS).filter(isVerdict);

const milliseconds = fc.oneof(fc.constant(null), fc.double({ min: 0, max: 1e7, noNaN: true }));

const severity = fc.constantFrom("ok", "warning", "critical");

const STAGES = ["dns", "tcp", "negotiation", "tls", "certificate", "credssp", "mcs"] as const;

const certificate = fc.record({
  ...{ subject: text, commonName: text, issuer: text, serial: text },
  ...{ notBefore: fc.constant(null), notAfter: fc.constant(null) },
  daysLeft: fc.oneof(fc.constant(null), fc.double({ min: -1e6, max: 1e6, noNaN: true })),
  selfSigned: fc.constantFrom(true, false, null),
  subjectAltNames: fc.array(text, { maxLength: 3 }),
  ...{
    key: fc.constant(null),
    keySha256: fc.constant("22"),
    signature: text,
    extendedKeyUsage: fc.constant(null),
  },
  ...{ sha1: fc.constant("00"), sha256: fc.constant("11"), matchesTarget: fc.constant(null) },
  chain: fc.constant([]),
});

const ntlm = fc.record({
  ...{ targetName: text, netbiosComputer: text, netbiosDomain: text },
  ...{ dnsComputer: text, dnsDomain: text, dnsTree: text, osVersion: text },
  os: fc.constant([]),
  serverTime: fc.constant(null),
  clockSkewMs: fc.oneof(fc.constant(null), fc.double({ min: -1e15, max: 1e15, noNaN: true })),
});

/** Any result at all. */
export const hostileResult: fc.Arbitrary<Result> = fc
  .record({
    verdict: fc.record({
      code: fc.constantFrom(...CODES),
      stage: fc.constantFrom(...STAGES, "done" as const),
      severity,
      summary: text,
    }),
    ...{ address: text, cause: text, note: text, finding: text, version: text },
    durationMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
    times: fc.array(milliseconds, { minLength: STAGES.length, maxLength: STAGES.length }),
    certificate: fc.oneof(fc.constant(null), certificate),
    ntlm: fc.oneof(fc.constant(null), ntlm),
    nla: fc.constantFrom("required", "optional", "unsupported", "unknown"),
  })
  .map(({ verdict, address, cause, note, finding, version, durationMs, times, nla, ...parts }) => ({
    ...RESULTS.resetAfterConfirm,
    ...parts,
    durationMs,
    target: { ...RESULTS.resetAfterConfirm.target, address },
    verdict: {
      ...RESULTS.resetAfterConfirm.verdict,
      ...verdict,
      causes: [
        { code: "odd", title: cause, likelihood: "likely" as const, why: cause, evidence: {}, remedies: [] },
      ],
    },
    findings: [
      {
        code: "odd",
        severity: "info" as const,
        stage: "tls" as const,
        summary: finding,
        evidence: {},
        remedies: [],
      },
    ],
    stages: STAGES.map((name, index) => ({
      ...{ name, status: "ok" as const, note },
      durationMs: times[index] ?? null,
    })),
    security: { ...RESULTS.resetAfterConfirm.security, nla },
    tls: { version, cipher: null, group: null, alert: null, offeredAs: null },
  }));
