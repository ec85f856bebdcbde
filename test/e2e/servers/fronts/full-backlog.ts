/** A port that answers no SYN, without root: the queue of its listener is full. */
import { fileURLToPath } from "node:url";
import { type Availability, allAvailable, commandsAvailable } from "../../../support/availability.ts";
import { eventually } from "../../../support/eventually.ts";
import { startProcess } from "../programs/processes.ts";

export interface SilentPort {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Node accepts whatever comes, so the listener is Python's; only Linux drops what does not fit. */
export const fullBacklogAvailable = (): Availability =>
  allAvailable(commandsAvailable("python3"), {
    available: process.platform === "linux",
    notice: "needs Linux",
  });

/** @throws Error when the queue does not fill. */
export const startFullBacklog = async (host = "127.0.0.1"): Promise<SilentPort> => {
  const script = fileURLToPath(new URL("full-backlog.py", import.meta.url));
  const listener = await startProcess("python3", [script, host]);
  const stop = () => listener.stop();
  await eventually(() => listener.hasEnded() || listener.stdout().endsWith("\n"), { timeoutMs: 10_000 });
  const port = Number(listener.stdout());
  if (listener.hasEnded() || port === 0) {
    await stop();
    throw new Error(`full-backlog.py: ${listener.stderr()}`);
  }
  return { host, port, stop };
};
