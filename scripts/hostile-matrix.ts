/**
 * `npm run matrix [-- --tools] [--write]`: rdprobe against every hostile server of the lab: how long past its deadline, how
 * much memory over the same scan of healthy servers, and what it says. `--tools`: nmap, sslscan and tshark on the
 * same servers, which takes some minutes. `--write` puts the tables into docs/hostile-matrix.md. Linux.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { HOSTILE_SCENARIOS } from "../src/lab/hostile/hostile-scenarios.ts";
import type { LabListener } from "../src/lab/lab.ts";
import { startHostileLab } from "../test/hostile/hostile-lab.ts";

const { values } = parseArgs({
  options: { tools: { type: "boolean", default: false }, write: { type: "boolean", default: false } },
});

const DEADLINE_MS = 2500;
const MAX_LATE_MS = 200;
const MAX_MIB = 30;
/** Beyond it another tool hangs. */
const HANG_MS = 15_000;
const SIDE_BY_SIDE = 12;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly isLate: boolean;
}

const run = (command: string, args: readonly string[], killMs: number): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(command, [...args], { stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    let isLate = false;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const timer = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, killMs);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr, isLate });
    });
  });

const folder = mkdtempSync(join(tmpdir(), "rdprobe-matrix-"));
const PEAK = join(folder, "peak.mjs");
writeFileSync(
  PEAK,
  'process.on("exit", () => process.stderr.write(["peak", process.resourceUsage().maxRSS, ""].join(" ")));\n',
);

interface Row {
  readonly target: { readonly input: string };
  readonly durationMs: number;
  readonly severity: string;
  readonly verdict: { readonly code: string; readonly stage: string };
}

const scanned = async (cells: readonly LabListener[], ...more: readonly string[]) => {
  const list = join(folder, "targets");
  writeFileSync(list, cells.map(({ host, port }) => `${host}:${port}\n`).join(""));
  const args = ["--import", PEAK, "dist/rdprobe.cjs", `@${list}`, "--ndjson", "-q", "--concurrency", "8"];
  const times = ["--timeout", "500ms", "--deadline", `${DEADLINE_MS}ms`, "--retries", "0"];
  const ended = await run(process.execPath, [...args, ...times, ...more], 300_000);
  const rows: Row[] = ended.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return { ...ended, rows, mib: Number(/peak (\d+)/.exec(ended.stderr)?.[1] ?? Number.NaN) / 1024 };
};

/** No handshake can end well there, nor any certificate be proved. */
const isHopeless = ({ scenario }: LabListener): boolean =>
  scenario.stage === "tls" || /^hostile-confirm-(?!right|doubled|late|endless-rep)/.test(scenario.id);

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map((_, at) => (at === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

await using healthyLab = await startHostileLab(
  "127.91",
  HOSTILE_SCENARIOS.map(() => "nla-optional"),
);
await using hostileLab = await startHostileLab("127.92");
const healthy = await scanned(healthyLab.cells);
const recording = join(folder, "matrix.pcapng");
const hostile = await scanned(hostileLab.cells);
const byInput = new Map(hostile.rows.map((row) => [row.target.input, row]));
const rowOf = ({ host, port }: LabListener): Row | undefined => byInput.get(`${host}:${port}`);
const hopeless = hostileLab.cells.filter(isHopeless);
const over = hostile.rows.map(({ durationMs }) => durationMs - DEADLINE_MS);
const lateMs = over.reduce((most, ms) => Math.max(most, ms), Number.NEGATIVE_INFINITY);
const wrong = hopeless.filter((cell) => rowOf(cell)?.severity === "ok").length;
const stages = [...new Set(hostileLab.cells.map(({ scenario }) => stageOf(scenario.id)))];

function stageOf(id: string): string {
  return (
    /^hostile-(confirm|hello|certificate|chain|10000|hostile|no-dates|credssp1[23]|mcs)/.exec(id)?.[1] ?? id
  );
}

const verdicts = table(
  ["stage", "servers", "longest", "verdicts"],
  stages.map((stage) => {
    const rows = hostileLab.cells
      .filter(({ scenario }) => stageOf(scenario.id) === stage)
      .flatMap((cell) => rowOf(cell) ?? []);
    const counts = new Map<string, number>();
    for (const { verdict } of rows) counts.set(verdict.code, (counts.get(verdict.code) ?? 0) + 1);
    const longest = rows.reduce((most, { durationMs }) => Math.max(most, durationMs), 0);
    const said = [...counts].toSorted(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`);
    return [stage, rows.length, `${longest.toFixed(0)} ms`, said.join(", ")];
  }),
);
const isHeld =
  hostile.rows.length === hostileLab.cells.length &&
  lateMs <= MAX_LATE_MS &&
  hostile.mib - healthy.mib <= MAX_MIB &&
  wrong === 0;
const figures = table(
  ["what", "figure"],
  [
    ["servers", hostileLab.cells.length],
    ["results", hostile.rows.length],
    [`longest past the deadline of ${DEADLINE_MS} ms`, `${lateMs.toFixed(0)} ms`],
    ["most memory, scanning as many healthy servers", `${healthy.mib.toFixed(1)} MiB`],
    ["most memory, scanning these", `${hostile.mib.toFixed(1)} MiB`],
    [`\`ok\` of ${hopeless.length} servers that no handshake can end well with`, wrong],
  ],
);

/** What a tool says of a server that no handshake can end well with, and that is not so. */
const TOOLS = [
  {
    name: "nmap",
    args: ({ host, port }: LabListener) => [
      ...["-Pn", "-n", "-p", String(port), "--script", "+rdp-enum-encryption,+rdp-ntlm-info,+ssl-cert", host],
    ],
    claims: /: SUCCESS$|Subject: /m,
  },
  {
    name: "sslscan",
    args: ({ host, port }: LabListener) => ["--rdp", "--no-colour", `${host}:${port}`],
    claims: /^(?:Accepted|Preferred) |^Subject: /m,
  },
] as const;

const toolRows = async (): Promise<readonly (readonly (string | number)[])[]> => {
  const rows: (readonly (string | number)[])[] = [];
  for (const { name, args, claims } of TOOLS) {
    const waiting = [...hostileLab.cells];
    const seen: (readonly [LabListener, Ended])[] = [];
    const work = async (): Promise<void> => {
      for (let cell = waiting.shift(); cell !== undefined; cell = waiting.shift())
        seen.push([cell, await run(name, args(cell), HANG_MS)]);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
    const hung = seen.filter(([, { isLate }]) => isLate);
    const crashed = seen.filter(
      ([, { isLate, signal, stdout }]) =>
        !isLate && (signal !== null || stdout.includes("Script execution failed")),
    );
    const claimed = seen.filter(([cell, { stdout }]) => isHopeless(cell) && claims.test(stdout));
    rows.push([name, seen.length, hung.length, crashed.length, claimed.length]);
    for (const [what, list] of [
      ["hangs", hung],
      ["crashes", crashed],
      ["claims", claimed],
    ] as const)
      process.stderr.write(`${name} ${what}: ${list.map(([{ scenario }]) => scenario.id).join(" ")}\n`);
  }
  await scanned(hostileLab.cells, "--pcap", recording);
  const startedAt = performance.now();
  const shark = await run("tshark", ["-r", recording, "-V"], 300_000);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const crashes = shark.signal === null || shark.isLate ? 0 : 1;
  process.stderr.write(`tshark: ${seconds} s, ${shark.stdout.length} characters, exit ${shark.code}\n`);
  rows.push([`tshark, one recording of all, ${seconds} s`, 1, shark.isLate ? 1 : 0, crashes, "-"]);
  return rows;
};

const own = ["rdprobe", hostile.rows.length, over.filter((ms) => ms > MAX_LATE_MS).length, 0, wrong] as const;
const tools = values.tools
  ? table(
      [
        "tool",
        "servers",
        `hangs (over ${HANG_MS / 1000} s; rdprobe: past its deadline)`,
        "crashes",
        "wrong answers",
      ],
      [own, ...(await toolRows())],
    )
  : "";
process.stdout.write(`${[figures, verdicts, tools].join("\n\n").trim()}\n${isHeld ? "held" : "NOT held"}\n`);
if (values.write) {
  const path = "docs/hostile-matrix.md";
  let page = readFileSync(path, "utf8");
  for (const [name, text] of Object.entries({ figures, verdicts, tools })) {
    if (text !== "")
      page = page.replace(
        new RegExp(`<!-- ${name} -->[\\s\\S]*?<!-- end -->`),
        () => `<!-- ${name} -->\n${text}\n<!-- end -->`,
      );
  }
  writeFileSync(path, page);
}
rmSync(folder, { recursive: true });
process.exitCode = isHeld ? 0 : 1;
