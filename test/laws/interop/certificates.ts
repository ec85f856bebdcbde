/** Keys of every kind that a server of RDP may have, each with chains of one, two and three certificates. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outputOf } from "../../e2e/servers/programs/processes.ts";

export const KEY_KINDS = {
  "rsa-1024": ["RSA", "rsa_keygen_bits:1024"],
  "rsa-2048": ["RSA", "rsa_keygen_bits:2048"],
  "rsa-3072": ["RSA", "rsa_keygen_bits:3072"],
  "rsa-4096": ["RSA", "rsa_keygen_bits:4096"],
  "rsa-pss": ["RSA-PSS", "rsa_keygen_bits:2048"],
  "ec-p256": ["EC", "ec_paramgen_curve:P-256"],
  "ec-p384": ["EC", "ec_paramgen_curve:P-384"],
  "ec-p521": ["EC", "ec_paramgen_curve:P-521"],
  ed25519: ["ED25519", null],
} as const satisfies Readonly<Record<string, readonly [algorithm: string, option: string | null]>>;

export type KeyKind = keyof typeof KEY_KINDS;

export type ChainLength = 1 | 2 | 3;

export interface Chain {
  readonly kind: KeyKind;
  readonly length: ChainLength;
  /** PEM. */
  readonly leafFile: string;
  /** PEM, the leaf first, as many as `length` says. */
  readonly chainFile: string;
  /** PEM, those after the leaf; empty for a chain of one. */
  readonly issuersFile: string;
  /** PEM of PKCS #8. */
  readonly keyFile: string;
}

export interface ChainFolder {
  readonly authorityFile: string;
  chain(kind: KeyKind, length: ChainLength): Promise<Chain>;
  remove(): void;
}

export const NSS_NICKNAME = "leaf";

/** @throws Error where openssl refuses */
export const makeChains = async (): Promise<ChainFolder> => {
  const folder = mkdtempSync(join(tmpdir(), "rdprobe-interop-"));
  const openssl = (...args: readonly string[]) =>
    outputOf("openssl", args, { cwd: folder, timeoutMs: 60_000 });
  const request = (name: string, key: string, extra: readonly string[]) =>
    openssl(
      ...["req", "-x509", "-new", "-key", key, "-subj", `/CN=${name}`, "-days", "30"],
      ...["-out", `${name}.pem`, ...extra],
    );
  const authority = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  const signedBy = (name: string) => ["-CA", `${name}.pem`, "-CAkey", `${name}.key`];
  const made = new Map<string, Promise<void>>();
  const once = (name: string, make: () => Promise<unknown>): Promise<void> => {
    const known = made.get(name) ?? make().then(() => undefined);
    made.set(name, known);
    return known;
  };
  const keyOf = (name: string, algorithm: string, option: string | null) =>
    openssl(
      ...["genpkey", "-algorithm", algorithm, "-out", `${name}.key`],
      ...(option === null ? [] : ["-pkeyopt", option]),
    );
  for (const name of ["root", "between"]) await keyOf(name, "EC", "ec_paramgen_curve:P-256");
  await request("root", "root.key", authority);
  await request("between", "between.key", [...authority, ...signedBy("root")]);

  const chain = async (kind: KeyKind, length: ChainLength): Promise<Chain> => {
    const [algorithm, option] = KEY_KINDS[kind];
    await once(kind, () => keyOf(kind, algorithm, option));
    const name = `${kind}-${length}`;
    const issuers = (["between", "root"] as const).slice(0, length - 1);
    const leaf = [
      "-addext",
      "basicConstraints=critical,CA:FALSE",
      "-addext",
      "subjectAltName=DNS:rdp.example",
    ];
    await once(name, async () => {
      await request(name, `${kind}.key`, [...leaf, ...(length === 1 ? [] : signedBy("between"))]);
      const pem = (one: string) => readFileSync(join(folder, `${one}.pem`), "utf8");
      writeFileSync(join(folder, `${name}.issuers`), issuers.map(pem).join(""));
      writeFileSync(join(folder, `${name}.chain`), [name, ...issuers].map(pem).join(""));
    });
    const file = (extension: string) => join(folder, `${name}.${extension}`);
    return {
      ...{ kind, length, leafFile: file("pem"), chainFile: file("chain"), issuersFile: file("issuers") },
      keyFile: join(folder, `${kind}.key`),
    };
  };
  return {
    authorityFile: join(folder, "root.pem"),
    chain,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

/** A new NSS database with the key under the name of `NSS_NICKNAME`, and the issuers: its folder. */
export const makeNssDatabase = async (chain: Chain, authorityFile: string): Promise<string> => {
  const folder = mkdtempSync(`${chain.leafFile}.nss-`);
  const database = ["-d", `sql:${folder}`];
  await outputOf("certutil", ["-N", ...database, "--empty-password"]);
  const bundle = `${folder}.p12`;
  await outputOf("openssl", [
    ...["pkcs12", "-export", "-inkey", chain.keyFile, "-in", chain.leafFile, "-name", NSS_NICKNAME],
    ...["-out", bundle, "-passout", "pass:"],
  ]);
  await outputOf("pk12util", ["-i", bundle, ...database, "-W", ""]);
  const pems = readFileSync(chain.issuersFile, "utf8").match(CERTIFICATE) ?? [];
  for (const [index, pem] of pems.entries()) {
    const file = `${folder}.issuer${index}`;
    writeFileSync(file, pem);
    await outputOf("certutil", ["-A", ...database, "-n", `issuer${index}`, "-t", "CT,C,C", "-i", file]);
  }
  // A chain of one has no issuer in it, and a server that asks for certificates needs an authority.
  if (pems.length === 0) {
    await outputOf("certutil", ["-A", ...database, "-n", "authority", "-t", "CT,C,C", "-i", authorityFile]);
  }
  return folder;
};

const CERTIFICATE = /-----BEGIN[^-]+-----[^-]+-----END CERTIFICATE-----\n/g;
