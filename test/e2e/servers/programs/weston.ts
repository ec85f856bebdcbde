/** Starts weston's RDP back end, which serves by FreeRDP's library, on a display of its own without hardware. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Availability, commandsAvailable } from "../../../support/availability.ts";
import { outputOf, startProcess } from "./processes.ts";
import { freePort, type RealServer, untilListening } from "./real-server.ts";

export interface WestonConfig {
  /** TLS with a certificate, or Standard RDP Security with an RSA key alone. */
  readonly security: "tls" | "rdp";
  /** Default 127.0.0.1. */
  readonly host?: string;
}

export const westonAvailable = (): Availability => commandsAvailable("weston", "openssl");

/** @throws Error when it does not listen in time. */
export const startWeston = async ({ security, host = "127.0.0.1" }: WestonConfig): Promise<RealServer> => {
  const port = await freePort(host);
  const folder = mkdtempSync(join(tmpdir(), "rdprobe-weston-"));
  const keyFile = join(folder, "server.key");
  const certificateFile = security === "tls" ? join(folder, "server.crt") : null;
  const args = [
    ...["--backend=rdp-backend.so", "--shell=kiosk-shell.so", "--no-config", "--socket=rdprobe"],
    ...[`--address=${host}`, `--port=${port}`],
    ...(certificateFile === null
      ? [`--rdp4-key=${keyFile}`]
      : [`--rdp-tls-cert=${certificateFile}`, `--rdp-tls-key=${keyFile}`]),
  ];
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  try {
    await makeKey(keyFile, certificateFile);
    const env = { XDG_RUNTIME_DIR: folder, HOME: folder };
    const server = await startProcess("weston", args, { env });
    const stop = async () => {
      await server.stop();
      removeFolder();
    };
    if (!(await untilListening(server, host, port))) {
      await stop();
      throw new Error(`weston ended: ${server.stdout()}${server.stderr()}`);
    }
    return {
      host,
      port,
      groups: [server.pid],
      configuration: `${["weston", ...args].join(" ")}\n`,
      commands: [server.commandLine.join(" ")],
      certificateFile,
      log: () => `${server.stdout()}${server.stderr()}`,
      stop,
    };
  } catch (error) {
    removeFolder();
    throw error;
  }
};

/** FreeRDP reads the key of Standard RDP Security in PKCS#1. */
const makeKey = async (keyFile: string, certificateFile: string | null): Promise<void> => {
  if (certificateFile === null) {
    await outputOf("openssl", ["genrsa", "-traditional", "-out", keyFile, "2048"]);
    return;
  }
  await outputOf("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=weston"],
    ...["-keyout", keyFile, "-out", certificateFile],
  ]);
};
