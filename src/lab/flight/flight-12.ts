/** The flight of SSL 3 to TLS 1.2: ServerHello, Certificate, ServerKeyExchange, ServerHelloDone (RFC 5246 7.3). */
import { encodeCertificate } from "../../tls/wire/certificate.ts";
import type { CipherSuite } from "../../tls/tables/cipher-suites.ts";
import type { ClientHello } from "../../tls/wire/client-hello.ts";
import { MAX_SESSION_ID_SIZE_BYTES, RANDOM_SIZE_BYTES } from "../../tls/wire/hello-start.ts";
import { EXTENSION, type Extension, extensionData } from "../../tls/wire/extension.ts";
import { ecPointFormats } from "../../tls/wire/extension-lists.ts";
import { extendedMasterSecret, renegotiationInfo } from "../../tls/tables/extension-signals.ts";
import { HANDSHAKE_TYPE } from "../../tls/wire/handshake-message.ts";
import { CONTENT_TYPE, encodeRecords } from "../../tls/wire/record.ts";
import { encodeServerHello } from "../../tls/wire/server-hello.ts";
import { encodeServerKeyExchange, type ServerKeyExchange } from "../../tls/wire/server-key-exchange.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import type { HelloPolicy, Selection } from "../policies/hello-policy.ts";
import { EMPTY, encoded, type FlightMaterial, joined, NO_COMPRESSION, type Says } from "./flight-material.ts";

/** One record, as Schannel sends it, where the messages fit. */
export const flight12 = (
  hello: ClientHello,
  selection: Selection,
  policy: HelloPolicy,
  material: FlightMaterial,
  says: Says,
): Uint8Array => {
  const { version, suite } = selection;
  const isAnonymous = suite.authentication === "anon";
  const random = material.randomBytes(RANDOM_SIZE_BYTES);
  const serverHello = encodeServerHello({
    version,
    random,
    // One of its own: the client's would mean that an old session is resumed.
    sessionId: material.randomBytes(MAX_SESSION_ID_SIZE_BYTES),
    cipherSuite: suite.code,
    compressionMethod: NO_COMPRESSION,
    extensions: extensions12(hello, selection),
  });
  const certificate =
    isAnonymous || material.certificate === null
      ? []
      : [{ type: HANDSHAKE_TYPE.certificate, body: encodeCertificate(material.certificate) }];
  const exchange = keyExchangeOf(selection, policy, material, joined([hello.random, random]));
  return encodeRecords(
    CONTENT_TYPE.handshake,
    version,
    encoded(
      says([
        { type: HANDSHAKE_TYPE.serverHello, body: serverHello },
        ...certificate,
        ...(exchange === null
          ? []
          : [{ type: HANDSHAKE_TYPE.serverKeyExchange, body: encodeServerKeyExchange(exchange) }]),
        { type: HANDSHAKE_TYPE.serverHelloDone, body: EMPTY },
      ]),
    ),
  );
};

/** RFC 5746 3.3: the suite that asks for secure renegotiation where extensions are not dared. */
const RENEGOTIATION_SCSV = 0x00ff;
const UNCOMPRESSED_POINTS = 0;

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

/** @param randoms the client's and the server's, which the signature covers */
const keyExchangeOf = (
  { suite, group, scheme }: Selection,
  policy: HelloPolicy,
  material: FlightMaterial,
  randoms: Uint8Array,
): ServerKeyExchange | null => {
  const unsigned = unsignedExchangeOf(suite, group, policy, material);
  const { certificate } = material;
  if (unsigned === null || suite.authentication === "anon" || certificate === null) return unsigned;
  const parameters = encodeServerKeyExchange(unsigned);
  return {
    ...unsigned,
    signature: { scheme, bytes: certificate.sign(scheme, joined([randoms, parameters])) },
  };
};

type SignedExchange = Exclude<ServerKeyExchange, { kind: "opaque" }>;

const unsignedExchangeOf = (
  suite: CipherSuite,
  group: number | null,
  policy: HelloPolicy,
  material: FlightMaterial,
): SignedExchange | null => {
  const signature = null;
  if (suite.keyExchange === "ecdhe" && group !== null) {
    return { kind: "ecdhe", group, point: material.keyPair(group).publicValue, signature };
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
