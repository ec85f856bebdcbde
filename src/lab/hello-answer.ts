/**
 * A TLS server's flight in answer to a ClientHello, written byte for byte without cryptography: what it
 * selects is true to its policy, what it signs and encrypts is random. It shows what no TLS library has any
 * more: SSL 3, export suites, RC4.
 */
import { encodeCertificate } from "../tls/certificate.ts";
import { type ClientHello, MAX_SESSION_ID_SIZE_BYTES, RANDOM_SIZE_BYTES } from "../tls/client-hello.ts";
import { EXTENSION, type Extension, extensionData } from "../tls/extension.ts";
import { ecPointFormats, selectedVersion } from "../tls/extension-lists.ts";
import { extendedMasterSecret, renegotiationInfo } from "../tls/extension-signals.ts";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../tls/handshake-message.ts";
import { retryGroup, serverKeyShare } from "../tls/key-share.ts";
import { CONTENT_TYPE, encodeRecord, encodeRecords } from "../tls/record.ts";
import { encodeServerHello, HELLO_RETRY_REQUEST_RANDOM, type ServerHello } from "../tls/server-hello.ts";
import {
  encodeServerKeyExchange,
  type KeyExchangeSignature,
  type ServerKeyExchange,
} from "../tls/server-key-exchange.ts";
import { TLS_VERSION } from "../tls/versions.ts";
import {
  type HelloPolicy,
  keyShareGroups,
  type Misfit,
  type Refusal,
  type Selection,
  type ServerCertificate,
  selectParameters,
} from "./hello-policy.ts";

export interface DhParameters {
  /** Big endian, as are the others. */
  readonly prime: Uint8Array;
  readonly generator: Uint8Array;
  readonly publicValue: Uint8Array;
}

/** What a flight is made of besides the policy. */
export interface FlightMaterial {
  /** Null: anonymous suites only. */
  readonly certificate: ServerCertificate | null;
  readonly randomBytes: (sizeBytes: number) => Uint8Array;
  /** A valid public value of a named group. */
  readonly publicValue: (group: number) => Uint8Array;
  readonly dhParameters: (bits: number) => DhParameters;
}

export type HelloAnswer =
  | { readonly kind: "flight"; readonly bytes: Uint8Array }
  /** A HelloRetryRequest: the client is to send another hello. */
  | { readonly kind: "retry-request"; readonly bytes: Uint8Array }
  | { readonly kind: "refusal"; readonly why: Misfit | "key-share"; readonly refusal: Refusal };

/**
 * The server's answer. Up to TLS 1.2: ServerHello, Certificate, ServerKeyExchange, ServerHelloDone in one
 * record, as Schannel sends them. TLS 1.3: ServerHello, a ChangeCipherSpec for the sake of middleboxes, and
 * application data of the size that the encrypted messages have.
 * @param isSecond the client's second hello, after a HelloRetryRequest
 */
export const answerHello = (
  hello: ClientHello,
  policy: HelloPolicy,
  material: FlightMaterial,
  isSecond = false,
): HelloAnswer => {
  const kind = material.certificate?.authentication ?? null;
  const selection = selectParameters(hello, policy, kind);
  if (typeof selection === "string") return { kind: "refusal", why: selection, refusal: policy.refusal };
  if (selection.version < TLS_VERSION.tls13) {
    return { kind: "flight", bytes: flight12(hello, selection, policy, material) };
  }
  const { suite, group } = selection;
  if (group !== null && keyShareGroups(hello).includes(group)) {
    return { kind: "flight", bytes: flight13(hello, suite.code, group, material) };
  }
  if (group === null || isSecond) return { kind: "refusal", why: "key-share", refusal: policy.refusal };
  return { kind: "retry-request", bytes: retryRequest(hello, suite.code, group) };
};

/** RFC 5746 3.3: the suite that asks for secure renegotiation where extensions are not dared. */
const RENEGOTIATION_SCSV = 0x00ff;
const UNCOMPRESSED_POINTS = 0;
const NO_COMPRESSION = 0;
const EMPTY = new Uint8Array(0);

const flight12 = (
  hello: ClientHello,
  selection: Selection,
  policy: HelloPolicy,
  material: FlightMaterial,
): Uint8Array => {
  const { version, suite } = selection;
  const isAnonymous = suite.authentication === "anon";
  const serverHello = encodeServerHello({
    version,
    random: material.randomBytes(RANDOM_SIZE_BYTES),
    // One of its own: the client's would mean that an old session is resumed.
    sessionId: material.randomBytes(MAX_SESSION_ID_SIZE_BYTES),
    cipherSuite: suite.code,
    compressionMethod: NO_COMPRESSION,
    extensions: extensions12(hello, selection),
  });
  const certificate =
    isAnonymous || material.certificate === null
      ? []
      : [message(HANDSHAKE_TYPE.certificate, encodeCertificate({ chain: material.certificate.chain }))];
  const exchange = keyExchangeOf(selection, policy, material);
  return encodeRecords(
    CONTENT_TYPE.handshake,
    version,
    joined([
      message(HANDSHAKE_TYPE.serverHello, serverHello),
      ...certificate,
      ...(exchange === null
        ? []
        : [message(HANDSHAKE_TYPE.serverKeyExchange, encodeServerKeyExchange(exchange))]),
      message(HANDSHAKE_TYPE.serverHelloDone, EMPTY),
    ]),
  );
};

/** Null in SSL 3, which has none, and where there is nothing to say. */
const extensions12 = (hello: ClientHello, { version, suite }: Selection): readonly Extension[] | null => {
  if (version === TLS_VERSION.ssl3) return null;
  const has = (type: number) => extensionData(hello.extensions, type) !== null;
  const isSecure = has(EXTENSION.renegotiationInfo) || hello.cipherSuites.includes(RENEGOTIATION_SCSV);
  const extensions = [
    ...(suite.keyExchange === "ecdhe" && has(EXTENSION.ecPointFormats)
      ? [ecPointFormats([UNCOMPRESSED_POINTS])]
      : []),
    ...(has(EXTENSION.extendedMasterSecret) ? [extendedMasterSecret()] : []),
    ...(isSecure ? [renegotiationInfo()] : []),
  ];
  return extensions.length === 0 ? null : extensions;
};

/** Export suites have keys of 512 bits, the later ones of 1024 (RFC 2246 D.1). */
const exportBits = (name: string): number => (name.includes("_EXPORT1024_") ? 1024 : 512);

const PUBLIC_EXPONENT = Uint8Array.of(1, 0, 1);

const keyExchangeOf = (
  { suite, group, scheme }: Selection,
  policy: HelloPolicy,
  material: FlightMaterial,
): ServerKeyExchange | null => {
  const signature: KeyExchangeSignature | null =
    suite.authentication === "anon"
      ? null
      : { scheme, bytes: material.randomBytes(material.certificate?.signatureSizeBytes ?? 0) };
  if (suite.keyExchange === "ecdhe" && group !== null) {
    return { kind: "ecdhe", group, point: material.publicValue(group), signature };
  }
  if (suite.keyExchange === "dhe") {
    const bits = suite.isExport ? exportBits(suite.name) : policy.dhBits;
    return { kind: "dhe", ...material.dhParameters(bits), signature };
  }
  if (!suite.isExport) return null;
  const modulus = Uint8Array.from(material.randomBytes(exportBits(suite.name) / 8));
  modulus[0] = (modulus[0] ?? 0) | 0x80;
  return { kind: "rsa-export", modulus, exponent: PUBLIC_EXPONENT, signature };
};

const serverHello13 = (
  hello: ClientHello,
  suite: number,
  random: Uint8Array,
  keyShare: Extension,
): Uint8Array => {
  const serverHello: ServerHello = {
    version: TLS_VERSION.tls12,
    random,
    sessionId: hello.sessionId,
    cipherSuite: suite,
    compressionMethod: NO_COMPRESSION,
    extensions: [selectedVersion(TLS_VERSION.tls13), keyShare],
  };
  return record(CONTENT_TYPE.handshake, message(HANDSHAKE_TYPE.serverHello, encodeServerHello(serverHello)));
};

const retryRequest = (hello: ClientHello, suite: number, group: number): Uint8Array =>
  joined([
    serverHello13(hello, suite, HELLO_RETRY_REQUEST_RANDOM, retryGroup(group)),
    record(CONTENT_TYPE.changeCipherSpec, Uint8Array.of(1)),
  ]);

const flight13 = (
  hello: ClientHello,
  suite: number,
  group: number,
  { certificate, randomBytes, publicValue }: FlightMaterial,
): Uint8Array =>
  joined([
    serverHello13(
      hello,
      suite,
      randomBytes(RANDOM_SIZE_BYTES),
      serverKeyShare({ group, keyExchange: publicValue(group) }),
    ),
    record(CONTENT_TYPE.changeCipherSpec, Uint8Array.of(1)),
    ...encryptedSizes(certificate).map((size) =>
      encodeRecords(CONTENT_TYPE.applicationData, TLS_VERSION.tls12, randomBytes(size)),
    ),
  ]);

/** Content type and authentication tag of a protected record (RFC 8446 5.2). */
const PROTECTION_SIZE_BYTES = 17;
const EMPTY_ENCRYPTED_EXTENSIONS_SIZE_BYTES = 6;
const FINISHED_SIZE_BYTES = 4 + 48;

/** What EncryptedExtensions, Certificate, CertificateVerify and Finished take up once they are protected. */
const encryptedSizes = (certificate: ServerCertificate | null): readonly number[] => {
  const chainSize = certificate?.chain.reduce((size, der) => size + 3 + der.length + 2, 0) ?? 0;
  const certificateSize = 4 + 1 + 3 + chainSize;
  const verifySize = 4 + 2 + 2 + (certificate?.signatureSizeBytes ?? 0);
  return [EMPTY_ENCRYPTED_EXTENSIONS_SIZE_BYTES, certificateSize, verifySize, FINISHED_SIZE_BYTES].map(
    (size) => size + PROTECTION_SIZE_BYTES,
  );
};

const message = (type: number, body: Uint8Array): Uint8Array => encodeHandshakeMessage({ type, body });

const record = (contentType: number, fragment: Uint8Array): Uint8Array =>
  encodeRecord({ contentType, version: TLS_VERSION.tls12, fragment });

const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
