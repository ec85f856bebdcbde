/**
 * The enumeration: which suites and groups a server takes in each version, found by elimination. Each hello
 * offers one version alone. A version costs one connection a suite that is taken, one for the refusal of the
 * rest, and one more at most: for whose order decides where the choices do not tell, or else for a group.
 * Groups come along with the suites: a hello names those first that were not seen yet.
 */
import { suitesOfVersion, versionProfile } from "../../tls/profiles/version-profiles.ts";
import { TLS_VERSIONS } from "../../tls/tables/versions.ts";
import {
  type AskedQuestion,
  chosen,
  type EnumerationQuestion,
  suiteChoices,
  suiteQuestions,
} from "./enumeration-answer.ts";
import { nextGroups, unseenFirst } from "./enumeration-groups.ts";
import type { HelloPlan } from "../plan/hello-plan.ts";

/**
 * How many groups are asked for that did not come along: as many as `suites + 2` connections a version leave
 * room for, or all of them, which costs one connection a group and one for the refusal.
 */
export type GroupBudget = "within-suites" | "all";

/** The next hello to send, or null when all is known, or the server does not answer any more. */
export const nextEnumerationQuestion = (
  asked: readonly AskedQuestion[],
  groupBudget: GroupBudget = "within-suites",
): EnumerationQuestion | null => {
  if (isInVain(asked)) return null;
  for (const version of NEWEST_FIRST) {
    const question = nextOfVersion(version, asked, groupBudget);
    if (question !== null) return question;
  }
  return null;
};

export const helloOfEnumeration = ({ version, suites, groups }: EnumerationQuestion): HelloPlan => ({
  profile: versionProfile(version, suites, groups),
  minSizeBytes: 0,
  split: false,
});

/** Whether every suite of the version was taken or refused. */
export const hasAllSuites = (version: number, asked: readonly AskedQuestion[]): boolean => {
  const last = suiteQuestions(version, asked).at(-1);
  if (last === undefined) return false;
  return (
    last.answer.kind === "refused" || (last.answer.kind === "choice" && last.question.suites.length === 1)
  );
};

/** The alert that the rest of a version's suites was refused with; null where it was none. */
export const refusalAlert = (version: number, asked: readonly AskedQuestion[]): number | null => {
  const last = suiteQuestions(version, asked).at(-1);
  return last?.answer.kind === "refused" ? last.answer.alert : null;
};

/** Does the server's order of suites decide, and not the client's? Null where that is not known. */
export const decidesOrder = (version: number, asked: readonly AskedQuestion[]): boolean | null => {
  const pair = asked.find(({ question }) => question.version === version && question.purpose === "order");
  if (pair?.answer.kind === "choice") return pair.answer.suite !== pair.question.suites[0];
  return passesOver(suiteQuestions(version, asked)) ? true : null;
};

const NEWEST_FIRST: readonly number[] = TLS_VERSIONS.map(({ code }) => code).toReversed();

/** TLS 1.3 alone may be what a device on the way drops; a second hello without an answer says enough. */
const MAX_SILENCES = 2;

/** The port is shut by now, or nothing but silence came so far: the next hello would cost another time-out. */
const isInVain = (asked: readonly AskedQuestion[]): boolean =>
  asked.at(-1)?.answer.kind === "unreached" ||
  (asked.every(({ answer }) => answer.kind !== "choice") &&
    asked.filter(({ answer }) => answer.kind === "silent").length >= MAX_SILENCES);

const nextOfVersion = (
  version: number,
  asked: readonly AskedQuestion[],
  groupBudget: GroupBudget,
): EnumerationQuestion | null => {
  const last = suiteQuestions(version, asked).at(-1);
  if (last === undefined || last.answer.kind === "choice") {
    const question = nextSuites(version, asked);
    if (question !== null) return question;
  }
  if (!hasAllSuites(version, asked)) return null;
  const order = orderQuestion(version, asked);
  if (order !== null) return order;
  return groupBudget === "all" || hasRoom(version, asked) ? nextGroups(version, asked) : null;
};

/** Connections of a version beyond one a suite. */
const EXTRA_CONNECTIONS = 2;

const hasRoom = (version: number, asked: readonly AskedQuestion[]): boolean =>
  asked.filter(({ question }) => question.version === version).length <
  suiteChoices(version, asked).length + EXTRA_CONNECTIONS;

const nextSuites = (version: number, asked: readonly AskedQuestion[]): EnumerationQuestion | null => {
  const taken = new Set(suiteChoices(version, asked).map(({ suite }) => suite));
  const suites = suitesOfVersion(version).filter((code) => !taken.has(code));
  return suites.length === 0
    ? null
    : { purpose: "suites", version, suites, groups: unseenFirst(version, asked) };
};

/** The first choice and the last one, the other way round; not where the choices have told already. */
const orderQuestion = (version: number, asked: readonly AskedQuestion[]): EnumerationQuestion | null => {
  const choices = suiteChoices(version, asked);
  const [first, last] = [choices[0], choices.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const isAsked = asked.some(({ question }) => question.version === version && question.purpose === "order");
  if (isAsked || decidesOrder(version, asked) !== null) return null;
  return {
    purpose: "order",
    version,
    suites: [last.suite, first.suite],
    groups: unseenFirst(version, asked),
  };
};

/** A choice passed over a suite that stood in front of it and was chosen later: the order is the server's. */
const passesOver = (questions: readonly AskedQuestion[]): boolean =>
  questions.some(({ question, answer }, index) => {
    if (answer.kind !== "choice") return false;
    const at = question.suites.indexOf(answer.suite);
    return questions
      .slice(index + 1)
      .flatMap((later) => chosen(later.answer))
      .some(({ suite }) => question.suites.indexOf(suite) < at);
  });
