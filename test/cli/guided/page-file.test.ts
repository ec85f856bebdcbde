import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepPage } from "../../../src/cli/guided/page-file.ts";

let folder = "";
let page = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rdprobe-page-"));
  page = join(folder, "page.source");
  writeFileSync(page, "the answer");
});
afterEach(() => rmSync(folder, { recursive: true }));

const nameOf = (target: string): string => {
  const kept = keepPage(page, [folder], target, "html");
  return kept.kind === "saved" ? basename(kept.path) : kept.reason;
};

describe("the page for a ticket", () => {
  it.each([
    ["server01", "rdprobe-server01.html"],
    ["server01:3390", "rdprobe-server01-3390.html"],
    ["[2001:db8::7]:3390", "rdprobe-2001-db8-7-3390.html"],
    ["C:\\My hosts\\office pc.rdp", "rdprobe-office-pc.html"],
    ["/home/me/a.rdp", "rdprobe-a.html"],
    ["..", "rdprobe-result.html"],
    ["\u202e", "rdprobe-result.html"],
    ["a".repeat(300), `rdprobe-${"a".repeat(60)}.html`],
  ])("of %j is %s", (target, name) => {
    expect(nameOf(target)).toBe(name);
  });

  it("overwrites nothing", () => {
    expect([nameOf("a"), nameOf("a"), nameOf("a")]).toEqual([
      ...["rdprobe-a.html", "rdprobe-a-2.html", "rdprobe-a-3.html"],
    ]);
    expect(readFileSync(join(folder, "rdprobe-a-3.html"), "utf8")).toBe("the answer");
  });

  it("goes to the first folder that takes it, and says why none did", () => {
    const missing = join(folder, "missing");
    expect(keepPage(page, [missing, folder], "a", "txt")).toEqual({
      kind: "saved",
      path: join(folder, "rdprobe-a.txt"),
    });
    expect(keepPage(page, [missing], "a", "txt")).toMatchObject({
      kind: "not-saved",
      reason: expect.stringContaining("no such file"),
    });
    expect(keepPage(page, [], "a", "txt").kind).toBe("not-saved");
    expect(readdirSync(folder)).toHaveLength(2);
  });
});
