/** Which suites a server takes by openssl's whole handshakes, one a suite: the truth that enumerations are held against. */
import type { TlsVersionName } from "../../../../src/tls/tables/versions.ts";
import { outputOf, runProcess } from "../programs/processes.ts";

/** The versions that OpenSSL 3 is built with. */
export type OpensslVersion = Exclude<TlsVersionName, "ssl3">;

export const OPENSSL_VERSIONS = ["1.0", "1.1", "1.2", "1.3"] as const satisfies readonly OpensslVersion[];

const VERSION_OPTION = { "1.0": "-tls1", "1.1": "-tls1_1", "1.2": "-tls1_2", "1.3": "-tls1_3" } as const;

/** The system's openssl.cnf may narrow what is offered. */
const ENVIRONMENT = { OPENSSL_CONF: "/dev/null" };

/**
 * OpenSSL's names of the suites of a version that a whole handshake came off with, sorted: all on offer at
 * first, then all but the one that was chosen, until the handshake fails.
 * @param server one that speaks TLS at once
 */
export const opensslSuites = async (
  server: { readonly host: string; readonly port: number },
  version: OpensslVersion,
): Promise<readonly string[]> => {
  const offered = new Set(await candidates(version));
  const taken: string[] = [];
  while (offered.size > 0) {
    const suite = await handshakeWith(server, version, [...offered]);
    if (suite === null) break;
    if (!offered.delete(suite)) throw new Error(`openssl was given ${suite}, which it did not offer`);
    taken.push(suite);
  }
  return taken.toSorted();
};

/** Whether openssl finishes a handshake with one suite of one version. */
export const connectsWith = async (
  server: { readonly host: string; readonly port: number },
  version: OpensslVersion,
  suite: string,
): Promise<boolean> => (await handshakeWith(server, version, [suite])) === suite;

/** The suite of a whole handshake, or null where there was none. */
const handshakeWith = async (
  { host, port }: { readonly host: string; readonly port: number },
  version: OpensslVersion,
  suites: readonly string[],
): Promise<string | null> => {
  const choice =
    version === "1.3"
      ? ["-ciphersuites", suites.join(":")]
      : ["-groups", GROUPS, "-cipher", [...suites, "@SECLEVEL=0"].join(":"), "-legacy_server_connect"];
  const { stdout } = await runProcess(
    "openssl",
    ["s_client", "-connect", `${host}:${port}`, "-noservername", VERSION_OPTION[version], ...choice],
    { env: ENVIRONMENT },
  );
  const [, suite] = /^New, \S+, Cipher is (\S+)$/m.exec(stdout) ?? [];
  return suite === undefined || suite === "(NONE)" ? null : suite;
};

/** By itself OpenSSL offers the first five. */
const GROUPS = "X25519:P-256:P-384:P-521:X448:secp256k1:brainpoolP256r1:brainpoolP384r1:brainpoolP512r1";

const TLS13_SUITES = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_128_CCM_SHA256",
  "TLS_AES_128_CCM_8_SHA256",
] as const;

/** Without pre-shared keys and SRP, whose secrets nobody here has. */
const candidates = async (version: OpensslVersion): Promise<readonly string[]> => {
  if (version === "1.3") return TLS13_SUITES;
  const list = await outputOf("openssl", ["ciphers", "-v", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"], {
    env: ENVIRONMENT,
  });
  return list
    .trim()
    .split("\n")
    .map((line) => line.split(/\s+/))
    .filter(([name = "", since = ""]) => !/PSK|SRP/.test(name) && isOf(since, version))
    .map(([name = ""]) => name);
};

const isOf = (since: string, version: OpensslVersion): boolean =>
  since === "TLSv1.2" ? version === "1.2" : since !== "TLSv1.3";
