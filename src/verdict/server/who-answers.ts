/** Who answers: which program serves, out of what its connections showed; `unknown` where nothing decides. */
import type { ConnectionFacts } from "../../handshake/connection-facts.ts";
import type { ProbeConnection } from "../../handshake/probe-plan.ts";
import { type Answer, OBSERVATIONS, type ServerImplementation } from "./observations.ts";

export interface ServerReport {
  readonly implementation: ServerImplementation | "unknown";
  /** Of Windows its version and build, as the NTLM challenge has it; null where nothing says it. */
  readonly version: string | null;
  /** `observed`: the server says so itself; `inferred`: nobody else is known to answer so. */
  readonly confidence: "observed" | "inferred";
  /** Each thing that was seen, and how it is known to tell. */
  readonly evidence: readonly string[];
}

/** What the NTLM challenge says of its system. */
interface NtlmWords {
  readonly osVersion: string | null;
  readonly os: readonly string[];
}

/** Null where no server answered with a Connection Confirm. */
export const whoAnswers = (
  connections: readonly ProbeConnection[],
  ntlm: NtlmWords | null,
): ServerReport | null => {
  const answers = connections.flatMap(({ facts }) => answerOf(facts));
  if (answers.length === 0) return null;
  const rows = OBSERVATIONS.filter(({ seen }) => answers.some(seen));
  const [implementation, ...others] = [...new Set(rows.map((row) => row.implementation))];
  const evidence = rows.map(({ what, source }) => `${what} (${source})`);
  if (implementation === undefined || others.length > 0)
    return { implementation: "unknown", version: null, confidence: "inferred", evidence };
  // FreeRDP's NTLM names a Windows that it is not.
  const says = implementation === "windows" ? (ntlm?.osVersion ?? null) : null;
  return {
    implementation,
    version: says,
    confidence: says === null ? "inferred" : "observed",
    evidence: says === null ? evidence : [...evidence, ntlmEvidence(says, ntlm?.os ?? [])],
  };
};

const ntlmEvidence = (version: string, names: readonly string[]): string =>
  `its NTLM challenge says ${version}${names.length === 0 ? "" : `, ${names.join(" or ")}`}`;

const answerOf = (facts: ConnectionFacts): readonly Answer[] => {
  const { negotiation } = facts;
  if (negotiation === null || negotiation.answer.kind !== "tpdu") return [];
  const { tpdu } = negotiation.answer;
  if (tpdu.kind !== "connection-confirm") return [];
  return [{ confirm: tpdu, requested: negotiation.request?.negotiation?.requestedProtocols ?? null, facts }];
};
