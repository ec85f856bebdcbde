/** The questions of an enumeration, each a hello of its own, and what the answers say. */
import { sizeInBits } from "../../tls/wire/server-key-exchange.ts";
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import type { ConnectionFacts } from "../facts/connection-facts.ts";
import { helloOutcome } from "../facts/hello-outcome.ts";

export interface EnumerationQuestion {
  readonly purpose: "suites" | "order" | "groups";
  /** A value of TLS_VERSION, the only one on offer. */
  readonly version: number;
  readonly suites: readonly number[];
  readonly groups: readonly number[];
}

export interface EnumerationChoice {
  readonly kind: "choice";
  readonly suite: number;
  /** Null where the exchange runs in no named group, or did not show it. */
  readonly group: number | null;
  /** Size of the prime in a finite-field exchange, else null. */
  readonly dhBits: number | null;
  /** The leaf; null where it came encrypted or not at all. */
  readonly certificate: CertificateFacts | null;
}

export type EnumerationAnswer =
  | EnumerationChoice
  /** An alert, RST or FIN right after the hello, or a version that is older than the one on offer. */
  | { readonly kind: "refused"; readonly alert: number | null }
  /** Nothing came in time: a refusal perhaps, or a loss on the way. */
  | { readonly kind: "silent" }
  /** No TLS, or a choice of something that was not on offer. */
  | { readonly kind: "unclear" }
  /** The connection did not come as far as TLS. */
  | { readonly kind: "unreached" };

export interface AskedQuestion {
  readonly question: EnumerationQuestion;
  readonly answer: EnumerationAnswer;
}

/** What the one connection that asked the question says. */
export const enumerationAnswer = (
  question: EnumerationQuestion,
  facts: ConnectionFacts,
): EnumerationAnswer => {
  switch (helloOutcome(facts)) {
    case "answered":
      return choiceOf(question, facts);
    case "rst":
    case "fin":
    case "alert":
      return { kind: "refused", alert: facts.tls?.alert?.description ?? null };
    case "timeout":
      return { kind: "silent" };
    case "malformed":
      return { kind: "unclear" };
    case "unreached":
      return { kind: "unreached" };
  }
};

/** The choices of a version in the order in which they came, those of other questions left out. */
export const suiteChoices = (
  version: number,
  asked: readonly AskedQuestion[],
): readonly EnumerationChoice[] => suiteQuestions(version, asked).flatMap(({ answer }) => chosen(answer));

/** The questions for a version's suites with their answers, in the order in which they were asked. */
export const suiteQuestions = (version: number, asked: readonly AskedQuestion[]): readonly AskedQuestion[] =>
  asked.filter(({ question }) => question.version === version && question.purpose === "suites");

/** The choice, where there was one. */
export const chosen = (answer: EnumerationAnswer): readonly EnumerationChoice[] =>
  answer.kind === "choice" ? [answer] : [];

const choiceOf = (question: EnumerationQuestion, { tls }: ConnectionFacts): EnumerationAnswer => {
  const version = tls?.version?.code ?? 0;
  const suite = tls?.cipher?.code ?? 0;
  if (version < question.version) return { kind: "refused", alert: null };
  if (version > question.version || !question.suites.includes(suite)) return { kind: "unclear" };
  const group = tls?.groupCode ?? null;
  if (question.purpose === "groups" && (group === null || !question.groups.includes(group))) {
    return { kind: "unclear" };
  }
  const exchange = tls?.keyExchange ?? null;
  return {
    kind: "choice",
    suite,
    group,
    dhBits: exchange?.kind === "dhe" ? sizeInBits(exchange.prime) : null,
    certificate: tls?.chain[0] ?? null,
  };
};
