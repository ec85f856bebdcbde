import { sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.ts";
import { EXTENSION } from "../../../src/tls/wire/extension.ts";
import { renegotiationInfo } from "../../../src/tls/tables/extension-signals.ts";
import { HANDSHAKE_TYPE } from "../../../src/tls/wire/handshake-message.ts";
import { profileOfVersions, WIDEST_PROFILE } from "../../../src/tls/profiles/profile-variants.ts";
import type { ServerKeyExchange } from "../../../src/tls/wire/server-key-exchange.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { changed, NOTHING, withExtension, without } from "./changes.ts";
import { CURVES, SMALL_ORDER_X25519, wrongPoints } from "./curve-points.ts";
import { EC_P256, EC_P384, ED25519, RSA } from "./identities.ts";
import { converse, faultOf, flipped } from "./scripted-conversation.ts";
import { type Script12, scriptedServer12 } from "./scripted-server-12.ts";
import { wrongEcdsaSignatures, wrongRsaSignatures } from "./wrong-signatures.ts";

const { tls10, tls11, tls12, tls13 } = TLS_VERSION;
const DHE = 0x009e;
const RSA_EXCHANGE = 0x009c;
const ECDHE_ECDSA = 0xc02b;

const point =
  (change: (bytes: Uint8Array) => Uint8Array) =>
  (exchange: ServerKeyExchange): ServerKeyExchange =>
    exchange.kind === "ecdhe" ? { ...exchange, point: change(exchange.point) } : exchange;

type DheExchange = Extract<ServerKeyExchange, { kind: "dhe" }>;

const dhe =
  (change: (exchange: DheExchange) => Partial<DheExchange>) =>
  (exchange: ServerKeyExchange): ServerKeyExchange =>
    exchange.kind === "dhe" ? { ...exchange, ...change(exchange) } : exchange;

/** p - 1, p - 2. */
const lowered = (prime: Uint8Array, by: number): Uint8Array =>
  prime.map((byte, index) => (index === prime.length - 1 ? byte - by : byte));

type Row = readonly [what: string, script: Script12, kind: string, field: string];

const HELLO: readonly Row[] = [
  [
    "a version that was not offered",
    { hello: (hello) => ({ ...hello, version: 0x0305 }) },
    "not-offered",
    "server_hello.version",
  ],
  [
    "TLS 1.3 in legacy_version",
    { hello: (hello) => ({ ...hello, version: tls13 }) },
    "not-offered",
    "server_hello.version",
  ],
  [
    "the mark of a downgrade to TLS 1.2",
    { hello: (hello) => ({ ...hello, random: withEnd(hello.random, "444f574e47524401") }) },
    "not-offered",
    "server_hello.random",
  ],
  [
    "the mark of a downgrade to TLS 1.1",
    {
      version: tls11,
      suite: 0xc013,
      hello: (hello) => ({ ...hello, random: withEnd(hello.random, "444f574e47524400") }),
    },
    "not-offered",
    "server_hello.random",
  ],
  [
    "compression",
    { hello: (hello) => ({ ...hello, compressionMethod: 1 }) },
    "not-offered",
    "server_hello.compression_method",
  ],
  [
    "a suite that was not offered",
    { hello: (hello) => ({ ...hello, cipherSuite: 0xcca8 }) },
    "not-offered",
    "server_hello.cipher_suite",
  ],
  [
    "a suite of TLS 1.3",
    { hello: (hello) => ({ ...hello, cipherSuite: 0x1301 }) },
    "not-offered",
    "server_hello.cipher_suite",
  ],
  [
    "an AEAD suite in TLS 1.1",
    { version: tls11, suite: 0xc013, hello: (hello) => ({ ...hello, cipherSuite: 0xc02f }) },
    "not-offered",
    "server_hello.cipher_suite",
  ],
  [
    "an extension that was not asked for",
    { hello: withExtension(EXTENSION.alpn) },
    "not-offered",
    "server_hello.extensions.application_layer_protocol_negotiation",
  ],
  [
    "encrypt_then_mac unasked",
    { hello: withExtension(EXTENSION.encryptThenMac) },
    "not-offered",
    "server_hello.extensions.encrypt_then_mac",
  ],
  ["an unknown extension", { hello: withExtension(0x5555) }, "not-offered", "server_hello.extensions.21845"],
  [
    "extended_master_secret twice",
    { hello: withExtension(EXTENSION.extendedMasterSecret) },
    "decode",
    "server_hello.extensions.extended_master_secret",
  ],
  [
    "extended_master_secret with data",
    {
      hello: (hello) => ({
        ...hello,
        extensions: [{ type: EXTENSION.extendedMasterSecret, data: Uint8Array.of(0) }],
      }),
    },
    "decode",
    "server_hello.extensions.extended_master_secret",
  ],
  [
    "a key share of TLS 1.3",
    { hello: withExtension(EXTENSION.keyShare) },
    "decode",
    "server_hello.extensions.key_share",
  ],
  [
    "renegotiation of a handshake that never was",
    { hello: (hello) => ({ ...hello, extensions: [renegotiationInfo(new Uint8Array(12))] }) },
    "decode",
    "server_hello.extensions.renegotiation_info",
  ],
  [
    "a session ticket's data",
    { hello: withExtension(EXTENSION.sessionTicket, Uint8Array.of(1)) },
    "decode",
    "server_hello.extensions.session_ticket",
  ],
  [
    "a name's data",
    { hello: withExtension(EXTENSION.serverName, Uint8Array.of(1)) },
    "decode",
    "server_hello.extensions.server_name",
  ],
  [
    "no uncompressed points",
    { hello: withExtension(EXTENSION.ecPointFormats, Uint8Array.of(1, 1)) },
    "decode",
    "server_hello.extensions.ec_point_formats",
  ],
];

const withEnd = (bytes: Uint8Array, hex: string): Uint8Array => {
  const end = fromHex(hex);
  return Uint8Array.of(...bytes.subarray(0, -end.length), ...end);
};

const EXCHANGE: readonly Row[] = [
  ...SMALL_ORDER_X25519.map(
    (value, index): Row => [
      `x25519 point of small order ${index + 1}`,
      { exchange: point(() => value) },
      "decode",
      "server_key_exchange.point",
    ],
  ),
  [
    "x25519 value of 31 bytes",
    { exchange: point((value) => value.subarray(1)) },
    "decode",
    "server_key_exchange.point",
  ],
  ...CURVES.flatMap((curve) =>
    wrongPoints(curve).map(
      ([what, value]): Row => [
        `${curve.name} point that ${what}`,
        { group: curve.group, exchange: point(() => value) },
        "decode",
        "server_key_exchange.point",
      ],
    ),
  ),
  ["a group that was not offered", { group: 0x001e }, "not-offered", "server_key_exchange.named_curve"],
  [
    "Ys of 0",
    { suite: DHE, exchange: dhe(() => ({ publicValue: Uint8Array.of(0) })) },
    "decode",
    "server_key_exchange.dh_ys",
  ],
  [
    "Ys of 1",
    { suite: DHE, exchange: dhe(() => ({ publicValue: Uint8Array.of(1) })) },
    "decode",
    "server_key_exchange.dh_ys",
  ],
  [
    "Ys of p - 1",
    { suite: DHE, exchange: dhe(({ prime }) => ({ publicValue: lowered(prime, 1) })) },
    "decode",
    "server_key_exchange.dh_ys",
  ],
  [
    "Ys of p",
    { suite: DHE, exchange: dhe(({ prime }) => ({ publicValue: prime })) },
    "decode",
    "server_key_exchange.dh_ys",
  ],
  [
    "no Ys",
    { suite: DHE, exchange: dhe(() => ({ publicValue: NOTHING })) },
    "decode",
    "server_key_exchange.dh_ys",
  ],
  [
    "a generator of 1",
    { suite: DHE, exchange: dhe(() => ({ generator: Uint8Array.of(1) })) },
    "decode",
    "server_key_exchange.dh_g",
  ],
  [
    "a generator of p - 1",
    { suite: DHE, exchange: dhe(({ prime }) => ({ generator: lowered(prime, 1) })) },
    "decode",
    "server_key_exchange.dh_g",
  ],
  [
    "an even p",
    { suite: DHE, exchange: dhe(({ prime }) => ({ prime: lowered(prime, 1) })) },
    "decode",
    "server_key_exchange.dh_p",
  ],
  ["no p", { suite: DHE, exchange: dhe(() => ({ prime: NOTHING })) }, "decode", "server_key_exchange.dh_p"],
  [
    "a curve that is spelt out",
    { messages: changed(HANDSHAKE_TYPE.serverKeyExchange, (body) => Uint8Array.of(1, ...body.subarray(1))) },
    "decode",
    "server_key_exchange.curve_type",
  ],
  [
    "a curve of no type",
    { messages: changed(HANDSHAKE_TYPE.serverKeyExchange, (body) => Uint8Array.of(9, ...body.subarray(1))) },
    "decode",
    "server_key_exchange.curve_type",
  ],
  [
    "bytes after its signature",
    { messages: changed(HANDSHAKE_TYPE.serverKeyExchange, (body) => Uint8Array.of(...body, 0)) },
    "decode",
    "server_key_exchange",
  ],
];

const SIGNATURES: readonly Row[] = [
  [
    "another server random",
    { messages: changed(HANDSHAKE_TYPE.serverHello, (body) => flipped(body, 2)) },
    "signature",
    "server_key_exchange.signature",
  ],
  [
    "another point than was signed",
    { messages: changed(HANDSHAKE_TYPE.serverKeyExchange, (body) => flipped(body, 4)) },
    "signature",
    "server_key_exchange.signature",
  ],
  [
    "a scheme that was not offered",
    { scheme: 0x0301, signs: (content) => sign("sha224", content, RSA.key) },
    "not-offered",
    "server_key_exchange.algorithm",
  ],
  [
    "ed25519, which was not offered",
    { identity: ED25519, suite: ECDHE_ECDSA },
    "not-offered",
    "server_key_exchange.algorithm",
  ],
  [
    "a scheme of another kind of key",
    { scheme: 0x0403, signs: () => new Uint8Array(70) },
    "signature",
    "server_key_exchange.algorithm",
  ],
  ["an ECDSA key for a suite with RSA", { identity: EC_P256 }, "certificate", "certificate.certificate_list"],
  [
    "an RSA key for a suite with ECDSA",
    { suite: ECDHE_ECDSA },
    "certificate",
    "certificate.certificate_list",
  ],
  [
    "an ECDSA key that nothing can be encrypted to",
    { identity: EC_P256, suite: RSA_EXCHANGE },
    "certificate",
    "certificate.certificate_list",
  ],
  [
    "another key on the certificate's curve",
    { identity: { ...EC_P256, sign: EC_P384.sign }, suite: ECDHE_ECDSA },
    "signature",
    "server_key_exchange.signature",
  ],
  ...wrongRsaSignatures("pkcs1").map(
    ([what, signs]): Row => [what, { signs }, "signature", "server_key_exchange.signature"],
  ),
  ...wrongRsaSignatures("pss").map(
    ([what, signs]): Row => [
      `${what}, in TLS 1.2`,
      { scheme: 0x0804, signs },
      "signature",
      "server_key_exchange.signature",
    ],
  ),
  ...wrongEcdsaSignatures(EC_P256).map(
    ([what, signs]): Row => [
      what,
      { identity: EC_P256, suite: ECDHE_ECDSA, signs },
      "signature",
      "server_key_exchange.signature",
    ],
  ),
  [
    "SHA-256 with RSA in TLS 1.0, which has MD5 and SHA-1",
    { version: tls10, suite: 0xc013, signs: (content) => RSA.sign(0x0401, content) },
    "signature",
    "server_key_exchange.signature",
  ],
  [
    "SHA-1 alone with RSA in TLS 1.1",
    { version: tls11, suite: 0xc013, signs: (content) => RSA.sign(0x0201, content) },
    "signature",
    "server_key_exchange.signature",
  ],
];

const MESSAGES: readonly Row[] = [
  ["no Certificate", { messages: without(HANDSHAKE_TYPE.certificate) }, "order", "handshake.msg_type"],
  [
    "no ServerKeyExchange",
    { messages: without(HANDSHAKE_TYPE.serverKeyExchange) },
    "order",
    "handshake.msg_type",
  ],
  [
    "a ServerKeyExchange that RSA has none of",
    {
      suite: RSA_EXCHANGE,
      messages: (messages) =>
        messages.flatMap((message) =>
          message.type === HANDSHAKE_TYPE.serverHelloDone
            ? [{ type: HANDSHAKE_TYPE.serverKeyExchange, body: new Uint8Array(80) }, message]
            : [message],
        ),
    },
    "order",
    "handshake.msg_type",
  ],
  [
    "two ServerHellos",
    { messages: ([hello, ...rest]) => (hello === undefined ? [] : [hello, hello, ...rest]) },
    "order",
    "handshake.msg_type",
  ],
  [
    "a ServerHelloDone with a body",
    { messages: changed(HANDSHAKE_TYPE.serverHelloDone, () => Uint8Array.of(0)) },
    "decode",
    "handshake.length",
  ],
  [
    "a message of TLS 1.3",
    {
      messages: (messages) => [
        ...messages.slice(0, 1),
        { type: HANDSHAKE_TYPE.encryptedExtensions, body: Uint8Array.of(0, 0) },
      ],
    },
    "order",
    "handshake.msg_type",
  ],
  ["an empty chain", { chain: [] }, "certificate", "certificate.certificate_list"],
  [
    "a certificate that is cut",
    { chain: [RSA.chain[0]?.subarray(0, -1) ?? NOTHING] },
    "certificate",
    "certificate.certificate_list",
  ],
  [
    "a CertificateStatus that was not announced",
    {
      messages: (messages) => [
        ...messages.slice(0, 2),
        { type: HANDSHAKE_TYPE.certificateStatus, body: Uint8Array.of(1, 0, 0, 0) },
        ...messages.slice(2),
      ],
    },
    "order",
    "handshake.msg_type",
  ],
  [
    "a Finished at once",
    {
      messages: (messages) => [
        ...messages.slice(0, 1),
        { type: HANDSHAKE_TYPE.finished, body: new Uint8Array(12) },
      ],
    },
    "order",
    "handshake.msg_type",
  ],
];

describe.each([
  ["its ServerHello", HELLO],
  ["its key exchange", EXCHANGE],
  ["its signature", SIGNATURES],
  ["its messages", MESSAGES],
])("a server of TLS 1.0 to 1.2 that does wrong in %s", (_, rows) => {
  it.each(rows)("%s", (_what, script, kind, field) => {
    const conversation = converse(scriptedServer12(script));
    expect(faultOf(conversation)).toMatchObject({ kind, field, message: field.split(".")[0] });
  });
});

it.each([
  [5, Uint8Array.of(23)],
  [511, Uint8Array.of(0x7f, ...new Uint8Array(63).fill(0xff))],
  [8200, new Uint8Array(1025).fill(0xff)],
])("a prime of %s bits is not computed with, and gives no witness", (bits, prime) => {
  const exchange = dhe(() => ({ prime, generator: Uint8Array.of(2), publicValue: Uint8Array.of(4) }));
  const { reading } = converse(scriptedServer12({ suite: DHE, exchange }));
  expect(reading.outcome).toEqual({ kind: "limit", limit: { kind: "key-size", bits } });
});

it("a client that offers TLS 1.2 at most takes no HelloRetryRequest and no downgrade for what it is not", () => {
  const profile = profileOfVersions(WIDEST_PROFILE, tls10, tls12);
  if (profile === null) throw new Error("no profile");
  const marked: Script12 = {
    hello: (hello) => ({ ...hello, random: withEnd(hello.random, "444f574e47524401") }),
  };
  expect(converse(scriptedServer12(marked), profile).reading.outcome.kind).toBe("established");
  const retry: Script12 = {
    hello: (hello) => ({
      ...hello,
      random: fromHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"),
    }),
  };
  expect(faultOf(converse(scriptedServer12(retry), profile))).toMatchObject({
    kind: "not-offered",
    field: "server_hello.random",
  });
});
