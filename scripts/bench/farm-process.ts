/** The farm as its own process, for whoever measures against it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface FarmProcess {
  readonly port: number;
  /** Since its start, milliseconds. */
  cpuMs(): Promise<number>;
  stop(): void;
}

/** As farm.ts knows them. */
export type FarmServer = "tls-1.2" | "tls-1.3";

export interface FarmOptions {
  /** Before each answer. */
  readonly delayMs?: number;
  readonly server?: FarmServer;
  /** A command that runs another one, such as `ip netns exec NAME`. */
  readonly within?: readonly string[];
}

export const startFarm = async ({
  delayMs = 0,
  server = "tls-1.2",
  within = [],
}: FarmOptions = {}): Promise<FarmProcess> => {
  const script = fileURLToPath(new URL("./farm.ts", import.meta.url));
  const node = [process.execPath, ...process.execArgv, script, String(delayMs), server];
  const [command = "", ...args] = [...within, ...node];
  const farm = spawn(command, args, { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  const [{ port }] = (await once(farm, "message")) as [{ port: number }];
  return {
    port,
    async cpuMs() {
      farm.send("cpu");
      const [{ cpu }] = (await once(farm, "message")) as [{ cpu: NodeJS.CpuUsage }];
      return (cpu.user + cpu.system) / 1000;
    },
    stop: () => farm.disconnect(),
  };
};
