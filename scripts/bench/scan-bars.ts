/** A /24 where every reply takes 50 ms, scanned by the executable as a user runs it, beside the peers. */
import { startFarm } from "./farm-process.ts";
import { isInstalled, type TimedRun, timed } from "./timed-process.ts";

const EXECUTABLE = "dist/rdprobe.cjs";
const REPLY_MS = 50;
const NETWORK = "127.31.0.0/24";
const NETWORK_HOSTS = 256;
const RUNS = 3;

const SSLSCAN =
  "--rdp --no-ciphersuites --no-fallback --no-renegotiation --no-compression --no-heartbleed --no-groups";

/** The plus makes them run on a port that is not 3389. */
const NMAP = ["nmap", "-n", "-Pn", "--script", "+rdp-enum-encryption,+ssl-cert,+rdp-ntlm-info"];
const NMAP_TUNED = "-T4 --min-parallelism 200 --max-parallelism 500 --min-hostgroup 254".split(" ");

/** Whole runs of quick that the question about NLA may take. */
const NLA_RATIO = 1.9;

const best = (run: () => TimedRun): TimedRun =>
  Array.from({ length: RUNS }, run).reduce((a, b) => (b.wallMs < a.wallMs ? b : a));

const rdprobe = (...args: readonly string[]): TimedRun => {
  const run = timed([process.execPath, EXECUTABLE, "--csv", "-q", ...args]);
  if (run.code !== 0) throw new Error(`rdprobe ${args.join(" ")}: ${run.stderr}`);
  return run;
};

/** Times of one run each, in one farm; null where a peer is not installed. */
export const scanBars = async (print: (line: string) => void): Promise<void> => {
  const startUp = best(() => timed([process.execPath, EXECUTABLE, "--dry-run", NETWORK])).wallMs;
  const farm = await startFarm({ delayMs: REPLY_MS });
  const port = String(farm.port);
  const depth = (name: string): number =>
    best(() => rdprobe("--depth", name, "-p", port, NETWORK)).wallMs - startUp;
  const quickMs = depth("quick");
  const standardMs = depth("standard");
  const targets = ["127.31.0.0-255"];
  const nmap = isInstalled("nmap") ? timed([...NMAP, "-p", port, ...targets]).wallMs : null;
  const tuned = isInstalled("nmap") ? timed([...NMAP, ...NMAP_TUNED, "-p", port, ...targets]).wallMs : null;
  const list = `for i in $(seq 0 255); do echo 127.31.0.$i; done | xargs -P32 -I{} sslscan ${SSLSCAN} {}:${port}`;
  const sslscan = isInstalled("sslscan") ? timed(["bash", "-c", list]).wallMs : null;
  farm.stop();
  const nlaRatio = await ratioOfNla(startUp);

  print(
    `a /24 (${NETWORK_HOSTS} hosts), ${REPLY_MS} ms a reply; start-up of ${startUp.toFixed(0)} ms taken off`,
  );
  print(`  rdprobe --depth quick      ${seconds(quickMs)}   bar 0.60 s`);
  print(
    `  rdprobe quick --ask nla    ${nlaRatio.toFixed(2)} times quick, where all require NLA; bar ${NLA_RATIO}`,
  );
  print(`  rdprobe --depth standard   ${seconds(standardMs)}   bar 1.20 s`);
  peer(print, "nmap, three scripts", nmap, standardMs, "standard", 40);
  peer(print, "nmap, best-tuned", tuned, standardMs, "standard", 10);
  peer(print, "sslscan, 32 in parallel", sslscan, quickMs, "quick", 8);
};

/** What the question about NLA costs where every host has to be asked, in times of quick depth. */
const ratioOfNla = async (startUpMs: number): Promise<number> => {
  const farm = await startFarm({ delayMs: REPLY_MS, server: "tls-1.3" });
  const quick = (...asked: readonly string[]): number =>
    best(() => rdprobe("--depth", "quick", ...asked, "-p", String(farm.port), NETWORK)).wallMs - startUpMs;
  const ratio = quick("--ask", "nla") / quick();
  farm.stop();
  return ratio;
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`.padStart(8);

const peer = (
  print: (line: string) => void,
  what: string,
  wallMs: number | null,
  oursMs: number,
  depth: string,
  bar: number,
): void => {
  print(
    wallMs === null
      ? `  ${what.padEnd(26)} not installed`
      : `  ${what.padEnd(26)} ${seconds(wallMs)}   ${(wallMs / oursMs).toFixed(1)} times ${depth}, bar ${bar}`,
  );
};
