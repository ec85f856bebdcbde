/**
 * The commands that the documents show are run, each in a folder with the files that they name; servers of the lab stand
 * for the hosts. Usage (2) and faults of the program (3) fail. Those that stay, lab and exporter, are run by the
 * examples of docs/commands.
 */
import { cp, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runInProcess } from "../../cli/in-process.ts";
import { checkRdp } from "../cli/check-rdp.ts";
import { useLab } from "../cli/lab.ts";
import { type ExampleFolder, exampleFolder } from "./command-examples.ts";
import { SHOWN_COMMANDS } from "../../docs/shown-commands.ts";

const lab = useLab("127.0.0.1", ["nla-required", "tls-without-nla"]);
const TIMEOUT_MS = 120_000;

/** Probes that a round of many is shortened to. */
const ROUNDS = "2";

const CASES = [...new Map(SHOWN_COMMANDS.map((shown) => [shown.words.join(" "), shown])).values()].filter(
  ({ words, line }) =>
    !["lab", "exporter"].includes(words[0] ?? "") &&
    // A synopsis, an output that is tested where it stands, the examples of docs/commands.
    !/\[options\]|…|127\.0\.0\.1:\d/.test(line) &&
    // They need a server of another kind: test/e2e/fleet and test/e2e/history have them.
    !/^rdprobe (?:worker|submit|scheduler|collect|fleet|store|history|due)\b|postgres:/.test(line),
);

let examples: ExampleFolder;
let folder = "";
beforeAll(async () => {
  examples = await exampleFolder();
  folder = examples.path;
  const named = async (name: string, text: string) => writeFile(join(folder, name), text);
  await named("hosts.txt", `${lab.target("nla-required")}\n`);
  await named("farm.rdp", `full address:s:${lab.target("nla-required")}\n`);
  for (const [name, as] of [
    ["failing-pc.pcapng", "rdp.pcapng"],
    ["monday.csv", "rdp.csv"],
    ["monday.csv", "rdp-1.csv"],
    ["monday.ndjson", "old.ndjson"],
    ["friday.ndjson", "scan.ndjson"],
  ] as const)
    await cp(join(folder, name), join(folder, as));
  for (const name of ["inside", "outside"])
    await named(`${name}.json`, (await runInProcess(["--json", lab.target("nla-required")])).stdout);
}, 150_000);
afterAll(() => examples[Symbol.asyncDispose]());

/** A network of loopback where nothing listens on 3389. */
const NETWORK = "127.77.0.0/30";

const FILE = /^(@?)(?:\/\S*\/)?([\w*-]+\.(?:csv|ndjson|json|html|pcapng|rdp|txt|prom))$/;

/** The words with what there is here in the place of what they name. */
const standingIn = (words: readonly string[], cwd: string): readonly string[] => {
  const readsFilesOnly = ["merge", "diff", "report", "explain", "pcap"].includes(words[0] ?? "");
  const port = lab.listener("nla-required").port;
  const hosts = (word: string): string =>
    (words.includes("--resolve") ? word.replace(/^server01$/, `server01:${port}`) : word)
      .replace(/^server01:192\.0\.2\.9$/, `server01:${HOST}`)
      .replace(/^(?:server01(?!:\d)|server01:3389|192\.0\.2\.7(?::\d+)?)$/, lab.target("nla-required"))
      .replace(/^server02$/, lab.target("tls-without-nla"))
      .replace(/^10\.20\.0\.0\/\d+$/, NETWORK)
      .replace(/jump:1080$/, `${HOST}:1`);
  return words.map((word, index) => {
    const [, at = "", name] = FILE.exec(word) ?? [];
    if (name !== undefined) return `${at}${join(cwd, name)}`;
    if (words[index - 1] === "--count") return ROUNDS;
    if (words[index - 1] === "--interval") return "0";
    return readsFilesOnly ? word : hosts(word);
  });
};

const HOST = "127.0.0.1";

describe("the commands in the documents", () => {
  it("are many", () => {
    expect(CASES.length).toBeGreaterThan(50);
  });

  it.each(CASES)(
    "$path: $line",
    async ({ words }) => {
      const cwd = await mkdtemp(join(tmpdir(), "rdprobe-shown-"));
      try {
        await cp(folder, cwd, { recursive: true });
        const given = standingIn(words, cwd);
        if (given[0] === "check") {
          const [host = "", port = ""] = lab.target("nla-required").split(":");
          const args = given.slice(1).map((word) => word.replace(`${host}:${port}`, host));
          const { code, stdout } = await checkRdp([...args, "-p", port]);
          expect([0, 1, 2], stdout).toContain(code);
          return;
        }
        const outputs = given.filter((_, index) => given[index - 1] === "-o");
        for (const path of outputs) await rm(path, { force: true });
        const { code, stdout, stderr } = await runInProcess(given);
        expect([0, 1], stderr).toContain(code);
        // Rows that are written to a file are all that there is to say.
        if (outputs.length === 0 && !given.includes("--resume")) expect(stdout).not.toBe("");
        for (const path of outputs) expect((await stat(path)).size).toBeGreaterThan(0);
        expect(stderr).not.toMatch(/internal error|no such file/);
      } finally {
        await rm(cwd, { recursive: true, force: true });
      }
    },
    TIMEOUT_MS,
  );
});
