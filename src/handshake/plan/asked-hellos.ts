/** What `--ask` asks with a ClientHello alone: each TLS version by itself, and the weak suites by themselves. */
import { cipherSuite } from "../../tls/tables/cipher-suites.ts";
import { groupsOfVersion, suitesOfVersion } from "../../tls/profiles/version-profiles.ts";
import { TLS_VERSION, TLS_VERSIONS, type TlsVersionName } from "../../tls/tables/versions.ts";
import type { Asks } from "./asks.ts";
import type { ConnectionFacts } from "../facts/connection-facts.ts";
import { type EnumerationQuestion, enumerationAnswer } from "../enumeration/enumeration-answer.ts";
import type { LayerState } from "../facts/layer-states.ts";

export interface AskedHello {
  readonly about: TlsVersionName | "weak";
  readonly question: EnumerationQuestion;
}

export interface HelloAnswer {
  readonly state: LayerState;
  /** Code of the suite that was chosen; null where none was. */
  readonly suite: number | null;
}

/**
 * The hellos that are left to ask.
 * @param chosen the version that the server chose of a client's offer, a value of TLS_VERSION.
 */
export const askedHellos = (asks: Asks, chosen: number): readonly AskedHello[] => [
  ...(asks.has("tls-versions")
    ? TLS_VERSIONS.filter(({ code }) => code !== chosen).map(({ code, name }) => ({
        about: name,
        question: suitesQuestion(code, suitesOfVersion(code)),
      }))
    : []),
  ...(asks.has("weak") ? [{ about: "weak" as const, question: weakQuestion(chosen) }] : []),
];

/** What the connection that asked says; null is a connection that there was no time for. */
export const helloAnswer = (question: EnumerationQuestion, facts: ConnectionFacts | null): HelloAnswer => {
  const answer = facts === null ? null : enumerationAnswer(question, facts);
  if (answer?.kind === "choice") return { state: "accepted", suite: answer.suite };
  return { state: answer?.kind === "refused" ? "refused" : "unknown", suite: null };
};

/** TLS 1.3 has none that is weak: its servers are asked in TLS 1.2. */
const weakQuestion = (chosen: number): EnumerationQuestion => {
  const version = Math.min(chosen, TLS_VERSION.tls12);
  return suitesQuestion(
    version,
    suitesOfVersion(version).filter((code) => (cipherSuite(code)?.weak ?? null) !== null),
  );
};

const suitesQuestion = (version: number, suites: readonly number[]): EnumerationQuestion => ({
  purpose: "suites",
  version,
  suites,
  groups: groupsOfVersion(version),
});
