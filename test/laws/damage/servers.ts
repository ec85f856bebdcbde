/** The servers whose flights are damaged: real TLS of Node behind X.224, one of each version, key and layer. */
import { choose } from "../../../src/lab/answers.ts";
import { type MintedCertificate, mintCertificate } from "../../../src/lab/certificates/certificates.ts";
import { challenge } from "../../../src/lab/credssp-steps.ts";
import type { Identity } from "../../../src/lab/certificates/identities.ts";
import { answer, type Step, startTls, stayOpen } from "../../../src/lab/steps.ts";
import { type Listener, listen } from "../../../src/transport/listener.ts";

/** What each record of a server's handshake holds, in the order in which OpenSSL sends them, one in each. */
export type RecordContent =
  | "server_hello"
  | "certificate"
  | "server_key_exchange"
  | "server_hello_done"
  | "new_session_ticket"
  | "change_cipher_spec"
  | "sealed";

export interface ServerKind {
  readonly version: "1.0" | "1.1" | "1.2" | "1.3";
  readonly suite: string;
  readonly key: "rsa-2048" | "ec-p256";
  readonly layer: "ssl" | "credssp";
  /** The records of the handshake, flight by flight: what follows a flight waits for the client. */
  readonly flights: readonly (readonly RecordContent[])[];
}

const ECDHE_FLIGHT = ["server_hello", "certificate", "server_key_exchange", "server_hello_done"] as const;
const RSA_FLIGHT = ["server_hello", "certificate", "server_hello_done"] as const;
const LAST_FLIGHT = ["new_session_ticket", "change_cipher_spec", "sealed"] as const;
/** EncryptedExtensions, Certificate, CertificateVerify and Finished are sealed. */
const FLIGHT_13 = ["server_hello", "change_cipher_spec", "sealed", "sealed", "sealed", "sealed"] as const;

interface Row {
  readonly version: ServerKind["version"];
  readonly key: ServerKind["key"];
  readonly suite: string;
}

const ROWS: readonly Row[] = [
  { version: "1.0", key: "rsa-2048", suite: "ECDHE-RSA-AES256-SHA" },
  { version: "1.0", key: "rsa-2048", suite: "AES256-SHA" },
  { version: "1.0", key: "ec-p256", suite: "ECDHE-ECDSA-AES256-SHA" },
  { version: "1.1", key: "rsa-2048", suite: "ECDHE-RSA-AES128-SHA" },
  { version: "1.1", key: "ec-p256", suite: "ECDHE-ECDSA-AES128-SHA" },
  { version: "1.2", key: "rsa-2048", suite: "ECDHE-RSA-AES256-GCM-SHA384" },
  { version: "1.2", key: "rsa-2048", suite: "ECDHE-RSA-AES128-SHA256" },
  { version: "1.2", key: "rsa-2048", suite: "AES256-GCM-SHA384" },
  { version: "1.2", key: "ec-p256", suite: "ECDHE-ECDSA-AES128-GCM-SHA256" },
  { version: "1.3", key: "rsa-2048", suite: "TLS_AES_256_GCM_SHA384" },
  { version: "1.3", key: "ec-p256", suite: "TLS_AES_128_GCM_SHA256" },
];

const flightsOf = ({ version, suite }: Row): ServerKind["flights"] => {
  if (version === "1.3") return [FLIGHT_13];
  return [suite.startsWith("ECDHE") ? ECDHE_FLIGHT : RSA_FLIGHT, LAST_FLIGHT];
};

export const SERVER_KINDS: readonly ServerKind[] = ROWS.flatMap((row) =>
  (["ssl", "credssp"] as const).map((layer) => ({ ...row, layer, flights: flightsOf(row) })),
);

export const serverName = ({ version, suite, layer }: ServerKind): string =>
  `TLS ${version} ${suite} ${layer}`;

const NODE_VERSIONS = { "1.0": "TLSv1", "1.1": "TLSv1.1", "1.2": "TLSv1.2", "1.3": "TLSv1.3" } as const;
const LIFETIME_MS = 10_000;
const HOUR_MS = 3_600_000;

/** @throws Error when it cannot listen. */
export const startServer = (kind: ServerKind): Promise<Listener> => {
  const identity = identityOf(kind.key);
  const version = NODE_VERSIONS[kind.version];
  // Node wants a suite of TLS 1.2 beside one of TLS 1.3.
  const ciphers = kind.version === "1.3" ? `${kind.suite}:DEFAULT` : `${kind.suite}:@SECLEVEL=0`;
  const policy = { minVersion: version, maxVersion: version, ciphers };
  const steps: readonly Step[] = [
    answer(choose({ nla: kind.layer === "ssl" ? "unsupported" : "required" })),
    startTls(policy),
    ...(kind.layer === "ssl" ? [] : [challenge()]),
    stayOpen,
  ];
  return listen({
    host: "127.0.0.1",
    port: 0,
    lifetimeMs: LIFETIME_MS,
    serve: async (connection) => {
      const visit = { connection, identity, farm: [], countHello: () => 1 };
      for (const step of steps) if (!(await step(visit))) return;
    },
  });
};

const minted = new Map<ServerKind["key"], MintedCertificate>();

const identityOf = (key: ServerKind["key"]): Identity => {
  const now = Date.now();
  const validity = { notBefore: new Date(now - HOUR_MS), notAfter: new Date(now + 2000 * HOUR_MS) };
  const known = minted.get(key) ?? mintCertificate({ commonName: "DAMAGED", key, ...validity });
  minted.set(key, known);
  return { key: known.keyPem, cert: known.chainPem, certificate: null };
};
