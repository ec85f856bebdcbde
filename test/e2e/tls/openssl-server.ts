/** Real TLS servers for the tests: `openssl s_server` on a loopback address, with certificates of its own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createECDH, createHash, generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServerFlightReader, type ServerFlight } from "../../../src/tls/wire/server-flight.ts";

/** Where the servers listen. */
export const OPENSSL_ADDRESS = "127.0.0.61";
const ADDRESS = OPENSSL_ADDRESS;
const TIMEOUT_MS = 10_000;

const openssl = (args: readonly string[]) =>
  spawnSync("openssl", args, { encoding: "utf8", input: "", timeout: TIMEOUT_MS });

export const hasOpenssl = openssl(["version"]).status === 0;

export type KeyKind = "rsa" | "ec" | "dsa";

const KEY_OPTIONS: Readonly<Record<KeyKind, readonly string[]>> = {
  rsa: ["-newkey", "rsa:2048"],
  ec: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
  dsa: ["-newkey", "dsa:dsa.pem"],
};

export interface Certificates {
  /** `-cert x -key y` for a kind of key. */
  readonly options: (kind: KeyKind) => readonly string[];
  readonly directory: string;
  readonly remove: () => void;
}

/** Self-signed certificates of all kinds, in a directory of their own. */
export const makeCertificates = (): Certificates => {
  const directory = mkdtempSync(join(tmpdir(), "rdprobe-tls-"));
  const run = (args: readonly string[]) => {
    const result = spawnSync("openssl", args, { cwd: directory, encoding: "utf8", timeout: 60_000 });
    if (result.status !== 0) throw new Error(`openssl ${args.join(" ")}: ${result.stderr}`);
  };
  run(["genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:1024", "-out", "dsa.pem"]);
  for (const [kind, options] of Object.entries(KEY_OPTIONS)) {
    const files = ["-keyout", `${kind}.key`, "-out", `${kind}.crt`];
    run(["req", "-x509", "-nodes", "-days", "30", "-subj", `/CN=${kind}.example`, ...options, ...files]);
  }
  return {
    directory,
    options: (kind) => ["-cert", join(directory, `${kind}.crt`), "-key", join(directory, `${kind}.key`)],
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
};

export interface OpensslServer {
  readonly port: number;
  readonly stop: () => void;
}

/** Resolves once the server listens. @throws when it does not in time. */
export const startServer = (args: readonly string[]): Promise<OpensslServer> =>
  new Promise((resolve, reject) => {
    const child: ChildProcess = spawn("openssl", ["s_server", "-accept", `${ADDRESS}:0`, ...args], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    const stop = () => child.kill("SIGKILL");
    let output = "";
    const fail = (why: string) => {
      stop();
      reject(new Error(`openssl s_server ${args.join(" ")}: ${why}: ${output}`));
    };
    const timer = setTimeout(() => fail("not ready in time"), TIMEOUT_MS);
    child.on("error", (error) => fail(error.message));
    child.on("exit", () => fail("ended"));
    child.stderr?.on("data", (chunk) => {
      output += chunk;
    });
    child.stdout?.on("data", (chunk) => {
      output += chunk;
      const port = /ACCEPT \S+:(\d+)/.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve({ port: Number(port), stop });
    });
  });

/** Sends `bytes` and reads until the server waits for the client, encrypts, alerts or closes. */
export const flightAfter = (port: number, bytes: Uint8Array): Promise<ServerFlight> =>
  new Promise((resolve, reject) => {
    const reader = createServerFlightReader();
    const socket = connect({ host: ADDRESS, port });
    const finish = () => {
      socket.destroy();
      resolve(reader.flight());
    };
    socket.setTimeout(TIMEOUT_MS, () => {
      socket.destroy();
      reject(new Error(`no flight in time: ${JSON.stringify(reader.flight())}`));
    });
    socket.on("connect", () => socket.write(bytes));
    socket.on("error", finish);
    socket.on("close", finish);
    socket.on("data", (chunk) => {
      reader.receive(new Uint8Array(chunk));
      const { helloDone, encrypted, alert, fault, hello, helloRetryRequest } = reader.flight();
      const isRetry = helloRetryRequest !== null && hello === null;
      if (helloDone || encrypted || isRetry || alert !== null || fault !== null) finish();
    });
  });

/** What `openssl s_client` says of the server. */
export interface ClientReport {
  readonly version: string | null;
  readonly cipher: string | null;
  /** `ECDH, secp384r1, 384 bits`, `X25519, 253 bits`, `DH, 2048 bits`. */
  readonly temporaryKey: string | null;
  /** SHA-256 of each certificate's DER, the leaf first. */
  readonly certificates: readonly string[];
}

export const reportOfClient = (port: number, args: readonly string[]): ClientReport => {
  const target = ["s_client", "-connect", `${ADDRESS}:${port}`, ...args];
  const brief = openssl([...target, "-brief"]);
  const shown = openssl([...target, "-showcerts"]);
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(brief.stderr)?.[1] ?? null;
  const blocks = shown.stdout.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const chain = shown.stdout.slice(0, shown.stdout.indexOf("Server certificate"));
  return {
    version: field("Protocol version"),
    cipher: field("Ciphersuite"),
    temporaryKey: field("Server Temp Key"),
    certificates: blocks
      .filter((block) => chain.includes(block))
      .map((pem) => sha256(new X509Certificate(pem).raw)),
  };
};

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A fresh public value for x25519 and the NIST curves. */
export const freshKeyShare = (group: number): Uint8Array => {
  const curve = { 23: "prime256v1", 24: "secp384r1", 25: "secp521r1" }[group];
  if (curve !== undefined) return new Uint8Array(createECDH(curve).generateKeys());
  if (group !== 0x1d) throw new RangeError(`no key share for group ${group}`);
  const { x = "" } = generateKeyPairSync("x25519").publicKey.export({ format: "jwk" });
  return new Uint8Array(Buffer.from(x, "base64url"));
};
