import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BEYOND_THE_HANDSHAKE } from "../../../src/verdict/remedies/beyond-the-handshake.ts";
import { REMEDIES } from "../../../src/verdict/remedies/remedies.ts";
import {
  EXAMPLE_TARGET,
  filledFor,
  isUndoCommand,
  needsPowerShell3,
  remedyFor,
} from "../../../src/verdict/remedies/remedy.ts";
import { CMDLETS, PROGRAMS } from "./cmdlets.ts";
import { powershellParser } from "./powershell.ts";

const REMEDIES_FILLED = REMEDIES.map((row) => remedyFor(row, EXAMPLE_TARGET));

const linesOf = (shell: string): readonly (readonly [string, string])[] =>
  REMEDIES_FILLED.filter((row) => row.shell === shell).flatMap(({ id, commands, undo }) =>
    [...commands, ...(isUndoCommand(undo) ? [undo] : [])].map((line) => [id, line] as const),
  );

const BEYOND = BEYOND_THE_HANDSHAKE.flatMap(({ code, commands }) =>
  commands.map((line) => [code, filledFor(line, EXAMPLE_TARGET)] as const),
);

/** Every block of PowerShell in the documents, line by line. */
const DOCUMENTS = [
  "README.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" }).map((path) => join("docs", path)),
]
  .filter((path) => path.endsWith(".md"))
  .flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(/^```(?:powershell|ps1)\n(.*?)^```/gms)].flatMap(
      ([, block = ""]) =>
        block
          .split("\n")
          .filter((line) => line.trim() !== "" && !line.startsWith("#"))
          .map((line) => [path, line] as const),
    ),
  );

const PRINTED = [...linesOf("powershell"), ...BEYOND, ...DOCUMENTS];

describe("every PowerShell command that is printed", () => {
  it("parses, and calls what Windows has with parameters that it takes", async () => {
    const parse = await powershellParser();
    expect(PRINTED.length).toBeGreaterThan(150);
    const wrong = PRINTED.flatMap(([where, line]) => {
      const { faults, calls } = parse(line);
      const unknown = calls.flatMap(({ name, parameters }) => {
        if (PROGRAMS.has(name)) return [];
        const known = CMDLETS[name];
        if (known === undefined) return [`no such command: ${name}`];
        return parameters.filter((one) => !known.parameters.includes(one)).map((one) => `${name} ${one}`);
      });
      return [...faults, ...unknown].map((fault) => `${where}: ${fault}: ${line}`);
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    "Get-Service TermService |",
    "Get-ChildItem 'Cert:\\LocalMachine\\My",
    "if ($x { 1 }",
    "@{ a = 1 ",
  ])("the parser refuses %s", async (line) => {
    const parse = await powershellParser();
    expect(parse(line).faults).not.toEqual([]);
  });

  it("that a Windows before 10 and Server 2016 lacks has steps that say so", async () => {
    const parse = await powershellParser();
    for (const { id, shell, commands, steps } of REMEDIES_FILLED) {
      if (shell !== "powershell") continue;
      const newer = commands
        .flatMap((line) => parse(line).calls)
        .some(({ name }) => CMDLETS[name]?.since === "Windows 10 and Server 2016");
      if (newer)
        expect({ id, text: steps.join(" ") }).toMatchObject({
          text: expect.stringMatching(/Windows 10|2016/),
        });
    }
  });

  it("that Windows 7 and Server 2008 R2 lack is told with its remedy", async () => {
    const parse = await powershellParser();
    for (const remedy of REMEDIES_FILLED.filter(({ shell }) => shell === "powershell")) {
      const calls = remedy.commands.flatMap((line) => parse(line).calls);
      const newer = calls.some(
        ({ name, parameters }) =>
          (CMDLETS[name]?.since ?? null) !== null || (name === "Where-Object" && parameters.length > 0),
      );
      expect([remedy.id, needsPowerShell3(remedy)]).toEqual([remedy.id, newer]);
    }
  });

  it("is written without aliases, and without what only a newer PowerShell than 5.1 has", () => {
    for (const [, line] of PRINTED) {
      expect(line).not.toMatch(/(?:^|\| *)(?:\?|%|gci|gp|sp|gwmi|select|where|ft|fl|iex|iwr)\b/);
      expect(line).not.toMatch(/&&|\|\||\?\?|\?\.|-AsHashtable|ForEach-Object -Parallel/);
    }
  });
});

describe("every line for a POSIX shell", () => {
  it.each(linesOf("bash"))("%s: sh takes %s", (_id, line) => {
    expect(() => execFileSync("bash", ["-n", "-c", line], { stdio: "pipe" })).not.toThrow();
  });
});
