/**
 * Records handshakes of TLS 1.0 to 1.2 with OpenSSL's and GnuTLS' servers, with the secrets of their key logs, as
 * vectors for our client: `npx tsx scripts/record-tls-handshakes.ts`. The client's own randomness is seeded.
 */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "../src/bytes/hex.ts";
import type { TlsClient } from "../src/tls/client/tls-client.ts";
import { freePort, isListening } from "../test/laws/interop/servers.ts";
import { eventually } from "../test/support/eventually.ts";
import { outputOf, startProcess } from "../test/e2e/servers/programs/processes.ts";
import {
  type RecordedHandshake,
  type RecordedOffer,
  recordedClient,
} from "../test/tls/client/recorded/handshake.ts";

const FOLDER = new URL("../test/tls/client/recorded/", import.meta.url);
const HOST = "127.0.0.1";
const SAID = "handshake\n";

const [X25519, P256, P384, P521] = [0x001d, 0x0017, 0x0018, 0x0019] as const;
const [TLS_1_0, TLS_1_1, TLS_1_2] = [0x0301, 0x0302, 0x0303] as const;

interface Row {
  readonly name: string;
  readonly key: "rsa" | "ec";
  readonly stack: "openssl" | "gnutls";
  readonly offer: RecordedOffer;
  readonly asks?: boolean;
}

const row = (
  name: string,
  key: Row["key"],
  [version, suite, group]: readonly [number, number, number],
  rest: Partial<RecordedOffer & Pick<Row, "stack" | "asks">> = {},
): Row => {
  const { stack = "openssl", asks = false, ...offer } = rest;
  return {
    ...{ name, key, stack, asks },
    offer: { version, suite, group, extendedMasterSecret: true, encryptThenMac: false, ...offer },
  };
};

const ROWS: readonly Row[] = [
  row("tls12-ecdhe-ecdsa-aes128-gcm-x25519", "ec", [TLS_1_2, 0xc02b, X25519]),
  row("tls12-ecdhe-ecdsa-aes256-gcm-p256", "ec", [TLS_1_2, 0xc02c, P256]),
  row("tls12-ecdhe-rsa-aes128-cbc-sha256-p384", "rsa", [TLS_1_2, 0xc027, P384]),
  row("tls12-ecdhe-rsa-aes256-cbc-sha384-p521", "rsa", [TLS_1_2, 0xc028, P521]),
  row("tls12-ecdhe-rsa-chacha20-x25519", "rsa", [TLS_1_2, 0xcca8, X25519]),
  row("tls12-encrypt-then-mac", "ec", [TLS_1_2, 0xc023, P256], { encryptThenMac: true }),
  row("tls12-without-extended-master-secret", "ec", [TLS_1_2, 0xc02b, P256], { extendedMasterSecret: false }),
  row("tls12-client-certificate-asked", "ec", [TLS_1_2, 0xc02b, P256], { asks: true }),
  row("tls12-dhe-rsa-aes128-gcm", "rsa", [TLS_1_2, 0x009e, X25519]),
  row("tls12-rsa-aes256-gcm", "rsa", [TLS_1_2, 0x009d, X25519]),
  row("tls12-rsa-3des", "rsa", [TLS_1_2, 0x000a, X25519], { stack: "gnutls" }),
  row("tls11-ecdhe-ecdsa-aes128-cbc", "ec", [TLS_1_1, 0xc009, P256]),
  row("tls11-rsa-aes256-cbc", "rsa", [TLS_1_1, 0x0035, X25519]),
  row("tls10-ecdhe-ecdsa-aes256-cbc", "ec", [TLS_1_0, 0xc00a, P256]),
  row("tls10-dhe-rsa-aes128-cbc", "rsa", [TLS_1_0, 0x0033, X25519], { extendedMasterSecret: false }),
  row("tls10-rsa-3des", "rsa", [TLS_1_0, 0x000a, X25519], { stack: "gnutls" }),
];

const GNUTLS_PRIORITY = "NORMAL:+VERS-ALL:-VERS-DTLS-ALL:+3DES-CBC:+SHA1:+RSA:%COMPAT";

const folder = mkdtempSync(join(tmpdir(), "rdprobe-record-"));

const makeKey = (name: Row["key"], ...options: readonly string[]) =>
  outputOf("openssl", [
    ...["req", "-x509", "-nodes", "-days", "3650", "-subj", "/CN=rdp.example", ...options],
    ...["-keyout", join(folder, `${name}.key`), "-out", join(folder, `${name}.pem`)],
  ]);

const commandOf = ({ stack, key, asks = false }: Row, port: number): readonly [string, ...string[]] => {
  const [certificate, keyFile] = [`${key}.pem`, `${key}.key`];
  return stack === "gnutls"
    ? [
        ...(["gnutls-serv", "--echo", "-q", "-a", "-p", String(port)] as const),
        ...["--x509certfile", certificate, "--x509keyfile", keyFile, "--priority", GNUTLS_PRIORITY],
      ]
    : [
        ...(["openssl", "s_server", "-accept", `${HOST}:${port}`, "-rev", "-quiet"] as const),
        ...["-cert", certificate, "-key", keyFile, "-cipher", "ALL:@SECLEVEL=0"],
        ...["-keylogfile", "keys.txt", ...(asks ? ["-verify", "1", "-CAfile", certificate] : [])],
      ];
};

/** Reads until `isDone`, and gives the client each piece. */
const hear = async (socket: Socket, client: TlsClient, isDone: () => boolean): Promise<Uint8Array> => {
  const pieces: Buffer[] = [];
  while (!isDone()) {
    const [chunk] = await once(socket, "data");
    pieces.push(chunk);
    client.receive(Uint8Array.from(chunk));
    if (client.reading().outcome.kind === "handshaking") flush(socket, client);
  }
  return Buffer.concat(pieces);
};

let sent: Buffer[] = [];
const flush = (socket: Socket, client: TlsClient): void => {
  const bytes = client.output();
  if (bytes === null) return;
  sent.push(Buffer.from(bytes));
  socket.write(bytes);
};

const record = async (one: Row): Promise<RecordedHandshake> => {
  const keyLog = join(folder, "keys.txt");
  rmSync(keyLog, { force: true });
  const port = await freePort();
  const [command, ...args] = commandOf(one, port);
  const server = await startProcess(command, args, { cwd: folder, env: { SSLKEYLOGFILE: keyLog } });
  try {
    const client = recordedClient(one.name, one.offer, () => undefined);
    if (!(await eventually(() => isListening(port), { timeoutMs: 5000 })))
      throw new Error(`it does not listen: ${server.stderr()}`);
    const socket = connect(port, HOST);
    await once(socket, "connect");
    sent = [];
    flush(socket, client);
    const [clientHello] = sent;
    sent = [];
    const stands = () => client.reading().outcome.kind !== "handshaking";
    const serverHandshake = await hear(socket, client, stands);
    const { outcome, offered } = client.reading();
    if (outcome.kind !== "established") throw new Error(`${one.name}: ${JSON.stringify(outcome)}`);
    const clientData = client.seal(new TextEncoder().encode(SAID));
    socket.write(clientData);
    let answered = "";
    const serverData = await hear(socket, client, () => {
      answered += new TextDecoder().decode(client.opened() ?? new Uint8Array(0));
      return answered.length >= SAID.length;
    });
    socket.destroy();
    const random = toHex(offered.random);
    const line = () =>
      new RegExp(`CLIENT_RANDOM ${random} ([0-9a-f]+)`, "i").exec(readFileSync(keyLog, "utf8"));
    await eventually(() => line() !== null, { timeoutMs: 2000 });
    const version = await outputOf(one.stack === "gnutls" ? "gnutls-serv" : "openssl", [
      one.stack === "gnutls" ? "--version" : "version",
    ]);
    return {
      name: one.name,
      server: `${version.split("\n", 1)[0]?.trim()}: ${[command, ...args].join(" ").replace(String(port), "PORT")}`,
      offer: one.offer,
      clientHello: toHex(clientHello ?? new Uint8Array(0)),
      serverHandshake: toHex(serverHandshake),
      clientHandshake: toHex(Buffer.concat(sent)),
      clientData: toHex(clientData),
      serverData: toHex(serverData),
      said: SAID,
      answered,
      masterSecret: line()?.[1] ?? "",
    };
  } finally {
    await server.stop();
  }
};

await makeKey("rsa", "-newkey", "rsa:2048");
await makeKey("ec", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
try {
  for (const one of ROWS) {
    const handshake = await record(one);
    writeFileSync(new URL(`${one.name}.json`, FOLDER), `${JSON.stringify(handshake, null, 2)}\n`);
    process.stdout.write(`${one.name}: ${JSON.stringify(handshake).length} bytes\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
