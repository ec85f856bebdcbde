/**
 * A TLS 1.3 server in memory that does all by the book (RFC 8446), but for what its script changes: what follows from
 * a change, as a signature or a Finished, is true to it.
 */
import { createHash } from "node:crypto";
import { Writer } from "../../../src/bytes/writer.ts";
import { encodeCertificate13 } from "../../../src/tls/wire/certificate.ts";
import { type CipherSuite, cipherSuite } from "../../../src/tls/tables/cipher-suites.ts";
import { derivationHash } from "../../../src/tls/tables/bulk-ciphers.ts";
import { type ClientHello, decodeClientHello } from "../../../src/tls/wire/client-hello.ts";
import {
  EXTENSION,
  type Extension,
  extensionData,
  writeExtensions,
} from "../../../src/tls/wire/extension.ts";
import { selectedVersion, wellFormed } from "../../../src/tls/wire/extension-lists.ts";
import {
  encodeHandshakeMessage,
  HANDSHAKE_HEADER_SIZE_BYTES,
  HANDSHAKE_TYPE,
  type HandshakeMessage,
} from "../../../src/tls/wire/handshake-message.ts";
import {
  applicationSecrets,
  handshakeSecrets,
  nextTrafficSecret,
  verifyData13,
} from "../../../src/tls/decrypt/key-schedule-13.ts";
import { decodeClientKeyShares, retryGroup, serverKeyShare } from "../../../src/tls/wire/key-share.ts";
import { CONTENT_TYPE, encodeRecord } from "../../../src/tls/wire/record.ts";
import type { RecordOpener, RecordSealer } from "../../../src/tls/decrypt/record-protection.ts";
import { RecordStream } from "../../../src/tls/wire/record-stream.ts";
import {
  encodeServerHello,
  HELLO_RETRY_REQUEST_RANDOM,
  type ServerHello,
} from "../../../src/tls/wire/server-hello.ts";
import { protection13 } from "../../../src/tls/decrypt/suite-protection.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { TLS_ENTROPY } from "../../../src/transport/entropy/tls-entropy.ts";
import { valueIn } from "../expectations.ts";
import { type Identity, RSA } from "./identities.ts";
import { joined, type ScriptedServer } from "./scripted-conversation.ts";

type Change<T> = (value: T) => T;

/** Under the session's keys. */
interface Session13 {
  seal(contentType: number, bytes: Uint8Array): Uint8Array;
  /** The server's next keys. */
  update(): void;
}

export interface Script13 {
  readonly suite?: number;
  readonly group?: number;
  readonly identity?: Identity;
  readonly scheme?: number;
  /** HelloRetryRequests before the ServerHello. */
  readonly retries?: readonly Change<ServerHello>[];
  readonly hello?: Change<ServerHello>;
  /** The public value of the server's share. */
  readonly point?: Change<Uint8Array>;
  readonly encryptedExtensions?: readonly Extension[];
  /** The body of a CertificateRequest. */
  readonly request?: Uint8Array;
  readonly chain?: readonly Uint8Array[];
  readonly certificateExtensions?: readonly Extension[];
  /** Of CertificateVerify. */
  readonly context?: string;
  /** Signs in place of the identity's key. */
  readonly signs?: (content: Uint8Array) => Uint8Array;
  /** EncryptedExtensions to CertificateVerify, before Finished is made. */
  readonly messages?: Change<readonly HandshakeMessage[]>;
  readonly finished?: Change<Uint8Array>;
  /** The records of the flight, ServerHello first; `seal` goes on under the handshake's keys. */
  readonly wire?: (records: readonly Uint8Array[], seal: RecordSealer) => readonly Uint8Array[];
  /** What the server says after its Finished, at once. */
  readonly afterwards?: (session: Session13) => readonly Uint8Array[];
}

export const CHANGE_CIPHER_SPEC_13 = encodeRecord({
  ...{ contentType: CONTENT_TYPE.changeCipherSpec, version: TLS_VERSION.tls12, fragment: Uint8Array.of(1) },
});

export const handshakeRecord = (message: HandshakeMessage): Uint8Array =>
  encodeRecord({
    contentType: CONTENT_TYPE.handshake,
    version: TLS_VERSION.tls12,
    fragment: encodeHandshakeMessage(message),
  });

export const scriptedServer13 = (script: Script13 = {}): ScriptedServer => new Server13(script);

const NOTHING = new Uint8Array(0);

class Server13 implements ScriptedServer {
  readonly #script: Script13;
  readonly #stream = new RecordStream();
  #transcript: readonly Uint8Array[] = [];
  readonly #opened: Uint8Array[] = [];
  #retries: readonly Change<ServerHello>[];
  #opener: RecordOpener | null = null;
  #clientApplication: (() => RecordOpener | null) | null = null;
  #clientIsFinished = false;

  constructor(script: Script13) {
    this.#script = script;
    this.#retries = script.retries ?? [];
  }

  receive(bytes: Uint8Array): readonly Uint8Array[] {
    this.#stream.append(bytes);
    const answers: Uint8Array[] = [];
    for (let next = this.#stream.next(); next.status === "done"; next = this.#stream.next()) {
      const record = next.value;
      if (record.contentType === CONTENT_TYPE.handshake) answers.push(...this.#hear(record.fragment));
      if (record.contentType === CONTENT_TYPE.applicationData) this.#open(record);
    }
    return answers;
  }

  opened(): readonly Uint8Array[] {
    return this.#opened;
  }

  /** Finished is the last under the handshake's keys. */
  #open(record: Parameters<RecordOpener>[0]): void {
    const opened = this.#opener?.(record) ?? null;
    if (opened === null) throw new Error("a record of the client's that does not open");
    this.#opened.push(opened.bytes);
    if (this.#clientIsFinished || opened.bytes[0] !== HANDSHAKE_TYPE.finished) return;
    this.#clientIsFinished = true;
    this.#opener = this.#clientApplication?.() ?? null;
  }

  #hear(message: Uint8Array): readonly Uint8Array[] {
    const body = message.subarray(HANDSHAKE_HEADER_SIZE_BYTES);
    const hello = valueIn(decodeClientHello(body), body);
    this.#add(message.slice());
    const [change, ...others] = this.#retries;
    if (change === undefined) return this.#flight(hello);
    this.#retries = others;
    const retry = change({
      ...this.#hello(hello, HELLO_RETRY_REQUEST_RANDOM),
      extensions: [selectedVersion(TLS_VERSION.tls13), retryGroup(this.#group)],
    });
    const said = { type: HANDSHAKE_TYPE.serverHello, body: encodeServerHello(retry) };
    const messageHash = { type: HANDSHAKE_TYPE.messageHash, body: this.#digest() };
    this.#transcript = [encodeHandshakeMessage(messageHash)];
    this.#add(encodeHandshakeMessage(said));
    return [handshakeRecord(said), CHANGE_CIPHER_SPEC_13];
  }

  #add(message: Uint8Array): void {
    this.#transcript = [...this.#transcript, message];
  }

  /** Of all messages so far, and of some that may follow. */
  #digest(following: readonly HandshakeMessage[] = []): Uint8Array {
    const all = [...this.#transcript, ...following.map(encodeHandshakeMessage)];
    return createHash(derivationHash(this.#suite)).update(joined(all)).digest();
  }

  get #suite() {
    const suite = cipherSuite(this.#script.suite ?? 0x1301);
    if (suite === null) throw new Error("no such suite");
    return suite;
  }

  get #group(): number {
    return this.#script.group ?? 0x001d;
  }

  #hello(hello: ClientHello, random: Uint8Array): ServerHello {
    return {
      ...{ version: TLS_VERSION.tls12, random, sessionId: hello.sessionId },
      ...{ cipherSuite: this.#suite.code, compressionMethod: 0, extensions: null },
    };
  }

  #flight(hello: ClientHello): readonly Uint8Array[] {
    const script = this.#script;
    const { identity = RSA, scheme = identity.scheme13 } = script;
    const hash = derivationHash(this.#suite);
    const say = (message: HandshakeMessage): HandshakeMessage => {
      this.#add(encodeHandshakeMessage(message));
      return message;
    };

    const pair = TLS_ENTROPY.keyPair(this.#group);
    const shares = wellFormed(extensionData(hello.extensions, EXTENSION.keyShare), decodeClientKeyShares);
    const share = shares?.find(({ group }) => group === this.#group)?.keyExchange ?? NOTHING;
    const shared = pair.agree(share) ?? new Uint8Array(32);
    const keyExchange = (script.point ?? asIs)(pair.publicValue);
    const extensions = [
      selectedVersion(TLS_VERSION.tls13),
      serverKeyShare({ group: this.#group, keyExchange }),
    ];
    const answer = { ...this.#hello(hello, TLS_ENTROPY.bytes(32).slice()), extensions };
    const body = encodeServerHello((script.hello ?? asIs)(answer));
    const serverHello = say({ type: HANDSHAKE_TYPE.serverHello, body });
    const secrets = handshakeSecrets(hash, shared, this.#digest());
    const seal = sealerOf(this.#suite, secrets.server);
    this.#opener = protection13(this.#suite, secrets.client)?.opener() ?? null;

    const entries = (script.chain ?? identity.chain).map((certificate, index) => ({
      certificate,
      extensions: index === 0 ? (script.certificateExtensions ?? []) : [],
    }));
    const shown: HandshakeMessage[] = [
      {
        type: HANDSHAKE_TYPE.encryptedExtensions,
        body: writeExtensions(new Writer(), script.encryptedExtensions ?? []).finish(),
      },
      ...(script.request === undefined
        ? []
        : [{ type: HANDSHAKE_TYPE.certificateRequest, body: script.request }]),
      { type: HANDSHAKE_TYPE.certificate, body: encodeCertificate13({ context: NOTHING, entries }) },
    ];
    const content = signedContent(script.context ?? SERVER_CONTEXT, this.#digest(shown));
    const signature = (script.signs ?? ((bytes) => identity.sign(scheme, bytes)))(content);
    const verify = new Writer()
      .u16(scheme)
      .prefixed(2, (writer) => writer.bytes(signature))
      .finish();
    const messages = (script.messages ?? asIs)([
      ...shown,
      { type: HANDSHAKE_TYPE.certificateVerify, body: verify },
    ]);
    for (const message of messages) say(message);
    const verifyData = verifyData13(hash, secrets.server, this.#digest());
    const finished = say({ type: HANDSHAKE_TYPE.finished, body: (script.finished ?? asIs)(verifyData) });
    const records = [
      ...[handshakeRecord(serverHello), CHANGE_CIPHER_SPEC_13],
      ...[...messages, finished].map((message) =>
        seal(CONTENT_TYPE.handshake, encodeHandshakeMessage(message)),
      ),
    ];
    const flight = script.wire?.(records, seal) ?? records;

    const application = applicationSecrets(hash, secrets.secret, this.#digest());
    this.#clientApplication = () => protection13(this.#suite, application.client)?.opener() ?? null;
    return [...flight, ...(script.afterwards?.(this.#session(application.server)) ?? [])];
  }

  #session(secret: Uint8Array): Session13 {
    let current = secret;
    let seal = sealerOf(this.#suite, current);
    return {
      seal: (contentType, bytes) => seal(contentType, bytes),
      update: () => {
        current = nextTrafficSecret(derivationHash(this.#suite), current);
        seal = sealerOf(this.#suite, current);
      },
    };
  }
}

const asIs = <T>(value: T): T => value;

const SERVER_CONTEXT = "TLS 1.3, server CertificateVerify";

/** RFC 8446 4.4.3. */
const signedContent = (context: string, hashed: Uint8Array): Uint8Array =>
  joined([new Uint8Array(64).fill(0x20), new TextEncoder().encode(context), Uint8Array.of(0), hashed]);

const sealerOf = (suite: CipherSuite, secret: Uint8Array): RecordSealer => {
  const protection = protection13(suite, secret);
  if (protection === null) throw new Error("a suite that is not sealed with");
  return protection.sealer(TLS_ENTROPY.bytes);
};
