/** A capture file from its bytes to its results: streams, transcripts, facts and the same judge as for a live probe. */

import type { DecodeFault } from "../bytes/decoded.ts";
import type { CaptureFaultCode } from "../capture/capture-event.ts";
import { type CaptureCounts, createCaptureReader } from "../capture/capture-reader.ts";
import { SECRETS_TYPE_TLS_KEY_LOG } from "../capture/file/pcapng-block.ts";
import type { TcpStream, TcpStreamEvent } from "../capture/tcp/tcp-event.ts";
import { CapturedStream, type StreamContext } from "../handshake/conversation/captured-stream.ts";
import { KeyLog } from "../tls/decrypt/key-log.ts";
import { DEFAULT_EXPIRY, type ExpiryThresholds } from "../verdict/findings/certificate-findings.ts";
import type { Result } from "../verdict/result/result.ts";
import { createCapturedResults } from "./captured-results.ts";
import { HeldResults, type TakeResults } from "./held-results.ts";

export interface CaptureJudgeOptions {
  /** The file's name as it is to stand in the results. */
  readonly file: string;
  /** TLS secrets that are known beforehand; those of the file are added. */
  readonly keyLog?: string;
  /** When a certificate's end is near. Default `DEFAULT_EXPIRY`. */
  readonly expiry?: ExpiryThresholds;
  /** Streams that are followed at once; the one idle for longest goes first. Default 8192. */
  readonly maxStreams?: number;
  /**
   * Takes results before the end of a capture that has very many of them. Without it all are kept until the end, and
   * memory grows with their number.
   */
  readonly onResults?: TakeResults;
  /** What is wrong with the file; what came before it counts. */
  readonly onFault?: (code: CaptureFaultCode, fault: DecodeFault, packetNumber: number | null) => void;
}

/** Streams that were ended by us, the oldest first: more were open at once than may be kept. */
interface EvictedStreams {
  /** Judged by what was there up to then. */
  readonly judged: number;
  /** Not known to be RDP yet, and not judged. */
  readonly unjudged: number;
}

export interface JudgedCapture {
  readonly counts: CaptureCounts;
  readonly evicted: EvictedStreams;
  /** In the order of their streams; without those that `onResults` has taken. */
  readonly results: readonly Result[];
}

export interface CaptureJudge {
  /** Takes the next bytes of the file, in chunks of any size; the chunk may be used again afterwards. */
  receive(chunk: Uint8Array): void;
  /** The file has ended. To be called once. */
  finish(): JudgedCapture;
}

/** What the handshakes of all streams together may keep. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/**
 * Judges every RDP handshake of a pcap or pcapng file, on any port. Memory is bounded by the limits and the
 * number of results, not by the file.
 * @throws RangeError when a limit is no positive whole number.
 */
export const createCaptureJudge = (options: CaptureJudgeOptions): CaptureJudge => {
  const { file, maxStreams, onFault } = options;
  const keyLog = new KeyLog();
  if (options.keyLog !== undefined) keyLog.add(options.keyLog);
  const streams = new Map<TcpStream, CapturedStream>();
  const held = new HeldResults(options.onResults ?? null);
  const text = new TextDecoder();
  const evicted = { judged: 0, unjudged: 0 };
  let keptBytes = 0;
  const context: StreamContext = {
    account(bytes) {
      keptBytes += bytes;
    },
    keyLog,
  };

  const withUnjudged = (result: Result): Result =>
    evicted.unjudged === 0 || result.source.kind !== "pcap"
      ? result
      : { ...result, source: { ...result.source, unjudgedStreams: evicted.unjudged } };

  const results = createCapturedResults(file, options.expiry ?? DEFAULT_EXPIRY, (result) =>
    held.add(withUnjudged(result)),
  );

  const finish = (captured: CapturedStream): boolean => {
    const connection = captured.finish(reader.lastTimeMs);
    if (connection !== null) results.add(connection);
    captured.release();
    return connection !== null;
  };

  const evictOldest = (): void => {
    for (const [stream, captured] of streams) {
      streams.delete(stream);
      stream.ignore();
      if (captured.isRecognised && finish(captured)) evicted.judged += 1;
      else {
        captured.release();
        evicted.unjudged += 1;
      }
      return;
    }
  };

  const onStreamEvent = (event: TcpStreamEvent): void => {
    const { stream } = event;
    const known = streams.get(stream);
    if (event.type === "end") {
      streams.delete(stream);
      if (known === undefined) return;
      const isJudged = finish(known);
      if (event.reason === "evicted") evicted[isJudged ? "judged" : "unjudged"] += 1;
      return;
    }
    const captured = known ?? new CapturedStream(stream, context);
    if (known === undefined) streams.set(stream, captured);
    if (!captured.receive(event)) {
      captured.release();
      streams.delete(stream);
      stream.ignore();
    }
    while (keptBytes > MAX_KEPT_BYTES && streams.size > 0) evictOldest();
  };

  const reader = createCaptureReader({
    ...(maxStreams === undefined ? {} : { maxStreams }),
    onStreamEvent,
    onEvent: (event) => {
      if (event.type === "fault") onFault?.(event.code, event.fault, event.packetNumber);
      else if (event.type === "secrets" && event.secretsType === SECRETS_TYPE_TLS_KEY_LOG) {
        keyLog.add(text.decode(event.data));
      }
    },
  });

  return {
    receive: (chunk) => reader.receive(chunk),
    finish: () => {
      const counts = reader.finish();
      results.finish();
      return { counts, evicted: { ...evicted }, results: held.finish().map(withUnjudged) };
    },
  };
};
