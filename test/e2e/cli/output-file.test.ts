import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { outputOf } from "../servers/programs/processes.ts";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";
import { resultShape } from "./result-shape.ts";

const lab = useLab("127.0.0.1", ["tls-without-nla"]);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rdprobe-output-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const write = (file: string, ...options: readonly string[]) =>
  rdprobe([...options, "-o", file, lab.target("tls-without-nla")]);

describe("rdprobe -o", () => {
  it("writes the results to the file, nothing to stdout, and leaves nothing else behind", async () => {
    const file = join(folder, "result.json");
    expect(await write(file, "--json")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(resultShape(JSON.parse(readFileSync(file, "utf8")), "result")).toEqual([]);
    expect(readdirSync(folder)).toEqual(["result.json"]);
  });

  it("writes the answer without colours", async () => {
    const file = join(folder, "result.txt");
    await write(file);
    const answer = readFileSync(file, "utf8");
    expect(answer).toMatch(/^OK {2}127\.0\.0\.1:\d+ {2}RDP works\n/);
    expect(answer).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it("replaces a file in one step: whoever has the old one open keeps it whole", async () => {
    const file = join(folder, "result.json");
    writeFileSync(file, "[]\n");
    chmodSync(file, 0o600);
    const { ino } = statSync(file);
    expect((await write(file, "--json")).code).toBe(0);
    expect(statSync(file).ino).not.toBe(ino);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["result.json"]);
  });

  it("goes through a symbolic link and leaves it a link", async () => {
    writeFileSync(join(folder, "real.json"), "[]\n");
    symlinkSync("real.json", join(folder, "link.json"));
    expect((await write(join(folder, "link.json"), "--json")).code).toBe(0);
    expect(readlinkSync(join(folder, "link.json"))).toBe("real.json");
    expect(readFileSync(join(folder, "real.json"), "utf8")).toContain("rdprobe.result/1");
  });

  it("never replaces what is no file: a pipe stays a pipe", async () => {
    const pipe = join(folder, "pipe");
    await outputOf("mkfifo", [pipe]);
    const reader = outputOf("cat", [pipe]);
    expect((await write(pipe, "--json")).code).toBe(0);
    expect(await reader).toContain("rdprobe.result/1");
    expect(statSync(pipe).isFIFO()).toBe(true);
  });

  it.each([
    ["in a folder that is not there", "missing/result.json", "no such file or directory"],
    ["that is a folder", ".", "illegal operation on a directory"],
  ])("to a file %s is one line that names it, and exit code 2", async (_what, name, reason) => {
    const file = join(folder, name);
    const { code, stdout, stderr } = await write(file, "--json");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(`rdprobe: -o, --output: cannot write ${file}: ${reason}\n`);
    expect(readdirSync(folder)).toEqual([]);
  });
});
