import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { expect, it } from "vitest";

/** Files of the tree, as they would be committed. */
const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
  encoding: "utf8",
})
  .split("\0")
  .filter((path) => path !== "" && statSync(path, { throwIfNoEntry: false })?.isFile() === true);

const PEM = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*(?:[A-Za-z0-9+/=]{16,}\s*){2}/;

/** PKCS #8 of an RSA or EC key (RFC 5958 2): version 0, then the algorithm. */
const DER = [
  Buffer.from("020100300d06092a864886f70d010101050004", "hex"),
  Buffer.from("020100301306072a8648ce3d0201", "hex"),
];

const TOKENS = /\b(?:ghp_[A-Za-z0-9]{36}|npm_[A-Za-z0-9]{36}|AKIA[0-9A-Z]{16})\b/;

it("has no private key and no token in it", () => {
  expect(files.length).toBeGreaterThan(1000);
  const found = files.filter((path) => {
    const bytes = readFileSync(path);
    const text = bytes.toString("latin1");
    return PEM.test(text) || TOKENS.test(text) || DER.some((start) => bytes.includes(start));
  });
  expect(found).toEqual([]);
});
