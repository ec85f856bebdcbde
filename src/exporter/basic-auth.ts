/** HTTP basic authentication against bcrypt hashes, RFC 7617. */
import { createHash } from "node:crypto";
import { createFairQueue } from "./fair-queue.ts";
import { type ComparePassword, compareInWorker } from "./password-worker.ts";

/** `busy` where so many wait already that this one is not even looked at. */
type Authentication = "accepted" | "refused" | "busy";

/** Takes the Authorization header, and the address that it comes from. */
export type Authenticator = (authorization: string | undefined, from?: string) => Promise<Authentication>;

/** bcrypt takes no more of a password. */
const MAX_PASSWORD_BYTES = 72;
const MAX_WAITING_OF_ONE = 32;
const MAX_WAITING = 256;
const MAX_REFUSED = 256;

/**
 * @param users bcrypt hashes by user name.
 */
export const basicAuth = (
  users: ReadonlyMap<string, string>,
  compare: ComparePassword = compareInWorker,
): Authenticator => {
  // bcrypt is slow by design, and a scrape comes with the same password every time. What was right is kept apart from
  // what was wrong: guesses push nobody out.
  const accepted = new Map<string, string>();
  const refused = new Set<string>();
  const queue = createFairQueue<boolean>({ ofOne: MAX_WAITING_OF_ONE, all: MAX_WAITING });

  const check = async (user: string, password: string): Promise<boolean> => {
    const hash = users.get(user);
    const isRight = await compare(password, hash ?? decoyFor(user, users));
    return isRight && hash !== undefined;
  };

  return async (authorization, from = "") => {
    const credentials = credentialsOf(authorization);
    if (credentials === null) return "refused";
    const { user, password } = credentials;
    const digest = createHash("sha256")
      .update(JSON.stringify([user, password]))
      .digest("base64");
    if (accepted.get(user) === digest) return "accepted";
    if (refused.has(digest)) return "refused";
    const isRight = await queue.run(from, () => check(user, password));
    if (isRight === "full") return "busy";
    if (isRight) accepted.set(user, digest);
    else remember(refused, digest);
    return isRight ? "accepted" : "refused";
  };
};

/** The oldest entry makes room. */
const remember = (refused: Set<string>, digest: string): void => {
  const [oldest] = refused;
  if (refused.size >= MAX_REFUSED && oldest !== undefined) refused.delete(oldest);
  refused.add(digest);
};

/**
 * An unknown user takes as long as a known one, so that nobody can ask who there is: always as long as the same one,
 * since the hashes may differ in their costs.
 */
const decoyFor = (user: string, users: ReadonlyMap<string, string>): string => {
  const hashes = [...users.values()];
  const choice = createHash("sha256")
    .update(JSON.stringify([user, ...hashes]))
    .digest()
    .readUInt32BE(0);
  return hashes[choice % hashes.length] ?? "";
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
