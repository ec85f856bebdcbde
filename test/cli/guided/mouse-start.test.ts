import { describe, expect, it } from "vitest";
import { mouseStart, type StartedWith, taskName } from "../../../src/cli/guided/mouse-start.ts";

/** A double click in the Explorer. */
const DOUBLE_CLICK: StartedWith = {
  argv: [],
  env: {},
  platform: "win32",
  isConsole: () => true,
  isFile: (path) => path === "C:\\a.rdp" || path === "C:\\a.csv",
  parentName: () => "explorer.exe",
};

describe("a start with the mouse", () => {
  it.each<[string, Partial<StartedWith>, string | null]>([
    ["a double click", {}, null],
    ["a double click under another name of the Explorer", { parentName: () => "Explorer.EXE" }, null],
    ["a file dropped on it", { argv: ["C:\\a.rdp"] }, "C:\\a.rdp"],
    ["a parent that cannot be told", { parentName: () => null }, null],
    ["what the environment asks for", { platform: "linux", env: { RDPROBE_ASK: "1" } }, null],
    ["what the environment asks for, in cmd", { env: { PROMPT: "$P$G", RDPROBE_ASK: "1" } }, null],
  ])("is %s", (_what, change, target) => {
    expect(mouseStart({ ...DOUBLE_CLICK, ...change })).toEqual({ target });
  });

  it.each<[string, Partial<StartedWith>]>([
    ["a target", { argv: ["server01"] }],
    ["two files", { argv: ["C:\\a.rdp", "C:\\a.rdp"] }],
    ["a file of another kind", { argv: ["C:\\a.csv"] }],
    ["a file that is not there", { argv: ["C:\\b.rdp"] }],
    ["a script that reads the output", { isConsole: () => false, env: { RDPROBE_ASK: "1" } }],
    ["cmd.exe", { env: { PROMPT: "$P$G" } }],
    ["PowerShell", { parentName: () => "powershell.exe" }],
    ["Linux", { platform: "linux" }],
    ["a user who does not want it", { env: { RDPROBE_ASK: "0" } }],
  ])("is not %s", (_what, change) => {
    expect(mouseStart({ ...DOUBLE_CLICK, ...change })).toBeNull();
  });

  it("asks Windows for the parent only where all else says so", () => {
    const parentName = () => {
      throw new Error("asked");
    };
    expect(mouseStart({ ...DOUBLE_CLICK, parentName, argv: ["server01"] })).toBeNull();
    expect(mouseStart({ ...DOUBLE_CLICK, parentName, env: { PROMPT: "" } })).toBeNull();
  });
});

describe("the name in a line of tasklist", () => {
  it.each([
    ['"explorer.exe","4242","Console","1","151.232 K"\r\n', "explorer.exe"],
    ['\r\n"powershell.exe","7","Console","1","9 K"\r\n', "powershell.exe"],
    ["INFO: No tasks are running which match the specified criteria.\r\n", null],
    ["", null],
  ])("%j", (text, name) => {
    expect(taskName(text)).toBe(name);
  });
});
