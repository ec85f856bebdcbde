/** What goes wrong on our own side: descriptors, clocks, signals, archives that unpack to more than there is, threads. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, startLab } from "../../src/lab/lab.ts";
import { ensureBuilt, EXECUTABLE } from "../e2e/cli/executable.ts";
import { runInProcess } from "../cli/in-process.ts";
import { PCAP_FORMS, pcapHeader } from "../capture/support/capture-files.ts";
import { eventually } from "../support/eventually.ts";
import { runProcess } from "../e2e/servers/programs/processes.ts";
import { HOSTILE_STAGES } from "../../src/lab/hostile/stages.ts";
import { type HostileLab, startHostileLab } from "./hostile-lab.ts";

const SILENCE = HOSTILE_STAGES.filter(({ behaviours }) => behaviours === undefined).map(
  ({ id }) => `hostile-${id}-silence`,
);
/** By then each probe has come as far as the silence. */
const STAGES_MS = 700;

let folder: string;
let silent: Server;
let lab: Lab;
let hostile: HostileLab;

beforeAll(async () => {
  await ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), "rdprobe-our-side-"));
  silent = createServer((socket) => socket.on("error", () => socket.destroy()).resume());
  await once(silent.listen(0, "0.0.0.0"), "listening");
  lab = await startLab({ host: "127.97.0.1", basePort: 0, scenarios: ["tls-without-nla"] });
  hostile = await startHostileLab("127.96", SILENCE);
});

afterAll(async () => {
  silent.close();
  await lab.close();
  await hostile[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const portOf = (server: Server): number => {
  const address: AddressInfo | string | null = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

const healthy = (): string => lab.listeners.map(({ host, port }) => `${host}:${port}`).join(",");

describe.skipIf(process.platform !== "linux")("few descriptors", () => {
  const limited = (limit: number, ...args: readonly string[]) =>
    runProcess("sh", ["-c", `ulimit -n ${limit}; exec "$@"`, "sh", process.execPath, EXECUTABLE, ...args], {
      timeoutMs: 60_000,
    });

  it.each([24, 32, 40])("are a line that says so: %d", async (limit) => {
    const { code, stdout, stderr } = await limited(limit, "-q", "--depth", "quick", healthy());
    expect({ code, stdout, stderr }).toEqual({
      ...{ code: 3, stdout: "" },
      stderr: expect.stringMatching(/^rdprobe: [^\n]*too many open files[^\n]*\n$/),
    });
  });

  it("slow a scan down, and take no host from it", async () => {
    const hosts = `127.95.0.1-200:${portOf(silent)}`;
    const { code, stdout, stderr } = await limited(
      140,
      ...["--csv", "-q", "--yes", "--depth", "quick", "--timeout", "200ms", hosts],
    );
    const verdicts = stdout
      .split("\r\n")
      .slice(1, -1)
      .map((row) => row.split(",")[3]);
    expect({ code, stderr, rows: verdicts.length, verdicts: [...new Set(verdicts)] }).toEqual({
      ...{ code: 0, stderr: "", rows: 200, verdicts: ["timeout"] },
    });
  });
});

describe("a wall clock that jumps by days", () => {
  it("changes neither a duration nor a deadline", async () => {
    const startedAt = performance.now();
    const { code, stdout } = await runProcess(
      process.execPath,
      [
        ...["--import", join(import.meta.dirname, "clock-jumps.mjs"), EXECUTABLE, "--json"],
        ...["--timeout", "300ms", "--deadline", "2s", healthy(), `127.0.0.1:${portOf(silent)}`],
      ],
      { timeoutMs: 30_000 },
    );
    expect(code).toBe(0);
    const results: readonly { durationMs: number; verdict: { code: string } }[] = JSON.parse(stdout);
    expect(results.map(({ verdict }) => verdict.code)).toEqual(["ok", "timeout"]);
    for (const { durationMs } of results) {
      expect(durationMs).toBeGreaterThan(0);
      expect(durationMs).toBeLessThan(performance.now() - startedAt);
    }
  });
});

describe.skipIf(process.platform === "win32")("a signal while a peer of each stage is silent", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGKILL", null],
  ] as const)("%s leaves what can be read", async (signal, expected) => {
    const rows = join(folder, `${signal}.ndjson`);
    const table = join(folder, `${signal}.csv`);
    const recording = join(folder, `${signal}.pcapng`);
    const targets = [healthy(), ...hostile.cells.map(({ host, port }) => `${host}:${port}`)];
    const child = spawn(
      process.execPath,
      [
        ...[EXECUTABLE, ...targets, "--timeout", "60s", "--deadline", "90s"],
        ...["-o", rows, "-o", table, "--pcap", recording],
      ],
      { stdio: "ignore" },
    );
    const closed = once(child, "close");
    const written = (): boolean => {
      try {
        return readFileSync(rows, "utf8").includes("127.97.0.1");
      } catch {
        return false;
      }
    };
    await eventually(written, { timeoutMs: 20_000, everyMs: 20 });
    await sleep(STAGES_MS);
    child.kill(signal);
    const [code]: unknown[] = await closed;
    expect(code).toBe(expected);
    for (const file of [rows, table]) {
      const merged = await runInProcess(["merge", file, "--format", file === rows ? "ndjson" : "csv"]);
      expect({ ...merged, stdout: "" }).toMatchObject({ code: 0 });
      const isRow = (line: string): boolean => line !== "" && !line.startsWith("target,");
      expect(merged.stdout.split(/\r?\n/).filter(isRow).length).toBeGreaterThanOrEqual(1);
      expect(merged.stdout).toContain("127.97.0.1");
    }
    const judged = await runInProcess(["pcap", "-q", recording]);
    expect(judged.stderr).not.toContain("internal error");
    expect(judged.stdout).toContain("127.97.0.1");
    // A later run goes on from there.
    const resumed = await runInProcess([healthy(), "--resume", rows, "--dry-run"]);
    expect(resumed.code).toBe(0);
  });
});

/** Of RFC 8878: a frame of blocks that are each one byte, repeated. */
const zstdBomb = (blocks: number): Buffer => {
  const block = (isLast: boolean): number[] => {
    const head = ((128 * 1024) << 3) | (1 << 1) | (isLast ? 1 : 0);
    return [head & 0xff, (head >> 8) & 0xff, (head >> 16) & 0xff, 0];
  };
  return Buffer.from([
    ...[0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58],
    ...Array.from({ length: blocks }, (_, at) => block(at === blocks - 1)).flat(),
  ]);
};

describe("an archive that unpacks to more than there is memory", () => {
  const zeros = gzipSync(Buffer.alloc(16 * 1024 * 1024), { level: 1 });
  const zerosOf = (count: number): readonly Buffer[] => Array.from({ length: count }, () => zeros);
  const start = pcapHeader(PCAP_FORMS[0] ?? { littleEndian: true, nanoseconds: false }, 101);

  /** With the heap that it gets. */
  it.each([
    ["gzip", "bomb.pcap.gz", 48, () => Buffer.concat([gzipSync(start), ...zerosOf(6)])],
    ["zstd", "bomb.pcap.zst", 48, () => zstdBomb(768)],
  ] as const)(
    "%s is read within little, and ends in a line",
    async (what, name, heapMib, make) => {
      const path = join(folder, name);
      writeFileSync(path, make());
      const { code, stderr } = await runProcess(
        process.execPath,
        [`--max-old-space-size=${heapMib}`, EXECUTABLE, "pcap", "-q", path],
        { timeoutMs: 60_000 },
      );
      // Zeros behind a header of pcap are packets of nothing.
      expect(code).toBe(what === "gzip" ? 0 : 2);
      expect(stderr).toMatch(/^(?:rdprobe: [^\n]+\n){1,4}$/);
      expect(stderr).not.toContain("internal error");
    },
    90_000,
  );
});
