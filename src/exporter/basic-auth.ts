/** HTTP basic authentication against bcrypt hashes, RFC 7617. */
import { createHash } from "node:crypto";
import { compare } from "bcryptjs";

/** `busy` where so many wait already that this one is not even looked at. */
type Authentication = "accepted" | "refused" | "busy";

/** Takes the Authorization header. */
export type Authenticator = (authorization: string | undefined) => Promise<Authentication>;

/** bcrypt takes no more of a password. */
const MAX_PASSWORD_BYTES = 72;
const MAX_WAITING = 32;
const MAX_REMEMBERED = 256;

/**
 * @param users bcrypt hashes by user name.
 */
export const basicAuth = (users: ReadonlyMap<string, string>): Authenticator => {
  // bcrypt is slow by design, and a scrape comes with the same password every time.
  const known = new Map<string, boolean>();
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  // An unknown user takes as long as a wrong password, so that nobody can ask who there is.
  const [decoy = ""] = users.values();
  const check = async (user: string, password: string): Promise<boolean> => {
    const hash = users.get(user);
    const isRight = await compare(password, hash ?? decoy);
    return isRight && hash !== undefined;
  };

  return async (authorization) => {
    const credentials = credentialsOf(authorization);
    if (credentials === null) return "refused";
    const { user, password } = credentials;
    const key = createHash("sha256")
      .update(JSON.stringify([user, password]))
      .digest("base64");
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered ? "accepted" : "refused";
    if (waiting >= MAX_WAITING) return "busy";
    waiting += 1;
    // One at a time, so that a flood of guesses leaves the processor to the probes.
    const outcome = last.then(() => check(user, password));
    last = outcome.catch(() => {});
    try {
      const isRight = await outcome;
      remember(known, key, isRight);
      return isRight ? "accepted" : "refused";
    } finally {
      waiting -= 1;
    }
  };
};

/** The oldest entry makes room. */
const remember = (known: Map<string, boolean>, key: string, isRight: boolean): void => {
  const [oldest] = known.keys();
  if (known.size >= MAX_REMEMBERED && oldest !== undefined) known.delete(oldest);
  known.set(key, isRight);
};

const credentialsOf = (
  authorization: string | undefined,
): { readonly user: string; readonly password: string } | null => {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  const password = text.slice(colon + 1);
  if (colon < 0 || Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return null;
  return { user: text.slice(0, colon), password };
};
