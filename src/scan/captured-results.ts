/** Captured connections to results: each is judged by itself, and those of a recorded probe as the probe that they were. */
import { type Endpoint, formatEndpoint } from "../capture/ip/ip-address.ts";
import type { CapturedConnection, CaptureView } from "../handshake/conversation/captured-connection.ts";
import type { ProbeConnection } from "../handshake/plan/probe-plan.ts";
import { isPurpose } from "../handshake/conversation/recorded-purpose.ts";
import { type ClientHello, serverName } from "../tls/wire/client-hello.ts";
import type { ClientProfile } from "../tls/profiles/client-profile.ts";
import { CLIENT_PROFILES, clientProfile, DEFAULT_CLIENT_ID } from "../tls/profiles/client-profiles.ts";
import { profileOfHello, recogniseClient } from "../tls/profiles/profile-of-hello.ts";
import type { CaptureFacts } from "../verdict/rules/capture-facts.ts";
import type { ExpiryThresholds } from "../verdict/findings/certificate-findings.ts";
import { judge } from "../verdict/rules/judge.ts";
import type { ProbeFacts } from "../verdict/rules/probe-facts.ts";
import type { Result, ResultTarget, Source } from "../verdict/result/result.ts";

type PcapSource = Extract<Source, { kind: "pcap" }>;

/** Takes the connections of a capture as they end, and gives their results. */
export interface CapturedResults {
  add(captured: CapturedConnection): void;
  /** No more connections come. */
  finish(): void;
}

/** The thresholds are for whoever asks to say, and not for the file. */
type CapturedFacts = Omit<ProbeFacts, "expiry">;

/** Recorded probes whose connections may be under way at once; beyond that the first one is over. */
const MAX_OPEN_PROBES = 4096;

/** And what is held of all of them together. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** A connection without certificates. */
const CONNECTION_BYTES = 6 * 1024;

/** @param onResult takes one result a connection with an RDP handshake, or whose SYN failed. */
export const createCapturedResults = (
  file: string,
  expiry: ExpiryThresholds,
  onResult: (result: Result) => void,
): CapturedResults => {
  const probes = new Map<string, CapturedConnection[]>();
  let heldBytes = 0;
  const judgeFirst = (): void => {
    const [first] = probes.values();
    heldBytes -= (first ?? []).reduce((sum, connection) => sum + weightOf(connection), 0);
    judgeOldest(probes, file, expiry, onResult);
  };
  return {
    add(captured) {
      const { mark } = captured;
      if (mark === null) {
        onResult(judge({ ...factsOf(captured, file), expiry }));
        return;
      }
      // Recordings that were merged into one file each count their probes from one.
      const key = `${mark.probeStartedAtMs} ${mark.probe} ${mark.input}`;
      const known = probes.get(key);
      if (known === undefined) probes.set(key, [captured]);
      else known.push(captured);
      heldBytes += weightOf(captured);
      while (probes.size > MAX_OPEN_PROBES || (heldBytes > MAX_HELD_BYTES && probes.size > 0)) judgeFirst();
    },
    finish() {
      while (probes.size > 0) judgeFirst();
    },
  };
};

const weightOf = ({ facts }: CapturedConnection): number =>
  CONNECTION_BYTES + (facts.tls?.chain ?? []).reduce((sum, { der }) => sum + 2 * der.length, 0);

const judgeOldest = (
  probes: Map<string, CapturedConnection[]>,
  file: string,
  expiry: ExpiryThresholds,
  onResult: (result: Result) => void,
): void => {
  for (const [key, connections] of probes) {
    probes.delete(key);
    const ofProbe = connections.toSorted((a, b) => a.stream - b.stream);
    const main = ofProbe.find(({ mark }) => mark?.purpose === "offer-all");
    // What a probe asked after its first question is a part of it, and no handshake of its own.
    if (main !== undefined) onResult(judge({ ...probeFacts(main, ofProbe, file), expiry }));
    else for (const connection of ofProbe) onResult(judge({ ...factsOf(connection, file), expiry }));
    return;
  }
};

const factsOf = (captured: CapturedConnection, file: string): CapturedFacts => {
  const { facts } = captured;
  const offered = facts.tls?.offered ?? null;
  const capture: CaptureFacts = {
    source: sourceOf(captured, file),
    offeredAs: offered === null ? null : recogniseClient(offered),
    view: captured.view,
  };
  return {
    target: targetOf(captured.server, offered === null ? null : serverName(offered)),
    resolution: null,
    connections: [{ purpose: "offer-all", facts }],
    reference: offered === null ? defaultReference() : capturedProfile(offered),
    startedAt: new Date(captured.originMs),
    durationMs: facts.times.endedAtMs - facts.times.startedAtMs,
    capture,
  };
};

const probeFacts = (
  captured: CapturedConnection,
  connections: readonly CapturedConnection[],
  file: string,
): CapturedFacts => {
  const reference = referenceOf(captured);
  const own = connections.flatMap(({ mark, facts }): readonly ProbeConnection[] => {
    const purpose = mark?.purpose ?? "";
    return isPurpose(purpose) ? [{ purpose, facts }] : [];
  });
  const resolvedMs = captured.mark?.resolvedMs ?? null;
  return {
    target: recordedTarget(captured),
    resolution: resolvedMs === null ? null : { outcome: "resolved", durationMs: resolvedMs },
    connections: own,
    reference,
    startedAt: new Date(captured.originMs),
    durationMs: own.reduce((last, { facts }) => Math.max(last, facts.times.endedAtMs), 0) + (resolvedMs ?? 0),
    capture: { source: sourceOf(captured, file), offeredAs: reference.id, view: filteredView(captured) },
  };
};

/** Of a recording that went through a filter, so that one side's bytes are gone: it is a capture like others. */
const filteredView = ({ view }: CapturedConnection): CaptureView | null =>
  !view.isBothWays && (view.isCaptured.client || view.isCaptured.server) ? view : null;

const sourceOf = ({ stream, client, server, mark }: CapturedConnection, file: string): PcapSource => ({
  kind: "pcap",
  file,
  stream,
  client: formatEndpoint(client),
  server: formatEndpoint(server),
  ...(mark === null ? {} : { purpose: mark.purpose }),
});

/** What a client puts into server_name is what its user typed. */
const targetOf = (server: Endpoint, name: string | null): ResultTarget => ({
  input: formatEndpoint(server),
  host: name === null || name === "" ? server.address : name,
  address: server.address,
  port: server.port,
  family: familyOf(server),
});

const recordedTarget = ({ mark, server }: CapturedConnection): ResultTarget => ({
  input: mark?.input ?? formatEndpoint(server),
  host: mark?.host ?? server.address,
  address: server.address,
  port: server.port,
  family: familyOf(server),
});

const familyOf = ({ address }: Endpoint): 4 | 6 => (address.includes(":") ? 6 : 4);

/** What the hello offers; and what a client that is known by it demands beside. */
const capturedProfile = (offered: ClientHello): ClientProfile => {
  const known = clientProfile(recogniseClient(offered) ?? "");
  const profile = profileOfHello(offered);
  return known === null ? profile : { ...profile, minCredSspVersion: known.minCredSspVersion };
};

const referenceOf = ({ mark }: CapturedConnection): ClientProfile =>
  (mark === null ? null : clientProfile(mark.reference)) ?? defaultReference();

const defaultReference = (): ClientProfile => clientProfile(DEFAULT_CLIENT_ID) ?? CLIENT_PROFILES[0];
