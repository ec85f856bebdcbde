/** Completions tried by Tab in real shells (bash, zsh and fish of Debian), and PowerShell's by its structure. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SHELLS } from "../../../src/cli/completion/shells.ts";
import { CLIENT_PROFILES } from "../../../src/tls/profiles/client-profiles.ts";
import { VERDICT_CODES } from "../../../src/verdict/verdicts.ts";
import { runInProcess } from "../../cli/in-process.ts";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import { PROMPT, startTypingShell, type TypingShell } from "./typing-shell.ts";

/** What is typed, and what the line is behind Tab. */
const TYPED: readonly (readonly [typed: string, line: RegExp])[] = [
  ["rdprobe wat", /^rdprobe watch$/],
  ["rdprobe compl", /^rdprobe completion$/],
  ["rdprobe --dept", /^rdprobe --depth=?$/],
  ["rdprobe --depth st", /^rdprobe --depth standard$/],
  ["rdprobe --format=nd", /^rdprobe --format=ndjson$/],
  ["rdprobe server01 --fail-on crit", /^rdprobe server01 --fail-on critical$/],
  ["rdprobe --client win7-sp1-r", /^rdprobe --client win7-sp1-rdc8$/],
  ["rdprobe probe --sort sev", /^rdprobe probe --sort severity$/],
  ["rdprobe pcap --color alw", /^rdprobe pcap --color always$/],
  ["rdprobe pcap --keyl", /^rdprobe pcap --keylog=?$/],
  ["rdprobe watch --until nla", /^rdprobe watch --until nla-required$/],
  ["rdprobe explain rebuild-rdp-c", /^rdprobe explain rebuild-rdp-certificate$/],
  ["rdprobe lab key-unr", /^rdprobe lab key-unreadable$/],
  ["rdprobe schema clients-", /^rdprobe schema clients-for$/],
  ["rdprobe completion pow", /^rdprobe completion powershell$/],
  ["rdprobe help merg", /^rdprobe help merge$/],
  ["rdprobe check --timeout-state unk", /^rdprobe check --timeout-state unknown$/],
  ["check_rdp --timeout-state unk", /^check_rdp --timeout-state unknown$/],
  ["check_rdp --require nl", /^check_rdp --require nla$/],
  ["rdprobe far", /^rdprobe farm\.rdp$/],
  ["rdprobe @hos", /^rdprobe @hosts\.txt$/],
  ["rdprobe --targets hos", /^rdprobe --targets hosts\.txt$/],
  ["rdprobe pcap failing\\ ", /^rdprobe pcap failing\\ pc\.pcapng$/],
  ["rdprobe diff insi", /^rdprobe diff inside\.json$/],
];

const FILES = ["farm.rdp", "hosts.txt", "failing pc.pcapng", "inside.json"];

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rdprobe-completion-"));
  for (const name of FILES) await writeFile(join(folder, name), "");
  for (const shell of SHELLS) {
    const { stdout } = await runInProcess(["completion", shell]);
    await writeFile(join(folder, `.${shell}`), stdout);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const STARTS = [
  {
    shell: "bash",
    command: ["bash", "--norc", "--noprofile", "-i"],
    start: `PS1='${PROMPT}'; source .bash; clear`,
  },
  {
    shell: "zsh",
    command: ["zsh", "-f", "-i"],
    start: `autoload -U compinit && compinit -u -D; PROMPT='%${PROMPT}'; source .zsh; clear`,
  },
  {
    shell: "fish",
    command: ["fish", "--no-config", "-i"],
    start: `set -g fish_autosuggestion_enabled 0; function fish_prompt; echo -n '${PROMPT}'; end; source .fish; clear`,
  },
] as const;

for (const { shell, command, start } of STARTS) {
  describeWhere(commandsAvailable("tmux", shell))(`Tab in ${shell}`, () => {
    let typing: TypingShell;
    beforeAll(async () => {
      typing = await startTypingShell(command, start, folder);
    });
    afterAll(() => typing?.close());

    test.each(TYPED)("%s", async (typed, line) => {
      expect(await typing.tabbed(typed, line)).toMatch(line);
    });
  });
}

describe("the scripts", () => {
  test("are refused for another shell", async () => {
    expect(await runInProcess(["completion", "csh"])).toMatchObject({ code: 2, stdout: "" });
    expect(await runInProcess(["completion"])).toMatchObject({ code: 2, stdout: "" });
  });

  test.each(SHELLS)("%s has every command, option and choice", async (shell) => {
    const { stdout } = await runInProcess(["completion", shell]);
    const { stdout: help } = await runInProcess(["help", "all"]);
    const options = [...help.matchAll(/^ {2}(?:-\w, )?--([a-z0-9-]+)/gm)].map(([, name = ""]) => name);
    expect(options.length).toBeGreaterThan(30);
    const words = [
      ...options,
      ...VERDICT_CODES,
      ...CLIENT_PROFILES.map(({ id }) => id),
      "private-key-unreadable",
    ];
    expect(words.filter((word) => !stdout.includes(word))).toEqual([]);
  });

  test("PowerShell's is balanced, quoted, and of its first 5.1 keywords alone (structure only: nothing runs it here)", async () => {
    const { stdout } = await runInProcess(["completion", "powershell"]);
    // Texts in quotes hold anything; what is left has to close what it opens.
    const code = stdout.replaceAll(/'(?:[^']|'')*'/g, "''").replaceAll(/#.*$/gm, "");
    expect(code).not.toContain("'''");
    const open: string[] = [];
    const PAIRS: Readonly<Record<string, string>> = { ")": "(", "}": "{", "]": "[" };
    for (const [mark] of code.matchAll(/[(){}[\]]/g)) {
      const opening = PAIRS[mark];
      if (opening === undefined) open.push(mark);
      else expect(open.pop()).toBe(opening);
    }
    expect(open).toEqual([]);
    // Not in 5.1: the ternary operator, && and ||, ??.
    expect(code).not.toMatch(/&&|\|\||\?\?|\s\?\s/);
    for (const program of ["rdprobe", "check_rdp"])
      expect(code).toContain(`Register-ArgumentCompleter -Native -CommandName ${program} -ScriptBlock`);
    // Keys of a hashtable that differ in case alone are an error.
    for (const [table = ""] of stdout.matchAll(/Values = @\{ .*? \};/g)) {
      const keys = [...table.matchAll(/'(-[^']+)' =/g)].map(([, key = ""]) => key.toLowerCase());
      expect(new Set(keys).size).toBe(keys.length);
    }
  });
});
