import { describe, expect, it } from "vitest";
import { ladder, verdictLine } from "../../../src/report/text/ladder.ts";
import type { Finding, Result } from "../../../src/verdict/result/result.ts";
import { hostile, RESULTS, UNSAFE, withoutColors } from "../results.ts";

const PLAIN = { color: false, verbose: false, columns: 100 } as const;
const ALL = Object.entries(RESULTS).map(([name, result]): [string, Result] => [name, result]);

const linesOf = (result: Result, options: Partial<Parameters<typeof ladder>[1]> = {}): readonly string[] =>
  ladder(result, { ...PLAIN, ...options }).split("\n");

/** The lines of a section, without its heading. */
const section = (lines: readonly string[], heading: string): readonly string[] => {
  const start = lines.indexOf(heading);
  const end = lines.indexOf("", start);
  return start < 0 ? [] : lines.slice(start + 1, end < 0 ? lines.length : end);
};

const finding = (severity: Finding["severity"], summary: string): Finding => ({
  code: "noted",
  severity,
  stage: "tls",
  summary,
  evidence: {},
  remedies: [],
});

describe("the ladder of one result", () => {
  it("is where, the stages, the verdict and what to do, in this order", () => {
    const lines = linesOf(RESULTS.noCertificate);
    expect(lines[0]).toBe("192.0.2.7:3389");
    const marks = [
      /^ {2}ok {6}tcp {9} *1\.0 ms port 3389 is open$/,
      /^ {2}FAILED {2}negotiation {2} *\d\.\d ms \S/,
      /^ {2}- {7}tls$/,
      /^ {2}- {7}certificate$/,
      /^CRITICAL {2}no-server-certificate at negotiation$/,
      /^What to do next$/,
      /^ {2}1\. \S/,
      /^ {5}[a-z0-9-]+: server, powershell,/,
    ];
    const places = marks.map((mark) => lines.findIndex((line) => mark.test(line)));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it("shows no stage that was neither run nor kept from running", () => {
    const stages = linesOf(RESULTS.portClosed).filter((line) => /^ {2}(ok|FAILED|-) /.test(line));
    expect(stages.map((line) => line.trim().split(/\s+/).slice(0, 2).join(" "))).toEqual([
      "FAILED tcp",
      "- negotiation",
      "- tls",
      "- certificate",
    ]);
  });

  it("begins with the name where that has no address", () => {
    const lines = linesOf(RESULTS.noName);
    expect(lines[0]).toBe("rdp.example:3389");
    expect(lines[2]).toMatch(/^ {2}FAILED {2}dns {9} *7\.0 ms \S/);
    expect(lines[3]).toBe("  -       tcp");
  });

  it("says which address of a name was probed", () => {
    const { target } = RESULTS.portClosed;
    const named = { ...RESULTS.portClosed, target: { ...target, host: "rdp.example" } };
    expect(linesOf(named)[0]).toBe("rdp.example:3389 (192.0.2.7)");
  });

  it("puts an IPv6 address in brackets before its port", () => {
    const { target } = RESULTS.portClosed;
    const over6 = { ...target, host: "2001:db8::7", address: "2001:db8::7", family: 6 } as const;
    expect(linesOf({ ...RESULTS.portClosed, target: over6 })[0]).toBe("[2001:db8::7]:3389");
  });

  it("says what mstsc shows, and that this is inferred", () => {
    expect(ladder(RESULTS.resetAfterConfirm, PLAIN)).toMatch(
      /mstsc: 0x904 \(2308\), .+ 0x7 \(inferred: what mstsc shows in this case\)\./s,
    );
  });

  it("names three causes with a line of why each, and with verbose all", () => {
    const { causes } = RESULTS.noCertificate.verdict;
    expect(causes.length).toBeGreaterThan(3);
    const short = section(linesOf(RESULTS.noCertificate), "Why");
    const long = section(linesOf(RESULTS.noCertificate, { verbose: true }), "Why");
    const named = (lines: readonly string[]) =>
      lines.flatMap(
        (line) => /^ {2}(?:certain|likely|possible|unlikely) +([a-z0-9-]+): \S/.exec(line)?.[1] ?? [],
      );
    expect(named(short)).toEqual(causes.slice(0, 3).map(({ code }) => code));
    expect(short).toHaveLength(3 * 2 + 1);
    expect(short.at(-1)).toBe(`  ${causes.length - 3} less likely causes: add -v`);
    expect(named(long)).toEqual(causes.map(({ code }) => code));
  });

  it("shows the first remedy's commands, the names of two more, and with verbose all with undo and confirmation", () => {
    const { remedies } = RESULTS.noCertificate;
    expect(remedies.length).toBeGreaterThan(3);
    const short = section(linesOf(RESULTS.noCertificate), "What to do next");
    const long = section(linesOf(RESULTS.noCertificate, { verbose: true }), "What to do next");
    const titles = (lines: readonly string[]) => lines.filter((line) => /^ {2}\d+\. /.test(line)).length;
    expect(titles(short)).toBe(3);
    expect(short.slice(-2)).toEqual([
      `  ${remedies.length - 3} more fixes: add -v.`,
      `  Details of one: rdprobe explain ${remedies[0]?.id}`,
    ]);
    expect(remedies.map(({ commands: [command] }) => short.includes(`       ${command}`))).toEqual(
      remedies.map((_remedy, index) => index === 0),
    );
    expect(titles(long)).toBe(remedies.length);
    expect(long.filter((line) => line.includes("undo: "))).toHaveLength(remedies.length);
    expect(short.join("\n")).not.toContain("undo:");
  });

  it("says no to advice that is popular for what was seen, and why", () => {
    const { refusedAdvice = [] } = RESULTS.noCertificate;
    const [first] = refusedAdvice;
    const short = section(linesOf(RESULTS.noCertificate), "Often advised, and wrong here");
    const long = section(linesOf(RESULTS.noCertificate, { verbose: true }), "Often advised, and wrong here");
    const refused = (lines: readonly string[]) => lines.filter((line) => line.startsWith("  do not ")).length;
    expect(short[0]).toBe(`  do not ${first?.advice}`);
    expect(refused(short)).toBe(2);
    expect(refused(long)).toBe(refusedAdvice.length);
    expect(long.some((line) => line.startsWith("    instead: "))).toBe(true);
  });

  it("prints a remedy's commands whole, each on a line of its own", () => {
    const lines = linesOf(RESULTS.resetAfterConfirm, { verbose: true, columns: 60 });
    for (const { commands } of RESULTS.resetAfterConfirm.remedies) {
      for (const command of commands) expect(lines).toContain(`       ${command}`);
    }
  });

  it("keeps findings for information to the verbose form", () => {
    const findings = [finding("info", "for information"), finding("warning", "a warning")];
    const result = { ...RESULTS.noCertificate, findings };
    expect(section(linesOf(result), "Also seen")).toEqual(["  warning  a warning"]);
    expect(section(linesOf(result, { verbose: true }), "Also seen")).toEqual([
      "  info     for information",
      "  warning  a warning",
    ]);
  });

  it("shows what went over the wire with verbose alone", () => {
    const wire = section(linesOf(RESULTS.noCertificate, { verbose: true }), "On the wire").join("\n");
    expect(wire).toContain("1 connection, 12.3 ms");
    expect(wire).toContain(RESULTS.noCertificate.negotiation?.raw);
    expect(ladder(RESULTS.noCertificate, PLAIN)).not.toContain("On the wire");
  });

  it("does not let a long answer of the server fill the screen", () => {
    const { negotiation } = RESULTS.noCertificate;
    if (negotiation === null) throw new Error("there was an answer");
    const result = { ...RESULTS.noCertificate, negotiation: { ...negotiation, raw: "00".repeat(4000) } };
    expect(ladder(result, { ...PLAIN, verbose: true }).length).toBeLessThan(
      ladder(RESULTS.noCertificate, { ...PLAIN, verbose: true }).length + 1000,
    );
  });
});

describe("every ladder", () => {
  it.each(ALL)(
    "of %s ends with one newline, has no trailing spaces and no word of the program's own",
    (_name, result) => {
      for (const verbose of [false, true]) {
        const text = ladder(result, { ...PLAIN, verbose });
        expect(text).toMatch(/[^\n]\n$/);
        expect(text).not.toMatch(/ \n|\n\n\n|undefined|\bnull\b|NaN|\[object/);
      }
    },
  );

  it.each(ALL)("of %s keeps within its columns, save for commands and headings", (_name, result) => {
    for (const columns of [60, 80, 120]) {
      const commands = new Set(
        result.remedies.flatMap((remedy) => remedy.commands.map((line) => line.trim())),
      );
      const long = linesOf(result, { columns })
        .filter((line) => line.length > columns)
        .filter((line) => !commands.has(line.trim()) && !/^ {2}\d+\. /.test(line));
      expect(long).toEqual([]);
    }
  });

  it.each(ALL)("of %s says the same with and without colours", (_name, result) => {
    const colored = ladder(result, { ...PLAIN, color: true });
    expect(colored).toContain("\u001b[");
    expect(withoutColors(colored)).toBe(ladder(result, PLAIN));
  });

  it.each(ALL)("of %s keeps a peer's text from acting on the terminal", (_name, result) => {
    for (const verbose of [false, true]) {
      const text = ladder(hostile(result), { ...PLAIN, verbose });
      expect(text).toContain("a\\x1b[31m\\x1b]0;b\\x07\\x9b\\x7f\\u{202e}");
      expect(text).not.toMatch(UNSAFE);
    }
  });
});

describe("the verdict on one line", () => {
  it("is severity, place, code, stage and summary", () => {
    expect(verdictLine(RESULTS.portClosed, false)).toBe(
      "CRITICAL 192.0.2.7:3389 port-closed at tcp: the host refuses connections to port 3389",
    );
    expect(verdictLine(RESULTS.standardSecurity, false)).toMatch(
      /^WARNING 192\.0\.2\.7:3389 standard-security-only at negotiation: \S/,
    );
  });

  it("has no stage where all is done", () => {
    const { verdict } = RESULTS.portClosed;
    const done = { ...verdict, code: "ok", stage: "done", severity: "ok", summary: "works" } as const;
    const result: Result = { ...RESULTS.portClosed, severity: "ok", verdict: done };
    expect(verdictLine(result, false)).toBe("OK 192.0.2.7:3389 ok: works");
  });

  it("stays one line whatever the peer says", () => {
    const line = verdictLine(hostile(RESULTS.silent), false);
    expect(line).not.toMatch(UNSAFE);
    expect(line).not.toContain("\n");
  });
});
