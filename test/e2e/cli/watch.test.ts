import { describe, expect, it } from "vitest";
import { run } from "../../../src/cli/program.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { freePort } from "../servers/programs/real-server.ts";
import { runInProcess } from "../../cli/in-process.ts";
import { useLab } from "./lab.ts";
import { rdprobeUntil } from "./rdprobe.ts";

const lab = useLab("127.0.0.1", ["nla-required", "port-closed", "reset-after-hello", "silent"]);

const QUICK = ["--interval", "50ms", "--timeout", "2s"] as const;

const LINE = /^\d\d:\d\d:\d\dZ {2}(OK|WARNING|FAILED) {2,}\S/;

const linesOf = (stdout: string): readonly string[] => stdout.trimEnd().split("\n");

describe("rdprobe watch", () => {
  it("sees a server that is started later: the port was closed, and then users get in", async () => {
    const port = await freePort("127.0.0.1");
    const written: string[] = [];
    const rung: string[] = [];
    const later: Promise<Lab>[] = [];
    const code = await run(["watch", `127.0.0.1:${port}`, "--until", "ok", ...QUICK], {
      stdout: {
        write: (text: string) => {
          written.push(text);
          if (later.length === 0)
            later.push(startLab({ host: "127.0.0.1", basePort: port, scenarios: ["nla-required"] }));
        },
      },
      stderr: { isTTY: true, write: (text: string) => rung.push(text) },
      env: { TERM: "dumb" },
    });
    for (const started of await Promise.all(later)) await started.close();
    const lines = linesOf(written.join(""));
    expect(code).toBe(0);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.map((line) => LINE.exec(line)?.[1])).toEqual([...lines.slice(1).map(() => "FAILED"), "OK"]);
    expect(lines.at(-1)).toContain("was port-closed at tcp");
    expect(rung).toEqual(["\u0007"]);
  });

  it("ends without --until at the first other verdict, with 1 where that is a failure", async () => {
    const started = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: ["nla-required"] });
    const port = started.listeners[0]?.port ?? 0;
    const written: string[] = [];
    const code = await run(["watch", `127.0.0.1:${port}`, ...QUICK], {
      stdout: {
        write: (text: string) => {
          written.push(text);
          if (written.length === 1) void started.close();
        },
      },
      stderr: { write: () => {} },
      env: {},
    });
    const lines = linesOf(written.join(""));
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/Z {2}OK /);
    expect(lines.at(-1)).toMatch(/Z {2}FAILED .*\(was ok for /);
  });

  it.each([
    ["a verdict that is there at once", "port-closed", "port-closed", 1],
    ["users that get in at once", "nla-required", "ok", 0],
  ])("--until is met by %s", async (_what, id, until, expected) => {
    const { code, stdout, stderr } = await runInProcess([
      ...["watch", lab.target(id), "--until", until],
      ...QUICK,
    ]);
    expect({ code, lines: linesOf(stdout).length, stderr }).toEqual({ code: expected, lines: 1, stderr: "" });
  });

  it.each([
    ["what --until waits for has not come", ["--until", "ok"], "port-closed", 1],
    ["nothing has changed, and it is healthy", [], "nla-required", 0],
    ["nothing has changed, and it is a failure", [], "port-closed", 1],
  ] as const)("--for ends it with a summary where %s", async (_what, flags, id, expected) => {
    const { code, stdout, stderr } = await runInProcess([
      ...["watch", lab.target(id), "--for", "600ms", ...flags],
      ...QUICK,
    ]);
    expect(code).toBe(expected);
    expect(linesOf(stdout).every((line) => LINE.test(line))).toBe(true);
    expect(stderr).toMatch(/^\d+ probes? in [^\n]+; last: [^\n]+\n$/);
  });

  it("--for ends also a probe that waits, and says that none has ended", async () => {
    const args = ["watch", lab.target("silent"), "--for", "300ms", "--timeout", "30s"];
    const { code, stdout, stderr } = await runInProcess(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^[^\n]+\n$/);
  });

  it.each([
    ["nla-required", 0],
    ["reset-after-hello", 1],
  ])("SIGINT ends it with one line and the last verdict's exit code: %s, %d", async (id, expected) => {
    const hasLine = (stdout: string) => stdout.includes("\n");
    const { code, stdout, stderr } = await rdprobeUntil(hasLine, "SIGINT", ["watch", lab.target(id)]);
    expect(code).toBe(expected);
    expect(linesOf(stdout)).toHaveLength(1);
    expect(stderr).toMatch(/^1 probe in [^\n]+; last: [^\n]+\n$/);
  });

  it.each([
    ["an unknown verdict", ["host", "--until", "fine"], "--until"],
    ["one that quick cannot see", ["host", "--until", "nla-required"], "--until"],
    ["no duration", ["host", "--interval", "soon"], "--interval"],
    ["several targets in one", ["192.0.2.0/30"], "<target>"],
    ["no target", [], "target"],
  ])("%s is a usage error of one line", async (_what, args, named) => {
    const { code, stdout, stderr } = await runInProcess(["watch", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^rdprobe: [^\n]+\n$/);
    expect(stderr).toContain(named);
  });
});
