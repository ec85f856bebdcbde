/** Starts FreeRDP's shadow server on a virtual X display of its own: the free server that has NLA. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Availability,
  allAvailable,
  commandsAvailable,
  rootAvailable,
} from "../../../support/availability.ts";
import { eventually } from "../../../support/eventually.ts";
import { outputOf, type ProcessGroup, startProcess } from "./processes.ts";
import { freePort, type RealServer, untilListening } from "./real-server.ts";

export interface ShadowConfig {
  readonly security: "nla" | "tls" | "rdp";
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** What it logs, in WinPR's words; ERROR by default. */
  readonly logLevel?: "WARN" | "ERROR";
}

/** The host name that the server runs under; its certificate and its NTLM challenge carry it. */
export const SHADOW_HOST_NAME = "rdp-shadow";

/** Root, since the host name is set in a namespace of its own. */
export const shadowAvailable = (): Availability =>
  allAvailable(
    commandsAvailable("freerdp-shadow-cli", "Xvfb", "winpr-hash", "unshare", "hostname"),
    rootAvailable(),
  );

/** @throws Error when it does not listen after several starts. */
export const startShadow = async (config: ShadowConfig): Promise<RealServer> => {
  const host = config.host ?? "127.0.0.1";
  const port = config.port ?? (await freePort(host));
  const folder = mkdtempSync(join(tmpdir(), "rdprobe-shadow-"));
  const groups: ProcessGroup[] = [];
  const stop = async () => {
    for (const group of groups.toReversed()) await group.stop("SIGTERM", GRACE_MS);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const samFile = join(folder, "sam");
    writeFileSync(samFile, await outputOf("winpr-hash", ["-u", "probe", "-p", "probe", "-f", "sam"]));
    const display = await startDisplay(groups);
    const args = [
      ...[`/bind-address:${host}`, `/port:${port}`, `/sec:${config.security}`, `/sam-file:${samFile}`],
    ];
    const env = { WLOG_LEVEL: config.logLevel ?? "ERROR" };
    await startOnDisplay(display, folder, args, host, port, groups, env);
    return {
      host,
      port,
      groups: groups.map(({ pid }) => pid),
      configuration: `${["freerdp-shadow-cli", ...args].join(" ")}\n`,
      commands: groups.map(({ commandLine }) => commandLine.join(" ")),
      certificateFile: join(folder, "freerdp", "shadow", "shadow.crt"),
      log: () => groups.map((group) => `${group.stdout()}${group.stderr()}`).join(""),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const MAX_STARTS = 5;

/** Xvfb removes its lock file and socket when it is let. */
const GRACE_MS = 2000;

/** Xvfb takes a free display and prints its number; the process is added to `groups`. */
export const startDisplay = async (groups: ProcessGroup[]): Promise<string> => {
  const xvfb = await startProcess("Xvfb", [
    ...["-displayfd", "1", "-screen", "0", "320x240x24", "-nolisten", "tcp", "-ac", "-noreset"],
  ]);
  groups.push(xvfb);
  const ready = await eventually(() => xvfb.hasEnded() || xvfb.stdout().endsWith("\n"), {
    timeoutMs: 10_000,
  });
  if (!ready || xvfb.hasEnded()) throw new Error(`Xvfb: no display: ${xvfb.stderr()}`);
  return `:${xvfb.stdout().trim()}`;
};

/** The server ends when the display is not ready for it, and is then started again. */
const startOnDisplay = async (
  display: string,
  folder: string,
  args: readonly string[],
  host: string,
  port: number,
  groups: ProcessGroup[],
  more: Readonly<Record<string, string>>,
): Promise<void> => {
  const env = { DISPLAY: display, HOME: folder, XDG_CONFIG_HOME: folder, ...more };
  const underName = ["--uts", "sh", "-c", 'hostname "$0" && exec "$@"', SHADOW_HOST_NAME];
  let said = "";
  for (let start = 0; start < MAX_STARTS; start += 1) {
    const server = await startProcess("unshare", [...underName, "freerdp-shadow-cli", ...args], { env });
    groups.push(server);
    if (await untilListening(server, host, port)) return;
    said = `${server.stdout()}${server.stderr()}`;
  }
  throw new Error(`freerdp-shadow-cli does not stay: ${said}`);
};
