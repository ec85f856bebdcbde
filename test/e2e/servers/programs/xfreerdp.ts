/** How far FreeRDP's client comes with a server: another implementation, on OpenSSL, that knows nothing of ours. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Availability, commandsAvailable } from "../../../support/availability.ts";
import { eventually } from "../../../support/eventually.ts";
import { startDisplay } from "./freerdp-shadow.ts";
import { type ProcessGroup, startProcess } from "./processes.ts";

/** The security layers that FreeRDP 2 goes through, as its log names them. */
type Layer = "HYBRID" | "SSL" | "RDP";

interface FreeRdpOutcome {
  /** The layer that was gone through: for HYBRID and SSL its TLS handshake is finished; null where none was. */
  readonly through: Layer | null;
  /** The last error that it names, such as `TLS_CONNECT_FAILED`; null without one. */
  readonly error: string | null;
}

export interface FreeRdpClient {
  /** Connects, and leaves once the security layer stands, fails, or has not come in time. */
  connect(host: string, port: number): Promise<FreeRdpOutcome>;
  stop(): Promise<void>;
}

/** `stdbuf` has the log written line by line. */
export const xfreerdpAvailable = (): Availability => commandsAvailable("xfreerdp", "Xvfb", "stdbuf");

/** How long one connection may take; a server that says nothing more holds the client for as long. */
const DEADLINE_MS = 8000;

/** The certificate's chain is not asked here: it is a finding of ours. */
const OPTIONS = ["/u:probe", "/p:probe", "/cert:ignore", "+auth-only"] as const;

/**
 * The client on a display of its own, with a home that knows no certificate.
 * @param more options beside; `/tls-seclevel:0` where OpenSSL's idea of strength is not to be asked.
 */
export const startFreeRdpClient = async (more: readonly string[] = []): Promise<FreeRdpClient> => {
  const home = mkdtempSync(join(tmpdir(), "rdprobe-xfreerdp-"));
  const groups: ProcessGroup[] = [];
  const display = await startDisplay(groups);
  const env = {
    ...{ DISPLAY: display, HOME: home, XDG_CONFIG_HOME: home },
    WLOG_FILTER: "com.freerdp.core.connection:DEBUG,com.freerdp.core.nego:DEBUG,com.freerdp.core:ERROR",
  };
  return {
    connect: async (host, port) => {
      const args = ["-oL", "xfreerdp", `/v:${host}:${port}`, ...OPTIONS, ...more];
      const client = await startProcess("stdbuf", args, { env });
      const outcome = (): FreeRdpOutcome => outcomeOf(client.stdout(), client.stderr());
      await eventually(() => client.hasEnded() || outcome().through !== null, { timeoutMs: DEADLINE_MS });
      await client.stop("SIGKILL");
      return outcome();
    },
    stop: async () => {
      for (const group of groups) await group.stop("SIGTERM", 2000);
      rmSync(home, { recursive: true, force: true });
    },
  };
};

/** It leaves the state NEGO only once the layer that the server selected stands. */
const outcomeOf = (stdout: string, stderr: string): FreeRdpOutcome => {
  let tried: Layer | null = null;
  let through: Layer | null = null;
  for (const line of stdout.split("\n")) {
    const layer = /nego_security_connect with PROTOCOL_(HYBRID|SSL|RDP)/.exec(line)?.[1];
    if (layer === "HYBRID" || layer === "SSL" || layer === "RDP") tried = layer;
    if (/CONNECTION_STATE_NEGO --> CONNECTION_STATE_(?:NLA|MCS)/.test(line)) through = tried;
  }
  const error = [...stderr.matchAll(/ERRCONNECT_(\w+)/g)].at(-1)?.[1] ?? null;
  return { through, error };
};
