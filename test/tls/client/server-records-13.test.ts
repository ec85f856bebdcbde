import { describe, expect, it } from "vitest";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../../../src/tls/wire/handshake-message.ts";
import { CONTENT_TYPE, encodeRecord } from "../../../src/tls/wire/record.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { NOTHING, record, shortened } from "./changes.ts";
import { converse, faultOf, flipped, joined, witnessOf } from "./scripted-conversation.ts";
import {
  CHANGE_CIPHER_SPEC_13,
  handshakeRecord,
  type Script13,
  scriptedServer13,
} from "./scripted-server-13.ts";

const { tls10, tls12 } = TLS_VERSION;

type Row = readonly [what: string, script: Script13, kind: string, field: string];

const RECORDS: readonly Row[] = [
  ["a wrong tag", { wire: record(2, (bytes) => flipped(bytes, -1)) }, "record", "record.fragment"],
  ["a wrong text", { wire: record(2, (bytes) => flipped(bytes, 5)) }, "record", "record.fragment"],
  [
    "a tag that is a byte short",
    { wire: record(2, (bytes) => shortened(bytes, bytes.length - 6)) },
    "record",
    "record.fragment",
  ],
  [
    "no more than a tag's 15 bytes",
    { wire: record(2, (bytes) => shortened(bytes, 15)) },
    "record",
    "record.fragment",
  ],
  ["a tag and no text", { wire: record(2, (bytes) => shortened(bytes, 16)) }, "record", "record.fragment"],
  [
    "an empty sealed record",
    { wire: record(2, (bytes) => shortened(bytes, 0)) },
    "record",
    "record.fragment",
  ],
  [
    "another version in its header",
    { wire: record(2, (bytes) => bytes.map((byte, at) => (at === 2 ? 1 : byte))) },
    "record",
    "record.version",
  ],
  [
    "two records in each other's place",
    {
      wire: ([hello = NOTHING, spec = NOTHING, first = NOTHING, second = NOTHING, ...rest]) => [
        hello,
        spec,
        second,
        first,
        ...rest,
      ],
    },
    "record",
    "record.fragment",
  ],
  [
    "a record twice",
    {
      wire: ([hello = NOTHING, spec = NOTHING, first = NOTHING, ...rest]) => [
        hello,
        spec,
        first,
        first,
        ...rest,
      ],
    },
    "record",
    "record.fragment",
  ],
  [
    "a handshake record in the clear after the ServerHello",
    {
      wire: ([hello = NOTHING, spec = NOTHING]) => [
        hello,
        spec,
        handshakeRecord({ type: HANDSHAKE_TYPE.encryptedExtensions, body: Uint8Array.of(0, 0) }),
      ],
    },
    "record",
    "record.type",
  ],
  [
    "EncryptedExtensions behind the ServerHello in its record",
    {
      wire: ([hello = NOTHING]) => [
        encodeRecord({
          contentType: CONTENT_TYPE.handshake,
          version: tls12,
          fragment: joined([hello.subarray(5), Uint8Array.of(8, 0, 0, 2, 0, 0)]),
        }),
      ],
    },
    "order",
    "handshake.msg_type",
  ],
  [
    "a ChangeCipherSpec of 2",
    { wire: record(1, (bytes) => bytes.map((byte, at) => (at === 5 ? 2 : byte))) },
    "decode",
    "record.fragment",
  ],
  [
    "a ChangeCipherSpec of two bytes",
    {
      wire: record(1, () =>
        encodeRecord({
          contentType: CONTENT_TYPE.changeCipherSpec,
          version: tls12,
          fragment: Uint8Array.of(1, 1),
        }),
      ),
    },
    "decode",
    "record.fragment",
  ],
  [
    "a ChangeCipherSpec before the ServerHello",
    { wire: ([hello = NOTHING, ...rest]) => [CHANGE_CIPHER_SPEC_13, hello, ...rest] },
    "order",
    "record.type",
  ],
  [
    "ChangeCipherSpec without end",
    {
      wire: ([hello = NOTHING, ...rest]) => [
        hello,
        ...Array.from({ length: 40 }, () => CHANGE_CIPHER_SPEC_13),
        ...rest,
      ],
    },
    "record",
    "record.fragment",
  ],
  [
    "empty records without end",
    {
      wire: (records) => [
        ...Array.from({ length: 40 }, () =>
          encodeRecord({ contentType: CONTENT_TYPE.handshake, version: tls10, fragment: NOTHING }),
        ),
        ...records,
      ],
    },
    "record",
    "record.fragment",
  ],
  [
    "a record in the clear of 2^14 + 1 bytes",
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
    "a sealed record of 2^14 + 257 bytes",
    {
      wire: ([hello = NOTHING]) => [
        hello,
        encodeRecord({
          contentType: CONTENT_TYPE.applicationData,
          version: tls12,
          fragment: new Uint8Array(2 ** 14 + 257),
        }),
      ],
    },
    "record",
    "record.length",
  ],
  [
    "application data before Finished",
    {
      wire: ([hello = NOTHING, spec = NOTHING, ...rest], seal) => [
        hello,
        spec,
        ...rest.slice(0, -1),
        seal(CONTENT_TYPE.applicationData, NOTHING),
      ],
    },
    "record",
    "record.fragment",
  ],
  [
    "what no key has sealed",
    {
      wire: ([hello = NOTHING]) => [
        hello,
        encodeRecord({
          contentType: CONTENT_TYPE.applicationData,
          version: tls12,
          fragment: new Uint8Array(40),
        }),
      ],
    },
    "record",
    "record.fragment",
  ],
  ["a record of no TLS", { wire: () => [Uint8Array.of(0x80, 3, 3, 0, 1, 0)] }, "record", "record.type"],
];

describe.each([["its records", RECORDS]])("a server of TLS 1.3 that does wrong in %s", (_, rows) => {
  it.each(rows)("%s", (_what, script, kind, field) => {
    const conversation = converse(scriptedServer13(script));
    expect(faultOf(conversation)).toMatchObject({ kind, field, message: field.split(".")[0] });
  });
});

const keyUpdate = (request: number): Uint8Array =>
  encodeHandshakeMessage({ type: HANDSHAKE_TYPE.keyUpdate, body: Uint8Array.of(request) });

/** One record after Finished. */
const afterwardsSealed = (contentType: number, bytes: Uint8Array): Script13 => ({
  afterwards: ({ seal }) => [seal(contentType, bytes)],
});

describe("a server of TLS 1.3 that does wrong after its Finished", () => {
  it.each([
    [
      "a handshake record with nothing inside",
      afterwardsSealed(CONTENT_TYPE.handshake, NOTHING),
      "record",
      "record.content_type",
    ],
    [
      "a ChangeCipherSpec inside",
      afterwardsSealed(CONTENT_TYPE.changeCipherSpec, Uint8Array.of(1)),
      "record",
      "record.content_type",
    ],
    [
      "a ChangeCipherSpec in the clear",
      { afterwards: () => [CHANGE_CIPHER_SPEC_13] },
      "record",
      "record.type",
    ],
    ["a record of zeros alone", afterwardsSealed(0, new Uint8Array(9)), "record", "record.fragment"],
    [
      "2^14 + 1 bytes inside",
      afterwardsSealed(CONTENT_TYPE.applicationData, new Uint8Array(2 ** 14 + 1)),
      "record",
      "record.fragment",
    ],
    [
      "empty records without end",
      {
        afterwards: ({ seal }) =>
          Array.from({ length: 40 }, () => seal(CONTENT_TYPE.applicationData, NOTHING)),
      },
      "record",
      "record.fragment",
    ],
    ["an alert of one byte", afterwardsSealed(CONTENT_TYPE.alert, Uint8Array.of(1)), "decode", "alert"],
    [
      "a second Finished",
      afterwardsSealed(
        CONTENT_TYPE.handshake,
        encodeHandshakeMessage({ type: HANDSHAKE_TYPE.finished, body: new Uint8Array(32) }),
      ),
      "order",
      "handshake.msg_type",
    ],
    [
      "a HelloRequest",
      afterwardsSealed(
        CONTENT_TYPE.handshake,
        encodeHandshakeMessage({ type: HANDSHAKE_TYPE.helloRequest, body: NOTHING }),
      ),
      "order",
      "handshake.msg_type",
    ],
    [
      "a KeyUpdate of 2",
      afterwardsSealed(CONTENT_TYPE.handshake, keyUpdate(2)),
      "decode",
      "key_update.request_update",
    ],
    [
      "an empty KeyUpdate",
      afterwardsSealed(
        CONTENT_TYPE.handshake,
        encodeHandshakeMessage({ type: HANDSHAKE_TYPE.keyUpdate, body: NOTHING }),
      ),
      "decode",
      "key_update.request_update",
    ],
    [
      "a KeyUpdate of two bytes",
      afterwardsSealed(
        CONTENT_TYPE.handshake,
        encodeHandshakeMessage({ type: HANDSHAKE_TYPE.keyUpdate, body: Uint8Array.of(0, 0) }),
      ),
      "decode",
      "handshake.length",
    ],
    [
      "two KeyUpdates in a record",
      afterwardsSealed(CONTENT_TYPE.handshake, joined([keyUpdate(0), keyUpdate(0)])),
      "order",
      "key_update",
    ],
    [
      "a KeyUpdate and the old keys after it",
      {
        afterwards: ({ seal }) => [
          seal(CONTENT_TYPE.handshake, keyUpdate(0)),
          seal(CONTENT_TYPE.applicationData, Uint8Array.of(1)),
        ],
      },
      "record",
      "record.fragment",
    ],
    [
      "KeyUpdates without end",
      {
        afterwards: ({ seal, update }) =>
          Array.from({ length: 40 }, () => {
            const bytes = seal(CONTENT_TYPE.handshake, keyUpdate(0));
            update();
            return bytes;
          }),
      },
      "order",
      "key_update",
    ],
  ] satisfies readonly Row[])("%s", (_, script: Script13, kind, field) => {
    const conversation = converse(scriptedServer13(script));
    witnessOf(conversation);
    expect(conversation.reading.sessionFault).toMatchObject({ kind, field, message: field.split(".")[0] });
  });

  it("answers a KeyUpdate that asks for one, and goes on under the next keys of both sides", () => {
    const data = Uint8Array.of(1, 2, 3);
    const conversation = converse(
      scriptedServer13({
        afterwards: ({ seal, update }) => {
          const asking = seal(CONTENT_TYPE.handshake, keyUpdate(1));
          update();
          return [asking, seal(CONTENT_TYPE.applicationData, data)];
        },
      }),
    );
    witnessOf(conversation);
    expect(conversation.reading.sessionFault).toBeNull();
    expect(conversation.client.opened()).toEqual(data);
  });
});
