import { describe, expect, it } from "vitest";
import { ladder } from "../../../src/report/text/ladder.ts";
import { answeredBy, connectedIn, EXPIRED, repeated, repeatOf } from "../../verdict/repeats.ts";
import { UNSAFE } from "../results.ts";

const PLAIN = { color: false, verbose: false, columns: 80 } as const;

const linesOf = (result: Parameters<typeof ladder>[0], columns = 80): readonly string[] =>
  ladder(result, { ...PLAIN, columns }).split("\n");

describe("many probes in the ladder", () => {
  it("are a strip of verdicts with its legend", () => {
    const lines = linesOf(repeatOf("....r..f"));
    expect(lines).toContain("  ....r..f");
    expect(lines).toContain("  . ok 6   r reset 1   f port-filtered 1   of 8");
  });

  it("have the time of each connect under its verdict, and nothing where none came to be", () => {
    const lines = linesOf(repeated([10, 80, 40].map(connectedIn)));
    expect(lines[lines.indexOf("  ...") + 1]).toBe("  ▁█▄");
  });

  it("say how each stage's time is spread", () => {
    const lines = linesOf(repeated([70, 80, 90].map(connectedIn)));
    expect(lines).toContain("  ms                min   median      p95      max   jitter");
    expect(lines).toContain("  tcp              70.0     80.0     90.0     90.0     10.0");
  });

  it("wrap at the terminal's width", () => {
    const strips = linesOf(repeatOf(".".repeat(100)), 60).filter((line) => /^ {2}\.+$/.test(line));
    expect(strips.map((line) => line.length)).toEqual([60, 44]);
  });

  it("show the end of what is too long", () => {
    const lines = linesOf(repeatOf(".".repeat(5000)), 80);
    expect(lines).toContain("  the last 624:");
    expect(lines.length).toBeLessThan(60);
  });

  it("name the machines of a farm, the bad one marked", () => {
    const text = linesOf(
      repeated([answeredBy("aa".repeat(32)), answeredBy("bb".repeat(32), null, EXPIRED)]),
    ).join("\n");
    expect(text).toContain("  2 machines behind this address, 1 of 2 bad:");
    expect(text).toMatch(/^ {4}ok +1 × CN=HOST: ok; SHA-256 aaaaaaaaaaaaaaaa…$/m);
    expect(text).toMatch(/^ {4}bad +1 × CN=HOST: certificate-expired; SHA-256 bbbbbbbbbbbbbbbb…$/m);
  });

  it("let no text of a peer through to the terminal", () => {
    const hostile = "\u001b[31m\u202e\n";
    const text = ladder(repeated([answeredBy("aa", hostile), answeredBy("bb", hostile)]), PLAIN);
    expect(text).not.toMatch(UNSAFE);
  });
});
