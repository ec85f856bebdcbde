/** Certificate and key files for real servers, made by the openssl command. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Availability, commandsAvailable } from "../../../support/availability.ts";
import { outputOf } from "./processes.ts";

/** What each file is; `rsa-2048` is the plain one. */
export type CertificateKind =
  | "rsa-2048"
  | "expired"
  | "not-yet-valid"
  | "ec-p256"
  | "rsa-1024-sha1"
  | "rsa-512"
  | "rsa-signing"
  | "chain-of-three"
  | "ed25519";

export interface CertificateFiles {
  /** PEM, the leaf first. */
  readonly certificateFile: string;
  /** PEM, not encrypted. */
  readonly keyFile: string;
}

export interface CertificateFolder {
  readonly folder: string;
  readonly files: Readonly<Record<CertificateKind, CertificateFiles>>;
  remove(): void;
}

/** The common name of every leaf. */
export const LEAF_NAME = "rdp.example";

export const certificatesAvailable = (): Availability => commandsAvailable("openssl");

/**
 * Makes every kind in a temporary folder; about a second.
 * @throws Error when openssl refuses.
 */
export const makeCertificates = async (): Promise<CertificateFolder> => {
  const folder = mkdtempSync(join(tmpdir(), "rdprobe-certificates-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const files = {
      "rsa-2048": await selfSigned(folder, "rsa-2048", RSA_2048),
      expired: await dated(folder, "expired", "20200101000000Z", "20210101000000Z"),
      "not-yet-valid": await dated(folder, "not-yet-valid", "20400101000000Z", "20410101000000Z"),
      "ec-p256": await selfSigned(folder, "ec-p256", [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
      ]),
      "rsa-1024-sha1": await selfSigned(folder, "rsa-1024-sha1", ["-newkey", "rsa:1024", "-sha1"]),
      "rsa-512": await selfSigned(folder, "rsa-512", ["-newkey", "rsa:512", "-sha256"]),
      "rsa-signing": await selfSigned(folder, "rsa-signing", [
        ...RSA_2048,
        "-addext",
        "keyUsage=critical,digitalSignature",
      ]),
      "chain-of-three": await chainOfThree(folder),
      ed25519: await selfSigned(folder, "ed25519", ["-newkey", "ed25519"]),
    };
    return { folder, files, remove };
  } catch (error) {
    remove();
    throw error;
  }
};

/** A self-signed pair for one name, in a folder that is there: `/CN=host`. */
export const makePair = async (folder: string, subject: string, days = 30): Promise<CertificateFiles> => {
  const files = namedFiles(folder, "own");
  await openssl(folder, [
    ...["req", "-x509", "-nodes", ...RSA_2048, "-subj", subject, "-days", String(days)],
    ...["-keyout", files.keyFile, "-out", files.certificateFile],
  ]);
  return files;
};

const RSA_2048 = ["-newkey", "rsa:2048", "-sha256"];

/** Without it, openssl reads the system's configuration with its extensions and policies. */
const REQUEST_CONFIG = "[req]\ndistinguished_name=name\nprompt=no\n[name]\n";

const namedFiles = (folder: string, name: string): CertificateFiles => ({
  certificateFile: join(folder, `${name}.pem`),
  keyFile: join(folder, `${name}.key`),
});

const leafExtensions = [
  "-addext",
  `subjectAltName=DNS:${LEAF_NAME}`,
  "-addext",
  "extendedKeyUsage=serverAuth",
  "-addext",
  "basicConstraints=critical,CA:FALSE",
];

const openssl = (folder: string, args: readonly string[]): Promise<string> => {
  const config = join(folder, "request.cnf");
  writeFileSync(config, REQUEST_CONFIG);
  return outputOf("openssl", args, { env: { OPENSSL_CONF: config }, cwd: folder });
};

const selfSigned = async (
  folder: string,
  name: string,
  key: readonly string[],
  commonName = LEAF_NAME,
  extensions: readonly string[] = leafExtensions,
): Promise<CertificateFiles> => {
  const files = namedFiles(folder, name);
  const output = ["-keyout", files.keyFile, "-out", files.certificateFile];
  await openssl(folder, [
    ...["req", "-x509", "-nodes", ...key, "-subj", `/CN=${commonName}`, "-days", "3650"],
    ...extensions,
    ...output,
  ]);
  return files;
};

/** Self-signed between two dates (YYYYMMDDHHMMSSZ), which only `openssl ca` can set. */
const dated = async (folder: string, name: string, from: string, to: string): Promise<CertificateFiles> => {
  const files = namedFiles(folder, name);
  const authority = join(folder, `${name}-authority`);
  mkdirSync(authority);
  writeFileSync(join(authority, "index.txt"), "");
  const config = join(authority, "ca.cnf");
  writeFileSync(
    config,
    "[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\nrand_serial=yes\ndefault_md=sha256\nnew_certs_dir=.\n" +
      "policy=any\nx509_extensions=leaf\nemail_in_dn=no\n[any]\ncommonName=supplied\n" +
      `[leaf]\nsubjectAltName=DNS:${LEAF_NAME}\nextendedKeyUsage=serverAuth\n`,
  );
  const request = join(authority, "request.pem");
  await openssl(folder, [
    ...["req", "-new", "-nodes", ...RSA_2048, "-subj", `/CN=${LEAF_NAME}`],
    ...["-keyout", files.keyFile, "-out", request],
  ]);
  await outputOf(
    "openssl",
    [
      ...["ca", "-batch", "-notext", "-selfsign", "-config", config, "-keyfile", files.keyFile],
      ...["-startdate", from, "-enddate", to, "-in", request, "-out", files.certificateFile],
    ],
    { cwd: authority },
  );
  return files;
};

/** Leaf, intermediate and root in one file, as a server would send them. */
const chainOfThree = async (folder: string): Promise<CertificateFiles> => {
  const authority = [
    "-addext",
    "basicConstraints=critical,CA:TRUE",
    "-addext",
    "keyUsage=critical,keyCertSign",
  ];
  const root = await selfSigned(folder, "root", RSA_2048, "Example Root", authority);
  const issuedBy = (issuer: CertificateFiles) => ["-CA", issuer.certificateFile, "-CAkey", issuer.keyFile];
  const between = await selfSigned(
    folder,
    "intermediate",
    [...RSA_2048, ...issuedBy(root)],
    "Example Intermediate",
    authority,
  );
  const leaf = await selfSigned(folder, "chain-of-three", [...RSA_2048, ...issuedBy(between)]);
  const chain = [leaf, between, root].map((files) => readFileSync(files.certificateFile, "utf8"));
  writeFileSync(leaf.certificateFile, chain.join(""));
  return leaf;
};
