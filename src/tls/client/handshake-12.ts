/** The handshake of TLS 1.0 to 1.2 after its ServerHello (RFC 5246 7.3, RFC 2246 7.3), as the client goes through it. */
import { constants, type KeyObject, publicEncrypt } from "node:crypto";
import { Writer } from "../../bytes/writer.ts";
import { derivationHash } from "../tables/bulk-ciphers.ts";
import { decodeCertificate } from "../wire/certificate.ts";
import { decodeCertificateRequest } from "../wire/certificate-request.ts";
import { type CipherSuite, cipherSuite } from "../tables/cipher-suites.ts";
import { EXTENSION, extensionData } from "../wire/extension.ts";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../wire/handshake-message.ts";
import {
  extendedMasterSecretOf,
  masterSecret,
  type PrfOf,
  verifyData12,
} from "../decrypt/key-schedule-12.ts";
import { negotiatedVersion } from "../wire/server-hello.ts";
import {
  decodeServerKeyExchange,
  encodeServerKeyExchange,
  type ServerKeyExchange,
  sizeInBits,
} from "../wire/server-key-exchange.ts";
import { hasProtection, type Protection, protection12 } from "../decrypt/suite-protection.ts";
import { TlsWitness } from "../decrypt/tls-witness.ts";
import { TLS_VERSION } from "../tables/versions.ts";
import { checkKeyOfSuite, type LeafKey, readLeaf } from "./checks/certificate-check.ts";
import { checkDhParameters } from "./dh-parameters.ts";
import { FinishedProof } from "./checks/finished-check.ts";
import {
  failed,
  failedIn,
  type Handshake,
  type HandshakeParts,
  type Step,
  undecodable,
  unexpected,
  wrongValue,
} from "./handshake.ts";
import type { ServerMessage } from "./server-messages.ts";
import { ServerProof } from "./checks/signature-check.ts";
import type { KeyPair, TlsEntropy } from "./tls-entropy.ts";
import type { TlsLimit } from "./tls-fault.ts";
import type { AwaitedMessage } from "./tls-outcome.ts";

const FINISHED_EXCHANGES: ReadonlySet<string> = new Set(["rsa", "dhe", "ecdhe"]);
const FINISHED_KEYS: ReadonlySet<string> = new Set(["rsa", "ecdsa"]);

export class Handshake12 implements Handshake {
  awaits: AwaitedMessage = "certificate";
  group: number | null = null;
  readonly #parts: HandshakeParts;
  readonly #suite: CipherSuite;
  readonly #version: number;
  /** What keeps us from the end; the clear part is read all the same. */
  #limit: TlsLimit | null;
  #leaf: LeafKey | null = null;
  #exchange: ServerKeyExchange | null = null;
  #signature: ServerProof | null = null;
  #hasStatus = false;
  #protection: Protection | null = null;
  #master: Uint8Array = new Uint8Array(0);

  constructor(parts: HandshakeParts) {
    const { hello, transcript } = parts;
    const suite = cipherSuite(hello.cipherSuite);
    if (suite === null) throw new RangeError("tls client: a ServerHello that was not checked");
    this.#parts = parts;
    this.#suite = suite;
    this.#version = negotiatedVersion(hello);
    this.#limit = limitOf(suite, this.#version);
    transcript.start(this.#version >= TLS_VERSION.tls12 ? derivationHash(suite) : "md5+sha1");
  }

  message(message: ServerMessage): Step {
    const { type } = message;
    // RFC 5246 7.4.1.1: it may come at any time, and is no part of the handshake.
    if (type === HANDSHAKE_TYPE.helloRequest) return null;
    switch (this.awaits) {
      case "certificate":
        if (type === HANDSHAKE_TYPE.certificate) return this.#certificate(message);
        return this.#suite.authentication === "anon" ? this.#afterCertificate(message) : unexpected(message);
      case "server_key_exchange":
      case "server_hello_done":
        return this.#afterCertificate(message);
      case "new_session_ticket":
        if (type !== HANDSHAKE_TYPE.newSessionTicket) return unexpected(message);
        return this.#took(message, "change_cipher_spec");
      case "finished":
        return type === HANDSHAKE_TYPE.finished ? this.#finished(message) : unexpected(message);
      default:
        return unexpected(message);
    }
  }

  changeCipherSpec(offset: number): Step {
    const { input, messages } = this.#parts;
    if (this.awaits !== "change_cipher_spec" || !messages.isEmpty || this.#protection === null) {
      return failed("order", "change_cipher_spec", "type", "a ChangeCipherSpec that is not due", offset);
    }
    input.openWith(this.#protection.server.opener());
    this.awaits = "finished";
    return null;
  }

  /** A HelloRequest asks for a new handshake, which we do not begin. */
  laterMessage(message: ServerMessage): Step {
    return message.type === HANDSHAKE_TYPE.helloRequest ? null : unexpected(message);
  }

  #certificate(message: ServerMessage): Step {
    const decoded = decodeCertificate(message.body);
    if (decoded.status !== "done") return undecodable(message, "certificate", decoded);
    const chain = decoded.value.chain.map((certificate) => certificate.slice());
    this.#parts.flight.certificates = chain;
    const reading = readLeaf(chain);
    if (reading.kind === "fault") return failedIn(message, reading.fault);
    if (reading.kind === "limit") this.#limit ??= reading.limit;
    else {
      const unfit = checkKeyOfSuite(reading.leaf, this.#suite);
      if (unfit !== null) return failedIn(message, unfit);
      this.#leaf = reading.leaf;
    }
    return this.#took(message, this.#needsExchange ? "server_key_exchange" : "server_hello_done");
  }

  #afterCertificate(message: ServerMessage): Step {
    switch (message.type) {
      case HANDSHAKE_TYPE.certificateStatus:
        return this.#status(message);
      case HANDSHAKE_TYPE.serverKeyExchange:
        return this.#keyExchange(message);
      case HANDSHAKE_TYPE.certificateRequest:
        return this.#request(message);
      case HANDSHAKE_TYPE.serverHelloDone:
        return this.#helloDone(message);
      default:
        return unexpected(message);
    }
  }

  /** RFC 6066 8: only where the hello announced it, and before anything else. */
  #status(message: ServerMessage): Step {
    const { hello, flight } = this.#parts;
    const isAnnounced = extensionData(hello.extensions, EXTENSION.statusRequest) !== null;
    const isFirst = !this.#hasStatus && this.#exchange === null && flight.certificateRequest === null;
    if (!isAnnounced || !isFirst) return unexpected(message);
    const [type, high = 0, middle = 0, low = 0] = message.body;
    const length = high * 0x10000 + middle * 0x100 + low;
    if (type !== OCSP || message.body.length !== 4 + length) {
      return failed("decode", "certificate_status", "status_type", "it is no OCSP response", message.offset);
    }
    this.#hasStatus = true;
    return this.#took(message, this.awaits);
  }

  get #needsExchange(): boolean {
    return this.#suite.keyExchange === "dhe" || this.#suite.keyExchange === "ecdhe";
  }

  #keyExchange(message: ServerMessage): Step {
    const { flight, offer, offered, hello } = this.#parts;
    const isDue = this.#exchange === null && flight.certificateRequest === null;
    if (!isDue || (!this.#needsExchange && this.#limit === null)) return unexpected(message);
    const decoded = decodeServerKeyExchange(message.body, this.#suite, this.#version);
    if (decoded.status !== "done") return undecodable(message, "server_key_exchange", decoded);
    const exchange = decoded.value;
    this.#exchange = exchange;
    flight.keyExchange = exchange;
    if (exchange.kind === "opaque") {
      if (this.#limit !== null) return this.#took(message, "server_hello_done");
      return failed("decode", NAME, "curve_type", "it is not a named curve", message.offset);
    }
    if (exchange.kind === "ecdhe") {
      this.group = exchange.group;
      if (offer.groups?.includes(exchange.group) === false) {
        return failed("not-offered", NAME, "named_curve", "the group was not offered", message.offset + 1);
      }
    }
    if (exchange.kind === "dhe") {
      const fault = checkDhParameters(exchange);
      if (fault !== null) return failedIn(message, fault);
    }
    if (exchange.signature !== null && this.#leaf !== null) {
      const parameters = encodeServerKeyExchange({ ...exchange, signature: null });
      const proof = ServerProof.ofKeyExchange(
        {
          signature: exchange.signature,
          parameters,
          clientRandom: offered.random,
          serverRandom: hello.random,
          version: this.#version,
        },
        this.#leaf,
        offer,
      );
      if (!(proof instanceof ServerProof)) return failedIn(message, proof);
      this.#signature = proof;
    }
    return this.#took(message, "server_hello_done");
  }

  #request(message: ServerMessage): Step {
    const { flight } = this.#parts;
    const isDue = flight.certificateRequest === null && (this.#exchange !== null || !this.#needsExchange);
    if (!isDue || this.#suite.authentication === "anon") return unexpected(message);
    const decoded = decodeCertificateRequest(message.body, this.#version);
    if (decoded.status !== "done") return undecodable(message, "certificate_request", decoded);
    flight.certificateRequest = decoded.value;
    return this.#took(message, "server_hello_done");
  }

  #helloDone(message: ServerMessage): Step {
    if (this.#needsExchange && this.#exchange === null) return unexpected(message);
    const { flight, messages, hello } = this.#parts;
    flight.helloDone = true;
    if (!messages.isEmpty) {
      return failed("order", "server_hello_done", "", "bytes come after it", message.offset);
    }
    this.#parts.transcript.add(message.whole);
    if (this.#limit !== null) return { kind: "limit", limit: this.#limit };
    const keys = this.#agree(message);
    if ("kind" in keys) return keys;
    this.#answer(keys);
    const isTicketDue = extensionData(hello.extensions, EXTENSION.sessionTicket) !== null;
    this.awaits = isTicketDue ? "new_session_ticket" : "change_cipher_spec";
    return null;
  }

  /** The premaster secret, and the ClientKeyExchange that tells it (RFC 5246 7.4.7, RFC 8422 5.7). */
  #agree(message: ServerMessage): Agreed | Exclude<Step, null> {
    const exchange = this.#exchange;
    switch (exchange?.kind) {
      case undefined:
        return this.#leaf === null ? wrongValue(message, "certificate") : this.#encrypt(this.#leaf.key);
      case "ecdhe": {
        const pair = this.#pairOf((entropy) => entropy.keyPair(exchange.group), {
          kind: "group",
          group: exchange.group,
        });
        if ("kind" in pair) return pair;
        const premaster = pair.agree(exchange.point);
        if (premaster === null) return wrongValue(message, `${NAME}.point`);
        return { premaster, body: prefixed(1, pair.publicValue) };
      }
      case "dhe": {
        const pair = this.#pairOf(
          (entropy) => entropy.finiteFieldKeyPair(exchange.prime, exchange.generator),
          { kind: "key-size", bits: sizeInBits(exchange.prime) },
        );
        if ("kind" in pair) return pair;
        const premaster = pair.agree(exchange.publicValue);
        if (premaster === null) return wrongValue(message, `${NAME}.dh_ys`);
        // RFC 5246 8.1.2: without leading zeros.
        return { premaster: withoutZeros(premaster), body: prefixed(2, pair.publicValue) };
      }
      default:
        return wrongValue(message, NAME);
    }
  }

  #pairOf(
    make: (entropy: HandshakeParts["entropy"]) => KeyPair,
    limit: TlsLimit,
  ): KeyPair | Exclude<Step, null> {
    try {
      return make(this.#parts.entropy);
    } catch (error) {
      if (error instanceof RangeError) return { kind: "limit", limit };
      throw error;
    }
  }

  /** RFC 5246 7.4.7.1: the version is that of the hello, whatever was chosen. */
  #encrypt(key: KeyObject): Agreed | Exclude<Step, null> {
    const { offered, entropy } = this.#parts;
    const premaster = new Writer().u16(offered.version).bytes(entropy.bytes(46)).finish();
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    const sealed = sealedTo(key, padded(premaster, Math.ceil(bits / 8), entropy));
    return sealed === null
      ? { kind: "limit", limit: { kind: "key-size", bits } }
      : { premaster, body: prefixed(2, sealed) };
  }

  #answer({ premaster, body }: Agreed): void {
    const { transcript, output, hello, offered, flight, tell, entropy } = this.#parts;
    const say = (type: number, content: Uint8Array): void => {
      const message = encodeHandshakeMessage({ type, body: content });
      transcript.add(message);
      output.handshake(message);
    };
    if (flight.certificateRequest !== null) say(HANDSHAKE_TYPE.certificate, new Uint8Array(3));
    say(HANDSHAKE_TYPE.clientKeyExchange, body);
    const isExtended = extensionData(hello.extensions, EXTENSION.extendedMasterSecret) !== null;
    this.#master = isExtended
      ? extendedMasterSecretOf(this.#prf, premaster, transcript.digest())
      : masterSecret(this.#prf, premaster, offered.random, hello.random);
    tell("CLIENT_RANDOM", this.#master);
    this.#protection = protection12(this.#suite, {
      version: this.#version,
      master: this.#master,
      clientRandom: offered.random,
      serverRandom: hello.random,
      encryptThenMac: extensionData(hello.extensions, EXTENSION.encryptThenMac) !== null,
    });
    output.changeCipherSpec();
    if (this.#protection !== null)
      output.sealWith(this.#protection.client.sealer((size) => entropy.bytes(size)));
    say(HANDSHAKE_TYPE.finished, verifyData12(this.#prf, this.#master, "client", transcript.digest()));
  }

  get #prf(): PrfOf {
    return { version: this.#version, hash: derivationHash(this.#suite) };
  }

  #finished(message: ServerMessage): Step {
    const { transcript, hello, input, messages } = this.#parts;
    const proof = FinishedProof.of12(message.body, this.#prf, this.#master, transcript.digest());
    if (!(proof instanceof FinishedProof)) return failedIn(message, proof);
    if (!messages.isEmpty) return failed("order", "finished", "", "bytes come after it", message.offset);
    input.stand();
    const agreed = { version: this.#version, cipherSuite: hello.cipherSuite, group: this.group };
    const witness = TlsWitness.verified(agreed, { signature: this.#signature, finished: proof });
    return { kind: "established", witness };
  }

  #took(message: ServerMessage, awaits: AwaitedMessage): Step {
    this.#parts.transcript.add(message.whole);
    this.awaits = awaits;
    return null;
  }
}

const NAME = "server_key_exchange";
const OCSP = 1;

interface Agreed {
  readonly premaster: Uint8Array;
  /** Of the ClientKeyExchange. */
  readonly body: Uint8Array;
}

const limitOf = (suite: CipherSuite, version: number): TlsLimit | null => {
  if (version < TLS_VERSION.tls10) return { kind: "version", version };
  const isFinished =
    FINISHED_EXCHANGES.has(suite.keyExchange) &&
    FINISHED_KEYS.has(suite.authentication) &&
    !suite.isExport &&
    hasProtection(suite);
  return isFinished ? null : { kind: "suite", cipherSuite: suite.code };
};

const prefixed = (width: 1 | 2, bytes: Uint8Array): Uint8Array =>
  new Writer().prefixed(width, (writer) => writer.bytes(bytes)).finish();

const MIN_PADDING_BYTES = 8;

/** RFC 8017 7.2.1, with padding that is the caller's to choose; null for a key that is too short. */
const padded = (message: Uint8Array, size: number, entropy: TlsEntropy): Uint8Array | null => {
  const paddingBytes = size - message.length - 3;
  if (paddingBytes < MIN_PADDING_BYTES) return null;
  const padding = entropy.bytes(paddingBytes).map((byte) => (byte % 0xff) + 1);
  return new Writer(size).u16(2).bytes(padding).u8(0).bytes(message).finish();
};

const sealedTo = (key: KeyObject, block: Uint8Array | null): Uint8Array | null => {
  try {
    return block && publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
  } catch {
    return null;
  }
};

const withoutZeros = (bytes: Uint8Array): Uint8Array => {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? new Uint8Array(0) : bytes.subarray(first);
};
