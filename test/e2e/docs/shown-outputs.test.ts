/** Outputs that a manual shows without their command beside them: what the program prints, numbers aside. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { checkRdp } from "../cli/check-rdp.ts";
import { useLab } from "../cli/lab.ts";
import { rdprobe } from "../cli/rdprobe.ts";
import { startRoundRobinFront } from "../servers/fronts/round-robin-front.ts";

/** The machines behind one address, one of them bad. */
const FARM = ["tls-without-nla", "certificate-expired", "certificate-ec"] as const;

const lab = useLab("127.0.0.1", ["nla-required", "key-unreadable", ...FARM]);

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

/** A sign a probe: which machine answers first is chance. */
const STRIP = /^[.e]+$/;

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
  const front = await startRoundRobinFront(FARM.map((id) => lab.listener(id)));
  try {
    const args = ["--count", "9", "--interval", "0", `${front.host}:${front.port}`];
    const { stdout } = await rdprobe(args, { env: { LC_ALL: "C.UTF-8" } });
    const real = new Set(stdout.split("\n").map(shape));
    expect(shown.map(shape).filter((line) => !STRIP.test(line) && !real.has(line))).toEqual([]);
  } finally {
    await front.stop();
  }
});
