/** The farm as its own process, for whoever measures against it. */
import { fork } from "node:child_process";
import { once } from "node:events";

export interface FarmProcess {
  readonly port: number;
  /** Since its start, milliseconds. */
  cpuMs(): Promise<number>;
  stop(): void;
}

export const startFarm = async (delayMs: number): Promise<FarmProcess> => {
  const farm = fork(new URL("./farm.ts", import.meta.url), [String(delayMs)], { execArgv: process.execArgv });
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
