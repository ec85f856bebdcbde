/** `rdprobe watch <target>`: the same probe again and again, until what it says is another thing. */
import { setTimeout as sleep } from "node:timers/promises";
import { Command, Option } from "commander";
import { watchLine, watchSummary } from "../../report/text/watch-text.ts";
import { MAX_ADDRESSES_OF_A_NAME } from "../../scan/one/probe-target.ts";
import { scanAll } from "../../scan/scan-all.ts";
import { parseDuration } from "../../targets/grammar/duration.ts";
import { type Parsed, parsed, rejected } from "../../targets/plan/parsed.ts";
import { DEFAULT_PORT } from "../../targets/grammar/port.ts";
import { DEFAULT_CLIENT_ID } from "../../tls/profiles/client-profiles.ts";
import { DEFAULT_EXPIRY } from "../../verdict/findings/certificate-findings.ts";
import { VERDICT_CODES } from "../../verdict/verdicts.ts";
import { type Awaited, UNWATCHED, type Watch, watchStep } from "../../verdict/repeat/watch.ts";
import { EXIT } from "../screen/exit-code.ts";
import type { ProbeFlags } from "../options/probe-flags.ts";
import { type ScanSettings, scanSettings } from "../options/probe-settings.ts";
import { type RunTargets, runTargets } from "../options/probe-targets.ts";
import { onSignals, type Signals } from "../screen/signals.ts";
import { type Terminal, wantsColor, widthOf } from "../screen/terminal.ts";
import { accepted, UsageError } from "../words/usage-error.ts";
import { startWaitingLine } from "../screen/waiting-line.ts";
import { addWayOptions } from "../options/way-flags.ts";

interface WatchFlags
  extends Pick<
    ProbeFlags,
    "port" | "ipv4" | "ipv6" | "depth" | "client" | "timeout" | "color" | "resolve" | "proxy"
  > {
  readonly until: string;
  readonly interval: string;
  readonly for?: string;
}

/** What a watch leaves at what the default command does. */
const USUAL = {
  pause: "50ms",
  concurrency: "16",
  retries: "0",
  format: "text",
  expiryWarning: String(DEFAULT_EXPIRY.warningDays),
  expiryCritical: String(DEFAULT_EXPIRY.criticalDays),
} as const satisfies Partial<ProbeFlags>;

const BELL = "\u0007";

const HELP = `
Times are UTC. The bell rings on a terminal when the verdict changes. Exit codes: 0 it is no
failure now, 1 it is one, or --for ended before what --until waits for. Ctrl-C ends it with a
summary and the exit code of the last verdict.

Examples:
  rdprobe watch server01                  until it is another verdict
  rdprobe watch server01 --until ok       until users get in again, after a reboot for instance`;

/** The command; `exit` takes the exit code when the watch has ended. */
export const watchCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  addWayOptions(
    new Command("watch")
      .description("probe one target again and again until the verdict changes; a line a probe")
      .argument("<target>", "host, host:port, 192.0.2.7 or [2001:db8::7]:3390")
      .option("--until <verdict>", "change, ok (also nla-required: users get in), or another code", "change")
      .option("--interval <duration>", "between two probes", "5s")
      .option("--for <duration>", "give up after that time (default: no bound)")
      .option("-p, --port <port>", "a port in the target wins", String(DEFAULT_PORT))
      .option("-4, --ipv4", "only IPv4 addresses of a name")
      .option("-6, --ipv6", "only IPv6 addresses of a name")
      .addOption(
        new Option("--depth <depth>", "quick: one connection a probe; standard: as rdprobe <target> does")
          .choices(["quick", "standard"])
          .default("quick"),
      )
      .option("--client <profile>", "the client that the verdict is for", DEFAULT_CLIENT_ID)
      .option("--timeout <duration>", "for one stage: 500ms, 5s, 2m", "5s")
      .addOption(
        new Option("--color <when>", "colours").choices(["auto", "always", "never"]).default("auto"),
      ),
  )
    .addHelpText("after", HELP)
    .action(async (target: string, flags: WatchFlags) => {
      exit(await runWatch(target, flags, terminal));
    });

/** All that a watch needs to be told. */
interface Plan {
  readonly targets: RunTargets;
  readonly settings: ScanSettings;
  readonly awaited: Awaited;
  readonly intervalMs: number;
  readonly color: boolean;
}

const runWatch = async (input: string, flags: WatchFlags, terminal: Terminal): Promise<number> => {
  const awaited = accepted("--until", parseAwaited(flags.until));
  const intervalMs = accepted("--interval", parseDuration(flags.interval));
  const forMs = flags.for === undefined ? null : accepted("--for", parseDuration(flags.for));
  if (awaited === "nla-required" && flags.depth === "quick") {
    throw new UsageError("--until: nla-required takes a second connection to see: add --depth standard");
  }
  const probeFlags = { ...USUAL, ...flags };
  const settings = scanSettings(probeFlags);
  const targets = await runTargets([input], probeFlags, terminal);
  if (targets.count !== 1n) {
    throw new UsageError(`<target>: a watch takes one target, and that is ${targets.count} of them`);
  }
  const color = wantsColor(flags.color, terminal, false);
  const signals = onSignals();
  try {
    return await watch({ targets, settings, awaited, intervalMs, color }, forMs, { terminal, signals });
  } finally {
    signals.release();
  }
};

interface Surroundings {
  readonly terminal: Terminal;
  readonly signals: Signals;
}

const watch = async (plan: Plan, forMs: number | null, around: Surroundings): Promise<number> => {
  const { terminal, signals } = around;
  const startedAtMs = performance.now();
  const limits = forMs === null ? [] : [AbortSignal.timeout(Math.ceil(forMs))];
  const signal = AbortSignal.any([signals.aborted, ...limits]);
  let seen: Watch = UNWATCHED;
  while (!signal.aborted) {
    const results = await probeOnce(plan, signal, terminal);
    // What was cut short says nothing of the server.
    if (signal.aborted) break;
    const step = watchStep(seen, results, plan.awaited);
    if (step !== null) {
      const { color } = plan;
      const namesAddress = results.length > 1;
      terminal.stdout.write(watchLine(step, { color, columns: widthOf(terminal), namesAddress }));
      if (step.before !== null || step.isOver) ring(terminal);
      seen = step.watch;
      if (step.isOver) return exitOf(seen);
    }
    await sleep(plan.intervalMs, undefined, { signal }).catch(expectAbort);
  }
  terminal.stderr.write(watchSummary(seen, performance.now() - startedAtMs));
  const stopped = signals.exitCode();
  if (stopped === null) return plan.awaited === "change" ? exitOf(seen) : EXIT.failOn;
  return stopped === EXIT.sigint && seen.last !== null ? exitOf(seen) : stopped;
};

const probeOnce = async ({ targets, settings }: Plan, signal: AbortSignal, terminal: Terminal) => {
  const waiting = startWaitingLine(terminal);
  try {
    return await scanAll(targets.order, {
      ...settings,
      maxAddresses: MAX_ADDRESSES_OF_A_NAME,
      adaptive: false,
      signal,
      skips: targets.skips,
      ...(waiting === null ? {} : { onWait: waiting.onWait }),
    });
  } finally {
    waiting?.stop();
  }
};

/** By what it has become: a verdict that is critical is a failure, and so is none at all. */
const exitOf = ({ last }: Watch): number =>
  last === null || last.verdict.severity === "critical" ? EXIT.failOn : EXIT.ok;

const ring = ({ stderr }: Terminal): void => {
  if (stderr.isTTY === true) stderr.write(BELL);
};

const expectAbort = (error: unknown): void => {
  if (!(error instanceof Error) || error.name !== "AbortError") throw error;
};

const parseAwaited = (text: string): Parsed<Awaited> => {
  const awaited = (["change", ...VERDICT_CODES] as const).find((one) => one === text.toLowerCase());
  return awaited === undefined
    ? rejected(`${JSON.stringify(text)} is neither change nor one of ${VERDICT_CODES.join(", ")}`)
    : parsed(awaited);
};
