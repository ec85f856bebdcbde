import { describe, expect, it } from "vitest";
import { fixesByProgram, lookAndFix } from "../../../src/report/text/look-and-fix.ts";
import { REMEDIES } from "../../../src/verdict/remedies/remedies.ts";

const ELSE = ["xrdp", "freerdp", "gnome-remote-desktop", "weston", "virtualbox"] as const;
const MENDS_ELSEWHERE = REMEDIES.filter(({ platform }) => platform !== "windows");

const lookAt = (server: string | null, hints: readonly string[]) =>
  lookAndFix(MENDS_ELSEWHERE, { stage: "tls", cause: "server-tls-fault", server, hints }).look;

describe("where Schannel's events are read first", () => {
  it.each([
    ["windows", []],
    ["unknown", ["windows", "xrdp"]],
    [null, ["windows"]],
  ] as const)("at %s, with hints of %j", (server, hints) => {
    expect(lookAt(server, hints)?.id).toBe("read-schannel-events");
  });

  it.each(ELSE)("never at %s, whatever its Connection Confirm could be of", (server) => {
    expect(lookAt(server, ["windows"])?.platform).not.toBe("windows");
  });

  it("never at one that is unknown and cannot be Windows", () => {
    expect(lookAt("unknown", ["xrdp"])?.platform).not.toBe("windows");
  });
});

describe("where Windows or xrdp may answer", () => {
  const fixesAt = (server: string | null, hints: readonly string[]) =>
    fixesByProgram(REMEDIES, { stage: "negotiation", cause: null, server, hints }).map(({ program, fix }) => [
      program,
      fix.shell === "bash",
    ]);

  it.each([null, "unknown"])("each has a fix of its own: %s", (server) => {
    expect(fixesAt(server, ["windows", "xrdp"])).toEqual([
      ["Windows", false],
      ["xrdp", true],
    ]);
  });

  it.each([
    ["windows", ["windows", "xrdp"]],
    ["xrdp", ["windows", "xrdp"]],
    ["unknown", ["windows"]],
    [null, []],
  ] as const)("one fix is enough for %s with hints of %j", (server, hints) => {
    expect(fixesAt(server, hints)).toEqual([]);
  });
});
