/** For each client whether it connects, and why not: its own hello's answer where one was sent, else computed. */
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import { helloOutcome } from "../../handshake/facts/hello-outcome.ts";
import { selectsCredSsp } from "../../handshake/plan/probe-plan.ts";
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import { byHello } from "../../tls/profiles/distinct-hellos.ts";
import { groupName } from "../../tls/tables/named-groups.ts";
import { sizeInBits } from "../../tls/wire/server-key-exchange.ts";
import { tlsVersionName } from "../../tls/tables/versions.ts";
import { objection } from "./client-demands.ts";
import {
  type Agreement,
  CLIENT_OUTCOMES,
  type ClientOutcome,
  type ClientOutcomeCode,
  disagreement,
} from "./client-outcomes.ts";
import {
  certificatesOf,
  computedAgreement,
  type ServerMeasurement,
  weaknessText,
} from "./computed-agreement.ts";
import { judgeTls } from "../rules/judge-tls.ts";
import { limitText } from "../findings/tls-limits.ts";
import { suiteText, versionText } from "../result/tls-names.ts";

/**
 * One client at a server.
 * @param observed the connection that sent this client's own hello; null where none did
 */
export const simulateClient = (
  profile: ClientProfile,
  server: ServerMeasurement,
  observed: ConnectionFacts | null,
): ClientOutcome => {
  const computed = computedAgreement(profile, server);
  const seen = observed === null ? null : observedAgreement(profile, server, observed, computed);
  const { outcome, version, suite, why } = seen ?? computed;
  return {
    id: profile.id,
    name: profile.name,
    outcome,
    version,
    cipher: suite === null ? null : suiteText(suite),
    basis: seen === null ? "computed" : "observed",
    why,
  };
};

/**
 * How a handshake that went on behind the hello failed the client that spoke it, or null where it did not: what is
 * wrong then is wrong for every client with this version and suite.
 */
export const brokenHandshake = (profile: ClientProfile, facts: ConnectionFacts): Agreement | null => {
  const state = facts.tls?.state ?? null;
  // The longest chain that OpenSSL and Schannel read is shorter as well.
  if (state?.kind === "limit" && state.limit.kind === "certificate-size") {
    return disagreement("unknown", limitText(state.limit));
  }
  const failed = judgeTls(facts, profile);
  if (failed === null) return null;
  const code = CLIENT_OUTCOMES.find((outcome) => outcome === failed.code) ?? "unknown";
  return disagreement(code, failed.summary);
};

/** For a client that offers NLA alone, at a server that chooses something else of a whole offer; else null. */
export const withoutNla = (profile: ClientProfile, facts: ConnectionFacts): Agreement | null =>
  profile.offersNlaAlone !== true || selectsCredSsp(facts)
    ? null
    : disagreement("no-nla", "this client offers NLA and nothing else, and the server has no NLA");

/**
 * The clients whose hellos are worth sending, those that send the same one together: not where no version is
 * shared, since a server that does not take a version does not take it from anybody.
 */
export const clientsToObserve = <T extends ClientProfile>(
  profiles: readonly T[],
  server: ServerMeasurement,
): readonly (readonly T[])[] =>
  byHello(profiles).filter(([first]) =>
    first === undefined ? false : !isCertain(computedAgreement(first, server)),
  );

const isCertain = ({ outcome }: Agreement): boolean => outcome === "no-shared-tls-version";

/** Null where the connection did not come as far as the hello. */
const observedAgreement = (
  profile: ClientProfile,
  server: ServerMeasurement,
  observed: ConnectionFacts,
  computed: Agreement,
): Agreement | null => {
  const outcome = helloOutcome(observed);
  switch (outcome) {
    case "unreached":
      return null;
    case "answered":
      return answeredAgreement(profile, server, observed);
    case "timeout":
      return disagreement("timeout", "the server did not answer this client's hello in time");
    case "malformed":
      return disagreement("malformed", "the answer to this client's hello is no TLS");
    case "rst":
    case "fin":
    case "alert":
      return refusedAgreement(ENDINGS[outcome], observed, computed);
  }
};

const ENDINGS = {
  rst: { code: "reset", text: "the server reset the connection at this client's hello" },
  fin: { code: "closed", text: "the server closed the connection at this client's hello" },
  alert: { code: "tls-alert", text: "the server answered this client's hello with an alert" },
} as const satisfies Readonly<Record<string, { readonly code: ClientOutcomeCode; readonly text: string }>>;

const CODE_OF_ALERT: Readonly<Record<number, ClientOutcomeCode>> = {
  40: "no-shared-cipher",
  70: "no-shared-tls-version",
  71: "no-shared-cipher",
};

/** The refusal was seen; its reason is what the enumeration says, or else what the alert does. */
const refusedAgreement = (
  { code, text }: (typeof ENDINGS)[keyof typeof ENDINGS],
  { tls }: ConnectionFacts,
  computed: Agreement,
): Agreement => {
  const description = tls?.alert?.description ?? null;
  const ending = description === null ? text : `${text} (${description})`;
  if (computed.outcome !== "connects" && computed.outcome !== "unknown") {
    return disagreement(computed.outcome, computed.why);
  }
  if (computed.outcome === "connects") {
    return disagreement(code, `${ending}, although other hellos show that it takes what this client offers`);
  }
  return disagreement(CODE_OF_ALERT[description ?? -1] ?? code, `${ending}; ${computed.why}`);
};

const answeredAgreement = (
  profile: ClientProfile,
  server: ServerMeasurement,
  { tls }: ConnectionFacts,
): Agreement => {
  const securesRenegotiation = tls?.securesRenegotiation ?? null;
  const code = tls?.version?.code ?? 0;
  const version = tlsVersionName(code);
  const suite = tls?.cipher?.code ?? 0;
  if (version === null || code < profile.minVersion || code > profile.maxVersion) {
    const name = version === null ? `version 0x${code.toString(16)}` : versionText(version);
    return disagreement(
      "no-shared-tls-version",
      `the server answers with ${name}, which this client does not have`,
    );
  }
  if (!profile.cipherSuites.includes(suite)) {
    return disagreement(
      "no-shared-cipher",
      `the server answers with ${suiteText(suite)}, which was not offered`,
    );
  }
  const group = tls?.groupCode ?? null;
  if (group !== null && !profile.groups.includes(group)) {
    const name = groupName(group) ?? String(group);
    return disagreement(
      "no-shared-group",
      `the server answers with the group ${name}, which was not offered`,
    );
  }
  const exchange = tls?.keyExchange ?? null;
  const dhBits = exchange?.kind === "dhe" ? sizeInBits(exchange.prime) : null;
  const shown = tls?.chain.slice(0, 1) ?? [];
  const certificates = shown.length > 0 ? shown : certificatesOf(server);
  return (
    objection(profile, { version: code, suite, dhBits, securesRenegotiation }, certificates) ?? {
      outcome: "connects",
      version,
      suite,
      why: `answered${exchangeText(group, dhBits)}${weaknessText(suite)}`,
    }
  );
};

const exchangeText = (group: number | null, dhBits: number | null): string => {
  if (group !== null) return `, key exchange in ${groupName(group) ?? `group ${group}`}`;
  return dhBits === null ? "" : `, Diffie-Hellman with ${dhBits} bits`;
};
