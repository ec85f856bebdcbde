/** The openssl command as a maker of certificates, and as a second opinion on what they say. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CertificateFacts } from "../../../src/x509/certificate-facts.ts";

const COMMAND = "openssl";
const TIMEOUT_MS = 30_000;
/** The system's openssl.cnf may forbid what the tests need. */
const ENVIRONMENT = { ...process.env, OPENSSL_CONF: "/dev/null", LC_ALL: "C" };

const openssl = (args: readonly string[], input: Uint8Array | string = ""): string =>
  execFileSync(COMMAND, args, {
    input,
    env: ENVIRONMENT,
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    stdio: ["pipe", "pipe", "pipe"],
  });

/** A folder that lives as long as `use` runs. */
const inTemporaryFolder = <T>(use: (path: (name: string) => string) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), "rdprobe-x509-"));
  try {
    return use((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** DER of a self-signed certificate from `openssl req -x509`. `key` are the arguments of `openssl genpkey`. */
export const selfSignedByOpenssl = (key: readonly string[], request: readonly string[]): Uint8Array =>
  inTemporaryFolder((path) => {
    openssl(["genpkey", ...key, "-out", path("key.pem")]);
    openssl([
      ...["req", "-x509", "-config", "/dev/null", "-key", path("key.pem"), "-outform", "DER"],
      ...["-out", path("certificate.der"), ...request],
    ]);
    return Uint8Array.from(readFileSync(path("certificate.der")));
  });

/** DSA wants its parameters made first. */
export const dsaByOpenssl = (): Uint8Array =>
  inTemporaryFolder((path) => {
    openssl([
      "genpkey",
      "-genparam",
      "-algorithm",
      "DSA",
      "-pkeyopt",
      "dsa_paramgen_bits:1024",
      "-out",
      path("p"),
    ]);
    return selfSignedByOpenssl(["-paramfile", path("p")], ["-subj", "/CN=dsa", "-sha256"]);
  });

type Compared = Pick<
  CertificateFacts,
  | "sha256"
  | "version"
  | "serial"
  | "subject"
  | "issuer"
  | "notBefore"
  | "notAfter"
  | "keyUsage"
  | "basicConstraintsCa"
> & {
  readonly signature: string | undefined;
  /** Null where openssl cannot read the key or prints no size. */
  readonly keyBits: number | null;
};

const KEY_USAGE_WORDS: Readonly<Record<string, string>> = {
  "Digital Signature": "digitalSignature",
  "Non Repudiation": "nonRepudiation",
  "Key Encipherment": "keyEncipherment",
  "Data Encipherment": "dataEncipherment",
  "Key Agreement": "keyAgreement",
  "Certificate Sign": "keyCertSign",
  "CRL Sign": "cRLSign",
  "Encipher Only": "encipherOnly",
  "Decipher Only": "decipherOnly",
};

/** What `openssl x509` says of a certificate, in our words. */
export const opensslOpinion = (der: Uint8Array): Compared => {
  const print = [
    "-serial",
    "-subject",
    "-issuer",
    "-startdate",
    "-enddate",
    "-text",
    "-fingerprint",
    "-sha256",
  ];
  const shown = openssl(["x509", "-inform", "DER", "-noout", ...print, "-nameopt", "RFC2253,-esc_msb"], der);
  const line = (pattern: RegExp): string => pattern.exec(shown)?.[1] ?? "";
  const bits = line(/Public-Key: \((\d+) bit\)/);
  const usage = line(/X509v3 Key Usage:.*\n\s+(.*)/);
  const constraints = line(/X509v3 Basic Constraints:.*\n\s+CA:(\w+)/);
  return {
    sha256: line(/Fingerprint=(.*)$/m)
      .replaceAll(":", "")
      .toLowerCase(),
    version: Number(line(/Version: (\d)/)),
    serial: line(/^serial=(.*)$/m).toLowerCase(),
    subject: line(/^subject=(.*)$/m),
    issuer: line(/^issuer=(.*)$/m),
    notBefore: new Date(line(/^notBefore=(.*)$/m)),
    notAfter: new Date(line(/^notAfter=(.*)$/m)),
    signature: line(/Signature Algorithm: (\S+)/),
    keyBits: bits === "" ? null : Number(bits),
    keyUsage: usage === "" ? null : usage.split(", ").map((word) => KEY_USAGE_WORDS[word] ?? word),
    basicConstraintsCa: constraints === "" ? null : constraints === "TRUE",
  };
};

/** The same selection of our own facts. */
export const ourOpinion = (facts: CertificateFacts): Compared => ({
  sha256: facts.sha256,
  version: facts.version,
  serial: facts.serial,
  subject: facts.subject,
  issuer: facts.issuer,
  notBefore: facts.notBefore,
  notAfter: facts.notAfter,
  signature: facts.signature?.name,
  keyBits: facts.key?.type === "ed25519" || facts.key?.type === "ed448" ? null : (facts.key?.bits ?? null),
  keyUsage: facts.keyUsage,
  basicConstraintsCa: facts.basicConstraintsCa,
});
