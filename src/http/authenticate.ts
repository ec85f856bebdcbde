/** The challenges of WWW-Authenticate: RFC 9110 11.6.1, several to a value and several values. */

export interface AuthenticateChallenge {
  /** As it came: `Negotiate`, `NTLM`. */
  readonly scheme: string;
  /** What stands behind the scheme as one token68, or null. */
  readonly token: string | null;
}

/** Nobody offers more; a longer list is cut. */
const MAX_CHALLENGES = 32;

/** Every challenge of all values, in order; what is no challenge is passed over. */
export const authenticateChallenges = (values: readonly string[]): readonly AuthenticateChallenge[] =>
  values.flatMap(listElements).flatMap(challengeIn).slice(0, MAX_CHALLENGES);

/** The schemes by name, each once whatever its case. */
export const schemeNames = (challenges: readonly AuthenticateChallenge[]): readonly string[] => [
  ...new Map(challenges.map(({ scheme }) => [scheme.toLowerCase(), scheme])).values(),
];

const SCHEME = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?:[ \t]+(.*))?$/;
const TOKEN68 = /^[A-Za-z0-9\-._~+/]+=*$/;

/** The elements of a comma-separated list; commas inside quoted strings are none. */
const listElements = (value: string): readonly string[] => {
  const elements: string[] = [];
  let isQuoted = false;
  let start = 0;
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at];
    if (isQuoted && character === "\\") at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === "," && !isQuoted) {
      elements.push(value.slice(start, at));
      start = at + 1;
    }
  }
  elements.push(value.slice(start));
  return elements.map((element) => element.trim());
};

/** An element that is a parameter, `realm="x"`, belongs to the challenge before it. */
const challengeIn = (element: string): readonly AuthenticateChallenge[] => {
  const [, scheme, rest = ""] = SCHEME.exec(element) ?? [];
  if (scheme === undefined || rest.startsWith("=")) return [];
  return [{ scheme, token: TOKEN68.test(rest) ? rest : null }];
};
