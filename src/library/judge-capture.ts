/** `judgeCapture`: the bytes of a capture file to results. */
import type { DecodeFault } from "../bytes/decoded.ts";
import type { CaptureFaultCode } from "../capture/capture-event.ts";
import { type CaptureJudgeOptions, createCaptureJudge, type JudgedCapture } from "../scan/judge-capture.ts";

export interface CaptureSettings extends Omit<CaptureJudgeOptions, "file" | "onFault"> {
  /** The file's name as it is to stand in the results; default `capture`. */
  readonly file?: string;
  /** Looked at between two chunks of a stream. */
  readonly signal?: AbortSignal;
}

export interface CaptureFault {
  readonly code: CaptureFaultCode;
  readonly fault: DecodeFault;
  /** Counted from 1; null for what is no packet's. */
  readonly packetNumber: number | null;
}

export interface CaptureReport extends JudgedCapture {
  /** What is wrong with the file: the first 1000; what came before each counts. */
  readonly faults: readonly CaptureFault[];
}

const MAX_FAULTS = 1000;

/**
 * Judges every RDP handshake of a pcap, pcapng, snoop or Network Monitor file, not compressed. A file that is none
 * of these gives no results and the fault `not-a-capture`.
 * @throws RangeError when a limit is no positive whole number.
 * @throws what the stream throws, or the signal's reason.
 */
export const judgeCapture = async (
  capture: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  settings: CaptureSettings = {},
): Promise<CaptureReport> => {
  const { file = "capture", signal, ...options } = settings;
  const faults: CaptureFault[] = [];
  const judge = createCaptureJudge({
    ...options,
    file,
    onFault: (code, fault, packetNumber) => {
      if (faults.length < MAX_FAULTS) faults.push({ code, fault, packetNumber });
    },
  });
  for await (const chunk of capture instanceof Uint8Array ? [capture] : capture) {
    signal?.throwIfAborted();
    judge.receive(chunk);
  }
  return { ...judge.finish(), faults };
};
