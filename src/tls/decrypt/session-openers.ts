/** How the records of both sides are opened with the secrets of a key log, as the session goes on. */
import { derivationHash } from "../tables/bulk-ciphers.ts";
import type { CipherSuite } from "../tables/cipher-suites.ts";
import { EXTENSION, extensionData } from "../wire/extension.ts";
import { HANDSHAKE_TYPE } from "../wire/handshake-message.ts";
import type { SessionSecrets } from "./key-log.ts";
import { nextTrafficSecret } from "./key-schedule-13.ts";
import type { RecordOpener } from "./record-protection.ts";
import { negotiatedVersion, type ServerHello } from "../wire/server-hello.ts";
import { protection12, protection13 } from "./suite-protection.ts";
import { TLS_VERSION } from "../tables/versions.ts";

export interface SideOpener {
  /** Null where the keys do not fit. */
  readonly open: RecordOpener;
  /** A handshake message was opened: the next record may be under another key. */
  passed(messageType: number): void;
}

export interface SessionOpeners {
  readonly client: SideOpener;
  readonly server: SideOpener;
}

/** Null where the secrets are not those of this session, or where its cipher is not known here. */
export const sessionOpeners = (
  suite: CipherSuite,
  secrets: SessionSecrets,
  clientRandom: Uint8Array,
  hello: ServerHello,
): SessionOpeners | null =>
  negotiatedVersion(hello) >= TLS_VERSION.tls13
    ? openers13(suite, secrets)
    : openers12(suite, secrets, clientRandom, hello);

const openers12 = (
  suite: CipherSuite,
  { master }: SessionSecrets,
  clientRandom: Uint8Array,
  hello: ServerHello,
): SessionOpeners | null => {
  if (master === undefined) return null;
  const protection = protection12(suite, {
    version: negotiatedVersion(hello),
    master,
    clientRandom,
    serverRandom: hello.random,
    encryptThenMac: extensionData(hello.extensions, EXTENSION.encryptThenMac) !== null,
  });
  if (protection === null) return null;
  const passed = (): void => {};
  return {
    client: { open: protection.client.opener(), passed },
    server: { open: protection.server.opener(), passed },
  };
};

const openers13 = (suite: CipherSuite, secrets: SessionSecrets): SessionOpeners | null => {
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
    open: (record) => (opener === null ? null : opener(record)),
    passed(messageType) {
      if (messageType === HANDSHAKE_TYPE.finished) secret = application;
      else if (messageType === HANDSHAKE_TYPE.keyUpdate && secret !== undefined) {
        secret = nextTrafficSecret(hash, secret);
      } else return;
      opener = secret === undefined ? null : (protection13(suite, secret)?.opener() ?? null);
    },
  };
};
