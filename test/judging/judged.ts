/** Judges a capture that is in memory, and gathers what was said of it. */
import { createCaptureJudge } from "../../src/scan/judge-capture.ts";
import type { ExpiryThresholds } from "../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../src/verdict/result/result.ts";

export interface Judged {
  readonly results: readonly Result[];
  readonly faults: readonly string[];
}

export interface JudgedOptions {
  readonly chunkBytes?: number;
  readonly keyLog?: string;
  readonly maxStreams?: number;
  readonly expiry?: ExpiryThresholds;
}

export const judged = (file: Uint8Array, options: JudgedOptions = {}): Judged => {
  const { chunkBytes = Math.max(1, file.length), ...more } = options;
  const faults: string[] = [];
  const judge = createCaptureJudge({ ...more, file: "test.pcap", onFault: (code) => faults.push(code) });
  for (let at = 0; at < file.length; at += chunkBytes) judge.receive(file.subarray(at, at + chunkBytes));
  return { results: judge.finish().results, faults };
};

/** The result of a stream by its number. */
export const ofStream = ({ results }: Judged, stream: number): Result => {
  const found = results.find(({ source }) => source.kind === "pcap" && source.stream === stream);
  if (found === undefined) throw new Error(`stream ${stream} gave no result`);
  return found;
};
