/** `rdprobe/pcap`: capture files to TCP streams, a pcapng writer, and the judge over a capture. Re-exports only. */
export type { Decoded, DecodeFault } from "../bytes/decoded.ts";
export type { CaptureEvent, CaptureFaultCode } from "../capture/capture-event.ts";
export {
  type CaptureCounts,
  type CaptureReader,
  type CaptureReaderOptions,
  createCaptureReader,
} from "../capture/capture-reader.ts";
export {
  createPcapngWriter,
  type PcapngWriter,
  type PcapngWriterOptions,
  type TimedPacket,
} from "../capture/write/pcapng-writer.ts";
export type { TcpStream, TcpStreamEvent } from "../capture/tcp/tcp-event.ts";
export {
  type CaptureJudge,
  type CaptureJudgeOptions,
  createCaptureJudge,
  type JudgedCapture,
} from "../scan/judge-capture.ts";
export {
  type CaptureFault,
  type CaptureReport,
  type CaptureSettings,
  judgeCapture,
} from "./judge-capture.ts";
