/** The manual pages: what the commands define, in roff that groff and man (Debian: groff-base, man-db) take as it is. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { manualPages } from "../../../scripts/build/manual-pages.ts";
import { type CommandModel, commandModels } from "../../../src/cli/words/command-model.ts";
import { commandTree } from "../../../src/cli/program.ts";
import { runInProcess } from "../../cli/in-process.ts";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import { runProcess } from "../servers/programs/processes.ts";

const NOWHERE = { write: () => {} } as const;

let commands: readonly CommandModel[] = [];
let pages: ReadonlyMap<string, string> = new Map();
let folder = "";
beforeAll(async () => {
  commands = commandModels(await commandTree({ stdout: NOWHERE, stderr: NOWHERE, env: {} }));
  pages = manualPages(commands);
  folder = await mkdtemp(join(tmpdir(), "rdprobe-man-"));
  for (const [name, page] of pages) await writeFile(join(folder, name), page);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const NAMES = ["rdprobe.1", "check_rdp.1"];
const pageOf = (name: string): string => pages.get(name) ?? "";
/** As it was before hyphens were escaped. */
const plain = (page: string): string => page.replaceAll("\\-", "-").replaceAll(/\\f[BIR]/g, "");

test("the package has them, and no other", () => {
  expect(manifest.man.map((path) => path.replace("./dist/man/", ""))).toEqual(NAMES);
  expect([...pages.keys()]).toEqual(NAMES);
});

test("rdprobe.1 has every command with each of its options, as --help does", async () => {
  const page = plain(pageOf("rdprobe.1"));
  expect(commands.length).toBeGreaterThan(10);
  for (const { name, options } of commands) {
    expect(page).toContain(`.SS rdprobe ${name}\n`);
    for (const option of options) expect(page).toContain(`${option.names.join(", ")}`);
  }
  const { stdout } = await runInProcess(["pcap", "--help"]);
  const named = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z0-9-]+)/gm)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(5);
  const pcap = commands.find(({ name }) => name === "pcap");
  expect(pcap?.options.map(({ names }) => names.at(-1)).toSorted()).toEqual(named.toSorted());
});

test.each(NAMES)("%s has exit codes, environment and examples", (name) => {
  for (const section of ["NAME", "SYNOPSIS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES", "SEE ALSO"])
    expect(pageOf(name)).toContain(`\n.SH ${section}\n`);
});

describeWhere(commandsAvailable("groff", "man"))("groff and man", () => {
  test.each(NAMES)("take %s without a warning, and print the name of each option", async (name) => {
    const file = join(folder, name);
    const groff = await runProcess("groff", ["-man", "-Tutf8", "-ww", "-z", file], { timeoutMs: 30_000 });
    expect(groff).toMatchObject({ code: 0, stdout: "", stderr: "" });
    const env = { LC_ALL: "C.UTF-8", MANWIDTH: "80", MANROFFOPT: "" };
    const man = await runProcess("man", ["--warnings", "-E", "UTF-8", "-l", file], {
      timeoutMs: 30_000,
      env,
    });
    expect(man).toMatchObject({ code: 0, stderr: "" });
    expect(man.stdout).toContain("--timeout");
    expect(man.stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });
});
