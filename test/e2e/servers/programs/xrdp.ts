/** Starts xrdp as Debian ships it, with a configuration of the test's own. No session manager: a handshake needs none. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Availability,
  allAvailable,
  commandsAvailable,
  rootAvailable,
} from "../../../support/availability.ts";
import { startProcess } from "./processes.ts";
import { freePort, type RealServer, untilListening } from "./real-server.ts";

export interface XrdpConfig {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** The network namespace to run in; `host` and `port` are then to be given. */
  readonly namespace?: string;
  readonly securityLayer?: "negotiate" | "tls" | "rdp";
  readonly cryptLevel?: "none" | "low" | "medium" | "high" | "fips";
  /** As in xrdp.ini: `TLSv1.2, TLSv1.3`. */
  readonly sslProtocols?: string;
  /** An OpenSSL cipher list. */
  readonly tlsCiphers?: string;
  /** Null: files that do not exist, so that xrdp has no certificate. */
  readonly certificate: { readonly certificateFile: string; readonly keyFile: string } | null;
}

const LOG_FILE = "xrdp.log";

/** xrdp runs as root here: its socket folder and RSA key file are root's. */
export const xrdpAvailable = (): Availability => allAvailable(commandsAvailable("xrdp"), rootAvailable());

/** @throws Error when it does not listen in time. */
export const startXrdp = async (config: XrdpConfig): Promise<RealServer> => {
  const host = config.host ?? "127.0.0.1";
  const port = config.port ?? (await freePort(host));
  mkdirSync("/run/xrdp", { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "rdprobe-xrdp-"));
  const settings = iniSettings(config, host, port, folder);
  const file = join(folder, "xrdp.ini");
  writeFileSync(file, withSettings(readFileSync("/etc/xrdp/xrdp.ini", "utf8"), settings));

  const server = await startProcess(
    "xrdp",
    ["--nodaemon", "--config", file],
    config.namespace === undefined ? {} : { namespace: config.namespace },
  );
  const stop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    if (!(await untilListening(server, host, port))) {
      throw new Error(`xrdp ended: ${server.stdout()}${server.stderr()}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    host,
    port,
    groups: [server.pid],
    configuration: Object.entries(settings)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(""),
    commands: [server.commandLine.join(" ")],
    certificateFile: config.certificate?.certificateFile ?? null,
    log: () => readFileSync(join(folder, LOG_FILE), "utf8"),
    stop,
  };
};

const iniSettings = (
  config: XrdpConfig,
  host: string,
  port: number,
  folder: string,
): Readonly<Record<string, string>> => ({
  port: `tcp://${host}:${port}`,
  security_layer: config.securityLayer ?? "negotiate",
  crypt_level: config.cryptLevel ?? "high",
  certificate: config.certificate?.certificateFile ?? join(folder, "no-certificate.pem"),
  key_file: config.certificate?.keyFile ?? join(folder, "no-key.pem"),
  ssl_protocols: config.sslProtocols ?? "TLSv1.2, TLSv1.3",
  ...(config.tlsCiphers === undefined ? {} : { tls_ciphers: config.tlsCiphers }),
  LogFile: join(folder, LOG_FILE),
  EnableSyslog: "false",
});

/** The first line of each key takes the new value; a key that is not there, or is commented out, goes into [Globals]. */
const withSettings = (ini: string, settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings).reduce((text, [key, value]) => {
    const line = new RegExp(`^${key}=.*$`, "m");
    return line.test(text)
      ? text.replace(line, () => `${key}=${value}`)
      : text.replace("[Globals]\n", () => `[Globals]\n${key}=${value}\n`);
  }, ini);
