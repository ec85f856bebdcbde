import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.ts";
import { readClientFlight } from "../../../src/tls/wire/client-flight.ts";
import { type ClientHello, encodeClientHelloRecord } from "../../../src/tls/wire/client-hello.ts";
import { supportedVersions } from "../../../src/tls/wire/extension-lists.ts";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../../../src/tls/wire/handshake-message.ts";
import { hostName } from "../../../src/tls/wire/server-name.ts";
import { anyBytes } from "../arbitraries.ts";

const HELLO: ClientHello = {
  version: 0x0303,
  random: new Uint8Array(32).fill(3),
  sessionId: new Uint8Array(0),
  cipherSuites: [0x1302, 0xc030],
  compressionMethods: [0],
  extensions: [hostName("pc.example"), supportedVersions([0x0304, 0x0303])],
};

const SECOND = { ...HELLO, cipherSuites: [0x1302] };

const FIRST_RECORD = encodeClientHelloRecord(HELLO, 0x0301);
const SECOND_RECORD = encodeClientHelloRecord(SECOND, 0x0303);
const CHANGE_CIPHER_SPEC = fromHex("14 0303 0001 01");
const ALERT = fromHex("15 0303 0002 0230");
const APPLICATION_DATA = fromHex("17 0303 0003 010203");
/** A Finished as TLS 1.2 encrypts it: its first byte says nothing. */
const CIPHERTEXT = fromHex(`16 0303 0028 ${"01".repeat(40)}`);
const KEY_EXCHANGE = fromHex("16 0303 0008 10 000004 01020304");

const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

const NOTHING = { hello: null, hellos: [], alert: null, fault: null };

describe("What a client sends in the clear", () => {
  it.each([
    ["nothing", new Uint8Array(0), NOTHING],
    ["a hello", FIRST_RECORD, { hello: HELLO, hellos: [HELLO], alert: null, fault: null }],
    ["half a hello", FIRST_RECORD.slice(0, 40), NOTHING],
    [
      "two hellos, with a ChangeCipherSpec between them as TLS 1.3 has it",
      joined(FIRST_RECORD, CHANGE_CIPHER_SPEC, SECOND_RECORD, APPLICATION_DATA),
      { hello: HELLO, hellos: [HELLO, SECOND], alert: null, fault: null },
    ],
    [
      "the flights of TLS 1.2, the last of them encrypted",
      joined(FIRST_RECORD, KEY_EXCHANGE, CHANGE_CIPHER_SPEC, CIPHERTEXT, ALERT, fromHex("ffff")),
      { hello: HELLO, hellos: [HELLO], alert: null, fault: null },
    ],
    [
      "an alert instead of keys",
      joined(FIRST_RECORD, ALERT),
      { hello: HELLO, hellos: [HELLO], alert: { level: 2, description: 48 }, fault: null },
    ],
    [
      "an alert that is ciphertext",
      joined(FIRST_RECORD, CHANGE_CIPHER_SPEC, ALERT),
      { hello: HELLO, hellos: [HELLO], alert: null, fault: null },
    ],
    ["application data at once", joined(APPLICATION_DATA, FIRST_RECORD), NOTHING],
  ])("%s", (_, bytes, expected) => {
    expect(readClientFlight(bytes)).toEqual(expected);
  });

  it("a hello over several records is one hello", () => {
    const payload = FIRST_RECORD.slice(5);
    const records = [payload.slice(0, 3), payload.slice(3, 50), payload.slice(50)].map((fragment) =>
      joined(fromHex("16 0301"), Uint8Array.of(0, fragment.length), fragment),
    );
    expect(readClientFlight(joined(...records)).hello).toEqual(HELLO);
  });

  it.each([
    ["SSH", new TextEncoder().encode("SSH-2.0-x"), "record.type", 0],
    ["garbage behind the hello", joined(FIRST_RECORD, fromHex("00")), "record.type", FIRST_RECORD.length],
    [
      "a hello cut short by its own length",
      fromHex("16 0301 0006 01 000002 0303"),
      "client_hello.random",
      11,
    ],
    ["an alert of one byte", fromHex("15 0301 0001 02"), "alert", 5],
    [
      "a third hello",
      joined(FIRST_RECORD, SECOND_RECORD, SECOND_RECORD),
      "handshake.client_hello",
      FIRST_RECORD.length + SECOND_RECORD.length + 5,
    ],
  ])("%s is a fault that names field and offset", (_, bytes, field, offset) => {
    expect(readClientFlight(bytes).fault).toMatchObject({ field, offset });
  });

  it("cut at every offset it has no fault", () => {
    const whole = joined(FIRST_RECORD, CHANGE_CIPHER_SPEC, SECOND_RECORD);
    const faults = [...whole.keys()].map((cut) => readClientFlight(whole.slice(0, cut)).fault);
    expect(faults.filter((fault) => fault !== null)).toEqual([]);
  });

  it("never throws, whatever comes", () => {
    const message = encodeHandshakeMessage({ type: HANDSHAKE_TYPE.clientHello, body: new Uint8Array(50) });
    fc.assert(
      fc.property(anyBytes(120), fc.nat({ max: 255 }), (bytes, length) => {
        const whole = joined(fromHex("16 0301 00"), Uint8Array.of(length), message, bytes);
        expect(readClientFlight(whole).hellos.length).toBeLessThanOrEqual(2);
        expect(readClientFlight(bytes).hellos).toEqual([]);
      }),
    );
  });
});
