import { beforeAll, describe, expect, it } from "vitest";
import { VERSION } from "../../../src/cli/version.ts";
import { SHORT_HELP } from "../../../src/cli/words/short-help.ts";
import { ensureBuilt } from "./executable.ts";
import { rdprobe } from "./rdprobe.ts";

beforeAll(ensureBuilt, 150_000);

/** The command line, then what its one line must name: the argument, what was typed, what would be right. */
const MISTAKES: readonly (readonly [args: readonly string[], ...named: readonly string[]])[] = [
  [["probe"], "target"],
  [["a$b"], '"a$b"', "host:3389"],
  [[""], '""', "no target"],
  [["300.1.1.1"], "300.1.1.1", "0 to 255"],
  [["127.0.0.1:0"], '"0"', "1 to 65535"],
  [["host:99999"], "99999", "1 to 65535"],
  [["host:rdp"], "rdp", "1 to 65535"],
  [["[::1"], "[::1", "[2001:db8::7]:3389"],
  [["https://host"], "https://host", "host:3389"],
  [["host", "bad$host"], "bad$host"],
  [["-p", "0", "host"], "-p, --port", '"0"', "1 to 65535"],
  [["-p", "3389,,3390", "host"], "-p, --port", '""', "1 to 65535"],
  [["-p", "3390-3389", "host"], "-p, --port", "3390-3389", "33890-33899"],
  [["-4", "::1"], "::1", "IPv6", "IPv4"],
  [["-6", "127.0.0.1"], "127.0.0.1", "IPv4", "IPv6"],
  [["--timeout", "0", "host"], "--timeout", '"0"', "500ms, 5s or 2m"],
  [["--timeout", "soon", "host"], "--timeout", "soon", "500ms, 5s or 2m"],
  [["--timeout", "-1s", "host"], "--timeout", "-1s", "500ms, 5s or 2m"],
  [["--timeout"], "--timeout"],
  [["--deadline", "1h", "host"], "--deadline", "1h", "500ms, 5s or 2m"],
  [["--deadline", "2000m", "host"], "--deadline", "2000m", "up to a day"],
  [["--cookie", "a\nb", "host"], "--cookie", "printable ASCII"],
  [["--cookie", "c".repeat(201), "host"], "--cookie", "up to 200"],
  [["--routing-token", "\u00e4", "host"], "--routing-token", "printable ASCII"],
  [["--cookie", "a", "--routing-token", "b", "host"], "--routing-token", "without --cookie"],
  [["--format", "xml", "host"], "--format", "xml", "text, json, ndjson, csv"],
  [["--color", "sometimes", "host"], "--color", "sometimes", "auto, always, never"],
  [["--fail-on", "error", "host"], "--fail-on", "error", "never, warning, critical"],
  [["--jsn", "host"], "--jsn", "--json"],
  [["--dead-line", "1s", "host"], "--dead-line", "--deadline"],
  [["lab", "no-such-scenario"], "<scenario>", "no-such-scenario", "nla-required"],
  [["lab", "key-unreadble"], "<scenario>", "did you mean key-unreadable?"],
  [["chekc"], "chekc", "did you mean check?", "rdprobe probe chekc"],
  [["explian", "0x904"], "did you mean explain?", "rdprobe probe explian"],
  [["version"], "did you mean --version?"],
  [["completion"], "shell"],
  [["completion", "csh"], "csh", "bash, zsh, fish, powershell"],
  [["schema", "results"], "results", "result, explain"],
  [["\\\\server01\\share"], "\\\\server01\\share", "server01:3389"],
  [["rdp://username=s:me"], "full address"],
  [["-iL", "hosts.txt"], "-iL", "@hosts.txt"],
  [["-oA", "rdp", "host"], "-oA", "rdp.csv"],
  [["-o", "rdp.docx", "host"], "--output", ".docx", ".ndjson"],
  [["--separator", "x", "host"], "--separator", "semicolon"],
  [["-iL", "hosts.txt"], "-iL", "@hosts.txt"],
  [["-oA", "rdp", "host"], "-oA", "-o rdp.csv"],
  [["-oX", "rdp.xml", "host"], "-oX", "-o rdp.json"],
  [["--resume", "/dev/null", "10.0.0.1"], "--resume", "-o"],
  [["lab", "--base-port", "65536"], "--base-port", "65536", "65535"],
  [["lab", "--base-port", "65530"], "--base-port", "65530", "0 (any)"],
  [["lab", "--host", "192.0.2.7"], "--host", "192.0.2.7", "127.0.0.1 or ::1"],
  [["lab", "--host", "127.300.0.1"], "--host", "127.300.0.1", "127.0.0.1 or ::1"],
];

describe("a command line that cannot be carried out", () => {
  it.concurrent.each(MISTAKES.map(([args, ...named]) => ({ args, named, line: JSON.stringify(args) })))(
    "$line is one line on stderr, and the exit code is 2",
    async ({ args, named }) => {
      const { code, stdout, stderr } = await rdprobe(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^rdprobe: [^\n]+\n$/);
      for (const text of named) expect(stderr).toContain(text);
    },
  );

  it.each(["host\u001b]0;owned\u0007", "host\u009b31m", "host\u202etsoh", "--\u001b[31m"])(
    "%j reaches the terminal without its control characters",
    async (input) => {
      const { code, stderr } = await rdprobe([input]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^rdprobe: [^\n]+\n$/);
      expect(stderr.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    },
  );

  it("is found before anything is sent: no result precedes it", async () => {
    const { code, stdout } = await rdprobe(["--json", "127.0.0.1:1", "300.1.1.1"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

describe("what a user asks of the program itself", () => {
  it.each(["-V", "--version"])("%s prints the version on stdout", async (flag) => {
    expect(await rdprobe([flag])).toEqual({ code: 0, stdout: `rdprobe ${VERSION}\n`, stderr: "" });
  });

  it.each([
    [
      ["--help", "all"],
      ["<target...>", "--deadline", "lab", "Exit codes:"],
    ],
    [["--help"], ["<target...>", "--help all", "lab", "Exit codes:"]],
    [["server01", "--help"], ["--help all"]],
    [["-h"], ["<target...>"]],
    [
      ["probe", "--help"],
      ["--deadline <duration>", "--fail-on <severity>", "--json"],
    ],
    [
      ["lab", "--help"],
      ["[scenario...]", "--base-port"],
    ],
    [["help", "lab"], ["[scenario...]"]],
  ])("%j prints help on stdout", async (args, contents) => {
    const { code, stdout, stderr } = await rdprobe(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const text of contents) expect(stdout).toContain(text);
  });
});

describe("rdprobe without a word", () => {
  it("shows examples on six lines, and the exit code is 2", async () => {
    const { code, stdout, stderr } = await rdprobe([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toHaveLength(6);
  });
});

describe("the short help", () => {
  it("fits a screen of 24 lines and 80 columns, the prompt below it", () => {
    const lines = SHORT_HELP.trimEnd().split("\n");
    expect(lines.length).toBeLessThan(24);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("names only options and commands that there are", async () => {
    const { stdout: all } = await rdprobe(["--help", "all"]);
    const options = SHORT_HELP.match(/--[a-z-]+/g) ?? [];
    const [, listed = ""] = /^Commands .*\n([\s\S]*)^Exit codes/m.exec(SHORT_HELP) ?? [];
    const commands = [...listed.matchAll(/ {2}([a-z]+) {2,}\S/g)].map(([, word]) => word);
    expect(options.length).toBeGreaterThan(8);
    expect(commands.length).toBeGreaterThan(7);
    for (const option of options) expect(all).toContain(option);
    for (const command of commands) expect(all).toMatch(new RegExp(`^ {2}${command} `, "m"));
  });
});
