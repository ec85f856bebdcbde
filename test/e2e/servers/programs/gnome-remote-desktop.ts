/**
 * Starts GNOME's remote desktop server as Debian ships it (gnome-remote-desktop 43.3): a headless mutter without a
 * graphics card on a bus of its own, and the daemon with settings and credentials in files.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Availability, commandsAvailable, filesAvailable } from "../../../support/availability.ts";
import { eventually } from "../../../support/eventually.ts";
import { outputOf, startProcess } from "./processes.ts";
import { freePort, type RealServer } from "./real-server.ts";

const DAEMON = "/usr/libexec/gnome-remote-desktop-daemon";

export const gnomeAvailable = (): Availability => {
  const commands = commandsAvailable("grdctl", "mutter", "dbus-run-session", "openssl");
  return commands.available ? filesAvailable(DAEMON) : commands;
};

/** A user's home with the server's settings, which stays while the server is started again and again. */
export interface GnomeHome {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

export const makeGnomeHome = (): GnomeHome => {
  const folder = mkdtempSync(join(tmpdir(), "rdprobe-gnome-"));
  const runtime = join(folder, "run");
  mkdirSync(runtime, { mode: 0o700 });
  return {
    folder,
    env: {
      HOME: folder,
      XDG_RUNTIME_DIR: runtime,
      XDG_CONFIG_HOME: join(folder, ".config"),
      XDG_DATA_HOME: join(folder, ".local/share"),
      GSETTINGS_BACKEND: "keyfile",
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

/** Credentials and a certificate, by the server's own command, and RDP switched on. */
export const setUpGnome = async (
  { env }: GnomeHome,
  { certificateFile, keyFile }: { readonly certificateFile: string; readonly keyFile: string },
): Promise<void> => {
  for (const args of [
    ["set-tls-cert", certificateFile],
    ["set-tls-key", keyFile],
    ["set-credentials", "probe", "probe"],
    ["enable"],
  ]) {
    await outputOf("grdctl", ["--headless", "rdp", ...args], { env });
  }
};

/** Mutter owns the names that the daemon waits for. */
const SESSION = `mutter --headless --wayland --no-x11 --virtual-monitor 320x240 & exec ${DAEMON} --headless --rdp-port "$0"`;

/** How long a server that is not switched on is waited for: it says nothing then. */
const PATIENCE_MS = 8000;

/**
 * Starts the daemon with the home's settings.
 * @param listens whether it is to listen; one that is not set up runs without.
 * @throws Error when it does not listen in time.
 */
export const startGnome = async (home: GnomeHome, port?: number, listens = true): Promise<RealServer> => {
  const at = port ?? (await freePort("127.0.0.1"));
  const args = ["--", "sh", "-c", SESSION, String(at)];
  const session = await startProcess("dbus-run-session", args, { env: home.env });
  const log = (): string => `${session.stdout()}${session.stderr()}`;
  const isReady = (): boolean => /RDP server started|Window manager warning.*gnome-session/.test(log());
  const isSettled = (): boolean => (listens ? log().includes("RDP server started") : isReady());
  const settled = await eventually(() => session.hasEnded() || isSettled(), { timeoutMs: PATIENCE_MS });
  if (!settled || session.hasEnded()) {
    await session.stop();
    throw new Error(`gnome-remote-desktop does not listen: ${log()}`);
  }
  return {
    host: "127.0.0.1",
    port: at,
    groups: [session.pid],
    configuration: `${SESSION}\n`,
    commands: [session.commandLine.join(" ")],
    certificateFile: null,
    log,
    stop: () => session.stop("SIGTERM", 1500),
  };
};
