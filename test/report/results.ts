/** Results for the reports' tests, as the judge makes them from hand-made connections. */
import { judge } from "../../src/verdict/rules/judge.ts";
import type { Result } from "../../src/verdict/result/result.ts";
import { connection, failedConnect, probeOf, type Step } from "../verdict/transcripts.ts";

const SELECTS_SSL = "030000130ed000001234000200080001000000";
const CERTIFICATE_MISSING = "030000130ed000001234000300080003000000";
const TLS_NOT_ALLOWED = "030000130ed000001234000300080002000000";

const after = (...steps: readonly Step[]): Result => judge(probeOf(connection("offer-all", steps)));

/** What would act on a terminal: CSI, OSC, BEL, C1, DEL, bidi, zero-width, line separators, a tag character. */
const HOSTILE = "a\u001b[31m\u001b]0;b\u0007\u009b\u007f\u202e\u2066\u200b\u2028\r\n\u{e0041}z";

export const RESULTS = {
  portClosed: judge(probeOf(failedConnect("refused", "ECONNREFUSED"))),
  portFiltered: judge(probeOf(failedConnect("no-answer", "ETIMEDOUT"))),
  noName: judge({
    ...probeOf(),
    target: { input: "rdp.example", host: "rdp.example", address: null, port: 3389, family: null },
    resolution: { outcome: "not-found", detail: "ENOTFOUND", durationMs: 7 },
  }),
  noCertificate: after(CERTIFICATE_MISSING),
  standardSecurity: after(TLS_NOT_ALLOWED),
  resetAfterConfirm: after(SELECTS_SSL, "rst"),
  silent: after("timeout"),
} as const satisfies Readonly<Record<string, Result>>;

/** The same with a peer's hostile text wherever a peer's text can stand. */
export const hostile = (result: Result): Result => ({
  ...result,
  target: { ...result.target, input: HOSTILE, host: HOSTILE },
  verdict: { ...result.verdict, summary: HOSTILE, evidence: { text: HOSTILE } },
  findings: [
    { code: "odd", severity: "warning", stage: "tls", summary: HOSTILE, evidence: {}, remedies: [] },
  ],
  stages: result.stages.map((stage) => ({ ...stage, status: "ok", note: HOSTILE })),
});

/** Nothing that a terminal acts on but line ends. */
export const UNSAFE = /[^\P{Cc}\n]|[\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u;

const ESCAPE = "\u001b";

export const withoutColors = (text: string): string =>
  text.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, "g"), "");
