/** What the openssl command says about an RDP server: a second opinion to hold our own against. */
import { outputOf, runProcess } from "../programs/processes.ts";
import { type RequestedProtocols, startX224Relay } from "../../../support/x224-relay.ts";

export interface OpensslViewOptions {
  readonly host: string;
  readonly port: number;
  /** The request that goes before TLS; null when the server speaks TLS at once. Default 0x0b. */
  readonly viaRdp?: RequestedProtocols | null;
  /** `modern` offers what OpenSSL does by itself; `lenient` everything that it has. Default modern. */
  readonly client?: OpensslClient;
}

type OpensslClient = "modern" | "lenient";

export type OpensslView =
  | {
      readonly connected: true;
      /** As in a result: `1.2`. */
      readonly version: string;
      /** OpenSSL's name. */
      readonly cipher: string;
      /** The name in the registry of the IANA. */
      readonly cipherIana: string;
      /** The server's ephemeral key in openssl's words, `X25519`; null without one. */
      readonly group: string | null;
      /** What the server sent, the leaf first. */
      readonly chain: readonly OpensslCertificate[];
    }
  | {
      readonly connected: false;
      /** The number of the TLS alert that came; null when none did. */
      readonly alert: number | null;
      /** s_client's first error; its words differ between versions of OpenSSL. */
      readonly reason: string;
    };

export interface OpensslCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** RFC 3339, UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly serial: string;
  readonly signature: string;
  /** Lower-case hex. */
  readonly sha1: string;
  readonly sha256: string;
}

/** @throws Error when openssl's output is not understood. */
export const opensslView = async (options: OpensslViewOptions): Promise<OpensslView> => {
  const { host, port, viaRdp = "0x0b", client = "modern" } = options;
  if (viaRdp === null) return directView(host, port, client);
  const relay = await startX224Relay({ host, port }, viaRdp);
  try {
    return await directView(relay.host, relay.port, client);
  } finally {
    await relay.stop();
  }
};

/** The certificates of a PEM file as openssl reads them, in their order. */
export const opensslCertificates = async (pem: string): Promise<readonly OpensslCertificate[]> => {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  return Promise.all(blocks.map(certificateView));
};

/** The system's openssl.cnf may narrow what is offered. */
const ENVIRONMENT = { OPENSSL_CONF: "/dev/null" };

const EVERY_CIPHER = "ALL:COMPLEMENTOFALL:@SECLEVEL=0";

const CLIENT_OPTIONS: Readonly<Record<OpensslClient, readonly string[]>> = {
  modern: [],
  lenient: ["-cipher", EVERY_CIPHER],
};

const directView = async (host: string, port: number, client: OpensslClient): Promise<OpensslView> => {
  const { stdout, stderr } = await runProcess(
    "openssl",
    ["s_client", "-connect", `${host}:${port}`, "-showcerts", "-noservername", ...CLIENT_OPTIONS[client]],
    { env: ENVIRONMENT },
  );
  const [, protocol, cipher] = /^New, (\S+), Cipher is (\S+)$/m.exec(stdout) ?? [];
  if (protocol === undefined || cipher === undefined || cipher === "(NONE)") {
    const [, alert] = /SSL alert number (\d+)/.exec(stderr) ?? [];
    return {
      connected: false,
      alert: alert === undefined ? null : Number(alert),
      reason: failureReason(stderr),
    };
  }
  const [, session] = /^\s*Protocol\s*: (\S+)$/m.exec(stdout) ?? [];
  const [, group] = /^Server Temp Key: (?:ECDH, )?(.+), \d+ bits$/m.exec(stdout) ?? [];
  return {
    connected: true,
    version: versionNumber(session ?? protocol),
    cipher,
    cipherIana: await ianaName(cipher),
    group: group ?? null,
    chain: await opensslCertificates(stdout),
  };
};

/** `40C7...:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:...:SSL alert number 40`. */
const failureReason = (stderr: string): string =>
  /error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(stderr)?.[1] ??
  stderr.split("\n").find((line) => /errno|error/i.test(line)) ??
  "no handshake";

/** `TLSv1` is 1.0. */
const versionNumber = (name: string): string => {
  const number = name.replace("TLSv", "");
  return number.includes(".") ? number : `${number}.0`;
};

const ianaName = async (cipher: string): Promise<string> => {
  if (cipher.startsWith("TLS_")) return cipher;
  const table = await outputOf("openssl", ["ciphers", "-stdname", EVERY_CIPHER], {
    env: ENVIRONMENT,
  });
  const rows = table.split("\n").map((line) => line.split(/\s+/));
  const row = rows.find(([, , name]) => name === cipher);
  if (row?.[0] === undefined) throw new Error(`openssl has no standard name for ${cipher}`);
  return row[0];
};

const certificateView = async (pem: string): Promise<OpensslCertificate> => {
  const x509 = (...args: readonly string[]) =>
    outputOf("openssl", ["x509", "-noout", "-fingerprint", ...args], { input: pem, env: ENVIRONMENT });
  const [text, sha256] = await Promise.all([
    x509(
      ...["-sha1", "-text", "-subject", "-issuer", "-serial", "-dates"],
      ...["-dateopt", "iso_8601", "-nameopt", "RFC2253"],
    ),
    x509("-sha256"),
  ]);
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1] ?? "";
  return {
    subject: field("subject"),
    issuer: field("issuer"),
    notBefore: field("notBefore").replace(" ", "T"),
    notAfter: field("notAfter").replace(" ", "T"),
    serial: field("serial").toLowerCase(),
    signature: /Signature Algorithm: (\S+)/.exec(text)?.[1] ?? "",
    sha1: fingerprint(text),
    sha256: fingerprint(sha256),
  };
};

/** `sha1 Fingerprint=C1:84:...` */
const fingerprint = (text: string): string =>
  (/Fingerprint=([0-9A-F:]+)/.exec(text)?.[1] ?? "").replaceAll(":", "").toLowerCase();
