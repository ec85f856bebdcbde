/** Records what passes on an interface into a pcap file, by tcpdump. */
import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Availability, allAvailable, commandsAvailable, rootAvailable } from "./availability.ts";
import { eventually } from "./eventually.ts";
import { startProcess } from "./processes.ts";

export interface PacketCapture {
  readonly command: string;
  /**
   * Ends the recording once all packets are in the file.
   * @returns how many there are.
   * @throws Error when the kernel dropped some.
   */
  stop(): Promise<number>;
}

export const packetCaptureAvailable = (): Availability =>
  allAvailable(commandsAvailable("tcpdump"), rootAvailable());

/** @throws Error when tcpdump does not start. */
export const startPacketCapture = async (
  file: string,
  filter: string,
  interfaceName = "lo",
): Promise<PacketCapture> => {
  const tcpdump = await startProcess("tcpdump", [
    ...["-i", interfaceName, "-n", "-U", "--immediate-mode", "-Z", "root", "-w", file],
    ...filter.split(" "),
  ]);
  const listens = () => tcpdump.hasEnded() || tcpdump.stderr().includes("listening on");
  if (!(await eventually(listens, { timeoutMs: 5000 })) || tcpdump.hasEnded()) {
    await tcpdump.stop();
    throw new Error(`tcpdump: ${tcpdump.stderr()}`);
  }
  return {
    command: tcpdump.commandLine.join(" "),
    stop: async () => {
      await untilQuiet(file);
      await tcpdump.stop("SIGINT", 5000);
      const count = (what: string) =>
        Number(new RegExp(`(\\d+) packets? ${what}`).exec(tcpdump.stderr())?.[1] ?? Number.NaN);
      const [captured, received, dropped] = [count("captured"), count("received"), count("dropped")];
      // The filter sees a packet of the loopback interface twice, once in each direction: of one that passed as
      // the recording began or ended, perhaps one half.
      const seen = interfaceName === "lo" ? Math.floor(received / 2) : received;
      if (captured !== seen || dropped !== 0) {
        throw new Error(`tcpdump: not every packet is there: ${tcpdump.stderr()}`);
      }
      return captured;
    },
  };
};

/** For the last packets to reach tcpdump: it has them once its file grows no more. */
const SETTLE_MS = 300;

const untilQuiet = async (file: string): Promise<void> => {
  let size = -1;
  const isQuiet = (): boolean => {
    const before = size;
    size = statSync(file).size;
    return size === before;
  };
  for (let turn = 0; turn < 30 && !isQuiet(); turn += 1) await sleep(SETTLE_MS);
};
