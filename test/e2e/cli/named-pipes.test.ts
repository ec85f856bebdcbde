import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { outputOf, runProcess } from "../servers/programs/processes.ts";
import { useLab } from "./lab.ts";
import { rdprobe, rdprobeUntil } from "./rdprobe.ts";

const lab = useLab("127.0.0.1", ["tls-without-nla", "silent"]);
const CAPTURE = "fixtures/lab/failure-5.pcap";

/** By then the program waits for the pipe, also on a busy machine. */
const START_MS = 2500;

let folder: string;
let pipe: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "rdprobe-pipes-"));
  pipe = join(folder, "pipe");
  await outputOf("mkfifo", [pipe]);
});

afterEach(() => rmSync(folder, { recursive: true }));

const FORMATS = [
  ["csv", ["--csv"]],
  ["ndjson", ["--ndjson"]],
  ["json", ["--json"]],
  ["prometheus", ["--format", "prometheus"]],
  ["html", ["--format", "html"]],
  ["text", []],
] as const;

const OUTPUTS = [
  ...FORMATS.map(
    ([name, flags]) => [name, () => [...flags, "-o", pipe, lab.target("tls-without-nla")]] as const,
  ),
  ["--pcap", () => ["-q", "--pcap", pipe, lab.target("tls-without-nla")]],
  ["pcap -o", () => ["pcap", "--json", "-o", pipe, CAPTURE]],
] as const;

describe.skipIf(process.platform === "win32").each(OUTPUTS)("a named pipe for %s", (_name, argsOf) => {
  it("takes all that a file would take, also by a reader that comes late", async () => {
    const reader = sleep(300).then(() => outputOf("cat", [pipe]));
    const { code, stderr } = await rdprobe(argsOf());
    expect({ code, stderr: stderr.replace(/^rdprobe: [^\n]*\d+ packets[^\n]*\n/, "") }).toEqual({
      code: argsOf()[0] === "pcap" ? 1 : 0,
      stderr: "",
    });
    expect((await reader).length).toBeGreaterThan(100);
    expect(statSync(pipe).isFIFO()).toBe(true);
    expect(readdirSync(folder)).toEqual(["pipe"]);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("that nobody reads ends by %s", async (signal, expected) => {
    const isDue = argsOf()[0] === "pcap" ? isAfter(START_MS) : hears();
    const { code, stderr, endedAfterMs } = await rdprobeUntil(isDue, signal, argsOf());
    expect(code).toBe(expected);
    expect(stderr).toMatch(/^rdprobe: [^\n]*: nobody reads from it$/m);
    expect(stderr).not.toContain("internal error");
    expect(endedAfterMs).toBeLessThan(3000);
  });
});

describe.skipIf(process.platform === "win32")("a reader of a named pipe", () => {
  it("that goes away is told, and the program ends", async () => {
    const reader = spawn("head", ["-c", "10", pipe], { stdio: "ignore" });
    const args = ["pcap", "--json", "-v", "-o", pipe, "fixtures/xrdp/tls-1.2-only.pcap"];
    const { code, stderr } = await rdprobe(args);
    reader.kill();
    expect(code).toBe(2);
    expect(stderr).toMatch(/^rdprobe: -o, --output: cannot write [^\n]+pipe: [^\n]*EPIPE$/m);
  });

  it("that stops inside does not keep a signal from being heard", async () => {
    const reader = spawn("sh", ["-c", 'exec 3<"$0"; sleep 30', pipe], { stdio: "ignore" });
    const args = ["pcap", "--json", "-o", pipe, "fixtures/xrdp/tls-1.2-only.pcap"];
    const { code, endedAfterMs } = await rdprobeUntil(isAfter(START_MS), "SIGINT", args);
    reader.kill();
    expect(code).toBe(130);
    expect(endedAfterMs).toBeLessThan(3000);
  });
});

describe.skipIf(process.platform === "win32")("a named pipe that is read", () => {
  it("gives a capture, targets and rows as a file does", async () => {
    const capture = await rdprobe(["pcap", "-q", CAPTURE]);
    const written = outputOf("sh", ["-c", `cat ${CAPTURE} > "$0"`, pipe]);
    const read = await rdprobe(["pcap", "-q", pipe]);
    await written;
    expect(read.code).toBe(capture.code);
    expect(read.stdout.length).toBeGreaterThan(50);
    const list = outputOf("sh", ["-c", 'printf "10.0.0.1\\n10.0.0.2\\n" > "$0"', pipe]);
    const { stdout } = await rdprobe(["--dry-run", `@${pipe}`]);
    await list;
    expect(stdout).toContain("2 targets");
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("and that nobody writes ends by %s", async (signal, expected) => {
    const { code, endedAfterMs } = await rdprobeUntil(isAfter(START_MS), signal, ["pcap", "-q", pipe]);
    expect(code).toBe(expected);
    expect(endedAfterMs).toBeLessThan(3000);
  });

  it("is refused where files are read twice", async () => {
    const { code, stderr } = await rdprobe(["merge", pipe]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^rdprobe: <file>: [^\n]+ is a pipe, [^\n]+\n$/);
  });
});

describe.skipIf(process.platform !== "linux")("a device as an output", () => {
  it.each(FORMATS)(
    "that is full is one line, and takes no other output with it: %s",
    async (_name, flags) => {
      const other = join(folder, "other.json");
      const { code, stderr } = await rdprobe([
        ...flags,
        ...["-o", "/dev/full", "-o", other, lab.target("tls-without-nla")],
      ]);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: "rdprobe: -o, --output: cannot write /dev/full: no space left on device\n",
      });
      expect(JSON.parse(readFileSync(other, "utf8"))).toMatchObject({ verdict: { code: "ok" } });
      expect(readdirSync(folder).toSorted()).toEqual(["other.json", "pipe"]);
    },
  );

  it("is written to as it is: /dev/stdout into a pipe", async () => {
    const target = lab.target("tls-without-nla");
    const { code, stdout } = await runProcess(
      "sh",
      ["-c", '"$@" --json -o /dev/stdout | cat', "sh", process.execPath, "dist/rdprobe.cjs", target],
      { timeoutMs: 20_000 },
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: { code: "ok" } });
  });
});

/** A probe that has connected waits for its output from then on. */
const hears = (): (() => boolean) => {
  const { connections } = lab.listener("tls-without-nla");
  const before = connections().total;
  return () => connections().total > before;
};

/** True from so many milliseconds on. */
const isAfter = (ms: number): (() => boolean) => {
  const startedAt = performance.now();
  return () => performance.now() - startedAt > ms;
};
