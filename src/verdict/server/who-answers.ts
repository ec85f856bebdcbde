/** Who answers: which program serves, out of what its connections showed; `unknown` where nothing decides. */
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import type { ProbeConnection } from "../../handshake/plan/probe-plan.ts";
import { isWindowsProgram, programOf, type ServerImplementation } from "./implementations.ts";
import type { Answer } from "./observation.ts";
import { OBSERVATIONS } from "./observations.ts";

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

/**
 * Null where no server answered with a Connection Confirm.
 * @param port that was probed
 */
export const whoAnswers = (
  connections: readonly ProbeConnection[],
  ntlm: NtlmWords | null,
  port: number,
): ServerReport | null => {
  const answers = connections.flatMap(({ facts }) => answerOf(facts, port));
  if (answers.length === 0) return null;
  const rows = OBSERVATIONS.filter(({ seen }) => answers.some((answer) => seen(answer, answers)));
  const implementation = programOf(rows.map((row) => row.implementation));
  const evidence = rows.map(({ what, source }) => `${what} (${source})`);
  if (implementation === null) {
    return { implementation: "unknown", version: null, confidence: "inferred", evidence };
  }
  // FreeRDP's NTLM names a Windows that it is not.
  const says = isWindowsProgram(implementation) ? (ntlm?.osVersion ?? null) : null;
  return {
    implementation,
    version: says,
    confidence: says === null ? "inferred" : "observed",
    evidence: says === null ? evidence : [...evidence, ntlmEvidence(says, ntlm?.os ?? [])],
  };
};

const ntlmEvidence = (version: string, names: readonly string[]): string =>
  `its NTLM challenge says ${version}${names.length === 0 ? "" : `, ${names.join(" or ")}`}`;

const answerOf = (facts: ConnectionFacts, port: number): readonly Answer[] => {
  const { negotiation } = facts;
  if (negotiation === null || negotiation.answer.kind !== "tpdu") return [];
  const { tpdu } = negotiation.answer;
  if (tpdu.kind !== "connection-confirm") return [];
  const requested = negotiation.request?.negotiation?.requestedProtocols ?? null;
  return [{ confirm: tpdu, requested, port, leaf: facts.tls?.chain[0] ?? null, facts }];
};
