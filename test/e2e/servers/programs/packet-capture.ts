/** Records what passes on an interface into a pcap file, by tcpdump. */
import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Availability,
  allAvailable,
  commandsAvailable,
  rootAvailable,
} from "../../../support/availability.ts";
import { eventually } from "../../../support/eventually.ts";
import { type ProcessGroup, startProcess } from "./processes.ts";

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

/** What other tests send over the loopback goes through it as well, until the filter stands. */
const BUFFER_KIB = "16384";

/** @throws Error when tcpdump does not start. */
export const startPacketCapture = async (
  file: string,
  filter: string,
  interfaceName = "lo",
): Promise<PacketCapture> => {
  const tcpdump = await startProcess("tcpdump", [
    ...["-i", interfaceName, "-n", "-U", "--immediate-mode", "-B", BUFFER_KIB, "-Z", "root", "-w", file],
    ...filter.split(" "),
  ]);
  const listens = () => tcpdump.hasEnded() || tcpdump.stderr().includes("listening on");
  if (!(await eventually(listens, { timeoutMs: 5000 })) || tcpdump.hasEnded()) {
    await tcpdump.stop();
    throw new Error(`tcpdump: ${tcpdump.stderr()}`);
  }
  // On a busy loopback, what passes between the socket and its filter is counted, and never taken.
  const before = await countsNow(tcpdump);
  return {
    command: tcpdump.commandLine.join(" "),
    stop: async () => {
      await untilQuiet(file);
      const told = await untilAllAreTaken(tcpdump, before, interfaceName === "lo" ? 2 : 1);
      await tcpdump.stop("SIGINT", 5000);
      if (!told.areAllTaken || told.dropped !== before.dropped) {
        throw new Error(`tcpdump: not every packet is there: ${tcpdump.stderr()}`);
      }
      // Whatever came as the recording ended is in the file as well.
      return countsIn(tcpdump.stderr()).at(-1)?.captured ?? told.captured;
    },
  };
};

interface Counts {
  readonly captured: number;
  readonly received: number;
  readonly dropped: number;
}

/** What tcpdump has told so far, each time that it was asked and as it ends. */
const countsIn = (text: string): readonly Counts[] =>
  [...text.matchAll(/(\d+) packets? captured\W+(\d+) packets? received.*\W+(\d+) packets? dropped/g)].map(
    ([, captured, received, dropped]) => ({
      captured: Number(captured),
      received: Number(received),
      dropped: Number(dropped),
    }),
  );

/** What tcpdump has counted by now: it says so when asked (SIGUSR1). */
const countsNow = async (tcpdump: ProcessGroup): Promise<Counts> => {
  const before = countsIn(tcpdump.stderr()).length;
  process.kill(tcpdump.pid, "SIGUSR1");
  await eventually(() => countsIn(tcpdump.stderr()).length > before, { timeoutMs: 2000 });
  return countsIn(tcpdump.stderr()).at(-1) ?? NOTHING_TOLD;
};

/**
 * Asks tcpdump until it has taken all that its filter has seen.
 * @param start what it had counted before there was anything to take
 * @param timesSeen how often the filter sees one packet: on loopback twice, once in each direction, and of one that
 *   passed as the recording began perhaps once.
 */
const untilAllAreTaken = async (
  tcpdump: ProcessGroup,
  start: Counts,
  timesSeen: number,
): Promise<Counts & { readonly areAllTaken: boolean }> => {
  for (let turn = 0; ; turn += 1) {
    const told = await countsNow(tcpdump);
    const areAllTaken =
      told.captured - start.captured === Math.floor((told.received - start.received) / timesSeen);
    if (areAllTaken || turn === ASKED_AT_MOST) return { ...told, areAllTaken };
    await sleep(SETTLE_MS);
  }
};

/** No number is equal to these: what tcpdump does not say is not all. */
const NOTHING_TOLD: Counts = { captured: Number.NaN, received: Number.NaN, dropped: Number.NaN };

const ASKED_AT_MOST = 20;

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
