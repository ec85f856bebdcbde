/**
 * A server of TLS 1.0 to 1.2 in memory that does all by the book (RFC 5246), but for what its script changes: what
 * follows from a change, as a signature or a Finished, is true to it.
 */
import { constants, createHash, type KeyObject, privateDecrypt } from "node:crypto";
import { encodeCertificate } from "../../../src/tls/wire/certificate.ts";
import {
  type CertificateRequest,
  encodeCertificateRequest,
} from "../../../src/tls/wire/certificate-request.ts";
import { cipherSuite } from "../../../src/tls/tables/cipher-suites.ts";
import { derivationHash } from "../../../src/tls/tables/bulk-ciphers.ts";
import { type ClientHello, decodeClientHello } from "../../../src/tls/wire/client-hello.ts";
import type { KeyPair } from "../../../src/tls/client/tls-entropy.ts";
import { EXTENSION, extensionData } from "../../../src/tls/wire/extension.ts";
import { extendedMasterSecret, renegotiationInfo } from "../../../src/tls/tables/extension-signals.ts";
import {
  encodeHandshakeMessage,
  HANDSHAKE_HEADER_SIZE_BYTES,
  HANDSHAKE_TYPE,
  type HandshakeMessage,
} from "../../../src/tls/wire/handshake-message.ts";
import {
  extendedMasterSecretOf,
  masterSecret,
  type PrfOf,
  verifyData12,
} from "../../../src/tls/decrypt/key-schedule-12.ts";
import { CONTENT_TYPE, encodeRecord, encodeRecords } from "../../../src/tls/wire/record.ts";
import type { RecordOpener, RecordSealer } from "../../../src/tls/decrypt/record-protection.ts";
import { RecordStream } from "../../../src/tls/wire/record-stream.ts";
import { encodeServerHello, type ServerHello } from "../../../src/tls/wire/server-hello.ts";
import {
  encodeServerKeyExchange,
  type ServerKeyExchange,
} from "../../../src/tls/wire/server-key-exchange.ts";
import { protection12 } from "../../../src/tls/decrypt/suite-protection.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { finiteFieldPair } from "../../../src/transport/entropy/finite-field-pair.ts";
import { TLS_ENTROPY } from "../../../src/transport/entropy/tls-entropy.ts";
import { dhParametersOf } from "../../../src/lab/key-exchange-values.ts";
import { valueIn } from "../expectations.ts";
import { type Identity, RSA } from "./identities.ts";
import { joined, type ScriptedServer } from "./scripted-conversation.ts";
import { type CbcChange, cbcSealerOf } from "./wrong-cbc-records.ts";

type Change<T> = (value: T) => T;

export interface Script12 {
  readonly version?: number;
  readonly suite?: number;
  readonly group?: number;
  readonly identity?: Identity;
  readonly scheme?: number;
  readonly hello?: Change<ServerHello>;
  readonly chain?: readonly Uint8Array[];
  /** Before it is signed. */
  readonly exchange?: Change<ServerKeyExchange>;
  readonly signs?: (content: Uint8Array) => Uint8Array;
  readonly request?: CertificateRequest;
  /** The first flight's messages, ServerHello first. */
  readonly messages?: Change<readonly HandshakeMessage[]>;
  /** The first flight's records. */
  readonly wire?: Change<readonly Uint8Array[]>;
  /** The shared secret as the server has it. */
  readonly premaster?: Change<Uint8Array>;
  readonly finished?: Change<Uint8Array>;
  /** Of the records of a block cipher. */
  readonly cbc?: CbcChange;
  /** The second flight: ChangeCipherSpec in the clear and Finished; `seal` goes on after them. */
  readonly end?: (records: readonly Uint8Array[], seal: RecordSealer) => readonly Uint8Array[];
  readonly afterwards?: (seal: RecordSealer) => readonly Uint8Array[];
}

export const scriptedServer12 = (script: Script12 = {}): ScriptedServer => new Server12(script);

const asIs = <T>(value: T): T => value;
const MODP_BITS = 2048;

class Server12 implements ScriptedServer {
  readonly #script: Script12;
  readonly #stream = new RecordStream();
  readonly #opened: Uint8Array[] = [];
  #transcript: readonly Uint8Array[] = [];
  #pair: KeyPair | null = null;
  #clientRandom: Uint8Array = new Uint8Array(0);
  #hello: ServerHello | null = null;
  #master: Uint8Array = new Uint8Array(0);
  #opener: RecordOpener | null = null;
  #sealer: RecordSealer | null = null;
  #isSealed = false;

  constructor(script: Script12) {
    this.#script = script;
  }

  receive(bytes: Uint8Array): readonly Uint8Array[] {
    this.#stream.append(bytes);
    const answers: Uint8Array[] = [];
    for (let next = this.#stream.next(); next.status === "done"; next = this.#stream.next()) {
      const { contentType, fragment } = next.value;
      if (contentType === CONTENT_TYPE.changeCipherSpec) this.#isSealed = true;
      else if (this.#isSealed) answers.push(...this.#open(next.value));
      else answers.push(...this.#hear(fragment.slice()));
    }
    return answers;
  }

  opened(): readonly Uint8Array[] {
    return this.#opened;
  }

  get #version(): number {
    return this.#script.version ?? TLS_VERSION.tls12;
  }

  get #suite() {
    const suite = cipherSuite(this.#script.suite ?? 0xc02f);
    if (suite === null) throw new Error("no such suite");
    return suite;
  }

  get #prf(): PrfOf {
    return { version: this.#version, hash: derivationHash(this.#suite) };
  }

  #digest(): Uint8Array {
    const all = joined(this.#transcript);
    const names = this.#version >= TLS_VERSION.tls12 ? [this.#prf.hash] : ["md5", "sha1"];
    return joined(names.map((name) => createHash(name).update(all).digest()));
  }

  #hear(message: Uint8Array): readonly Uint8Array[] {
    this.#transcript = [...this.#transcript, message];
    const body = message.subarray(HANDSHAKE_HEADER_SIZE_BYTES);
    switch (message[0]) {
      case HANDSHAKE_TYPE.clientHello:
        return this.#flight(valueIn(decodeClientHello(body), body));
      case HANDSHAKE_TYPE.clientKeyExchange:
        this.#agree(body);
        return [];
      default:
        return [];
    }
  }

  #flight(hello: ClientHello): readonly Uint8Array[] {
    const script = this.#script;
    const { identity = RSA } = script;
    this.#clientRandom = hello.random;
    const isExtended = extensionData(hello.extensions, EXTENSION.extendedMasterSecret) !== null;
    const answer = (script.hello ?? asIs)({
      ...{ version: this.#version, random: TLS_ENTROPY.bytes(32).slice(), sessionId: new Uint8Array(0) },
      ...{ cipherSuite: this.#suite.code, compressionMethod: 0 },
      extensions: [...(isExtended ? [extendedMasterSecret()] : []), renegotiationInfo()],
    });
    this.#hello = answer;
    const exchange = this.#exchange(hello.random, answer.random);
    const { request } = script;
    const messages = (script.messages ?? asIs)([
      { type: HANDSHAKE_TYPE.serverHello, body: encodeServerHello(answer) },
      {
        type: HANDSHAKE_TYPE.certificate,
        body: encodeCertificate({ chain: script.chain ?? identity.chain }),
      },
      ...(exchange === null
        ? []
        : [{ type: HANDSHAKE_TYPE.serverKeyExchange, body: encodeServerKeyExchange(exchange) }]),
      ...(request === undefined
        ? []
        : [{ type: HANDSHAKE_TYPE.certificateRequest, body: encodeCertificateRequest(request) }]),
      { type: HANDSHAKE_TYPE.serverHelloDone, body: new Uint8Array(0) },
    ]);
    const bytes = messages.map(encodeHandshakeMessage);
    this.#transcript = [...this.#transcript, ...bytes];
    const records = bytes.map((message) => encodeRecords(CONTENT_TYPE.handshake, this.#version, message));
    return (script.wire ?? asIs)(records);
  }

  #exchange(clientRandom: Uint8Array, serverRandom: Uint8Array): ServerKeyExchange | null {
    const { identity = RSA, group = 0x001d, exchange: change = asIs } = this.#script;
    const unsigned = this.#unsigned(group);
    if (unsigned === null) return null;
    const changed = change(unsigned);
    if (changed.kind === "opaque") return changed;
    const content = joined([clientRandom, serverRandom, encodeServerKeyExchange(changed)]);
    const isNamed = this.#version >= TLS_VERSION.tls12;
    const scheme = isNamed ? (this.#script.scheme ?? identity.scheme12) : null;
    const signs = this.#script.signs ?? ((signed: Uint8Array) => identity.sign(scheme, signed));
    return { ...changed, signature: { scheme, bytes: signs(content) } };
  }

  #unsigned(group: number): ServerKeyExchange | null {
    switch (this.#suite.keyExchange) {
      case "ecdhe": {
        const pair = TLS_ENTROPY.keyPair(group);
        this.#pair = pair;
        return { kind: "ecdhe", group, point: pair.publicValue, signature: null };
      }
      case "dhe": {
        const { prime, generator } = dhParametersOf(MODP_BITS);
        const pair = finiteFieldPair(prime, generator, TLS_ENTROPY.bytes);
        this.#pair = pair;
        return { kind: "dhe", prime, generator, publicValue: pair.publicValue, signature: null };
      }
      default:
        return null;
    }
  }

  #agree(body: Uint8Array): void {
    const { identity = RSA, premaster: change = asIs } = this.#script;
    const value = body.subarray(this.#suite.keyExchange === "ecdhe" ? 1 : 2);
    const agreed = this.#pair === null ? decrypted(identity.key, value) : this.#pair.agree(value);
    if (agreed === null) throw new Error("a public value of the client's that is none");
    const first = this.#suite.keyExchange === "dhe" ? agreed.findIndex((byte) => byte !== 0) : 0;
    const premaster = change(agreed.subarray(first));
    const hello = this.#hello;
    if (hello === null) throw new Error("no hello");
    const { random } = hello;
    const has = (type: number) => extensionData(hello.extensions, type) !== null;
    this.#master = has(EXTENSION.extendedMasterSecret)
      ? extendedMasterSecretOf(this.#prf, premaster, this.#digest())
      : masterSecret(this.#prf, premaster, this.#clientRandom, random);
    const secrets = {
      ...{ version: this.#version, master: this.#master, clientRandom: this.#clientRandom },
      ...{ serverRandom: random, encryptThenMac: has(EXTENSION.encryptThenMac) },
    };
    const protection = protection12(this.#suite, secrets);
    if (protection === null) throw new Error("a suite that is not sealed with");
    this.#opener = protection.client.opener();
    const { cbc } = this.#script;
    this.#sealer =
      cbc === undefined
        ? protection.server.sealer(TLS_ENTROPY.bytes)
        : cbcSealerOf(this.#suite, secrets, cbc);
  }

  /** The client's Finished, and what comes after it. */
  #open(record: Parameters<RecordOpener>[0]): readonly Uint8Array[] {
    const opened = this.#opener?.(record) ?? null;
    const seal = this.#sealer;
    const { finished = asIs, end = asIs, afterwards, premaster } = this.#script;
    // With another secret nothing of the client's opens, and the server goes on all the same.
    const bytes = premaster === undefined ? opened?.bytes : record.fragment;
    if (bytes === undefined || seal === null) throw new Error("a record of the client's that does not open");
    const isFirst = this.#opened.length === 0;
    this.#opened.push(bytes.slice());
    if (!isFirst) return [];
    this.#transcript = [...this.#transcript, bytes.slice()];
    const body = finished(verifyData12(this.#prf, this.#master, "server", this.#digest()));
    const changeCipherSpec = encodeRecord({
      ...{ contentType: CONTENT_TYPE.changeCipherSpec, version: this.#version, fragment: Uint8Array.of(1) },
    });
    const message = encodeHandshakeMessage({ type: HANDSHAKE_TYPE.finished, body });
    const records = [changeCipherSpec, seal(CONTENT_TYPE.handshake, message)];
    return [...end(records, seal), ...(afterwards?.(seal) ?? [])];
  }
}

const PREMASTER_BYTES = 48;

/** What stands at the end of the block: Node takes its padding off no more. */
const decrypted = (key: KeyObject, sealed: Uint8Array): Uint8Array =>
  privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, sealed).subarray(-PREMASTER_BYTES);
