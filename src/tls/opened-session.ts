/**
 * A captured TLS session, opened with the secrets of a key log: the certificate that TLS 1.3 hides, and what
 * both sides said inside. It goes as far as the keys fit, and says where they do not.
 */
import { derivationHash } from "./bulk-ciphers.ts";
import { decodeCertificate13 } from "./certificate.ts";
import { type CipherSuite, cipherSuite } from "./cipher-suites.ts";
import { readClientFlight } from "./client-flight.ts";
import { EXTENSION, extensionData } from "./extension.ts";
import { HANDSHAKE_TYPE } from "./handshake-message.ts";
import { HandshakeStream } from "./handshake-stream.ts";
import type { KeyLog, SessionSecrets } from "./key-log.ts";
import { nextTrafficSecret } from "./key-schedule-13.ts";
import { CONTENT_TYPE } from "./record.ts";
import { isSealed13, type RecordOpener } from "./record-protection.ts";
import { type PlacedRecord, RecordStream } from "./record-stream.ts";
import { readServerFlight } from "./server-flight.ts";
import { negotiatedVersion, type ServerHello } from "./server-hello.ts";
import { protection12, protection13 } from "./suite-protection.ts";
import { TLS_VERSION } from "./versions.ts";

type TlsSide = "client" | "server";

/** Application data or an alert, opened. */
interface OpenedRecord {
  readonly from: TlsSide;
  readonly contentType: number;
  readonly bytes: Uint8Array;
  /** One past the record's last byte, counted in its side's TLS bytes. */
  readonly endOffset: number;
}

export interface OpenedSession {
  /** Each side's in its order. */
  readonly records: readonly OpenedRecord[];
  /** DER, the leaf first: what TLS 1.3 sent sealed; null where none was opened. */
  readonly chain: readonly Uint8Array[] | null;
  /** Every sealed record could be opened. */
  readonly fits: boolean;
}

/** Opens the session of these bytes; null where the key log knows nothing of it, or its cipher is not read. */
export const openSession = (client: Uint8Array, server: Uint8Array, keyLog: KeyLog): OpenedSession | null => {
  const offered = readClientFlight(client).hello;
  const { hello } = readServerFlight(server);
  if (offered === null || hello === null) return null;
  const secrets = keyLog.secretsOf(offered.random);
  const suite = cipherSuite(hello.cipherSuite);
  if (secrets === null || suite === null) return null;
  const openers =
    negotiatedVersion(hello) >= TLS_VERSION.tls13
      ? openers13(suite, secrets)
      : openers12(suite, secrets, offered.random, hello);
  if (openers === null) return null;
  const opened = {
    client: openSide("client", client, openers.client),
    server: openSide("server", server, openers.server),
  };
  return {
    records: [...opened.client.records, ...opened.server.records],
    chain: opened.server.chain,
    fits: opened.client.fits && opened.server.fits,
  };
};

/** How one direction's records are opened; it changes with what the records say. */
interface SideOpener {
  /** Null for a record in the clear. */
  open(record: PlacedRecord): ReturnType<RecordOpener> | "clear";
  /** A handshake message was opened: the next record may be under another key. */
  passed(messageType: number): void;
}

interface OpenedSide {
  readonly records: readonly OpenedRecord[];
  readonly chain: readonly Uint8Array[] | null;
  readonly fits: boolean;
}

const openSide = (from: TlsSide, bytes: Uint8Array, opener: SideOpener): OpenedSide => {
  const stream = new RecordStream();
  const messages = new HandshakeStream();
  const records: OpenedRecord[] = [];
  let chain: readonly Uint8Array[] | null = null;
  stream.append(bytes);
  for (let next = stream.next(); next.status === "done"; next = stream.next()) {
    const record = next.value;
    const opened = opener.open(record);
    if (opened === null) return { records, chain, fits: false };
    if (opened === "clear") continue;
    if (opened.contentType === CONTENT_TYPE.handshake) {
      messages.append({ ...record, fragment: opened.bytes });
      chain = passMessages(messages, opener) ?? chain;
    } else {
      records.push({ from, ...opened, endOffset: record.fragmentOffset + record.fragment.length });
    }
  }
  return { records, chain, fits: true };
};

const passMessages = (messages: HandshakeStream, opener: SideOpener): readonly Uint8Array[] | null => {
  let chain: readonly Uint8Array[] | null = null;
  for (let next = messages.next(); next.status === "done"; next = messages.next()) {
    const { type, body } = next.value;
    if (type === HANDSHAKE_TYPE.certificate) {
      const decoded = decodeCertificate13(body);
      if (decoded.status === "done") chain = decoded.value.entries.map(({ certificate }) => certificate);
    }
    opener.passed(type);
  }
  return chain;
};

type Openers = Readonly<Record<TlsSide, SideOpener>>;

const openers12 = (
  suite: CipherSuite,
  { master }: SessionSecrets,
  clientRandom: Uint8Array,
  hello: ServerHello,
): Openers | null => {
  if (master === undefined) return null;
  const protection = protection12(suite, {
    version: negotiatedVersion(hello),
    master,
    clientRandom,
    serverRandom: hello.random,
    encryptThenMac: extensionData(hello.extensions, EXTENSION.encryptThenMac) !== null,
  });
  if (protection === null) return null;
  return {
    client: afterChangeCipherSpec(protection.client.opener()),
    server: afterChangeCipherSpec(protection.server.opener()),
  };
};

/** Up to TLS 1.2 all is sealed behind the ChangeCipherSpec. */
const afterChangeCipherSpec = (opener: RecordOpener): SideOpener => {
  let isSealed = false;
  return {
    open(record) {
      if (isSealed) return opener(record);
      isSealed = record.contentType === CONTENT_TYPE.changeCipherSpec;
      return "clear";
    },
    passed: () => {},
  };
};

const openers13 = (suite: CipherSuite, secrets: SessionSecrets): Openers | null => {
  const client = opener13(suite, secrets.clientHandshake, secrets.clientApplication);
  const server = opener13(suite, secrets.serverHandshake, secrets.serverApplication);
  return client === null || server === null ? null : { client, server };
};

/** The handshake's key up to Finished, then the application's, and a new one with each KeyUpdate. */
const opener13 = (
  suite: CipherSuite,
  handshake: Uint8Array | undefined,
  application: Uint8Array | undefined,
): SideOpener | null => {
  const first = handshake === undefined ? null : protection13(suite, handshake);
  if (first === null) return null;
  const hash = derivationHash(suite);
  let secret: Uint8Array | undefined = handshake;
  let opener: RecordOpener | null = first.opener();
  return {
    open: (record) => {
      if (!isSealed13(record)) return "clear";
      return opener === null ? null : opener(record);
    },
    passed(messageType) {
      if (messageType === HANDSHAKE_TYPE.finished) secret = application;
      else if (messageType === HANDSHAKE_TYPE.keyUpdate && secret !== undefined) {
        secret = nextTrafficSecret(hash, secret);
      } else return;
      opener = secret === undefined ? null : (protection13(suite, secret)?.opener() ?? null);
    },
  };
};
