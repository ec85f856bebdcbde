/**
 * A /16 where one address in a hundred answers and the rest keep quiet, which a scan mostly waits for: in a
 * network namespace where nftables drops the SYNs, or, where nobody is root, with a dialler that is a timer.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { scan } from "../../src/scan/scan.ts";
import { clientProfile, DEFAULT_CLIENT_ID } from "../../src/tls/profiles/client-profiles.ts";
import { DEFAULT_EXPIRY } from "../../src/verdict/findings/certificate-findings.ts";
import { judge } from "../../src/verdict/rules/judge.ts";
import { startFarm } from "./farm-process.ts";
import { isInstalled, timed } from "./timed-process.ts";

const EXECUTABLE = "dist/rdprobe.cjs";
const SUBNET = "10.9.0.0/16";
const SUBNET_HOSTS = 65_536;
const CONCURRENCY = 1000;
/** Last numbers of the addresses that answer. */
const ANSWERING: readonly number[] = [7, 107, 207];
const SILENT_HOSTS = SUBNET_HOSTS - 256 * ANSWERING.length;
const BAR = 1.25;

export const proveSilence = async (folder: string, print: (line: string) => void): Promise<void> => {
  const isRoot = process.platform === "linux" && process.getuid?.() === 0;
  const { how, wallMs, settledMs } =
    isRoot && isInstalled("ip") && isInstalled("nft") ? await dropped(folder) : await simulated();
  const turns = Math.ceil(SILENT_HOSTS / CONCURRENCY);
  const times = wallMs / (turns * settledMs);
  print(
    `silent: a /16, ${256 * ANSWERING.length} answering, the rest ${how}: ${(wallMs / 1000).toFixed(1)} s, ${times.toFixed(2)} times the settled time-out of ${settledMs.toFixed(0)} ms taken ${turns} times (bar ${BAR}): ${times <= BAR ? "ok" : "MISSED"}`,
  );
};

interface Silence {
  readonly how: string;
  readonly wallMs: number;
  /** What a silent address is waited for, once the network has shown its speed. */
  readonly settledMs: number;
}

const must = (command: readonly string[], input = ""): void => {
  const [program = "", ...args] = command;
  const { status, stderr } = spawnSync(program, args, { input, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
};

/** The whole command in a namespace whose every address of the subnet is its own, behind a filter. */
const dropped = async (folder: string): Promise<Silence> => {
  const namespace = `rdprobe-bench-${process.pid}`;
  const within = ["ip", "netns", "exec", namespace];
  const path = join(folder, "silent.csv");
  must(["ip", "netns", "add", namespace]);
  try {
    must(["ip", "-n", namespace, "link", "set", "lo", "up"]);
    must(["ip", "-n", namespace, "route", "add", "local", SUBNET, "dev", "lo"]);
    const farm = await startFarm({ within });
    const answering = ANSWERING.map((last) => `0.0.0.${last}`).join(", ");
    const filter = [
      "table ip silent {",
      "  chain input {",
      "    type filter hook input priority 0",
      `    tcp dport ${farm.port} ip daddr & 0.0.0.255 != { ${answering} } drop`,
      "  }",
      "}",
    ];
    must([...within, "nft", "-f", "-"], `${filter.join("\n")}\n`);
    const scanned = ["--csv", "-q", "--depth", "quick", "--concurrency", String(CONCURRENCY)];
    const run = timed([
      ...[...within, process.execPath, EXECUTABLE, ...scanned],
      ...["-p", String(farm.port), "-o", path, SUBNET],
    ]);
    farm.stop();
    if (run.code !== 0) throw new Error(run.stderr);
    return {
      how: "dropped by nftables",
      wallMs: run.wallMs,
      settledMs: settledIn(readFileSync(path, "utf8")),
    };
  } finally {
    must(["ip", "netns", "del", namespace]);
  }
};

/** The median of what the silent addresses were waited for, from their rows. */
const settledIn = (csv: string): number => {
  const [head = "", ...rows] = csv.trimEnd().split("\r\n");
  // The columns in front of the duration can hold commas, those behind it cannot.
  const fromTheEnd = head.split(",").length - head.split(",").indexOf("duration_ms");
  const silent = rows.filter((row) => row.includes(",port-filtered,"));
  if (rows.length !== SUBNET_HOSTS || silent.length !== SILENT_HOSTS) {
    throw new Error(`${silent.length} silent rows of ${rows.length} are not those of the subnet`);
  }
  const waitedMs = silent.map((row) => Number(row.split(",").at(-fromTheEnd))).toSorted((a, b) => a - b);
  return waitedMs[Math.floor(waitedMs.length / 2)] ?? Number.NaN;
};

/** The scan alone, and a timer for each dial. */
const simulated = async (): Promise<Silence> => {
  const reference = clientProfile(DEFAULT_CLIENT_ID);
  if (reference === null) throw new Error("no default client");
  let settledMs = 0;
  function* targets() {
    for (let index = 0; index < SUBNET_HOSTS; index += 1) {
      const host = `10.9.${index >> 8}.${index & 255}`;
      yield { input: host, host, family: 4 as const, port: 3389 };
    }
  }
  const startedAtMs = performance.now();
  await scan(targets(), {
    ...{
      depth: "quick",
      pauseMs: 0,
      timeoutMs: 5000,
      deadlineMs: 20_000,
      routing: null,
      reference,
      family: 0,
    },
    ...{ expiry: DEFAULT_EXPIRY, concurrency: CONCURRENCY, ratePerSecond: null, retries: 0, adaptive: true },
    signal: new AbortController().signal,
    onRow: () => {},
    probe: async ({ input, host, endpoint }, _options, { connectTimeoutMs = 5000 }) => {
      const answers = ANSWERING.includes(Number(host.split(".").at(-1)));
      const atMs = answers ? 5 : connectTimeoutMs;
      settledMs = answers ? settledMs : connectTimeoutMs;
      await sleep(atMs);
      const connect = answers
        ? ({ outcome: "refused", detail: "ECONNREFUSED" } as const)
        : ({ outcome: "no-answer", detail: "timeout" } as const);
      const times = {
        startedAtMs: 0,
        connectedAtMs: null,
        negotiatedAtMs: null,
        securedAtMs: null,
        endedAtMs: atMs,
      };
      const facts = {
        connect,
        negotiation: null,
        tls: null,
        credssp: null,
        mcs: null,
        end: { kind: "ours" },
        times,
      } as const;
      return judge({
        target: { input, host, address: host, port: endpoint.port, family: 4 },
        resolution: null,
        connections: [{ purpose: "offer-all", facts }],
        reference,
        expiry: DEFAULT_EXPIRY,
        startedAt: new Date(),
        durationMs: atMs,
      });
    },
  });
  return { how: "simulated", wallMs: performance.now() - startedAtMs, settledMs };
};
