/** Captured connections to results: each is judged by itself, and those of a recorded probe as the probe that they were. */
import { type Endpoint, formatEndpoint } from "../capture/ip-address.ts";
import type { CapturedConnection } from "../handshake/captured-connection.ts";
import { type ConnectionFacts, readConnection } from "../handshake/connection-facts.ts";
import type { ProbeConnection } from "../handshake/probe-plan.ts";
import { isPurpose } from "../handshake/recorded-purpose.ts";
import { serverName } from "../tls/client-hello.ts";
import type { ClientProfile } from "../tls/client-profile.ts";
import { CLIENT_PROFILES, clientProfile, DEFAULT_CLIENT_ID } from "../tls/client-profiles.ts";
import { profileOfHello, recogniseClient } from "../tls/profile-of-hello.ts";
import type { CaptureFacts } from "../verdict/capture-facts.ts";
import type { ExpiryThresholds } from "../verdict/certificate-findings.ts";
import { judge } from "../verdict/judge.ts";
import type { ProbeFacts } from "../verdict/probe-facts.ts";
import type { Result, ResultTarget, Source } from "../verdict/result.ts";

type PcapSource = Extract<Source, { kind: "pcap" }>;

interface ReadConnection {
  readonly captured: CapturedConnection;
  readonly facts: ConnectionFacts;
}

/** Takes the connections of a capture as they end, and gives their results when all have. */
export interface CapturedResults {
  add(captured: CapturedConnection): void;
  /** One result a connection with an RDP handshake, or whose SYN failed, in the order of their streams. */
  finish(): readonly Result[];
}

/** The thresholds are for whoever asks to say, and not for the file. */
type CapturedFacts = Omit<ProbeFacts, "expiry">;

/** Recorded probes whose connections may be under way at once; beyond that the first one is over. */
const MAX_OPEN_PROBES = 4096;

export const createCapturedResults = (file: string, expiry: ExpiryThresholds): CapturedResults => {
  const results: Result[] = [];
  const probes = new Map<string, ReadConnection[]>();
  return {
    add(captured) {
      const read = { captured, facts: readConnection(captured.transcript, captured.startedAtMs) };
      const { mark } = captured;
      if (mark === null) {
        results.push(judge({ ...factsOf(read, file), expiry }));
        return;
      }
      const key = `${mark.probe} ${mark.input}`;
      const known = probes.get(key);
      if (known === undefined) probes.set(key, [read]);
      else known.push(read);
      if (probes.size > MAX_OPEN_PROBES) results.push(...judgeOldest(probes, file, expiry));
    },
    finish() {
      while (probes.size > 0) results.push(...judgeOldest(probes, file, expiry));
      return results.toSorted((a, b) => streamOf(a) - streamOf(b));
    },
  };
};

const streamOf = ({ source }: Result): number => (source.kind === "pcap" ? source.stream : 0);

const judgeOldest = (
  probes: Map<string, ReadConnection[]>,
  file: string,
  expiry: ExpiryThresholds,
): readonly Result[] => {
  for (const [key, connections] of probes) {
    probes.delete(key);
    return judgeProbe(
      connections.toSorted((a, b) => a.captured.stream - b.captured.stream),
      file,
      expiry,
    );
  }
  return [];
};

/** The probe that it was, and what each of its follow-ups asked. */
const judgeProbe = (
  connections: readonly ReadConnection[],
  file: string,
  expiry: ExpiryThresholds,
): readonly Result[] => {
  const main = connections.find(({ captured }) => captured.mark?.purpose === "offer-all");
  if (main === undefined)
    return connections.map((connection) => judge({ ...factsOf(connection, file), expiry }));
  return connections.flatMap((connection) => {
    if (connection === main) return [judge({ ...probeFacts(main, connections, file), expiry })];
    // TLS without X.224, which a probe tries as well, is no RDP handshake.
    return connection.facts.negotiation === null
      ? []
      : [judge({ ...followUpFacts(connection, main, file), expiry })];
  });
};

const factsOf = (connection: ReadConnection, file: string): CapturedFacts => {
  const { captured, facts } = connection;
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
    reference: offered === null ? defaultReference() : profileOfHello(offered),
    startedAt: new Date(captured.originMs),
    durationMs: facts.times.endedAtMs - facts.times.startedAtMs,
    capture,
  };
};

const probeFacts = (
  { captured }: ReadConnection,
  connections: readonly ReadConnection[],
  file: string,
): CapturedFacts => {
  const reference = referenceOf(captured);
  const own = connections.flatMap(({ captured: { mark }, facts }): readonly ProbeConnection[] => {
    const purpose = mark?.purpose ?? "";
    return isPurpose(purpose) ? [{ purpose, facts }] : [];
  });
  const resolvedMs = captured.mark?.resolvedMs ?? null;
  const ends = own.map(({ facts }) => facts.times.endedAtMs);
  return {
    target: recordedTarget(captured),
    resolution: resolvedMs === null ? null : { outcome: "resolved", durationMs: resolvedMs },
    connections: own,
    reference,
    startedAt: new Date(captured.originMs),
    durationMs: Math.max(...ends) + (resolvedMs ?? 0),
    capture: { source: sourceOf(captured, file), offeredAs: reference.id, view: null },
  };
};

const followUpFacts = (
  { captured, facts }: ReadConnection,
  main: ReadConnection,
  file: string,
): CapturedFacts => {
  const reference = referenceOf(captured);
  const { stream } = main.captured;
  const purpose = captured.mark?.purpose ?? "";
  return {
    target: recordedTarget(captured),
    resolution: null,
    connections: [{ purpose: "offer-all", facts }],
    reference,
    startedAt: new Date(captured.originMs),
    durationMs: facts.times.endedAtMs - facts.times.startedAtMs,
    capture: {
      source: { ...sourceOf(captured, file), followUpOf: stream, purpose },
      offeredAs: facts.tls?.offered == null ? null : recogniseClient(facts.tls.offered),
      view: null,
    },
  };
};

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

const referenceOf = ({ mark }: CapturedConnection): ClientProfile =>
  (mark === null ? null : clientProfile(mark.reference)) ?? defaultReference();

const defaultReference = (): ClientProfile => clientProfile(DEFAULT_CLIENT_ID) ?? CLIENT_PROFILES[0];
