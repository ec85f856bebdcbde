import { beforeAll, describe, expect, it } from "vitest";
import { VERSION } from "../../src/cli/version.ts";
import { ensureBuilt } from "./executable.ts";
import { rdprobe } from "./rdprobe.ts";

beforeAll(ensureBuilt, 150_000);

/** The command line, then what its one line must name: the argument, what was typed, what would be right. */
const MISTAKES: readonly (readonly [args: readonly string[], ...named: readonly string[]])[] = [
  [[], "target"],
  [["probe"], "target"],
  [["a$b"], "<target>", '"a$b"', "host:3389"],
  [[""], "<target>", '""', "no target"],
  [["300.1.1.1"], "<target>", "300.1.1.1", "0 to 255"],
  [["127.0.0.1:0"], "<target>", '"0"', "1 to 65535"],
  [["host:99999"], "<target>", "99999", "1 to 65535"],
  [["host:rdp"], "<target>", "rdp", "1 to 65535"],
  [["[::1"], "<target>", "[::1", "[2001:db8::7]:3389"],
  [["https://host"], "<target>", "https://host", "host:3389"],
  [["host", "bad$host"], "<target>", "bad$host"],
  [["-p", "0", "host"], "-p, --port", '"0"', "1 to 65535"],
  [["-p", "3389,,3390", "host"], "-p, --port", '""', "1 to 65535"],
  [["-p", "3390-3389", "host"], "-p, --port", "3390-3389", "33890-33899"],
  [["-4", "::1"], "<target>", "::1", "IPv6", "IPv4"],
  [["-6", "127.0.0.1"], "<target>", "127.0.0.1", "IPv4", "IPv6"],
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
    [["--help"], ["<target...>", "--deadline", "lab", "Exit codes:"]],
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
