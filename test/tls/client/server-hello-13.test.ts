import { describe, expect, it } from "vitest";
import { EXTENSION } from "../../../src/tls/wire/extension.ts";
import { selectedVersion } from "../../../src/tls/wire/extension-lists.ts";
import { retryGroup, serverKeyShare } from "../../../src/tls/wire/key-share.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { asIs, cookie, NOTHING, onlyExtensions, withExtension, withoutExtension } from "./changes.ts";
import { CURVES, SMALL_ORDER_X25519, wrongPoints } from "./curve-points.ts";
import { converse, faultOf, flipped } from "./scripted-conversation.ts";
import { type Script13, scriptedServer13 } from "./scripted-server-13.ts";

const { tls12, tls13 } = TLS_VERSION;
const P384 = 0x0018;

type Row = readonly [what: string, script: Script13, kind: string, field: string];

const HELLO: readonly Row[] = [
  [
    "another session id",
    { hello: (hello) => ({ ...hello, sessionId: flipped(hello.sessionId, 0) }) },
    "decode",
    "server_hello.session_id",
  ],
  [
    "no session id",
    { hello: (hello) => ({ ...hello, sessionId: NOTHING }) },
    "decode",
    "server_hello.session_id",
  ],
  [
    "compression",
    { hello: (hello) => ({ ...hello, compressionMethod: 1 }) },
    "not-offered",
    "server_hello.compression_method",
  ],
  [
    "a suite that was not offered",
    { hello: (hello) => ({ ...hello, cipherSuite: 0x1304 }) },
    "not-offered",
    "server_hello.cipher_suite",
  ],
  [
    "a suite of TLS 1.2",
    { hello: (hello) => ({ ...hello, cipherSuite: 0xc02f }) },
    "not-offered",
    "server_hello.cipher_suite",
  ],
  [
    "a draft's version",
    { hello: onlyExtensions(selectedVersion(0x7f1c)) },
    "decode",
    "server_hello.extensions.supported_versions",
  ],
  [
    "TLS 1.2 in supported_versions",
    { hello: onlyExtensions(selectedVersion(tls12)) },
    "decode",
    "server_hello.extensions.supported_versions",
  ],
  [
    "TLS 1.3 in legacy_version alone",
    { hello: (hello) => withoutExtension(EXTENSION.supportedVersions)({ ...hello, version: tls13 }) },
    "not-offered",
    "server_hello.version",
  ],
  [
    "no key share",
    { hello: withoutExtension(EXTENSION.keyShare) },
    "decode",
    "server_hello.extensions.key_share",
  ],
  [
    "a key share in a group without a share of the client's",
    {
      hello: onlyExtensions(
        selectedVersion(tls13),
        serverKeyShare({ group: P384, keyExchange: new Uint8Array(97) }),
      ),
    },
    "not-offered",
    "server_hello.extensions.key_share",
  ],
  ["an empty key share", { point: () => NOTHING }, "decode", "server_hello.extensions.key_share"],
  [
    "key_share twice",
    {
      hello: (hello) => ({
        ...hello,
        extensions: [...(hello.extensions ?? []), ...(hello.extensions ?? []).slice(-1)],
      }),
    },
    "decode",
    "server_hello.extensions.key_share",
  ],
  ["an unknown extension", { hello: withExtension(0x5555) }, "not-offered", "server_hello.extensions.21845"],
  [
    "extended_master_secret, which has no place in TLS 1.3",
    { hello: withExtension(EXTENSION.extendedMasterSecret) },
    "decode",
    "server_hello.extensions.extended_master_secret",
  ],
  [
    "a pre-shared key",
    { hello: withExtension(EXTENSION.preSharedKey, Uint8Array.of(0, 0)) },
    "not-offered",
    "server_hello.extensions.pre_shared_key",
  ],
  [
    "a cookie",
    { hello: withExtension(EXTENSION.cookie, cookie([1])) },
    "decode",
    "server_hello.extensions.cookie",
  ],
];

const RETRIES: readonly Row[] = [
  ["two of them", { group: P384, retries: [asIs, asIs] }, "order", "handshake.msg_type"],
  ["the group that has a share already", { retries: [asIs] }, "decode", "server_hello.extensions.key_share"],
  [
    "a group that was not offered",
    { retries: [onlyExtensions(selectedVersion(tls13), retryGroup(0x001e))] },
    "not-offered",
    "server_hello.extensions.key_share",
  ],
  [
    "nothing asked for",
    { retries: [withoutExtension(EXTENSION.keyShare)] },
    "decode",
    "server_hello.extensions",
  ],
  [
    "an empty cookie",
    { group: P384, retries: [withExtension(EXTENSION.cookie, cookie([]))] },
    "decode",
    "server_hello.extensions.cookie",
  ],
  [
    "a cookie that is cut",
    { group: P384, retries: [withExtension(EXTENSION.cookie, Uint8Array.of(0, 9, 1))] },
    "decode",
    "server_hello.extensions.cookie",
  ],
  [
    "two cookies",
    {
      group: P384,
      retries: [
        (hello) =>
          withExtension(EXTENSION.cookie, cookie([1]))(withExtension(EXTENSION.cookie, cookie([1]))(hello)),
      ],
    },
    "decode",
    "server_hello.extensions.cookie",
  ],
  [
    "another session id",
    { group: P384, retries: [(hello) => ({ ...hello, sessionId: NOTHING })] },
    "decode",
    "server_hello.session_id",
  ],
  [
    "compression",
    { group: P384, retries: [(hello) => ({ ...hello, compressionMethod: 1 })] },
    "not-offered",
    "server_hello.compression_method",
  ],
  [
    "a whole share in place of a group",
    {
      group: P384,
      retries: [
        onlyExtensions(
          selectedVersion(tls13),
          serverKeyShare({ group: P384, keyExchange: new Uint8Array(97) }),
        ),
      ],
    },
    "decode",
    "server_hello.extensions.key_share",
  ],
  [
    "another suite in the ServerHello",
    { group: P384, retries: [asIs], hello: (hello) => ({ ...hello, cipherSuite: 0x1302 }) },
    "not-offered",
    "server_hello.cipher_suite",
  ],
  [
    "another group in the ServerHello",
    {
      group: P384,
      retries: [asIs],
      hello: onlyExtensions(
        selectedVersion(tls13),
        serverKeyShare({ group: 0x001d, keyExchange: new Uint8Array(32).fill(9) }),
      ),
    },
    "not-offered",
    "server_hello.extensions.key_share",
  ],
  [
    "TLS 1.2 in the ServerHello",
    { group: P384, retries: [asIs], hello: (hello) => ({ ...hello, extensions: null }) },
    "not-offered",
    "server_hello.version",
  ],
];

const SHARES: readonly Row[] = [
  ...SMALL_ORDER_X25519.map(
    (point, index): Row => [
      `x25519 point of small order ${index + 1}, whose secret is all zero`,
      { point: () => point },
      "decode",
      "server_hello.extensions.key_share",
    ],
  ),
  [
    "x25519 value of 31 bytes",
    { point: (point) => point.subarray(1) },
    "decode",
    "server_hello.extensions.key_share",
  ],
  [
    "x25519 value of 33 bytes",
    { point: (point) => Uint8Array.of(...point, 0) },
    "decode",
    "server_hello.extensions.key_share",
  ],
  ...CURVES.flatMap((curve) =>
    wrongPoints(curve).map(
      ([what, point]): Row => [
        `${curve.name} point that ${what}`,
        { group: curve.group, retries: [asIs], point: () => point },
        "decode",
        "server_hello.extensions.key_share",
      ],
    ),
  ),
];

describe.each([
  ["its ServerHello", HELLO],
  ["its HelloRetryRequest", RETRIES],
  ["its public value", SHARES],
])("a server of TLS 1.3 that does wrong in %s", (_, rows) => {
  it.each(rows)("%s", (_what, script, kind, field) => {
    const conversation = converse(scriptedServer13(script));
    expect(faultOf(conversation)).toMatchObject({ kind, field, message: field.split(".")[0] });
  });
});
