import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkmkLine } from "../../../src/report/monitoring/checkmk-line.ts";
import { nagiosOutput, type PluginOutput, stateLine } from "../../../src/report/monitoring/nagios-line.ts";
import { type MetricRanges, metricsOf } from "../../../src/report/monitoring/perfdata.ts";
import { parseRange } from "../../../src/targets/grammar/range.ts";
import { CHECK_STATES, type CheckReason, type CheckState } from "../../../src/verdict/check/check-state.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { hostileResult } from "../hostile-results.ts";
import { readPluginOutput } from "../plugin-output.ts";
import { RESULTS } from "../results.ts";

const rangeOf = (text: string) => {
  const range = parseRange(text);
  if (!range.ok) throw new Error(range.problem);
  return range.value;
};

const RANGES: MetricRanges = {
  daysLeft: { warning: rangeOf("30:"), critical: rangeOf("14:") },
  latencyMs: { warning: rangeOf("500"), critical: rangeOf("@1000:2000") },
};

const outputOf = (
  results: readonly Result[],
  state: CheckState,
  reasons: readonly CheckReason[],
  verbosity = 0,
): PluginOutput => ({
  state,
  addresses: results.map((result) => ({ result, outcome: { state, reasons } })),
  metrics: metricsOf(results, RANGES),
  verbosity,
});

const RUNS = 10_000;

const reasonsOf = ({ verdict: { summary } }: Result, state: CheckState): readonly CheckReason[] =>
  state === "ok" ? [] : [{ state, text: summary }];

const hostileOutput = fc
  .tuple(
    fc.array(hostileResult, { minLength: 1, maxLength: 3 }),
    fc.constantFrom(...CHECK_STATES),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([results, state, verbosity]) =>
    outputOf(
      results,
      state,
      results.flatMap((result) => reasonsOf(result, state)),
      verbosity,
    ),
  );

describe("the plugin's output", () => {
  it("is state, text and performance data with units, thresholds and minimum", () => {
    const result = { ...RESULTS.resetAfterConfirm, durationMs: 182.44 };
    const reasons = [{ state: "critical" as const, text: "reset at tls (0x904/0x7): the server reset it" }];
    expect(nagiosOutput(outputOf([result], "critical", reasons)).split("\n")[0]).toBe(
      "RDP CRITICAL - reset at tls (0x904/0x7): the server reset it | 'time'=0.1824s;0.5;@1:2;0 'tcp'=0.001s;;;0 'negotiation'=0.001s;;;0",
    );
  });

  it("says of a healthy server what it showed", () => {
    const [first] = nagiosOutput(outputOf([RESULTS.silent], "ok", [])).split(" | ");
    expect(first).toBe("RDP OK - timeout at negotiation, as configured, 12 ms");
  });

  it("names the address that is worst where there are several", () => {
    const reasons = [{ state: "critical" as const, text: "no answer" }];
    const output = outputOf([RESULTS.silent, RESULTS.portClosed], "critical", reasons);
    expect(nagiosOutput(output)).toMatch(/^RDP CRITICAL - 2 of 2 addresses, 192\.0\.2\.7: no answer \| /);
  });

  it("names every problem, the gravest first and each once, wherever it is", () => {
    const texts = ["reset at tls", "TLS 1.0 is accepted", "the certificate is self-signed"];
    const reasons = texts.map((text) => ({ state: "critical" as const, text }));
    const unseen = { state: "unknown" as const, text: "no certificate was seen" };
    const [line] = nagiosOutput(outputOf([RESULTS.silent], "critical", [...reasons, unseen])).split(" | ");
    expect(line).toBe(`RDP CRITICAL - 3 problems: ${texts.join("; ")}`);
    const [both] = nagiosOutput(outputOf([RESULTS.silent, RESULTS.silent], "critical", reasons)).split(" | ");
    const placed = texts.map((text) => `192.0.2.7: ${text}`);
    expect(both).toBe(`RDP CRITICAL - 2 of 2 addresses, 3 problems: ${placed.join("; ")}`);
  });

  it("names what is not known where that is all, and the verdict alone where it follows from that", () => {
    const unseen = ["no certificate", "no answer about NLA"].map((text) => ({
      ...{ state: "unknown" as const, text },
    }));
    const verdict = { state: "unknown" as const, text: "timeout at tls", isVerdict: true as const };
    const lineOf = (reasons: readonly CheckReason[]) =>
      nagiosOutput(outputOf([RESULTS.silent], "unknown", reasons)).split(" | ")[0];
    expect(lineOf(unseen)).toBe("RDP UNKNOWN - 2 problems: no certificate; no answer about NLA");
    expect(lineOf([verdict, ...unseen])).toBe("RDP UNKNOWN - timeout at tls");
  });

  it("cuts a long line at its end and between two words; below it everything stands", () => {
    const reasons = Array.from({ length: 20 }, (_, index) => ({
      ...{ state: "critical" as const, text: `problem ${index} ${"word ".repeat(8).trim()}` },
    }));
    const [line = "", ...more] = nagiosOutput(outputOf([RESULTS.silent], "critical", reasons)).split("\n");
    expect(line).toMatch(
      /^RDP CRITICAL - 20 problems: (problem \d+( word){8}; )+[^|]*(word|problem|\d+);?\.\.\. \|/,
    );
    for (const { text } of reasons) expect(more).toContain(`critical: ${text}`);
  });

  it("has one problem a line below, and behind each what to do first", () => {
    const reasons: readonly CheckReason[] = [
      {
        state: "critical",
        text: "one",
        detail: "one, with all that was seen",
        remedies: ["bind-new-certificate"],
      },
      { state: "critical", text: "two", remedies: ["bind-new-certificate", "read-schannel-events"] },
      { state: "warning", text: "three", step: "look there" },
      { state: "warning", text: "four" },
    ];
    const [, ...more] = nagiosOutput(outputOf([RESULTS.silent], "critical", reasons))
      .trimEnd()
      .split("\n");
    expect(more).toEqual([
      "critical: one, with all that was seen",
      expect.stringMatching(/^-> fix, on the server: [^:]+: rdprobe explain bind-new-certificate$/),
      "critical: two",
      expect.stringMatching(/^-> check first, on the server: [^:]+: rdprobe explain read-schannel-events$/),
      "warning: three",
      "-> first: look there",
      "warning: four",
      expect.stringMatching(/^-> first: rdprobe \S+ says more$/),
    ]);
  });

  it("parses back whatever the peers sent: text, numbers and thresholds", () => {
    fc.assert(
      fc.property(hostileOutput, (output) => {
        const { text, perfdata, more } = readPluginOutput(nagiosOutput(output));
        expect(`${text} `.startsWith(`RDP ${output.state.toUpperCase()} - `)).toBe(true);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(620);
        if (output.state !== "ok") expect(more.length).toBeGreaterThanOrEqual(2);
        if (output.state === "ok") expect(more.length === 0).toBe(output.verbosity === 0);
        expect(perfdata.map(({ label, value, unit }) => ({ label, value, unit }))).toEqual(
          output.metrics.map(({ label, value, unit }) => ({ label, value, unit })),
        );
        for (const { label, warning, critical, min } of perfdata) {
          const [wanted, least] = EXPECTED[label] ?? [["", ""], 0];
          expect({ label, thresholds: [warning, critical], min }).toEqual({
            label,
            thresholds: wanted,
            min: least,
          });
        }
      }),
      { numRuns: RUNS },
    );
  }, 60_000);

  it("takes what monitoring systems keep: 8 KiB", () => {
    fc.assert(
      fc.property(hostileOutput, (output) => {
        expect(Buffer.byteLength(nagiosOutput(output))).toBeLessThanOrEqual(8000);
      }),
    );
  });

  it.each([
    ["a\nb", "RDP UNKNOWN - a/x0ab"],
    ["  two   words ", "RDP UNKNOWN - two words"],
    ["a | b=1", "RDP UNKNOWN - a / b=1"],
    [`${"word ".repeat(400)}`, `RDP UNKNOWN - ${"word ".repeat(118)}word...`],
    ["x".repeat(2000), `RDP UNKNOWN - ${"x".repeat(597)}...`],
  ])("puts %j into one line", (text, line) => {
    expect(stateLine("unknown", text)).toBe(line);
  });
});

const EXPECTED: Readonly<Record<string, [thresholds: readonly string[], min: number | null]>> = {
  time: [["0.5", "@1:2"], 0],
  cert_days_left: [["30:", "14:"], null],
  clock_skew: [["", ""], null],
};

describe("the line of a Checkmk local check", () => {
  it("is state, service, metrics with upper levels, and text", () => {
    const reasons = [{ state: "warning" as const, text: "slow" }];
    expect(
      checkmkLine('RDP "a"', outputOf([{ ...RESULTS.portClosed, durationMs: 700 }], "warning", reasons)),
    ).toBe("1 \"RDP 'a'\" time=0.7;0.5;;0|tcp=5;;;0 slow\n");
  });

  it("is one line with a known state whatever the peers sent", () => {
    fc.assert(
      fc.property(hostileOutput, (output) => {
        const line = checkmkLine("RDP |\n\"'", output);
        expect(line).toMatch(
          /^[0-3] "[^"|\p{Cc}]+" [a-z_]+=-?[\d.]+(;[^ |;]*)*(\|[a-z_]+=-?[\d.]+(;[^ |;]*)*)* [^\p{Cc}|]*\n$/u,
        );
        expect(Number(line[0])).toBe(CHECK_STATES.indexOf(output.state));
      }),
    );
  });
});
