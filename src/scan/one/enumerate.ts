/** The enumeration, carried out: question after question, until all is known or the time is up. */
import {
  type AskedQuestion,
  enumerationAnswer,
  suiteChoices,
} from "../../handshake/enumeration/enumeration-answer.ts";
import {
  type GroupBudget,
  helloOfEnumeration,
  nextEnumerationQuestion,
} from "../../handshake/enumeration/enumeration-plan.ts";
import { type TlsSupport, tlsSupport } from "../../handshake/enumeration/tls-support.ts";
import { type TlsVersionName, tlsVersionName } from "../../tls/tables/versions.ts";
import type { HelloSeries } from "./hello-series.ts";

export interface EnumerationProgress {
  /** The version that is being asked for. */
  readonly version: TlsVersionName | null;
  /** Suites that it was found to take so far. */
  readonly accepted: number;
  readonly connections: number;
}

/**
 * What the server takes in each version. Where the series ends early, the versions that were not asked to the
 * end are not complete.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const enumerateTls = async (
  series: HelloSeries,
  groupBudget: GroupBudget = "within-suites",
  onProgress: (progress: EnumerationProgress) => void = () => {},
): Promise<TlsSupport> => {
  const asked: AskedQuestion[] = [];
  for (;;) {
    const question = nextEnumerationQuestion(asked, groupBudget);
    if (question === null) break;
    const facts = await series.ask({ kind: "hello", hello: helloOfEnumeration(question) });
    if (facts === null) break;
    asked.push({ question, answer: enumerationAnswer(question, facts) });
    onProgress({
      version: tlsVersionName(question.version),
      accepted: suiteChoices(question.version, asked).length,
      connections: series.connections(),
    });
  }
  return tlsSupport(asked);
};
