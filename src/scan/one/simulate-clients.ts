/** Clients simulated against one server: the enumeration first, then the hellos that it does not make needless. */
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import { helloOutcome } from "../../handshake/facts/hello-outcome.ts";
import type { TlsSupport } from "../../handshake/enumeration/tls-support.ts";
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import { EVERYTHING_PROFILE } from "../../tls/profiles/probe-profiles.ts";
import type { Agreement, ClientOutcome } from "../../verdict/clients/client-outcomes.ts";
import { missingGroup } from "../../transport/entropy/offerable.ts";
import {
  brokenHandshake,
  clientsToObserve,
  simulateClient,
  withoutNla,
} from "../../verdict/clients/client-simulation.ts";
import type { ServerMeasurement } from "../../verdict/clients/computed-agreement.ts";
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import { type EnumerationProgress, enumerateTls } from "./enumerate.ts";
import type { HelloSeries } from "./hello-series.ts";

export interface SimulationOptions {
  /** The server's leaf certificate where a session has shown it; otherwise one is held where it is needed. */
  readonly certificate: CertificateFacts | null;
  readonly onProgress?: (progress: EnumerationProgress) => void;
}

export interface Simulation extends ServerMeasurement {
  /** In the order of the profiles. */
  readonly clients: readonly ClientOutcome[];
}

/**
 * What the server takes, and how each client fares. Identical hellos are sent once.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const simulateClients = async (
  profiles: readonly ClientProfile[],
  series: HelloSeries,
  options: SimulationOptions,
): Promise<Simulation> => {
  const support = await enumerateTls(series, "within-suites", options.onProgress);
  const certificate = options.certificate ?? (await certificateOfSession(support, series));
  const server: ServerMeasurement = { support, certificate };
  // A client whose key share this Node cannot make is computed alone.
  const speakable = profiles.filter((profile) => missingGroup(profile) === null);
  const observed = await observeClients(clientsToObserve(speakable, server), series);
  const clients = profiles.map((profile) =>
    simulateClient(profile, server, observed.get(profile.id) ?? null),
  );
  return { ...server, clients: await finishHandshakes(profiles, clients, series) };
};

/**
 * Goes on behind the hello, once for each version and suite that a client would come to: a server whose hello is right
 * may break the rest.
 */
const finishHandshakes = async (
  profiles: readonly ClientProfile[],
  clients: readonly ClientOutcome[],
  series: HelloSeries,
): Promise<readonly ClientOutcome[]> => {
  const ends = new Map<string, Finished>();
  for (const [index, client] of clients.entries()) {
    const profile = profiles[index];
    const place = placeOf(client);
    if (profile === undefined || client.outcome !== "connects" || ends.has(place)) continue;
    if (missingGroup(profile) !== null) continue;
    const facts = await series.ask({ kind: "handshake", profile });
    if (facts === null) break;
    ends.set(place, { facts, broken: brokenHandshake(profile, facts) });
  }
  return clients.map((client, index) => {
    const end = ends.get(placeOf(client));
    const profile = profiles[index];
    if (end === undefined || profile === undefined || client.outcome !== "connects") return client;
    const failed = end.broken ?? withoutNla(profile, end.facts);
    const { outcome, why } = failed ?? client;
    return failed === null ? client : { ...client, outcome, why, version: null, cipher: null };
  });
};

interface Finished {
  readonly facts: ConnectionFacts;
  readonly broken: Agreement | null;
}

const placeOf = ({ version, cipher }: ClientOutcome): string => `${version} ${cipher}`;

type Observations = ReadonlyMap<string, ConnectionFacts>;

const observeClients = async (
  groups: readonly (readonly ClientProfile[])[],
  series: HelloSeries,
): Promise<Observations> => {
  const observed = new Map<string, ConnectionFacts>();
  for (const group of groups) {
    const [speaker] = group;
    if (speaker === undefined) continue;
    const hello = { profile: speaker, minSizeBytes: 0, split: false };
    const facts = await series.ask({ kind: "hello", hello });
    if (facts === null || helloOutcome(facts) === "unreached") break;
    for (const { id } of group) observed.set(id, facts);
  }
  return observed;
};

/** Only a session shows the certificate of TLS 1.3. */
const certificateOfSession = async (
  { certificates, versions }: TlsSupport,
  series: HelloSeries,
): Promise<CertificateFacts | null> => {
  if (certificates.length > 0 || versions["1.3"].accepted.length === 0) return null;
  const facts = await series.ask({ kind: "handshake", profile: EVERYTHING_PROFILE });
  return facts?.tls?.chain[0] ?? null;
};
