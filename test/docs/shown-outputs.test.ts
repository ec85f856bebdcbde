/** Outputs that a manual shows without their command beside them: what the program prints, numbers aside. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { checkRdp } from "../cli/check-rdp.ts";
import { runInProcess } from "../cli/in-process.ts";
import { useLab } from "../cli/lab.ts";

const lab = useLab("127.0.0.1", ["nla-required", "key-unreadable", "farm"]);

/** The block of text that begins so. */
const blockOf = (path: string, start: RegExp): readonly string[] => {
  const blocks = [...readFileSync(path, "utf8").matchAll(/```text\n([\s\S]*?)```/g)];
  const [, block = ""] = blocks.find(([, text = ""]) => start.test(text)) ?? [];
  return block.trimEnd().split("\n");
};

/** Numbers, fingerprints and bars differ from run to run; spaces follow them. */
const shape = (line: string): string =>
  line
    .replaceAll(/\b[\da-f]{16}\b/g, "H")
    .replaceAll(/[▁▂▃▄▅▆▇█]+/g, "B")
    .replaceAll(/\d+(?:\.\d+)?/g, "N")
    .replaceAll(/ +/g, " ")
    .trim();

it("docs/check_rdp.md shows the lines of a healthy host and of a failing one", async () => {
  const shown = blockOf("docs/check_rdp.md", /^RDP OK/);
  const real: string[] = [];
  for (const id of ["nla-required", "key-unreadable"]) {
    const [host = "", port = ""] = lab.target(id).split(":");
    const { stdout } = await checkRdp(["-H", host, "-p", port]);
    real.push(...stdout.trimEnd().split("\n"));
  }
  expect(shown.length).toBe(4);
  for (const [index, line] of shown.entries()) {
    const [start = ""] = line.split("...");
    expect(shape(real[index] ?? "").startsWith(shape(start)), `${line}\n${real[index]}`).toBe(true);
  }
});

it("docs/intermittent.md shows a farm with one bad machine", async () => {
  const shown = blockOf("docs/intermittent.md", /probes in/);
  const { stdout } = await runInProcess(["--count", "9", "--interval", "0", lab.target("farm")]);
  const real = new Set(stdout.split("\n").map(shape));
  const strange = shown.map(shape).filter((line) => !/^[.e]+$/.test(line) && !real.has(line));
  expect(strange).toEqual([]);
});
