/** Where text beyond ASCII is understood, and where a line can be taken back. */
import { describe, expect, it } from "vitest";
import { canRedraw, speaksUtf8, type Terminal } from "../../src/cli/screen/terminal.ts";

const terminal = (
  env: Terminal["env"],
  { platform = "linux", isTTY = true }: { readonly platform?: string; readonly isTTY?: boolean } = {},
): Terminal => {
  const output = { write: () => true, isTTY };
  return { stdout: output, stderr: output, env, platform };
};

describe("UTF-8", () => {
  it.each<[env: Terminal["env"], speaks: boolean]>([
    [{ LANG: "en_US.UTF-8" }, true],
    [{ LANG: "de_DE.utf8" }, true],
    [{ LC_CTYPE: "C.UTF-8" }, true],
    [{ LANG: "C" }, false],
    [{ LANG: "de_DE.ISO-8859-1" }, false],
    [{ LANG: "en_US.UTF-8", LC_ALL: "C" }, false],
    [{ LANG: "en_US.UTF-8", LC_ALL: "" }, true],
    [{ LANG: "en_US.UTF-8", TERM: "dumb" }, false],
    [{}, false],
  ])("with %j: %s", (env, speaks) => {
    expect(speaksUtf8(terminal(env))).toBe(speaks);
  });

  it.each([true, false])(
    "on Windows is spoken by the console, and by nothing that is redirected: %s",
    (isTTY) => {
      expect(speaksUtf8(terminal({}, { platform: "win32", isTTY }))).toBe(isTTY);
    },
  );
});

describe("a line that is written over", () => {
  it.each<[env: Terminal["env"], isTTY: boolean, can: boolean]>([
    [{ TERM: "xterm" }, true, true],
    [{ TERM: "dumb" }, true, false],
    [{ TERM: "xterm" }, false, false],
  ])("with %j, on a terminal %s: %s", (env, isTTY, can) => {
    expect(canRedraw(terminal(env, { isTTY }))).toBe(can);
  });
});
