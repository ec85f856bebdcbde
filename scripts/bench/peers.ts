/**
 * What a healthy host costs inside this process, beside others in the same run: node:tls by hand, nmap and sslscan.
 * Figures are of this machine and this moment; the ratios are what to compare.
 */
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import pLimit from "p-limit";
import { fromHex } from "../../src/bytes/hex.ts";
import type { Depth } from "../../src/handshake/plan/probe-plan.ts";
import { clientProfile, DEFAULT_CLIENT_ID } from "../../src/tls/profiles/client-profiles.ts";
import { DEFAULT_EXPIRY } from "../../src/verdict/findings/certificate-findings.ts";
import { bundled } from "./bundled.ts";
import { type FarmProcess, type FarmServer, startFarm } from "./farm-process.ts";
import { isInstalled, timed } from "./timed-process.ts";

const PARALLEL = 64;
/** Ways inside this process take turns, and the best turn of each counts: the first ones compile. */
const TURNS = 3;
/** Peers that run a process a host are shown on fewer. */
const PEER_HOSTS = 64;
const REQUEST = fromHex("030000130ee00000000000010008000b000000");
const SSLSCAN =
  "--rdp --no-ciphersuites --no-fallback --no-renegotiation --no-compression --no-heartbleed --no-groups";
/** The plus makes them run on a port that is not 3389. */
const SCRIPTS = "+rdp-enum-encryption,+ssl-cert,+rdp-ntlm-info";
const HEALTHY: ReadonlySet<string> = new Set(["ok", "nla-required"]);

interface Row {
  readonly what: string;
  readonly hosts: number;
  readonly wallMs: number;
  /** With its children's. */
  readonly cpuMs: number;
  readonly farmCpuMs: number;
}

type Way = (address: string) => Promise<boolean>;

/** @param hosts how many addresses each way inside this process goes through */
export const comparePeers = async (
  server: FarmServer,
  hosts: number,
  print: (line: string) => void,
): Promise<void> => {
  const farm = await startFarm({ server });
  const addresses = Array.from(
    { length: hosts },
    (_, i) => `127.1.${1 + Math.floor(i / 250)}.${1 + (i % 250)}`,
  );
  const ways: readonly (readonly [what: string, way: Way])[] = [
    ["rdprobe --depth quick", await probe("quick", farm.port)],
    ["rdprobe --depth standard", await probe("standard", farm.port)],
    ["X.224 and node:tls by hand", plainNode(farm.port)],
  ];
  const turns: Row[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const [what, way] of ways) turns.push(await measured(what, way, addresses, farm));
  }
  const best = ways.flatMap(
    ([what]) => turns.filter((row) => row.what === what).toSorted((a, b) => perHost(a) - perHost(b))[0] ?? [],
  );
  const few = addresses.slice(0, PEER_HOSTS);
  const peers = [
    await peer(
      "nmap, three scripts, default",
      ["nmap", "-n", "-Pn", "-p", String(farm.port), "--script", SCRIPTS, ...few],
      farm,
    ),
    await peer(
      "sslscan, certificate only, 16 in parallel",
      [
        "bash",
        "-c",
        `printf '%s\\n' "$@" | xargs -P16 -I{} sslscan ${SSLSCAN} {}:${farm.port}`,
        "bash",
        ...few,
      ],
      farm,
    ),
  ].filter((row) => row !== null);
  farm.stop();

  print(
    `${hosts} healthy hosts of ${server} on loopback, ${PARALLEL} in parallel, best of ${TURNS} turns, Node ${process.versions.node}`,
  );
  print(
    `${"".padEnd(44)}${"CPU a host".padStart(12)}${"hosts a s".padStart(12)}${"farm's CPU".padStart(12)}${"x quick".padStart(10)}`,
  );
  const quickMs = best[0] === undefined ? Number.NaN : perHost(best[0]);
  for (const row of [...best, ...peers]) print(line(row, quickMs));
};

const line = (row: Row, quickMs: number): string =>
  [
    row.what.padEnd(44),
    `${perHost(row).toFixed(2)} ms`.padStart(12),
    ((row.hosts / row.wallMs) * 1000).toFixed(0).padStart(12),
    `${(row.farmCpuMs / row.hosts).toFixed(2)} ms`.padStart(12),
    (perHost(row) / quickMs).toFixed(1).padStart(10),
  ].join("");

const perHost = ({ cpuMs, hosts }: Row): number => cpuMs / hosts;

const measured = async (
  what: string,
  way: Way,
  addresses: readonly string[],
  farm: FarmProcess,
): Promise<Row> => {
  await Promise.all(addresses.slice(0, PARALLEL).map(way));
  const farmBefore = await farm.cpuMs();
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const limit = pLimit(PARALLEL);
  const good = await Promise.all(addresses.map((address) => limit(() => way(address))));
  const wallMs = performance.now() - started;
  const cpu = process.cpuUsage(cpuBefore);
  if (good.includes(false)) throw new Error(`${what}: a healthy host was not seen as one`);
  return {
    what,
    hosts: addresses.length,
    wallMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    farmCpuMs: (await farm.cpuMs()) - farmBefore,
  };
};

const probe = async (depth: Depth, port: number): Promise<Way> => {
  const { probeAddress } = await bundled<typeof import("../../src/scan/one/probe-address.ts")>(
    "src/scan/one/probe-address.ts",
  );
  const reference = clientProfile(DEFAULT_CLIENT_ID);
  if (reference === null) throw new Error("no default client");
  return async (address) => {
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
    return HEALTHY.has(verdict.code);
  };
};

/** The plain way: X.224 by hand, then node:tls on the socket for the certificate. */
const plainNode =
  (port: number): Way =>
  (address) =>
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

/** A command over PEER_HOSTS; null where it is not installed. */
const peer = async (what: string, command: readonly string[], farm: FarmProcess): Promise<Row | null> => {
  const [program = ""] = what.split(",");
  if (!isInstalled(program)) return null;
  const farmBefore = await farm.cpuMs();
  const { wallMs, cpuMs } = timed(command, 300_000);
  return { what, hosts: PEER_HOSTS, wallMs, cpuMs, farmCpuMs: (await farm.cpuMs()) - farmBefore };
};
