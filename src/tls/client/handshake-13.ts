/** The handshake of TLS 1.3 after its ServerHello (RFC 8446 4.3 to 4.6), as the client goes through it. */
import { Writer } from "../../bytes/writer.ts";
import { derivationHash } from "../tables/bulk-ciphers.ts";
import { decodeCertificate13 } from "../wire/certificate.ts";
import { type CipherSuite, cipherSuite } from "../tables/cipher-suites.ts";
import { EXTENSION, extensionData, readExtensions } from "../wire/extension.ts";
import { wellFormed } from "../wire/extension-lists.ts";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../wire/handshake-message.ts";
import {
  applicationSecrets,
  handshakeSecrets,
  nextTrafficSecret,
  type StageSecrets,
  verifyData13,
} from "../decrypt/key-schedule-13.ts";
import { decodeServerKeyShare } from "../wire/key-share.ts";
import { protection13 } from "../decrypt/suite-protection.ts";
import { TlsWitness } from "../decrypt/tls-witness.ts";
import { decodeWhole } from "../wire/vector.ts";
import { TLS_VERSION } from "../tables/versions.ts";
import { type LeafKey, readLeaf } from "./checks/certificate-check.ts";
import { asCertificateRequest, decodeCertificateRequest13 } from "./certificate-request-13.ts";
import { FinishedProof } from "./checks/finished-check.ts";
import {
  failed,
  failedIn,
  type Handshake,
  type HandshakeParts,
  type Step,
  undecodable,
  unexpected,
} from "./handshake.ts";
import { checkExtensions, type ExtensionPlace } from "./server-extensions.ts";
import type { ServerMessage } from "./server-messages.ts";
import { decodeCertificateVerify, ServerProof } from "./checks/signature-check.ts";
import type { AwaitedMessage } from "./tls-outcome.ts";

/** More in a row keep us busy and say nothing. */
const MAX_KEY_UPDATES = 32;

/** The handshake under its first keys; a step where it ends there. */
export const beginHandshake13 = (parts: HandshakeParts, offset: number): Handshake | Exclude<Step, null> => {
  const { hello, pairs, transcript, input } = parts;
  const suite = cipherSuite(hello.cipherSuite);
  const share = wellFormed(extensionData(hello.extensions, EXTENSION.keyShare), decodeServerKeyShare);
  const pair = share === null ? undefined : pairs.get(share.group);
  if (suite === null || share === null || pair === undefined) {
    throw new RangeError("tls client: a ServerHello that was not checked");
  }
  const shared = pair.agree(share.keyExchange);
  if (shared === null) return keyShareFault(offset);
  const hash = derivationHash(suite);
  transcript.start(hash);
  const secrets = handshakeSecrets(hash, shared, transcript.digest());
  const opener = protection13(suite, secrets.server);
  if (opener === null) return { kind: "limit", limit: { kind: "suite", cipherSuite: hello.cipherSuite } };
  parts.tell("CLIENT_HANDSHAKE_TRAFFIC_SECRET", secrets.client);
  parts.tell("SERVER_HANDSHAKE_TRAFFIC_SECRET", secrets.server);
  input.openWith(opener.opener());
  return new Handshake13(parts, suite, share.group, secrets);
};

const keyShareFault = (offset: number): Exclude<Step, null> => ({
  kind: "fault",
  fault: {
    kind: "decode",
    message: "server_hello",
    field: "server_hello.extensions.key_share",
    offset,
    reason: "the public value is none of its group",
  },
});

class Handshake13 implements Handshake {
  awaits: AwaitedMessage = "encrypted_extensions";
  readonly group: number;
  readonly #parts: HandshakeParts;
  readonly #suite: CipherSuite;
  readonly #secrets: StageSecrets;
  #serverSecret: Uint8Array | null = null;
  #clientSecret: Uint8Array | null = null;
  #leaf: LeafKey | null = null;
  #signature: ServerProof | null = null;
  /** What comes back in our Certificate; null where none was asked for. */
  #requestContext: Uint8Array | null = null;
  #keyUpdates = 0;

  constructor(parts: HandshakeParts, suite: CipherSuite, group: number, secrets: StageSecrets) {
    this.#parts = parts;
    this.#suite = suite;
    this.group = group;
    this.#secrets = secrets;
  }

  message(message: ServerMessage): Step {
    const { type } = message;
    switch (this.awaits) {
      case "encrypted_extensions":
        return type === HANDSHAKE_TYPE.encryptedExtensions ? this.#extensions(message) : unexpected(message);
      case "certificate":
        if (type === HANDSHAKE_TYPE.certificateRequest && this.#requestContext === null) {
          return this.#request(message);
        }
        return type === HANDSHAKE_TYPE.certificate ? this.#certificate(message) : unexpected(message);
      case "certificate_verify":
        return type === HANDSHAKE_TYPE.certificateVerify ? this.#verify(message) : unexpected(message);
      case "finished":
        return type === HANDSHAKE_TYPE.finished ? this.#finished(message) : unexpected(message);
      default:
        return unexpected(message);
    }
  }

  /** Those of TLS 1.3 mean nothing, and are passed over before. */
  changeCipherSpec(offset: number): Step {
    return failed("order", "record", "type", "a ChangeCipherSpec that is not due", offset);
  }

  laterMessage(message: ServerMessage): Step {
    switch (message.type) {
      case HANDSHAKE_TYPE.newSessionTicket:
        return null;
      case HANDSHAKE_TYPE.keyUpdate:
        return this.#keyUpdate(message);
      default:
        return unexpected(message);
    }
  }

  #extensions(message: ServerMessage): Step {
    const decoded = decodeWhole(message.body, "encrypted_extensions", (reader) =>
      readExtensions(reader, "encrypted_extensions.extensions"),
    );
    if (decoded.status !== "done") return undecodable(message, "encrypted_extensions", decoded);
    const fault = checkExtensions(
      decoded.value,
      "encrypted",
      "encrypted_extensions",
      this.#parts.offer.extensions,
    );
    if (fault !== null) return failedIn(message, fault);
    return this.#took(message, "certificate");
  }

  #request(message: ServerMessage): Step {
    const decoded = decodeCertificateRequest13(message.body);
    if (decoded.status !== "done") return undecodable(message, "certificate_request", decoded);
    const { context, extensions } = decoded.value;
    const name = "certificate_request";
    if (context.length > 0) {
      return failed("decode", name, "certificate_request_context", "it is not empty", message.offset);
    }
    const place: ExtensionPlace = "certificate-request";
    const fault = checkExtensions(extensions, place, name, this.#parts.offer.extensions);
    if (fault !== null) return failedIn(message, fault);
    const request = asCertificateRequest(decoded.value);
    if (request === null) {
      const field = "extensions.signature_algorithms";
      return failed("decode", name, field, "it is missing or no list", message.offset);
    }
    this.#parts.flight.certificateRequest = request;
    this.#requestContext = context;
    return this.#took(message, "certificate");
  }

  #certificate(message: ServerMessage): Step {
    const decoded = decodeCertificate13(message.body);
    if (decoded.status !== "done") return undecodable(message, "certificate", decoded);
    const { context, entries } = decoded.value;
    if (context.length > 0) {
      const field = "certificate_request_context";
      return failed("decode", "certificate", field, "it is not empty", message.offset);
    }
    const chain = entries.map(({ certificate }) => certificate.slice());
    this.#parts.flight.certificates = chain;
    for (const { extensions } of entries) {
      const fault = checkExtensions(extensions, "certificate", "certificate", this.#parts.offer.extensions);
      if (fault !== null) return failedIn(message, fault);
    }
    const reading = readLeaf(chain);
    if (reading.kind === "fault") return failedIn(message, reading.fault);
    if (reading.kind === "limit") return reading;
    this.#leaf = reading.leaf;
    return this.#took(message, "certificate_verify");
  }

  #verify(message: ServerMessage): Step {
    const { offer, transcript } = this.#parts;
    const decoded = decodeCertificateVerify(message.body);
    if (decoded.status !== "done") return undecodable(message, "certificate_verify", decoded);
    if (this.#leaf === null) return unexpected(message);
    const proof = ServerProof.ofCertificateVerify(decoded.value, transcript.digest(), this.#leaf, offer);
    if (!(proof instanceof ServerProof)) return failedIn(message, proof);
    this.#signature = proof;
    return this.#took(message, "finished");
  }

  #finished(message: ServerMessage): Step {
    const { transcript, messages, hello } = this.#parts;
    const hash = derivationHash(this.#suite);
    const proof = FinishedProof.of13(message.body, hash, this.#secrets.server, transcript.digest());
    if (!(proof instanceof FinishedProof)) return failedIn(message, proof);
    if (!messages.isEmpty)
      return failed("order", "finished", "", "bytes come after it in its record", message.offset);
    transcript.add(message.whole);
    const agreed = { version: TLS_VERSION.tls13, cipherSuite: hello.cipherSuite, group: this.group };
    const witness = TlsWitness.verified(agreed, { signature: this.#signature, finished: proof });
    this.#answer();
    return { kind: "established", witness };
  }

  /** Our own flight, and the keys of the session (RFC 8446 4.4 and 7.1). */
  #answer(): void {
    const { transcript, output, input, offered, tell, entropy } = this.#parts;
    const hash = derivationHash(this.#suite);
    const application = applicationSecrets(hash, this.#secrets.secret, transcript.digest());
    tell("CLIENT_TRAFFIC_SECRET_0", application.client);
    tell("SERVER_TRAFFIC_SECRET_0", application.server);
    // What middleboxes want to see (RFC 8446 D.4); after a HelloRetryRequest it stood before the second hello.
    if (offered.sessionId.length > 0 && !this.#parts.isRetried) output.changeCipherSpec();
    const iv = (size: number): Uint8Array => entropy.bytes(size);
    const ofHandshake = protection13(this.#suite, this.#secrets.client);
    if (ofHandshake !== null) output.sealWith(ofHandshake.sealer(iv));
    if (this.#requestContext !== null) {
      const certificate = encodeHandshakeMessage({
        type: HANDSHAKE_TYPE.certificate,
        body: withoutCertificate(this.#requestContext),
      });
      transcript.add(certificate);
      output.handshake(certificate);
    }
    const body = verifyData13(hash, this.#secrets.client, transcript.digest());
    output.handshake(encodeHandshakeMessage({ type: HANDSHAKE_TYPE.finished, body }));
    this.#useClientSecret(application.client);
    this.#useServerSecret(application.server);
    input.stand();
  }

  #useClientSecret(secret: Uint8Array): void {
    const { output, entropy } = this.#parts;
    this.#clientSecret = secret;
    const protection = protection13(this.#suite, secret);
    if (protection !== null) output.sealWith(protection.sealer((size) => entropy.bytes(size)));
  }

  #useServerSecret(secret: Uint8Array): void {
    this.#serverSecret = secret;
    const protection = protection13(this.#suite, secret);
    if (protection !== null) this.#parts.input.openWith(protection.opener());
  }

  /** RFC 8446 4.6.3. */
  #keyUpdate(message: ServerMessage): Step {
    const [request] = message.body;
    const { messages, output } = this.#parts;
    const name = "key_update";
    if (message.body.length !== 1 || (request !== 0 && request !== 1)) {
      return failed("decode", name, "request_update", "it is no KeyUpdate", message.offset);
    }
    if (!messages.isEmpty)
      return failed("order", name, "", "bytes come after it in its record", message.offset);
    this.#keyUpdates += 1;
    if (this.#keyUpdates > MAX_KEY_UPDATES)
      return failed("order", name, "", "too many of them", message.offset);
    const hash = derivationHash(this.#suite);
    if (this.#serverSecret !== null) this.#useServerSecret(nextTrafficSecret(hash, this.#serverSecret));
    if (request === 1 && this.#clientSecret !== null) {
      output.handshake(encodeHandshakeMessage({ type: HANDSHAKE_TYPE.keyUpdate, body: Uint8Array.of(0) }));
      this.#useClientSecret(nextTrafficSecret(hash, this.#clientSecret));
    }
    return null;
  }

  #took(message: ServerMessage, awaits: AwaitedMessage): Step {
    this.#parts.transcript.add(message.whole);
    this.awaits = awaits;
    return null;
  }
}

/** The body of a Certificate without one: the request's context, and an empty list. */
const withoutCertificate = (context: Uint8Array): Uint8Array =>
  new Writer().u8(context.length).bytes(context).bytes(new Uint8Array(3)).finish();
