import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";

const lab = useLab("127.0.0.1", ["tls-without-nla"]);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rdprobe-unwritable-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Paths that nobody can write, and how they are made. */
const PATHS = [
  ["a loop of links", "loop", () => symlinkSync("loop", join(folder, "loop"))],
  ["below a file", "file/x", () => writeFileSync(join(folder, "file"), "text")],
  ["in no folder", "missing/x", () => {}],
  ["of a name that is too long", "x".repeat(300), () => {}],
  ["that is a folder", "folder", () => mkdirSync(join(folder, "folder"))],
] as const;

const ROWS = `${JSON.stringify({ schema: "rdprobe.result/1" })}\n`;

const COMMANDS = [
  ["text", (path: string) => [lab.target("tls-without-nla"), "-o", path]],
  ["json", (path: string) => [lab.target("tls-without-nla"), "--json", "-o", path]],
  ["csv", (path: string) => [lab.target("tls-without-nla"), "--csv", "-o", path]],
  ["ndjson", (path: string) => [lab.target("tls-without-nla"), "--ndjson", "-o", path]],
  ["prometheus", (path: string) => [lab.target("tls-without-nla"), "--format", "prometheus", "-o", path]],
  ["merge", (path: string) => ["merge", join(folder, "rows.ndjson"), "-o", path]],
] as const;

describe.each(PATHS)("an output %s", (_, name, make) => {
  it.each(COMMANDS)("of %s is one line that names it, and exit code 2", async (__, argsFor) => {
    make();
    writeFileSync(join(folder, "rows.ndjson"), ROWS);
    const before = readdirSync(folder).toSorted();
    const path = join(folder, name);
    const { code, stdout, stderr } = await rdprobe(argsFor(path));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.split("\n")).toHaveLength(2);
    expect(stderr).toContain(path);
    expect(readdirSync(folder).toSorted()).toEqual(before);
  });
});
