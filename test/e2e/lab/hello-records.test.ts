import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeHelloRecords, MAX_HELLO_RECORDS } from "../../../src/lab/hello-records.ts";
import { encodeClientHello } from "../../../src/tls/wire/client-hello.ts";
import { CLIENT_PROFILES } from "../../../src/tls/profiles/client-profiles.ts";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../../../src/tls/wire/handshake-message.ts";
import { CONTENT_TYPE, encodeRecord } from "../../../src/tls/wire/record.ts";
import { expectNoClaimBeyond, expectSameUnderEveryCut } from "../../support/codec-laws.ts";
import { faultIn, valueIn } from "../../tls/expectations.ts";
import { helloBytes, helloFor } from "./hello-client.ts";

const [PROFILE] = CLIENT_PROFILES;
const HELLO = helloFor(PROFILE);
const MESSAGE = encodeHandshakeMessage({ type: HANDSHAKE_TYPE.clientHello, body: encodeClientHello(HELLO) });
const CHANGE_CIPHER_SPEC = Uint8Array.of(20, 3, 3, 0, 1, 1);

const record = (fragment: Uint8Array, contentType: number = CONTENT_TYPE.handshake): Uint8Array =>
  encodeRecord({ contentType, version: 0x0303, fragment });
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

const inRecordsOf = (size: number): Uint8Array =>
  joined(
    ...Array.from({ length: Math.ceil(MESSAGE.length / size) }, (_, index) =>
      record(MESSAGE.slice(index * size, (index + 1) * size)),
    ),
  );

describe("A ClientHello in a client's first bytes", () => {
  it.each([
    ["one record", record(MESSAGE)],
    ["several records", inRecordsOf(50)],
    ["an empty record before it", joined(record(new Uint8Array(0)), record(MESSAGE))],
    ["a ChangeCipherSpec before it, as before a second one", joined(CHANGE_CIPHER_SPEC, record(MESSAGE))],
  ])("is found in %s, however the network cuts it", (_, bytes) => {
    expect(valueIn(decodeHelloRecords(bytes), bytes)).toEqual({ hello: HELLO, sizeBytes: bytes.length });
    expectSameUnderEveryCut(decodeHelloRecords, bytes);
  });

  it.each(CLIENT_PROFILES.map((profile) => [profile.id, profile] as const))("is that of %s", (_, profile) => {
    const bytes = helloBytes(profile, "pc.example");
    expect(valueIn(decodeHelloRecords(bytes), bytes).hello).toEqual(helloFor(profile, "pc.example"));
  });

  it.each([
    ["no TLS", Uint8Array.of(3, 0, 0, 19), { field: "record.type", offset: 0 }],
    ["an alert", record(Uint8Array.of(2, 40), CONTENT_TYPE.alert), { field: "record.type", offset: 0 }],
    [
      "a ChangeCipherSpec in its middle",
      joined(record(MESSAGE.slice(0, 9)), CHANGE_CIPHER_SPEC),
      { field: "record.type", offset: 14 },
    ],
    ["another message", record(Uint8Array.of(2, 0, 0, 0)), { field: "handshake.type", offset: 0 }],
    ["a broken hello", record(Uint8Array.of(1, 0, 0, 2, 3, 3)), { field: "client_hello.random" }],
    [
      "records of one byte without end",
      inRecordsOf(1),
      { field: "record", reason: `a ClientHello in more than ${MAX_HELLO_RECORDS} records` },
    ],
  ])("is not found in %s: a fault", (_, bytes, fault) => {
    expect(faultIn(decodeHelloRecords(bytes))).toMatchObject(fault);
  });

  it("is looked for in any bytes without a throw", () => {
    const framed = fc
      .array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 })
      .map((fragments) => joined(...fragments.map((fragment) => record(fragment))));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 120 }), framed), (bytes) => {
        expectNoClaimBeyond(decodeHelloRecords, bytes);
      }),
    );
  });
});
