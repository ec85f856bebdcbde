import { describe, expect, it } from "vitest";
import { EXTENSION } from "../../../src/tls/wire/extension.ts";
import { encryptThenMac } from "../../../src/tls/tables/extension-signals.ts";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../../../src/tls/wire/handshake-message.ts";
import { WIDEST_PROFILE } from "../../../src/tls/profiles/profile-variants.ts";
import { CONTENT_TYPE, encodeRecord } from "../../../src/tls/wire/record.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { asIs, NOTHING, record, shortened } from "./changes.ts";
import { EC_P256 } from "./identities.ts";
import { converse, faultOf, flipped, witnessOf } from "./scripted-conversation.ts";
import { type Script12, scriptedServer12 } from "./scripted-server-12.ts";
import { wrongCbcRecords } from "./wrong-cbc-records.ts";

const { tls10, tls11, tls12 } = TLS_VERSION;

/** Every way to end a handshake: version, exchange, cipher, MAC. */
const KINDS = [
  ["TLS 1.2, ECDHE, AES-128-GCM", { suite: 0xc02f }],
  ["TLS 1.2, ECDHE, AES-256-GCM", { suite: 0xc030 }],
  ["TLS 1.2, ECDHE with ECDSA", { suite: 0xc02b, identity: EC_P256 }],
  ["TLS 1.2, ECDHE, AES-128-CBC with SHA-256", { suite: 0xc027 }],
  ["TLS 1.2, ECDHE, AES-256-CBC with SHA-384", { suite: 0xc028 }],
  ["TLS 1.2, DHE", { suite: 0x009e }],
  ["TLS 1.2, RSA", { suite: 0x009c }],
  ["TLS 1.2, RSA, 3DES", { suite: 0x000a }],
  ["TLS 1.2, P-521", { group: 0x0019 }],
  ["TLS 1.1, ECDHE", { version: tls11, suite: 0xc013 }],
  ["TLS 1.1, RSA, 3DES", { version: tls11, suite: 0x000a }],
  ["TLS 1.0, ECDHE with ECDSA", { version: tls10, suite: 0xc009, identity: EC_P256 }],
  ["TLS 1.0, DHE", { version: tls10, suite: 0x0039 }],
  ["TLS 1.0, RSA", { version: tls10, suite: 0x0035 }],
  ["TLS 1.0, RSA, 3DES", { version: tls10, suite: 0x000a }],
  ["TLS 1.2 without extended_master_secret", { hello: (hello) => ({ ...hello, extensions: null }) }],
  [
    "TLS 1.2 and a request for a certificate",
    { request: { certificateTypes: [1], signatureAlgorithms: [0x0401], authorities: [] } },
  ],
] as const satisfies readonly (readonly [string, Script12])[];

const PROFILE = {
  ...WIDEST_PROFILE,
  extensionOrder: [...WIDEST_PROFILE.extensionOrder, EXTENSION.encryptThenMac],
};
const ENCRYPT_THEN_MAC: Script12["hello"] = (hello) => ({
  ...hello,
  extensions: [...(hello.extensions ?? []), encryptThenMac()],
});

describe.each(KINDS)("%s", (_, kind: Script12) => {
  it("a server that does nothing wrong gets a witness", () => {
    const witness = witnessOf(converse(scriptedServer12(kind)));
    expect(witness).toMatchObject({ version: kind.version ?? tls12, cipherSuite: kind.suite ?? 0xc02f });
  });

  it.each([
    ["another Finished", { finished: (body) => flipped(body, 0) }, "finished", "finished.verify_data"],
    [
      "a Finished of zeros",
      { finished: (body) => new Uint8Array(body.length) },
      "finished",
      "finished.verify_data",
    ],
    ["a Finished of 11 bytes", { finished: (body) => body.subarray(1) }, "decode", "finished.verify_data"],
    [
      "a Finished of 13 bytes",
      { finished: (body) => Uint8Array.of(...body, 0) },
      "decode",
      "finished.verify_data",
    ],
    ["an empty Finished", { finished: () => NOTHING }, "decode", "finished.verify_data"],
    [
      "a record with its last bit changed",
      { end: record(-1, (bytes) => flipped(bytes, -1)) },
      "record",
      "record.fragment",
    ],
    [
      "a record with its first bit changed",
      { end: record(-1, (bytes) => flipped(bytes, 5)) },
      "record",
      "record.fragment",
    ],
    [
      "a record that is a byte short",
      { end: record(-1, (bytes) => shortened(bytes, bytes.length - 6)) },
      "record",
      "record.fragment",
    ],
    ["a record of 8 bytes", { end: record(-1, (bytes) => shortened(bytes, 8)) }, "record", "record.fragment"],
    [
      "a record of no bytes",
      { end: record(-1, (bytes) => shortened(bytes, 0)) },
      "record",
      "record.fragment",
    ],
    [
      "a Finished in the clear",
      {
        end: ([spec = NOTHING]) => [
          spec,
          encodeRecord({
            contentType: CONTENT_TYPE.handshake,
            version: kind.version ?? tls12,
            fragment: encodeHandshakeMessage({ type: HANDSHAKE_TYPE.finished, body: new Uint8Array(12) }),
          }),
        ],
      },
      "record",
      "record.fragment",
    ],
    ["no ChangeCipherSpec", { end: (records) => records.slice(1) }, null, null],
    [
      "two ChangeCipherSpecs",
      { end: ([spec = NOTHING, ...rest]) => [spec, spec, ...rest] },
      "record",
      "record.fragment",
    ],
    [
      "a record twice",
      { end: (records) => [...records, ...records.slice(-1)] },
      "session",
      "record.fragment",
    ],
  ] satisfies readonly (readonly [string, Script12, string | null, string | null])[])(
    "%s",
    (_what, script: Script12, wrong, field) => {
      const conversation = converse(scriptedServer12({ ...kind, ...script }));
      if (wrong === "session") {
        witnessOf(conversation);
        expect(conversation.reading.sessionFault).toMatchObject({ kind: "record", field });
        return;
      }
      // Sealed bytes that are read in the clear may also promise a message that never ends.
      if (wrong === null) expect(conversation.reading.outcome.kind).not.toBe("established");
      else expect(faultOf(conversation)).toMatchObject({ kind: wrong, field });
    },
  );
});

describe("a server with another secret", () => {
  it.each([
    ["all zero", (secret: Uint8Array) => new Uint8Array(secret.length)],
    ["with a bit changed", (secret: Uint8Array) => flipped(secret, 5)],
  ])("%s gets no witness", (_, premaster) => {
    const fault = faultOf(converse(scriptedServer12({ premaster })));
    expect(fault).toMatchObject({ kind: "record", field: "record.fragment" });
  });
});

const CBC_KINDS = [
  ["TLS 1.2, AES-128-CBC with SHA-256", { suite: 0xc027 }, false],
  ["TLS 1.2, AES-256-CBC with SHA-384", { suite: 0xc028 }, false],
  ["TLS 1.2, AES-256-CBC with SHA-1", { suite: 0xc014 }, false],
  ["TLS 1.2, 3DES", { suite: 0x000a }, false],
  ["TLS 1.1, AES-128-CBC", { version: tls11, suite: 0xc013 }, false],
  ["TLS 1.0, AES-256-CBC", { version: tls10, suite: 0x0035 }, false],
  ["TLS 1.2, AES-128-CBC, encrypt-then-MAC", { suite: 0xc027, hello: ENCRYPT_THEN_MAC }, true],
] as const satisfies readonly (readonly [string, Script12, boolean])[];

describe.each(CBC_KINDS)("%s", (_, kind: Script12, isEncryptThenMac) => {
  it("gets a witness", () => {
    witnessOf(converse(scriptedServer12({ ...kind, cbc: asIs }), PROFILE));
  });

  it.each(wrongCbcRecords(isEncryptThenMac))("a record with %s does not open", (_what, change) => {
    const server = scriptedServer12({ ...kind, cbc: change });
    expect(faultOf(converse(server, PROFILE))).toMatchObject({ kind: "record", field: "record.fragment" });
  });
});

const alert = (level: number, description: number, version = tls12): Uint8Array =>
  encodeRecord({ contentType: CONTENT_TYPE.alert, version, fragment: Uint8Array.of(level, description) });

const specRecord = (fragment: ArrayLike<number>): Uint8Array =>
  encodeRecord({
    contentType: CONTENT_TYPE.changeCipherSpec,
    version: tls12,
    fragment: Uint8Array.from(fragment),
  });

describe("a server of TLS 1.2 that does wrong in its records", () => {
  it.each([
    [
      "a ChangeCipherSpec before the ServerHello",
      { wire: (records) => [specRecord([1]), ...records] },
      "order",
      "record.type",
    ],
    [
      "a ChangeCipherSpec before ServerHelloDone",
      { wire: (records) => [...records.slice(0, -1), specRecord([1])] },
      "order",
      "change_cipher_spec.type",
    ],
    ["a ChangeCipherSpec of 2", { end: record(0, () => specRecord([2])) }, "order", "record.type"],
    ["a ChangeCipherSpec of two bytes", { end: record(0, () => specRecord([1, 1])) }, "order", "record.type"],
    [
      "another version in a record",
      { wire: record(1, (bytes) => flipped(bytes, 2)) },
      "record",
      "record.version",
    ],
    [
      "application data before Finished",
      {
        wire: (records) => [
          ...records.slice(0, 1),
          encodeRecord({
            contentType: CONTENT_TYPE.applicationData,
            version: tls12,
            fragment: Uint8Array.of(1),
          }),
        ],
      },
      "order",
      "record.type",
    ],
    [
      "a heartbeat",
      {
        wire: (records) => [
          ...records.slice(0, 1),
          encodeRecord({
            contentType: CONTENT_TYPE.heartbeat,
            version: tls12,
            fragment: Uint8Array.of(1, 0, 0),
          }),
        ],
      },
      "order",
      "record.type",
    ],
    [
      "a record of 2^14 + 1 bytes",
      {
        wire: () => [
          encodeRecord({
            contentType: CONTENT_TYPE.handshake,
            version: tls12,
            fragment: new Uint8Array(2 ** 14 + 1),
          }),
        ],
      },
      "record",
      "record.length",
    ],
    [
      "empty records without end",
      {
        wire: (records) => [
          ...Array.from({ length: 40 }, () =>
            encodeRecord({ contentType: CONTENT_TYPE.handshake, version: tls12, fragment: NOTHING }),
          ),
          ...records,
        ],
      },
      "record",
      "record.fragment",
    ],
    [
      "an alert of one byte",
      {
        wire: () => [
          encodeRecord({ contentType: CONTENT_TYPE.alert, version: tls12, fragment: Uint8Array.of(2) }),
        ],
      },
      "decode",
      "alert",
    ],
    [
      "an empty alert",
      { wire: () => [encodeRecord({ contentType: CONTENT_TYPE.alert, version: tls12, fragment: NOTHING })] },
      "decode",
      "alert",
    ],
    [
      "warnings without end",
      { wire: (records) => [...Array.from({ length: 9 }, () => alert(1, 112)), ...records] },
      "order",
      "alert",
    ],
    [
      "a message that is longer than any",
      {
        wire: () => [
          encodeRecord({
            contentType: CONTENT_TYPE.handshake,
            version: tls12,
            fragment: Uint8Array.of(2, 0xff, 0xff, 0xff),
          }),
        ],
      },
      "decode",
      "handshake.length",
    ],
    [
      "a Finished and bytes behind it",
      { end: ([spec = NOTHING], seal) => [spec, seal(CONTENT_TYPE.handshake, new Uint8Array(20))] },
      "record",
      "record.fragment",
    ],
  ] satisfies readonly (readonly [string, Script12, string, string])[])(
    "%s",
    (_, script: Script12, kind, field) => {
      const fault = faultOf(converse(scriptedServer12(script)));
      expect(fault).toMatchObject({ kind, field, message: field.split(".")[0] });
    },
  );

  it.each([
    [
      "a second Finished",
      (seal) => [
        seal(
          CONTENT_TYPE.handshake,
          encodeHandshakeMessage({ type: HANDSHAKE_TYPE.finished, body: new Uint8Array(12) }),
        ),
      ],
      "order",
      "handshake.msg_type",
    ],
    [
      "a KeyUpdate",
      (seal) => [
        seal(
          CONTENT_TYPE.handshake,
          encodeHandshakeMessage({ type: HANDSHAKE_TYPE.keyUpdate, body: Uint8Array.of(0) }),
        ),
      ],
      "order",
      "handshake.msg_type",
    ],
    [
      "a ChangeCipherSpec",
      (seal) => [seal(CONTENT_TYPE.changeCipherSpec, Uint8Array.of(1))],
      "order",
      "change_cipher_spec.type",
    ],
    [
      "2^14 + 1 bytes in a record",
      (seal) => [seal(CONTENT_TYPE.applicationData, new Uint8Array(2 ** 14 + 1))],
      "record",
      "record.fragment",
    ],
    [
      "empty records without end",
      (seal) => Array.from({ length: 40 }, () => seal(CONTENT_TYPE.applicationData, NOTHING)),
      "record",
      "record.fragment",
    ],
    [
      "data in the clear",
      () => [
        encodeRecord({
          contentType: CONTENT_TYPE.applicationData,
          version: tls12,
          fragment: Uint8Array.of(1, 2, 3),
        }),
      ],
      "record",
      "record.fragment",
    ],
  ] satisfies readonly (readonly [string, NonNullable<Script12["afterwards"]>, string, string])[])(
    "%s after its Finished",
    (_, afterwards, kind, field) => {
      const conversation = converse(scriptedServer12({ afterwards }));
      witnessOf(conversation);
      expect(conversation.reading.sessionFault).toMatchObject({ kind, field, message: field.split(".")[0] });
    },
  );

  it("opens what comes under keys, and a HelloRequest changes nothing", () => {
    const data = Uint8Array.of(4, 5, 6);
    const request = encodeHandshakeMessage({ type: HANDSHAKE_TYPE.helloRequest, body: NOTHING });
    const conversation = converse(
      scriptedServer12({
        afterwards: (seal) => [
          seal(CONTENT_TYPE.handshake, request),
          seal(CONTENT_TYPE.applicationData, data),
        ],
      }),
    );
    witnessOf(conversation);
    expect(conversation.reading.sessionFault).toBeNull();
    expect(conversation.client.opened()).toEqual(data);
  });
});
