import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import type { Result } from "../../../../src/verdict/result/result.ts";
import { commandPath } from "../../../support/availability.ts";
import { eventually } from "../../../support/eventually.ts";
import { PROGRAM, PROGRAM_ARGS } from "../executable.ts";
import { useLab } from "../lab.ts";
import { rdprobe, rdprobeUntil } from "../rdprobe.ts";
import { resultShape } from "../result-shape.ts";

const lab = useLab("127.0.0.1", ["silent", "silent-after-hello", "failure-3", "nla-required"]);

/** Node's start, and a busy machine. */
const PROMPT_MS = 1000;

/** What is in flight is given a second to come to its end. */
const GRACE_MS = 1000;

const hears = (id: string): (() => boolean) => {
  const before = lab.listener(id).connections().total;
  return () => lab.listener(id).connections().total > before;
};

describe("a signal during a probe", () => {
  it.each([
    ["SIGINT", 130, "silent"],
    ["SIGTERM", 143, "silent"],
    ["SIGINT", 130, "silent-after-hello"],
  ] as const)("%s ends it within the grace with %d where the server is %s", async (signal, expected, id) => {
    const { code, stdout, stderr, endedAfterMs } = await rdprobeUntil(hears(id), signal, [
      "--json",
      lab.target(id),
    ]);
    expect({ code, stderr }).toEqual({ code: expected, stderr: "" });
    expect(JSON.parse(stdout)).toEqual([]);
    expect(endedAfterMs).toBeLessThan(GRACE_MS + PROMPT_MS);
  });

  it("keeps what is known, and opens no new connection", async () => {
    const totals = () => lab.listener("nla-required").connections().total;
    const before = totals();
    const targets = ["failure-3", "silent", "nla-required"].map((id) => lab.target(id));
    const { code, stdout } = await rdprobeUntil(hears("silent"), "SIGINT", ["--json", ...targets]);
    expect(code).toBe(130);
    const result: Result = JSON.parse(stdout);
    expect(resultShape(result, "result")).toEqual([]);
    expect(result.verdict.code).toBe("no-server-certificate");
    expect(totals()).toBe(before);
  });

  it("leaves the results so far in the table as well", async () => {
    const targets = ["failure-3", "silent"].map((id) => lab.target(id));
    const { code, stdout } = await rdprobeUntil(hears("silent"), "SIGINT", ["-q", ...targets]);
    expect(code).toBe(130);
    expect(stdout).toMatch(/^CRITICAL \S+ no-server-certificate [^\n]+\n$/);
  });
});

describe("a pipe whose reader has gone", () => {
  it("ends the program quietly: | head -1", async () => {
    const targets = [lab.target("failure-3"), lab.target("nla-required")];
    const script = `"$@" | head -1; echo "\${PIPESTATUS[@]}"`;
    const shell = spawn(
      commandPath("bash") ?? "bash",
      ["-c", script, "bash", PROGRAM, ...PROGRAM_ARGS, "-v", ...targets],
      { env: { ...process.env, NO_COLOR: "1" } },
    );
    let stdout = "";
    let stderr = "";
    shell.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    shell.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    await once(shell, "close");
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^TARGET [^\n]+\n0 0\n$/);
  });

  it("ends it quietly also when nothing was read at all", async () => {
    const child = spawn(PROGRAM, [...PROGRAM_ARGS, "--json", lab.target("failure-3")], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout.destroy();
    const [code]: unknown[] = await once(child, "close");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe("rdprobe lab", () => {
  it("says what listens where, and SIGINT stops it with exit code 0", async () => {
    const ids = ["failure-3", "port-closed"];
    const listed = (stdout: string) => stdout.endsWith("\n");
    const args = ["lab", "--base-port", "0", ...ids];
    const { code, stdout, stderr, endedAfterMs } = await rdprobeUntil(listed, "SIGINT", args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "Ctrl-C stops the lab.\n" });
    const [head, ...rows] = stdout.trimEnd().split("\n");
    expect(head).toMatch(/^ADDRESS +SCENARIO +VERDICT +STAGE +WHAT IT DOES$/);
    expect(rows[0]).toMatch(/^127\.0\.0\.1:\d+ +failure-3 +no-server-certificate +negotiation +\S/);
    expect(rows[1]).toMatch(/^127\.0\.0\.1:\d+ +port-closed +port-closed +tcp +\S/);
    expect(rows).toHaveLength(ids.length);
    expect(endedAfterMs).toBeLessThan(PROMPT_MS);
  });

  it("stops on SIGINT also while a client holds a connection", async () => {
    let probe: Promise<unknown> | null = null;
    const isBusy = (stdout: string) => {
      const address = /^\S+:\d+/m.exec(stdout.split("\n")[1] ?? "")?.[0];
      if (address !== undefined && probe === null) probe = rdprobe(["--timeout", "3s", address]);
      return probe !== null;
    };
    const { code, endedAfterMs } = await rdprobeUntil(isBusy, "SIGINT", [
      "lab",
      "--base-port",
      "0",
      "silent",
    ]);
    expect(code).toBe(0);
    expect(endedAfterMs).toBeLessThan(PROMPT_MS);
    await probe;
  });

  it("with --json gives each listener's id, verdict, stage, address and port", async () => {
    const listed = (stdout: string) => stdout.endsWith("\n");
    const { stdout } = await rdprobeUntil(listed, "SIGTERM", [
      "lab",
      "--base-port",
      "0",
      "--json",
      "failure-3",
    ]);
    expect(JSON.parse(stdout)).toEqual([
      {
        id: "failure-3",
        title: expect.any(String),
        verdict: "no-server-certificate",
        stage: "negotiation",
        address: "127.0.0.1",
        port: expect.any(Number),
      },
    ]);
  });

  it("a port that is in use is one line that names it", async () => {
    const { port } = lab.listener("silent");
    const { code, stdout, stderr } = await rdprobe(["lab", "--base-port", String(port), "failure-3"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^rdprobe: --base-port: port \d+ of 127\.0\.0\.1 is in use: [^\n]+\n$/);
    expect(stderr).toContain(String(port));
  });

  it("takes consecutive ports from the base port on", async () => {
    const listed = (stdout: string) => stdout.endsWith("\n");
    let rows: readonly { readonly port: number }[] = [];
    await eventually(
      async () => {
        const basePort = 20_000 + (Math.floor(performance.now()) % 20_000);
        const args = ["lab", "--base-port", String(basePort), "--json", "failure-2", "failure-3"];
        const { code, stdout } = await rdprobeUntil(listed, "SIGINT", args);
        if (code === 0) rows = JSON.parse(stdout);
        return code === 0;
      },
      { timeoutMs: 10_000 },
    );
    expect((rows[1]?.port ?? 0) - (rows[0]?.port ?? 0)).toBe(1);
  });
});
