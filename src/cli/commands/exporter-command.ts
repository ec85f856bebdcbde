/** `rdprobe exporter`: probes for Prometheus, until a signal. */

import { readFile, stat } from "node:fs/promises";
import { Command } from "commander";
import { EVERYTHING, parseAllowList } from "../../targets/plan/allow-list.ts";
import { ConfigError } from "../../exporter/config-document.ts";
import { type Exporter, startExporter } from "../../exporter/exporter.ts";
import { type ProbeModules, parseModules } from "../../exporter/module.ts";
import { parseWebConfig, readTlsFiles } from "../../exporter/web-config.ts";
import { parseDuration } from "../../targets/grammar/duration.ts";
import { type Parsed, parsed, rejected } from "../../targets/plan/parsed.ts";
import { type ListenAddress, parseListenAddress } from "../options/listen-address.ts";
import { EXIT } from "../screen/exit-code.ts";
import { say } from "../screen/say.ts";
import { onSignals } from "../screen/signals.ts";
import { reasonOf } from "../screen/system-error.ts";
import type { Terminal } from "../screen/terminal.ts";
import { VERSION } from "../version.ts";
import { accepted, UsageError } from "../words/usage-error.ts";

interface ExporterFlags {
  readonly listen: string;
  readonly config?: string;
  readonly webConfig?: string;
  readonly allow?: readonly string[];
  readonly maxConcurrent: string;
  readonly timeoutOffset: string;
}

/** What is in flight at a signal may end within this time. */
const GRACE_MS = 10_000;

const MAX_CONCURRENT = 1000;
const MAX_CONFIG_BYTES = 1024 * 1024;

const HELP = `
Paths: /probe?target=host:port&module=name, /metrics, / for people; /probes?target=host:port
and /probes/<id> have what failed probes saw; /config, /-/healthy, and /-/reload (POST or PUT).
SIGHUP reloads the modules as well. Modules quick, standard and full need no file. SIGTERM and SIGINT end it once the
probes in flight have ended, within ${GRACE_MS / 1000} s; a second signal ends it at once.

Example:
  rdprobe exporter --allow 10.0.0.0/8 --config modules.yml`;

/** The command; `exit` takes the exit code when the exporter has stopped. */
export const exporterCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("exporter")
    .description("answer Prometheus: /probe?target=host:port&module=name, one probe a scrape")
    .option("--listen <address>", "where to listen; :9709 is every address", "127.0.0.1:9709")
    .option("--config <file>", "modules, in YAML or JSON")
    .option("--web-config <file>", "TLS and basic authentication, as Prometheus' exporters have it")
    .option(
      "--allow <networks>",
      "probe these alone, as 10.0.0.0/8,2001:db8::/32; needed beyond loopback",
      (text: string, before: readonly string[] = []) => [...before, ...text.split(",")],
    )
    .option("--max-concurrent <n>", "probes at the same time; more wait", "64")
    .option("--timeout-offset <duration>", "taken from the scrape's own time-out", "500ms")
    .addHelpText("after", HELP)
    .action(async (flags: ExporterFlags) => {
      exit(await serve(flags, terminal));
    });

const serve = async (flags: ExporterFlags, terminal: Terminal): Promise<number> => {
  const listen = accepted("--listen", parseListenAddress(flags.listen));
  const maxConcurrent = accepted("--max-concurrent", parseMaxConcurrent(flags.maxConcurrent));
  const timeoutOffsetMs = accepted("--timeout-offset", parseDuration(flags.timeoutOffset));
  const signals = onSignals();
  try {
    const options = await exporterOptions(flags, listen);
    const { host, port } = listen;
    const front = await startExporter({
      ...options,
      ...{ host, port, maxConcurrent, timeoutOffsetMs, version: VERSION },
      onFault: (fault) =>
        say(terminal, `internal error: ${fault instanceof Error ? fault.stack : String(fault)}`),
    }).catch((error: unknown) => refuseListener(error, flags));
    const scheme = options.tls === null ? "http" : "https";
    say(terminal, `exporter on ${scheme}://${host.includes(":") ? `[${host}]` : host}:${front.port}`);
    const release = onHangup(() => void reloadAndTell(front, terminal));
    if (flags.allow === undefined)
      say(terminal, "no --allow: anyone who reaches this port can have any host probed");
    await new Promise<void>((resolve) => {
      if (signals.aborted.aborted) resolve();
      signals.aborted.addEventListener("abort", () => resolve(), { once: true });
    });
    release();
    await front.close(GRACE_MS);
    return signals.exitCode() ?? EXIT.ok;
  } finally {
    signals.release();
  }
};

/** Windows sends SIGHUP where a console closes: there it goes on to end the program. */
const onHangup = (reload: () => void): (() => void) => {
  if (process.platform === "win32") return () => {};
  process.on("SIGHUP", reload);
  return () => void process.off("SIGHUP", reload);
};

const reloadAndTell = async (exporter: Exporter, terminal: Terminal): Promise<void> => {
  try {
    const problem = await exporter.reload();
    say(
      terminal,
      problem === null ? "modules reloaded" : `modules not reloaded, the old ones hold: ${problem}`,
    );
  } catch (fault) {
    say(terminal, `internal error: ${fault instanceof Error ? fault.stack : String(fault)}`);
  }
};

/** What comes from files and lists. */
const exporterOptions = async (flags: ExporterFlags, listen: ListenAddress) => {
  if (flags.allow === undefined && !listen.isLoopback) {
    throw new UsageError(
      `--listen: ${flags.listen} can be reached from elsewhere: say with --allow which networks may be probed, such as --allow 10.0.0.0/8, or 0.0.0.0/0,::/0 for all`,
    );
  }
  const allowed = flags.allow === undefined ? EVERYTHING : accepted("--allow", parseAllowList(flags.allow));
  const modules = await configured("--config", flags.config, parseModules);
  const reread = (): Promise<ProbeModules> =>
    configured("--config", flags.config, parseModules).catch((error: unknown) => {
      throw error instanceof UsageError ? new ConfigError(error.message) : error;
    });
  const web = await configured("--web-config", flags.webConfig, parseWebConfig);
  const tls =
    web.tls === null || flags.webConfig === undefined
      ? null
      : await readTlsFiles(web.tls, flags.webConfig).catch((error: NodeJS.ErrnoException) => {
          throw new UsageError(`--web-config: cannot read ${error.path ?? "a file"}: ${reasonOf(error)}`);
        });
  return { allowed, modules, reread, tls, users: web.users };
};

/** A configuration file, read; no file is an empty one. */
const configured = async <T>(
  option: string,
  path: string | undefined,
  read: (text: string) => T,
): Promise<T> => {
  const text = path === undefined ? "" : await readConfig(option, path);
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(`${option}: ${path}: ${error.message}`);
  }
};

const readConfig = async (option: string, path: string): Promise<string> => {
  const fail = (error: unknown): never => {
    throw new UsageError(`${option}: cannot read ${path}: ${reasonOf(error)}`);
  };
  const { size } = await stat(path).catch(fail);
  if (size > MAX_CONFIG_BYTES)
    throw new UsageError(`${option}: ${path} is larger than ${MAX_CONFIG_BYTES} bytes`);
  return readFile(path, "utf8").catch(fail);
};

const parseMaxConcurrent = (text: string): Parsed<number> => {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= MAX_CONCURRENT
    ? parsed(count)
    : rejected(`${JSON.stringify(text)} is no number of probes: write one from 1 to ${MAX_CONCURRENT}`);
};

const LISTEN_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: "is in use: write another port, or 0 for any that is free",
  EACCES: "is not open to this user: write a port from 1024 on",
  EADDRNOTAVAIL: "is no address of this machine: write 127.0.0.1:9709, or 0.0.0.0:9709 for all of IPv4",
  EAFNOSUPPORT: "is IPv6, which this machine does not have: write 0.0.0.0:9709 for all of IPv4",
  ENOTFOUND: "has no address: write 127.0.0.1:9709 or :9709",
};

const refuseListener = (error: unknown, { listen, webConfig }: ExporterFlags): never => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const problem = LISTEN_FAULTS[code];
  if (problem !== undefined) throw new UsageError(`--listen: ${listen} ${problem}`);
  if (code.startsWith("ERR_OSSL") || code.startsWith("ERR_SSL")) {
    throw new UsageError(`--web-config: ${webConfig}: certificate and key do not fit: ${reasonOf(error)}`);
  }
  throw error;
};
