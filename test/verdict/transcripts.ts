/** Hand-made transcripts for the judge's tests: a connection as a list of what happened on it. */
import { fromHex } from "../../src/bytes/hex.ts";
import { connectionRequestFor } from "../../src/handshake/plan/connection-requests.ts";
import type { ProbeConnection, Purpose } from "../../src/handshake/plan/probe-plan.ts";
import type { ConnectFailure, Transcript, WireEvent } from "../../src/handshake/conversation/transcript.ts";
import { clientProfile, DEFAULT_CLIENT_ID } from "../../src/tls/profiles/client-profiles.ts";
import { DEFAULT_EXPIRY } from "../../src/verdict/findings/certificate-findings.ts";
import type { ProbeFacts } from "../../src/verdict/rules/probe-facts.ts";
import { encodeConnectionRequest } from "../../src/x224/connection-request.ts";
import { readTranscript } from "../handshake/read-transcript.ts";

const defaultClient = clientProfile(DEFAULT_CLIENT_ID);
if (defaultClient === null) throw new Error("the default client has no profile");
export const REFERENCE = defaultClient;

export const NOW = new Date("2026-11-20T10:00:00Z");

/** What happens after the connection stands and the Connection Request is out. */
export type Step = string | "rst" | "fin" | "timeout" | "overflow" | { readonly sent: string };

/** One connection: hex is what the server sends. */
export const connection = (purpose: Purpose, steps: readonly Step[]): ProbeConnection => {
  const request = connectionRequestFor(purpose === "ssl-only" ? "ssl-only" : "offer-all", {
    kind: "cookie",
    identity: "rdprobe",
  });
  const opening: Transcript = [
    { kind: "connected", atMs: 1 },
    { kind: "sent", atMs: 1, bytes: encodeConnectionRequest(request) },
  ];
  const events = steps.map((step, index) => eventOf(step, index + 2));
  return { purpose, facts: readTranscript([...opening, ...events]) };
};

/** A connection whose TCP handshake failed. */
export const failedConnect = (reason: ConnectFailure, detail: string): ProbeConnection => ({
  purpose: "offer-all",
  facts: readTranscript([{ kind: "connect-failed", atMs: 5000, reason, detail }]),
});

/** A probe of 192.0.2.7 that made these connections. */
export const probeOf = (...connections: readonly ProbeConnection[]): ProbeFacts => ({
  target: { input: "192.0.2.7", host: "192.0.2.7", address: "192.0.2.7", port: 3389, family: 4 },
  resolution: null,
  connections,
  reference: REFERENCE,
  expiry: DEFAULT_EXPIRY,
  startedAt: NOW,
  durationMs: 12.34,
});

const eventOf = (step: Step, atMs: number): WireEvent => {
  if (typeof step !== "string") return { kind: "sent", atMs, bytes: fromHex(step.sent) };
  switch (step) {
    case "rst":
    case "fin":
    case "timeout":
      return { kind: step, atMs };
    case "overflow":
      return { kind: "overflow", atMs, limitBytes: 1 };
    default:
      return { kind: "received", atMs, bytes: fromHex(step) };
  }
};
