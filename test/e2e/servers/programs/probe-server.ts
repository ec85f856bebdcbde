/** A probe of a server that a test has started: standard depth, as rdprobe does by default. */
import { probeAddress } from "../../../../src/scan/one/probe-address.ts";
import { DEFAULT_EXPIRY } from "../../../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../../../src/verdict/result/result.ts";
import { REFERENCE } from "../../../verdict/transcripts.ts";

export interface ProbedServer {
  readonly host: string;
  readonly port: number;
}

/** @param limits for a stage and for all of it, milliseconds */
export const probeServer = (
  { host, port }: ProbedServer,
  limits: { readonly timeoutMs: number; readonly deadlineMs: number } = {
    timeoutMs: 10_000,
    deadlineMs: 20_000,
  },
): Promise<Result> =>
  probeAddress(
    { input: host, host, endpoint: { address: host, port, family: 4 }, resolution: null },
    {
      ...limits,
      depth: "standard",
      pauseMs: 50,
      routing: { kind: "cookie", identity: "rdprobe" },
      reference: REFERENCE,
      expiry: DEFAULT_EXPIRY,
    },
  );
