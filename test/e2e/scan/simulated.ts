/** A server's enumeration, and every client both computed and observed: the two must not contradict each other. */
import type { GroupBudget } from "../../../src/handshake/enumeration/enumeration-plan.ts";
import type { TlsSupport } from "../../../src/handshake/enumeration/tls-support.ts";
import { enumerateTls } from "../../../src/scan/one/enumerate.ts";
import { type HelloSeries, startHelloSeries } from "../../../src/scan/one/hello-series.ts";
import { cipherSuite } from "../../../src/tls/tables/cipher-suites.ts";
import { CLIENT_PROFILES } from "../../../src/tls/profiles/client-profiles.ts";
import { byHello } from "../../../src/tls/profiles/distinct-hellos.ts";
import { EVERYTHING_PROFILE } from "../../../src/tls/profiles/probe-profiles.ts";
import type { TlsVersionName } from "../../../src/tls/tables/versions.ts";
import { missingGroup } from "../../../src/transport/entropy/offerable.ts";
import type { ClientOutcome } from "../../../src/verdict/clients/client-outcomes.ts";
import { simulateClient } from "../../../src/verdict/clients/client-simulation.ts";
import { type CertificateFacts, readCertificate } from "../../../src/x509/certificate-facts.ts";

export interface Server {
  readonly host: string;
  readonly port: number;
}

/** Hellos to a server on loopback, without a pause. */
const seriesTo = ({ host, port }: Server, timeoutMs = 5000): HelloSeries =>
  startHelloSeries({
    endpoint: { address: host, port, family: 4 },
    host,
    routing: { kind: "cookie", identity: "rdprobe" },
    timeoutMs,
    deadlineMs: 60_000,
    pauseMs: 0,
  });

export const enumerateServer = (server: Server, groups: GroupBudget = "within-suites"): Promise<TlsSupport> =>
  enumerateTls(seriesTo(server), groups);

/** OpenSSL's names of the accepted suites, sorted. */
export const acceptedNames = (support: TlsSupport, version: TlsVersionName): readonly string[] =>
  support.versions[version].accepted
    .map(({ code }) => cipherSuite(code)?.openssl ?? `0x${code.toString(16)}`)
    .toSorted();

/** A client by what was computed for it, and by its own hello. */
export interface BothWays {
  readonly id: string;
  readonly computed: Pick<ClientOutcome, "outcome" | "version" | "cipher">;
  readonly observed: Pick<ClientOutcome, "outcome" | "version" | "cipher">;
  readonly why: string;
}

/** Sends every distinct hello, also those that the program would save itself. */
export const bothWays = async (server: Server, support: TlsSupport): Promise<readonly BothWays[]> => {
  const series = seriesTo(server);
  const certificate = support.certificates[0] ?? (await sessionCertificate(series, support));
  const measurement = { support, certificate };
  const results: BothWays[] = [];
  const speakable = CLIENT_PROFILES.filter((profile) => missingGroup(profile) === null);
  for (const group of byHello(speakable)) {
    const [speaker] = group;
    if (speaker === undefined) continue;
    const facts = await series.ask({
      kind: "hello",
      hello: { profile: speaker, minSizeBytes: 0, split: false },
    });
    for (const profile of group) {
      const computed = simulateClient(profile, measurement, null);
      const observed = simulateClient(profile, measurement, facts);
      if (observed.basis !== "observed") throw new Error(`${profile.id} was not observed`);
      results.push({
        id: profile.id,
        computed: inShort(computed),
        observed: inShort(observed),
        why: observed.why,
      });
    }
  }
  return results;
};

/** What was computed and is not so; `unknown` is no claim. */
export const contradictions = (clients: readonly BothWays[]): readonly BothWays[] =>
  clients.filter(
    ({ computed, observed }) =>
      computed.outcome !== "unknown" &&
      (computed.outcome !== observed.outcome ||
        computed.version !== observed.version ||
        computed.cipher !== observed.cipher),
  );

/** How many clients nothing could be computed for. */
export const unknowns = (clients: readonly BothWays[]): number =>
  clients.filter(({ computed }) => computed.outcome === "unknown").length;

const inShort = ({ outcome, version, cipher }: ClientOutcome) => ({ outcome, version, cipher });

const sessionCertificate = async (
  series: HelloSeries,
  { versions }: TlsSupport,
): Promise<CertificateFacts | null> => {
  if (versions["1.3"].accepted.length === 0) return null;
  const facts = await series.ask({ kind: "handshake", profile: EVERYTHING_PROFILE });
  const leaf = facts?.tls?.chain[0];
  return leaf === undefined ? null : readCertificate(leaf.der);
};
