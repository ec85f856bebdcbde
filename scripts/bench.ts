/**
 * `npm run bench`: what rdprobe costs, beside others in the same run, and then the proofs of `bench:scan`: some
 * twenty minutes in all. Figures are of this machine and this moment; the ratios are what to compare.
 *
 *   npm run bench [-- HOSTS]      (default 4000)
 */
import { spawnSync } from "node:child_process";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import pLimit from "p-limit";
import { fromHex } from "../src/bytes/hex.ts";
import type { Depth } from "../src/handshake/probe-plan.ts";
import { clientProfile, DEFAULT_CLIENT_ID } from "../src/tls/client-profiles.ts";
import { DEFAULT_EXPIRY } from "../src/verdict/certificate-findings.ts";
import { bundled } from "./bench/bundled.ts";
import { startFarm } from "./bench/farm-process.ts";
import { scanBars } from "./bench/scan-bars.ts";
import { proveScans } from "./bench/scan-proofs.ts";

const HOSTS = Number(process.argv[2] ?? 4000);
const PARALLEL = 64;
/** Ways inside this process take turns, and the best turn of each counts: the first ones compile. */
const TURNS = 3;
/** Peers that run a process a host are shown on fewer. */
const PEER_HOSTS = 64;
const REQUEST = fromHex("030000130ee00000000000010008000b000000");

const { probeAddress } =
  await bundled<typeof import("../src/scan/probe-address.ts")>("src/scan/probe-address.ts");
const farm = await startFarm();
const { port } = farm;
const addresses = Array.from(
  { length: HOSTS },
  (_, i) => `127.1.${1 + Math.floor(i / 250)}.${1 + (i % 250)}`,
);

const farmCpuMs = (): Promise<number> => farm.cpuMs();

interface Row {
  readonly what: string;
  readonly hosts: number;
  readonly wallMs: number;
  /** Null where the peer is another process whose time is not known. */
  readonly cpuMs: number;
  readonly farmCpuMs: number;
}

const perHost = ({ cpuMs, hosts }: Row): number => cpuMs / hosts;

const measure = async (what: string, one: (address: string) => Promise<boolean>): Promise<Row> => {
  await Promise.all(addresses.slice(0, PARALLEL).map(one));
  const farmBefore = await farmCpuMs();
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const limit = pLimit(PARALLEL);
  const good = await Promise.all(addresses.map((address) => limit(() => one(address))));
  const wallMs = performance.now() - started;
  const cpu = process.cpuUsage(cpuBefore);
  if (good.includes(false)) throw new Error(`${what}: a healthy host was not seen as one`);
  return {
    what,
    hosts: HOSTS,
    wallMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    farmCpuMs: (await farmCpuMs()) - farmBefore,
  };
};

const reference = clientProfile(DEFAULT_CLIENT_ID);
if (reference === null) throw new Error("no default client");

const probe = (depth: Depth) => async (address: string) => {
  const { verdict } = await probeAddress(
    { input: address, host: address, endpoint: { address, port, family: 4 }, resolution: null },
    {
      depth,
      pauseMs: 50,
      timeoutMs: 10_000,
      deadlineMs: 20_000,
      routing: { kind: "cookie", identity: "rdprobe" },
      reference,
      expiry: DEFAULT_EXPIRY,
    },
  );
  return verdict.code === "ok";
};

/** The plain way: X.224 by hand, then node:tls on the socket for the certificate. */
const plainNode = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectTcp({ host: address, port, noDelay: true });
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.write(REQUEST));
    socket.once("data", () => {
      const secured = connectTls({ socket, rejectUnauthorized: false }, () => {
        const { raw } = secured.getPeerCertificate();
        secured.end();
        resolve(raw.length > 0);
      });
      secured.once("error", () => resolve(false));
    });
  });

/** A command over many hosts, its children's CPU time included. */
const peer = async (what: string, command: readonly string[], hosts: number): Promise<Row | null> => {
  const [program = "", ...args] = command;
  if (spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0) return null;
  const farmBefore = await farmCpuMs();
  const started = performance.now();
  const { stderr } = spawnSync(
    "bash",
    ["-c", 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>/dev/null', "bash", program, ...args],
    {
      encoding: "utf8",
      timeout: 300_000,
    },
  );
  const [user = 0, system = 0] = stderr.trim().split(/\s+/).map(Number);
  const wallMs = performance.now() - started;
  return { what, hosts, wallMs, cpuMs: (user + system) * 1000, farmCpuMs: (await farmCpuMs()) - farmBefore };
};

const SSLSCAN =
  "--rdp --no-ciphersuites --no-fallback --no-renegotiation --no-compression --no-heartbleed --no-groups";
const few = addresses.slice(0, PEER_HOSTS);
const WAYS: readonly (readonly [what: string, one: (address: string) => Promise<boolean>])[] = [
  ["rdprobe --depth quick", probe("quick")],
  ["rdprobe --depth standard", probe("standard")],
  ["X.224 and node:tls by hand", plainNode],
];
const turns: Row[] = [];
for (let turn = 0; turn < TURNS; turn += 1) {
  for (const [what, one] of WAYS) turns.push(await measure(what, one));
}
const best = WAYS.flatMap(
  ([what]) => turns.filter((row) => row.what === what).toSorted((a, b) => perHost(a) - perHost(b))[0] ?? [],
);
const quickMs = Math.min(...turns.filter(({ what }) => what === WAYS[0]?.[0]).map(perHost));
/** The plus makes them run on a port that is not 3389. */
const scripts = "+rdp-enum-encryption,+ssl-cert,+rdp-ntlm-info";
const peers = [
  await peer(
    "nmap, three scripts, default",
    ["nmap", "-n", "-Pn", "-p", String(port), "--script", scripts, ...few],
    PEER_HOSTS,
  ),
  await peer(
    "sslscan, certificate only, 16 in parallel",
    ["bash", "-c", `printf '%s\\n' "$@" | xargs -P16 -I{} sslscan ${SSLSCAN} {}:${port}`, "bash", ...few],
    PEER_HOSTS,
  ),
].filter((row) => row !== null);
farm.stop();

process.stdout.write(
  `${HOSTS} healthy hosts on loopback, ${PARALLEL} in parallel, best of ${TURNS} turns, Node ${process.versions.node}\n\n`,
);
process.stdout.write(
  `${"".padEnd(44)}${"CPU a host".padStart(12)}${"hosts a s".padStart(12)}${"farm's CPU".padStart(12)}${"x quick".padStart(10)}\n`,
);
for (const row of [...best, ...peers]) {
  const cells = [
    `${perHost(row).toFixed(2)} ms`.padStart(12),
    ((row.hosts / row.wallMs) * 1000).toFixed(0).padStart(12),
    `${(row.farmCpuMs / row.hosts).toFixed(2)} ms`.padStart(12),
    (perHost(row) / quickMs).toFixed(1).padStart(10),
  ];
  process.stdout.write(`${row.what.padEnd(44)}${cells.join("")}\n`);
}

process.stdout.write("\n");
await scanBars((line) => process.stdout.write(`${line}\n`));
process.stdout.write("\n");
await proveScans([]);
