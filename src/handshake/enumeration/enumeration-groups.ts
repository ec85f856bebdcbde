/** The groups of an enumeration: what came along with the suites, and what is still to be asked for. */
import { cipherSuite } from "../../tls/tables/cipher-suites.ts";
import { NAMED_GROUPS } from "../../tls/tables/named-groups.ts";
import { groupsOfVersion } from "../../tls/profiles/version-profiles.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import { type AskedQuestion, chosen, type EnumerationQuestion, suiteChoices } from "./enumeration-answer.ts";

/** Every group that was chosen in this version, or in one that shares its list of groups. */
export const groupsChosen = (version: number, asked: readonly AskedQuestion[]): readonly number[] => [
  ...new Set(
    asked
      .filter(({ question }) => sharesGroups(question.version, version))
      .flatMap(({ answer }) => chosen(answer))
      .flatMap(({ group }) => (group === null ? [] : [group])),
  ),
];

/** Whether every group that a server is asked for was taken or refused. */
export const hasAllGroups = (version: number, asked: readonly AskedQuestion[]): boolean => {
  if (version === TLS_VERSION.ssl3) return false;
  const ofFamily = asked.filter(({ question }) => sharesGroups(question.version, version));
  const seen = groupsChosen(version, asked);
  return (
    groupsOfVersion(version).every((group) => seen.includes(group)) ||
    ofFamily.some(({ question, answer }) => question.purpose === "groups" && answer.kind === "refused") ||
    (followsOurGroups(ofFamily) && ofFamily.some((one) => passesOverGroups(one, ofFamily)))
  );
};

/** The groups of a hello: those that are known go to the end, so that a server that follows the client shows another each time. */
export const unseenFirst = (version: number, asked: readonly AskedQuestion[]): readonly number[] => {
  const seen = new Set(groupsChosen(version, asked));
  return groupsOfVersion(version).toSorted((a, b) => Number(seen.has(a)) - Number(seen.has(b)));
};

/** The next hello that asks for groups alone; null when none is left to ask for. */
export const nextGroups = (version: number, asked: readonly AskedQuestion[]): EnumerationQuestion | null => {
  const choices = suiteChoices(version, asked).filter(({ suite }) => isInGroup(suite));
  const last = groupQuestions(version, asked).at(-1);
  const isOver = hasAllGroups(version, asked) || (last !== undefined && !isNews(last, asked));
  if (choices.length === 0 || isOver) return null;
  const seen = groupsChosen(version, asked);
  const unseen = groupsOfVersion(version).filter((group) => !seen.includes(group));
  if (unseen.length === 0) return null;
  const free = choices.filter(({ suite }) => !isBoundToCurve(version, suite));
  const needed = free.length > 0 ? [] : choices.flatMap(({ certificate }) => curveOf(certificate));
  return {
    purpose: "groups",
    version,
    suites: (free.length > 0 ? free : choices).map(({ suite }) => suite),
    groups: [...unseen, ...new Set(needed)],
  };
};

const isInGroup = (code: number): boolean => {
  const exchange = cipherSuite(code)?.keyExchange;
  return exchange === "ecdhe" || exchange === "any";
};

/** Up to TLS 1.2 a server uses an EC certificate only where the client names its curve (RFC 8422 5.1). */
const isBoundToCurve = (version: number, code: number): boolean =>
  version < TLS_VERSION.tls13 && cipherSuite(code)?.authentication === "ecdsa";

const curveOf = (certificate: CertificateFacts | null): readonly number[] =>
  NAMED_GROUPS.filter(({ name }) => name === certificate?.key?.curve).map(({ code }) => code);

/** A group that none of the answers before showed: there may be more. */
const isNews = ({ question, answer }: AskedQuestion, asked: readonly AskedQuestion[]): boolean => {
  if (answer.kind !== "choice" || answer.group === null) return false;
  const before = asked.slice(
    0,
    asked.findLastIndex((other) => other.question === question),
  );
  return !groupsChosen(question.version, before).includes(answer.group);
};

/**
 * Two groups came while both were on offer: the one that was known stood behind the other. Not where a key
 * share went along for the group, which is a reason of its own to choose it (RFC 8446 4.2.8).
 */
const followsOurGroups = (ofFamily: readonly AskedQuestion[]): boolean => {
  const groups = new Set(
    ofFamily
      .filter(({ question }) => question.purpose !== "groups")
      .flatMap(({ question, answer }) => chosen(answer).filter(({ group }) => !hasShare(question, group)))
      .map(({ group }) => group),
  );
  groups.delete(null);
  return groups.size > 1;
};

const hasShare = ({ version, groups }: EnumerationQuestion, group: number | null): boolean =>
  version >= TLS_VERSION.tls13 && group === groups[0];

/** A known group was chosen although unknown ones stood in front of it: the server does not have those. */
const passesOverGroups = (one: AskedQuestion, ofFamily: readonly AskedQuestion[]): boolean =>
  one.answer.kind === "choice" &&
  one.answer.group !== null &&
  one.question.groups[0] !== one.answer.group &&
  !isNews(one, ofFamily);

/** TLS 1.3 has a list of its own; those before it share one, except SSL 3, where the client names no groups. */
const sharesGroups = (a: number, b: number): boolean => familyOf(a) === familyOf(b);

const familyOf = (version: number): "ssl3" | "tls" | "tls13" => {
  if (version === TLS_VERSION.ssl3) return "ssl3";
  return version >= TLS_VERSION.tls13 ? "tls13" : "tls";
};

const groupQuestions = (version: number, asked: readonly AskedQuestion[]): readonly AskedQuestion[] =>
  asked.filter(({ question }) => sharesGroups(question.version, version) && question.purpose === "groups");
