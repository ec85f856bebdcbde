/** The flight of TLS 1.3, encrypted and whole, and its HelloRetryRequest (RFC 8446 4.1.4 and 4.4). */
import { Writer } from "../../bytes/writer.ts";
import { encodeCertificate13 } from "../../tls/wire/certificate.ts";
import type { CipherSuite } from "../../tls/tables/cipher-suites.ts";
import { type ClientHello, encodeClientHello } from "../../tls/wire/client-hello.ts";
import { RANDOM_SIZE_BYTES } from "../../tls/wire/hello-start.ts";
import type { Extension } from "../../tls/wire/extension.ts";
import { selectedVersion } from "../../tls/wire/extension-lists.ts";
import { HANDSHAKE_TYPE, type HandshakeMessage } from "../../tls/wire/handshake-message.ts";
import { type KeyShareEntry, retryGroup, serverKeyShare } from "../../tls/wire/key-share.ts";
import { CONTENT_TYPE, encodeRecord, encodeRecords } from "../../tls/wire/record.ts";
import {
  encodeServerHello,
  HELLO_RETRY_REQUEST_RANDOM,
  type ServerHello,
} from "../../tls/wire/server-hello.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import type { Selection } from "../policies/hello-policy.ts";
import { EMPTY, encoded, type FlightMaterial, joined, NO_COMPRESSION, type Says } from "./flight-material.ts";
import {
  type ApplicationProtection,
  handshakeProtection,
  sealingCipher,
  transcriptHash,
} from "./handshake-secrets-13.ts";

export interface Flight13 {
  readonly bytes: Uint8Array;
  /** For what is said behind it. */
  readonly application: ApplicationProtection;
}

/**
 * ServerHello, a ChangeCipherSpec for the sake of middleboxes, and the sealed messages in a record each; null
 * where the client's share is none of its group.
 * @param retried the transcript of the HelloRetryRequest that this hello follows, or null
 */
export const flight13 = (
  hello: ClientHello,
  { suite, scheme }: Selection,
  share: KeyShareEntry,
  { certificate, randomBytes, keyPair }: FlightMaterial,
  retried: Uint8Array | null,
  says: Says,
): Flight13 | null => {
  const { publicValue, agree } = keyPair(share.group);
  const shared = agree(share.keyExchange);
  const cipher = sealingCipher(suite);
  if (shared === null || cipher === null || certificate === null || scheme === null) return null;
  const ownShare = serverKeyShare({ group: share.group, keyExchange: publicValue });
  const serverHello = serverHello13(hello, suite.code, randomBytes(RANDOM_SIZE_BYTES), ownShare);
  const opening = joined([retried ?? EMPTY, encoded([clientHello(hello), serverHello])]);
  const { finished, seal, application } = handshakeProtection(suite, cipher, shared, opening);
  const entries = certificate.chain.map((der) => ({ certificate: der, extensions: [] }));
  const shown: readonly HandshakeMessage[] = [
    { type: HANDSHAKE_TYPE.encryptedExtensions, body: NO_EXTENSIONS },
    { type: HANDSHAKE_TYPE.certificate, body: encodeCertificate13({ context: EMPTY, entries }) },
  ];
  const hashed = transcriptHash(suite, joined([opening, encoded(shown)]));
  const verify = certificateVerify(scheme, certificate.sign(scheme, joined([SIGNED_PREFIX, hashed])));
  const verified = [...shown, verify];
  const body = finished(joined([opening, encoded(verified)]));
  const whole = [...verified, { type: HANDSHAKE_TYPE.finished, body }];
  const [first, ...rest] = says([serverHello, ...whole]);
  const bytes = joined([
    record(encoded(first === undefined ? [] : [first])),
    CHANGE_CIPHER_SPEC,
    ...rest.flatMap((message) => pieces(encoded([message])).map(seal)),
  ]);
  return { bytes, application: application(joined([opening, encoded(whole)])) };
};

export const retryRequest = (hello: ClientHello, suite: number, group: number): Uint8Array =>
  joined([record(encoded([retryMessage(hello, suite, group)])), CHANGE_CIPHER_SPEC]);

/** RFC 8446 4.4.1: the first hello as its hash alone, then the HelloRetryRequest. */
export const retryTranscript = (hello: ClientHello, suite: CipherSuite, group: number): Uint8Array => {
  const body = transcriptHash(suite, encoded([clientHello(hello)]));
  return encoded([{ type: HANDSHAKE_TYPE.messageHash, body }, retryMessage(hello, suite.code, group)]);
};

const retryMessage = (hello: ClientHello, suite: number, group: number): HandshakeMessage =>
  serverHello13(hello, suite, HELLO_RETRY_REQUEST_RANDOM, retryGroup(group));

const serverHello13 = (
  hello: ClientHello,
  cipherSuite: number,
  random: Uint8Array,
  keyShare: Extension,
): HandshakeMessage => {
  const serverHello: ServerHello = {
    version: TLS_VERSION.tls12,
    random,
    sessionId: hello.sessionId,
    cipherSuite,
    compressionMethod: NO_COMPRESSION,
    extensions: [selectedVersion(TLS_VERSION.tls13), keyShare],
  };
  return { type: HANDSHAKE_TYPE.serverHello, body: encodeServerHello(serverHello) };
};

const CHANGE_CIPHER_SPEC = encodeRecord({
  contentType: CONTENT_TYPE.changeCipherSpec,
  version: TLS_VERSION.tls12,
  fragment: Uint8Array.of(1),
});
/** EncryptedExtensions with an empty list. */
const NO_EXTENSIONS = Uint8Array.of(0, 0);
const MAX_PIECE_SIZE_BYTES = 0x4000;

/** What stands before the transcript's hash in the content that a server signs (RFC 8446 4.4.3). */
const SIGNED_PREFIX = new TextEncoder().encode(`${" ".repeat(64)}TLS 1.3, server CertificateVerify\0`);

const certificateVerify = (scheme: number, signature: Uint8Array): HandshakeMessage => ({
  type: HANDSHAKE_TYPE.certificateVerify,
  body: new Writer()
    .u16(scheme)
    .prefixed(2, (writer) => writer.bytes(signature))
    .finish(),
});

const clientHello = (hello: ClientHello): HandshakeMessage => ({
  type: HANDSHAKE_TYPE.clientHello,
  body: encodeClientHello(hello),
});

const pieces = (bytes: Uint8Array): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / MAX_PIECE_SIZE_BYTES) }, (_, index) =>
    bytes.subarray(index * MAX_PIECE_SIZE_BYTES, (index + 1) * MAX_PIECE_SIZE_BYTES),
  );

const record = (fragment: Uint8Array): Uint8Array =>
  encodeRecords(CONTENT_TYPE.handshake, TLS_VERSION.tls12, fragment);
