import { describe, expect, it } from "vitest";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";

const lab = useLab("127.0.0.1", ["failure-3", "failure-2", "certificate-hostile-name"]);

const ESCAPE = "\u001b";

/** The sequences that set colours; nothing else of a terminal's language is in our output. */
const SGR = new RegExp(`${ESCAPE}\\[\\d+m`, "g");

type Case = [args: readonly string[], env: Readonly<Record<string, string>>, colored: boolean];

describe("colours on a pipe", () => {
  it.each<Case>([
    [[], {}, false],
    [["--color", "auto"], {}, false],
    [["--color", "always"], {}, true],
    [["--color", "always"], { NO_COLOR: "1" }, true],
    [["--color", "never"], { FORCE_COLOR: "1" }, false],
    [[], { FORCE_COLOR: "1" }, true],
    [[], { FORCE_COLOR: "0" }, false],
    [[], { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    [[], { NO_COLOR: "1" }, false],
    [["-q", "--color", "always"], {}, true],
    [["--json", "--color", "always"], {}, false],
  ])("with %j and %j: %j", async (args, env, colored) => {
    const { stdout } = await rdprobe([...args, lab.target("failure-3")], { env });
    expect(stdout).toContain("no-server-certificate");
    expect(stdout.includes("\u001b[")).toBe(colored);
  });

  it("change nothing of the text, and the table's columns stay in line", async () => {
    const targets = ["failure-3", "failure-2"].map((id) => lab.target(id));
    const plain = await rdprobe(targets);
    const colored = await rdprobe(["--color", "always", ...targets]);
    expect(colored.stdout).toContain("\u001b[");
    expect(withoutTimes(colored.stdout.replaceAll(SGR, ""))).toBe(withoutTimes(plain.stdout));
  });
});

describe("what a peer says", () => {
  it.each([[[]], [["-v"]], [["-q"]], [["--color", "always"]], [["-v", "--color", "always"]]])(
    "with %j reaches a terminal without control, bidi and zero-width characters",
    async (options) => {
      const { stdout } = await rdprobe([...options, lab.target("certificate-hostile-name")]);
      expect(stdout).toContain(options.includes("-v") ? "gnitteg" : "OK");
      expect(stdout.replaceAll(SGR, "")).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|[\u2028\u2029]/u);
    },
  );
});

/** A duration of more digits makes its column wider. */
const withoutTimes = (table: string): string =>
  table.replaceAll(/ +\d+ {2,}/g, " ").replace(/MS +SUMMARY/, "MS SUMMARY");
