/** One probe of a loopback port, and the recording of it. */
import { concatBytes } from "../../src/bytes/concat-bytes.ts";
import { probeAddress } from "../../src/scan/one/probe-address.ts";
import type { ProbeOptions } from "../../src/scan/one/probe-options.ts";
import { createRecording } from "../../src/scan/one/recording.ts";
import { DEFAULT_EXPIRY } from "../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../src/verdict/result/result.ts";
import { REFERENCE } from "../verdict/transcripts.ts";

const TIMEOUT_MS = 1500;
const DEADLINE_MS = 8000;

export interface Recorded {
  readonly probe: Result;
  readonly file: Uint8Array;
  readonly blocks: readonly Uint8Array[];
}

export const recordProbe = async (port: number, more: Partial<ProbeOptions> = {}): Promise<Recorded> => {
  const blocks: Uint8Array[] = [];
  const recording = createRecording("rdprobe test", (bytes) => blocks.push(bytes));
  const probe = await probeAddress(
    {
      input: `127.0.0.1:${port}`,
      host: "127.0.0.1",
      endpoint: { address: "127.0.0.1", port, family: 4 },
      resolution: null,
    },
    {
      timeoutMs: TIMEOUT_MS,
      deadlineMs: DEADLINE_MS,
      pauseMs: 0,
      depth: "standard",
      routing: { kind: "cookie", identity: "rdprobe" },
      reference: REFERENCE,
      expiry: DEFAULT_EXPIRY,
      ...more,
      recording,
    },
  );
  recording.flush();
  return { probe, file: concatBytes(...blocks), blocks };
};
