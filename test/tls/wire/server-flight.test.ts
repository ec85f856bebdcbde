import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.ts";
import { encodeAlert } from "../../../src/tls/wire/alert.ts";
import { encodeCertificate } from "../../../src/tls/wire/certificate.ts";
import { encodeCertificateRequest } from "../../../src/tls/wire/certificate-request.ts";
import { selectedVersion } from "../../../src/tls/wire/extension-lists.ts";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../../../src/tls/wire/handshake-message.ts";
import { retryGroup, serverKeyShare } from "../../../src/tls/wire/key-share.ts";
import { CONTENT_TYPE, encodeRecord } from "../../../src/tls/wire/record.ts";
import {
  createServerFlightReader,
  readServerFlight,
  type ServerFlight,
} from "../../../src/tls/wire/server-flight.ts";
import {
  encodeServerHello,
  HELLO_RETRY_REQUEST_RANDOM,
  type ServerHello,
} from "../../../src/tls/wire/server-hello.ts";
import {
  encodeServerKeyExchange,
  type ServerKeyExchange,
} from "../../../src/tls/wire/server-key-exchange.ts";

const HELLO: ServerHello = {
  version: 0x0303,
  random: new Uint8Array(32).fill(9),
  sessionId: new Uint8Array(32).fill(1),
  cipherSuite: 0xc030,
  compressionMethod: 0,
  extensions: [],
};

const HELLO13: ServerHello = {
  ...HELLO,
  cipherSuite: 0x1302,
  extensions: [selectedVersion(0x0304), serverKeyShare({ group: 0x001d, keyExchange: new Uint8Array(32) })],
};

const RETRY: ServerHello = {
  ...HELLO,
  cipherSuite: 0x1302,
  random: HELLO_RETRY_REQUEST_RANDOM,
  extensions: [selectedVersion(0x0304), retryGroup(0x0018)],
};

const CHAIN = [fromHex("3003020101"), new Uint8Array(150).fill(0x30)];

const KEY_EXCHANGE: ServerKeyExchange = {
  kind: "ecdhe",
  group: 0x0018,
  point: new Uint8Array(33).fill(4),
  signature: { scheme: 0x0804, bytes: new Uint8Array(64).fill(5) },
};

const REQUEST = { certificateTypes: [1, 64], signatureAlgorithms: [0x0401], authorities: [] };

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const message = (type: number, body: Uint8Array = new Uint8Array(0)): Uint8Array =>
  encodeHandshakeMessage({ type, body });

const record = (contentType: number, fragment: Uint8Array): Uint8Array =>
  encodeRecord({ contentType, version: 0x0303, fragment });

const handshake = (...messages: readonly Uint8Array[]): Uint8Array =>
  record(CONTENT_TYPE.handshake, joined(...messages));

const alert = (level: number, description: number): Uint8Array =>
  record(CONTENT_TYPE.alert, encodeAlert({ level, description }));

const HELLO_MESSAGE = message(HANDSHAKE_TYPE.serverHello, encodeServerHello(HELLO));
const HELLO13_MESSAGE = message(HANDSHAKE_TYPE.serverHello, encodeServerHello(HELLO13));
const RETRY_MESSAGE = message(HANDSHAKE_TYPE.serverHello, encodeServerHello(RETRY));
const CERTIFICATE_MESSAGE = message(HANDSHAKE_TYPE.certificate, encodeCertificate({ chain: CHAIN }));
const KEY_EXCHANGE_MESSAGE = message(HANDSHAKE_TYPE.serverKeyExchange, encodeServerKeyExchange(KEY_EXCHANGE));
const REQUEST_MESSAGE = message(HANDSHAKE_TYPE.certificateRequest, encodeCertificateRequest(REQUEST));
const DONE_MESSAGE = message(HANDSHAKE_TYPE.serverHelloDone);
const MESSAGES = [HELLO_MESSAGE, CERTIFICATE_MESSAGE, KEY_EXCHANGE_MESSAGE, REQUEST_MESSAGE, DONE_MESSAGE];

const CHANGE_CIPHER_SPEC = record(CONTENT_TYPE.changeCipherSpec, fromHex("01"));
const APPLICATION_DATA = record(CONTENT_TYPE.applicationData, new Uint8Array(40));

const WHOLE: Omit<ServerFlight, "sizeBytes"> = {
  hello: HELLO,
  helloRetryRequest: null,
  certificates: CHAIN,
  keyExchange: KEY_EXCHANGE,
  certificateRequest: REQUEST,
  helloDone: true,
  encrypted: false,
  alert: null,
  fault: null,
};

/** Fed in pieces of these sizes, the last one as often as it takes. */
const readInPieces = (bytes: Uint8Array, sizes: readonly number[]): ServerFlight => {
  const reader = createServerFlightReader();
  let at = 0;
  for (let piece = 0; at < bytes.length; piece += 1) {
    const size = Math.max(1, sizes[Math.min(piece, sizes.length - 1)] ?? 1);
    reader.receive(bytes.slice(at, at + size));
    at += size;
  }
  return reader.flight();
};

/** All of `payload` in handshake records of `size` bytes. */
const fragmented = (payload: Uint8Array, size: number): Uint8Array => {
  const starts = Array.from({ length: Math.ceil(payload.length / size) }, (_, index) => index * size);
  const records = starts.map((at) => record(CONTENT_TYPE.handshake, payload.slice(at, at + size)));
  return new Uint8Array(Buffer.concat(records));
};

describe("A server's flight of TLS 1.2", () => {
  const layouts: readonly (readonly [string, Uint8Array])[] = [
    ["a record for each message", joined(...MESSAGES.map((part) => handshake(part)))],
    ["one record for all", handshake(...MESSAGES)],
    ["records of 100 bytes", fragmented(joined(...MESSAGES), 100)],
    ["records of 1 byte", fragmented(joined(...MESSAGES), 1)],
    [
      "an empty record between",
      joined(handshake(...MESSAGES.slice(0, 2)), handshake(), handshake(...MESSAGES.slice(2))),
    ],
  ];

  it.each(layouts)("is read whole, byte by byte and in any pieces: %s", (_, bytes) => {
    const expected = { ...WHOLE, sizeBytes: bytes.length };
    expect(readServerFlight(bytes)).toEqual(expected);
    expect(readInPieces(bytes, [1])).toEqual(expected);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 600 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        expect(readInPieces(bytes, sizes)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it("cut at every offset it has no fault, and goes on to the same end", () => {
    const bytes = fragmented(joined(...MESSAGES), 300);
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const reader = createServerFlightReader();
      reader.receive(bytes.slice(0, cut));
      expect(reader.flight()).toMatchObject({ fault: null, helloDone: false, sizeBytes: cut });
      reader.receive(bytes.slice(cut));
      expect(reader.flight()).toEqual({ ...WHOLE, sizeBytes: bytes.length });
    }
  });

  it("is encrypted behind a ChangeCipherSpec: an alert there is ciphertext", () => {
    const bytes = joined(handshake(HELLO_MESSAGE), CHANGE_CIPHER_SPEC, alert(2, 40));
    expect(readServerFlight(bytes)).toMatchObject({
      hello: HELLO,
      encrypted: true,
      alert: null,
      fault: null,
    });
  });

  it("counts the bytes that it does not read", () => {
    const bytes = joined(handshake(HELLO_MESSAGE), CHANGE_CIPHER_SPEC, new Uint8Array(1000));
    expect(readInPieces(bytes, [13])).toMatchObject({ sizeBytes: bytes.length, fault: null });
  });

  it("keeps what is opaque to it: the key exchange of a suite that nobody knows", () => {
    const hello = message(HANDSHAKE_TYPE.serverHello, encodeServerHello({ ...HELLO, cipherSuite: 0xfefe }));
    const flight = readServerFlight(handshake(hello, KEY_EXCHANGE_MESSAGE));
    expect(flight.keyExchange).toEqual({ kind: "opaque", body: encodeServerKeyExchange(KEY_EXCHANGE) });
  });

  it("passes over messages that say nothing here", () => {
    const ticket = message(HANDSHAKE_TYPE.newSessionTicket, new Uint8Array(30));
    const status = message(HANDSHAKE_TYPE.certificateStatus, new Uint8Array(30));
    const bytes = handshake(message(HANDSHAKE_TYPE.helloRequest), HELLO_MESSAGE, status, ticket);
    expect(readServerFlight(bytes)).toMatchObject({ hello: HELLO, fault: null });
  });
});

describe("A server's flight of TLS 1.3", () => {
  it("goes on behind a ChangeCipherSpec, which means nothing there", () => {
    const reader = createServerFlightReader();
    reader.receive(joined(handshake(HELLO13_MESSAGE), CHANGE_CIPHER_SPEC));
    expect(reader.flight()).toMatchObject({ hello: HELLO13, encrypted: false, certificates: null });
    reader.receive(APPLICATION_DATA);
    expect(reader.flight()).toMatchObject({ encrypted: true, fault: null });
  });

  it("may ask for another hello first", () => {
    const bytes = joined(handshake(RETRY_MESSAGE), CHANGE_CIPHER_SPEC, handshake(HELLO13_MESSAGE));
    expect(readServerFlight(bytes)).toMatchObject({
      hello: HELLO13,
      helloRetryRequest: RETRY,
      encrypted: false,
      fault: null,
    });
    expect(readServerFlight(handshake(RETRY_MESSAGE))).toMatchObject({
      hello: null,
      helloRetryRequest: RETRY,
    });
  });
});

describe("Alerts in a server's flight", () => {
  it.each([
    ["alone", joined(alert(2, 70)), { level: 2, description: 70 }],
    ["behind a hello", joined(handshake(HELLO_MESSAGE), alert(2, 40)), { level: 2, description: 40 }],
    ["the first of two", joined(alert(2, 40), alert(2, 80)), { level: 2, description: 40 }],
    ["a fatal one before a warning", joined(alert(1, 112), alert(2, 40)), { level: 2, description: 40 }],
    [
      "a warning and the flight goes on",
      joined(alert(1, 112), handshake(HELLO_MESSAGE)),
      { level: 1, description: 112 },
    ],
    ["of an unknown level", joined(alert(9, 200)), { level: 9, description: 200 }],
  ])("%s", (_, bytes, expected) => {
    expect(readServerFlight(bytes)).toMatchObject({ alert: expected, fault: null });
    expect(readInPieces(bytes, [1]).alert).toEqual(expected);
  });
});

describe("A server's flight that breaks the protocol", () => {
  it.each([
    ["HTTP", new TextEncoder().encode("HTTP/1.1 400 Bad Request"), "record.type", 0],
    ["an X.224 answer", fromHex("0300000b06d00000123400"), "record.type", 0],
    [
      "garbage behind a record",
      joined(handshake(HELLO_MESSAGE), fromHex("00")),
      "record.type",
      handshake(HELLO_MESSAGE).length,
    ],
    ["a hello that ends early", handshake(fromHex("02 000002 0303")), "server_hello.random", 11],
    [
      "a message over 256 KiB",
      joined(handshake(HELLO_MESSAGE), handshake(fromHex("0b ffffff"))),
      "handshake.length",
      handshake(HELLO_MESSAGE).length + 6,
    ],
    [
      "a certificate past its list, over the seam of two records",
      joined(handshake(fromHex("0b 000008 000005")), handshake(fromHex("000009 3000"))),
      "certificate.asn1_cert",
      20,
    ],
    ["an alert of one byte", record(CONTENT_TYPE.alert, fromHex("02")), "alert", 5],
    [
      "a second hello",
      handshake(HELLO_MESSAGE, HELLO_MESSAGE),
      "handshake.server_hello",
      5 + HELLO_MESSAGE.length,
    ],
    [
      "a second HelloRetryRequest",
      handshake(RETRY_MESSAGE, RETRY_MESSAGE),
      "handshake.hello_retry_request",
      5 + RETRY_MESSAGE.length,
    ],
    [
      "a second certificate",
      handshake(CERTIFICATE_MESSAGE, CERTIFICATE_MESSAGE),
      "handshake.certificate",
      5 + CERTIFICATE_MESSAGE.length,
    ],
  ])("%s: the fault names the byte on the wire, in any pieces, and stays", (_, bytes, field, offset) => {
    const flight = readServerFlight(bytes);
    expect(flight.fault).toMatchObject({ field, offset });
    expect(readInPieces(bytes, [1]).fault).toEqual(flight.fault);
    const reader = createServerFlightReader();
    reader.receive(bytes);
    reader.receive(handshake(...MESSAGES));
    expect(reader.flight().fault).toEqual(flight.fault);
    expect(reader.flight().helloDone).toBe(false);
  });

  it("tells by the first byte that it is no TLS", () => {
    expect(readServerFlight(fromHex("48")).fault).toMatchObject({ field: "record.type", offset: 0 });
  });

  it("never throws, whatever comes", () => {
    const wholes = [
      fragmented(joined(...MESSAGES), 90),
      joined(handshake(RETRY_MESSAGE), handshake(HELLO13_MESSAGE)),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...wholes),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 5 }),
        fc.nat({ max: 300 }),
        (whole, changes, size) => {
          const bytes = Uint8Array.from(whole);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const flight = readServerFlight(bytes);
          expect(readInPieces(bytes, [size])).toEqual(flight);
          expect(flight.fault?.offset ?? 0).toBeLessThanOrEqual(bytes.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("a quarter of a megabyte in records of one byte costs no more than time in proportion", () => {
    const payload = joined(fromHex("0b 03ffff"), new Uint8Array(0x3ffff));
    const bytes = fragmented(payload, 1);
    const started = performance.now();
    const flight = readServerFlight(bytes);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(flight.certificates).toBeNull();
    expect(flight.fault).toMatchObject({ field: "certificate" });
  });
});
