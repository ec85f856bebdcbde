/** A server that a test started, and the ports that such servers listen on. */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { eventually } from "../../../support/eventually.ts";
import type { ProcessGroup } from "./processes.ts";

export interface RealServer {
  readonly host: string;
  readonly port: number;
  /** The process groups that belong to it. */
  readonly groups: readonly number[];
  /** The configuration that it was started with; no keys. */
  readonly configuration: string;
  /** The command lines that started it. */
  readonly commands: readonly string[];
  /** The PEM file that it shows, where it has one. */
  readonly certificateFile: string | null;
  /** What it has logged so far. */
  log(): string;
  /** Ends its processes and removes its files. */
  stop(): Promise<void>;
}

/** A TCP port of `host` that is free now. */
export const freePort = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(0, host, () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null
          ? resolve(address.port)
          : reject(new Error("no port to listen on")),
      );
    });
  });

/**
 * Waits until a process listens on an IPv4 port. The kernel's table is read, so that the server sees no
 * connection.
 * @returns false when the process ended first.
 * @throws Error when it does neither within `timeoutMs`.
 */
export const untilListening = async (
  server: ProcessGroup,
  host: string,
  port: number,
  timeoutMs = 10_000,
): Promise<boolean> => {
  const settled = await eventually(() => server.hasEnded() || isListening(host, port, server.pid), {
    timeoutMs,
  });
  if (!settled) throw new Error(`${server.commandLine.join(" ")}: not listening: ${server.stderr()}`);
  return !server.hasEnded();
};

/** Whether somebody listens on an IPv4 address and port, in the network namespace of a process. */
const isListening = (host: string, port: number, pid: number | "self" = "self"): boolean => {
  const octets = host.split(".").map(Number).reverse();
  const local = `${octets.map((octet) => hexDigits(octet, 2)).join("")}:${hexDigits(port, 4)}`;
  return listeningTable(pid)
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .some(([, address, , state]) => address === local && state === TCP_LISTEN);
};

/** Empty when the process has just ended. */
const listeningTable = (pid: number | "self"): string => {
  try {
    return readFileSync(`/proc/${pid}/net/tcp`, "latin1");
  } catch {
    return "";
  }
};

const TCP_LISTEN = "0A";

const hexDigits = (value: number, digits: number): string =>
  value.toString(16).toUpperCase().padStart(digits, "0");
