import { describe, expect, it } from "vitest";
import {
  type FamilyChoice,
  parseTargetArgument,
  targetsOfLines,
  targetsOfText,
} from "../../../src/targets/plan/target-text.ts";

/** The entries as typed, and the problems. */
const wordsOf = (text: string, family: FamilyChoice = 0): string[] =>
  targetsOfText(text, family).map((entry) => (entry.ok ? entry.value.input : entry.problem));

const linesOf = async (lines: string[], family: FamilyChoice = 0): Promise<string[]> => {
  const words: string[] = [];
  for await (const entry of targetsOfLines(lines, "hosts.txt", family)) {
    words.push(entry.ok ? entry.value.input : entry.problem);
  }
  return words;
};

describe("an argument", () => {
  it.each([
    ["-", { kind: "stdin" }],
    ["@-", { kind: "stdin" }],
    ["@hosts.txt", { kind: "file", path: "hosts.txt" }],
    ["@my hosts, new.txt", { kind: "file", path: "my hosts, new.txt" }],
  ])("%j", (argument, value) => {
    expect(parseTargetArgument(argument)).toEqual({ ok: true, value });
  });

  it("is otherwise a list of targets", () => {
    const argument = parseTargetArgument("host:3390,b", 4);
    expect(argument).toEqual({
      ok: true,
      value: { kind: "targets", entries: targetsOfText("host:3390 b") },
    });
    expect(parseTargetArgument("::1", 4)).toEqual({
      ok: true,
      value: { kind: "targets", entries: targetsOfText("::1", 4) },
    });
  });

  it.each([
    ["@", '"@" names no file: write @targets.txt'],
    ["", '"" holds no target'],
    [" , ", '" , " holds no target'],
  ])("%j is refused", (argument, problem) => {
    expect(parseTargetArgument(argument)).toEqual({ ok: false, problem });
  });
});

describe("targets in text", () => {
  it.each([
    ["a b\tc\n d", ["a", "b", "c", "d"]],
    ["a,b,,c,", ["a", "b", "c"]],
    ["10.0.0.1,10.0.0.2", ["10.0.0.1", "10.0.0.2"]],
    ["10.0.0.1,3,5-9", ["10.0.0.1,3,5-9"]],
    ["10.0.0.1,3,10.0.0.7,8", ["10.0.0.1,3", "10.0.0.7,8"]],
    ["10.0.0.1,3:3390,host", ["10.0.0.1,3:3390", "host"]],
    ["10.0,1.0,2.1,9", ["10.0,1.0,2.1,9"]],
    ["host,10.0.0,1.4,host2", ["host", "10.0.0,1.4", "host2"]],
    ["10.0.0.0/24,10.0.1.5-20", ["10.0.0.0/24", "10.0.1.5-20"]],
  ])("%j has the words %j", (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it.each([
    ["10.0.0.1, 3", '"3" is a number and no host'],
    ["host:3389,3390", '"3390" is a number and no host'],
    ["10.0.0.5-10.0.0.20,30", '"30" is a number and no host'],
    ["10.0.0.0/24,25", '"25" is a number and no host'],
  ])("%j: a comma that goes on with no octet begins a target", (text, problem) => {
    expect(wordsOf(text)[1]).toContain(problem);
  });

  it("reads a long list of octets in one go", () => {
    expect(wordsOf(`10.0.0.1${",1".repeat(100_000)}`)).toHaveLength(1);
  });

  it("refuses addresses of the family that was not asked for, and takes names", () => {
    expect(wordsOf("host ::1 10.0.0.1/24 fe80::1%eth0", 4)).toEqual([
      "host",
      'target "::1": this is IPv6, and -4 asks for IPv4',
      "10.0.0.1/24",
      'target "fe80::1%eth0": this is IPv6, and -4 asks for IPv4',
    ]);
    expect(wordsOf("::1 10.0.0.1-9", 6)[1]).toBe('target "10.0.0.1-9": this is IPv4, and -6 asks for IPv6');
  });
});

describe("targets in a file", () => {
  it("leaves comments and empty lines out, and bears a byte order mark and CRLF", async () => {
    const lines = ["\uFEFFa # the first\r", "", "# b", "  c, d\te#f\r", "10.0.0.1,3"];
    expect(await linesOf(lines)).toEqual(["a", "c", "d", "e", "10.0.0.1,3"]);
  });

  it("names file and line of what is bad, and goes on", async () => {
    expect(await linesOf(["a", "", "b 10.0.0.300", "c", "-", "@other", "10.0.0.5 - 10.0.0.20"])).toEqual([
      "a",
      "b",
      'hosts.txt:3: target "10.0.0.300": an octet is a number from 0 to 255, or a range of them as 1-254, not "300"',
      "c",
      'hosts.txt:5: "-" stands alone: write a range without spaces, as in 10.0.0.5-10.0.0.20',
      'hosts.txt:6: "@other": a file is a target of its own: give it as an argument, or to --exclude-file',
      "10.0.0.5",
      'hosts.txt:7: "-" stands alone: write a range without spaces, as in 10.0.0.5-10.0.0.20',
      "10.0.0.20",
    ]);
  });

  it("reads lines as they come and no further than it is asked", async () => {
    let read = 0;
    async function* many(): AsyncGenerator<string> {
      for (read = 1; read <= 1_000_000; read += 1) yield `host${read}`;
    }
    for await (const entry of targetsOfLines(many(), "stdin")) {
      if (entry.ok && entry.value.input === "host1000") break;
    }
    expect(read).toBe(1000);
  });

  it("takes the family asked for", async () => {
    expect(await linesOf(["::1"], 4)).toEqual([
      'hosts.txt:1: target "::1": this is IPv6, and -4 asks for IPv4',
    ]);
  });
});
