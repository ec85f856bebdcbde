import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import {
  type ClientHello,
  decodeClientHello,
  encodeClientHello,
  encodeClientHelloRecord,
  offeredVersions,
  serverName,
} from "../../src/tls/wire/client-hello.ts";
import { selectedVersion, supportedVersions } from "../../src/tls/wire/extension-lists.ts";
import { decodeHandshakeMessage, HANDSHAKE_TYPE } from "../../src/tls/wire/handshake-message.ts";
import { retryGroup, serverKeyShare } from "../../src/tls/wire/key-share.ts";
import { decodeRecord } from "../../src/tls/wire/record.ts";
import {
  decodeServerHello,
  encodeServerHello,
  HELLO_RETRY_REQUEST_RANDOM,
  isHelloRetryRequest,
  negotiatedVersion,
  type ServerHello,
  selectedGroup,
} from "../../src/tls/wire/server-hello.ts";
import { hostName } from "../../src/tls/wire/server-name.ts";
import { anyClientHello, anyServerHello } from "./arbitraries.ts";
import { expectRoundTrip, expectTolerance, faultIn, valueIn } from "./expectations.ts";

const CLIENT = { decode: decodeClientHello, encode: encodeClientHello };
const SERVER = { decode: decodeServerHello, encode: encodeServerHello };

const RANDOM = new Uint8Array(32).fill(7);

const CLIENT_HELLO: ClientHello = {
  version: 0x0303,
  random: RANDOM,
  sessionId: new Uint8Array(0),
  cipherSuites: [0xc030, 0x00ff],
  compressionMethods: [0],
  extensions: null,
};

const SERVER_HELLO: ServerHello = {
  version: 0x0303,
  random: RANDOM,
  sessionId: new Uint8Array(0),
  cipherSuite: 0xc030,
  compressionMethod: 0,
  extensions: null,
};

const RANDOM_HEX = toHex(RANDOM);

describe("ClientHello (RFC 8446 4.1.2)", () => {
  it("looks as it does on the wire, in its frame and record", () => {
    expect(toHex(encodeClientHelloRecord(CLIENT_HELLO, 0x0301))).toBe(
      `160301002f0100002b0303${RANDOM_HEX}000004c03000ff0100`,
    );
  });

  it("comes back from its record", () => {
    fc.assert(
      fc.property(anyClientHello, (hello) => {
        const bytes = encodeClientHelloRecord(hello, 0x0301);
        const message = decodeHandshakeMessage(valueIn(decodeRecord(bytes), bytes).fragment);
        if (message.status !== "done") throw new Error("no message");
        expect(message.value.type).toBe(HANDSHAKE_TYPE.clientHello);
        expect(decodeClientHello(message.value.body)).toMatchObject({ status: "done", value: hello });
      }),
    );
  });

  it("encodes to the bytes that it came from", () => {
    expectRoundTrip(CLIENT, anyClientHello);
    expectTolerance(CLIENT, anyClientHello.map(encodeClientHello));
  });

  it("without extensions is not the same as with an empty list", () => {
    const empty = encodeClientHello({ ...CLIENT_HELLO, extensions: [] });
    expect(toHex(empty).endsWith("01000000")).toBe(true);
    expect(valueIn(decodeClientHello(empty), empty).extensions).toEqual([]);
  });

  it("cut at any offset is a fault, but where its extensions would begin", () => {
    const hello = { ...CLIENT_HELLO, extensions: [hostName("pc")] };
    const whole = encodeClientHello(hello);
    const withoutExtensions = encodeClientHello(CLIENT_HELLO).length;
    const statuses = [...whole.keys()].map((length) => decodeClientHello(whole.slice(0, length)).status);
    expect(statuses).toEqual([...whole.keys()].map((at) => (at === withoutExtensions ? "done" : "bad")));
  });

  it.each([
    [
      "a session id of 33 bytes",
      `0303${RANDOM_HEX}21${"00".repeat(33)}00000100`,
      "client_hello.session_id",
      34,
    ],
    ["half a suite", `0303${RANDOM_HEX}000003c030000100`, "client_hello.cipher_suites", 39],
    ["suites past the end", `0303${RANDOM_HEX}00fff0c030`, "client_hello.cipher_suites", 37],
    ["extensions past the end", `0303${RANDOM_HEX}000002c03001000005`, "client_hello.extensions", 43],
    [
      "an extension past its list",
      `0303${RANDOM_HEX}000002c0300100000500000009ff`,
      "client_hello.extensions.data",
      47,
    ],
    ["bytes behind it", `0303${RANDOM_HEX}000002c03001000000ff`, "client_hello", 43],
  ])("%s: a fault that names field and offset", (_, hex, field, offset) => {
    expect(faultIn(decodeClientHello(fromHex(hex)))).toMatchObject({ field, offset });
  });

  it.each<[string, number, number[] | null, number[]]>([
    ["supported_versions, without GREASE", 0x0303, [0x7a7a, 0x0304, 0x0303], [0x0304, 0x0303]],
    ["supported_versions as it stands, unknown numbers included", 0x0303, [0x0399], [0x0399]],
    ["all TLS up to its version where it has no list", 0x0303, null, [0x0303, 0x0302, 0x0301]],
    ["TLS 1.0 alone", 0x0301, null, [0x0301]],
    ["SSL 3 alone", 0x0300, null, [0x0300]],
    ["no more than TLS 1.2 for a version of the future", 0x0304, null, [0x0303, 0x0302, 0x0301]],
  ])("offers %s", (_, version, listed, offered) => {
    const extensions = listed === null ? null : [supportedVersions(listed)];
    expect(offeredVersions({ ...CLIENT_HELLO, version, extensions })).toEqual(offered);
  });

  it("has the server's name, or none", () => {
    expect(serverName({ ...CLIENT_HELLO, extensions: [hostName("pc.example")] })).toBe("pc.example");
    expect(serverName(CLIENT_HELLO)).toBeNull();
  });
});

describe("ServerHello (RFC 8446 4.1.3)", () => {
  it("encodes to the bytes that it came from", () => {
    expectRoundTrip(SERVER, anyServerHello);
    expectTolerance(SERVER, anyServerHello.map(encodeServerHello));
  });

  it.each([
    [
      "a session id of 40 bytes",
      `0303${RANDOM_HEX}28${"00".repeat(40)}c03000`,
      "server_hello.session_id",
      34,
    ],
    ["no suite", `0303${RANDOM_HEX}00c0`, "server_hello.cipher_suite", 35],
    ["no random", "0303aabb", "server_hello.random", 2],
  ])("%s: a fault that names field and offset", (_, hex, field, offset) => {
    expect(faultIn(decodeServerHello(fromHex(hex)))).toMatchObject({ field, offset });
  });

  it.each([
    ["1.2 by its version", 0x0303, null, 0x0303],
    ["1.3 by supported_versions, whatever its version says", 0x0303, [selectedVersion(0x0304)], 0x0304],
    ["1.0 by its version", 0x0301, [], 0x0301],
  ])("negotiates %s", (_, version, extensions, negotiated) => {
    expect(negotiatedVersion({ ...SERVER_HELLO, version, extensions })).toBe(negotiated);
  });

  it("is a HelloRetryRequest by its random alone, and names a group", () => {
    const retry = { ...SERVER_HELLO, random: HELLO_RETRY_REQUEST_RANDOM, extensions: [retryGroup(0x0018)] };
    expect(isHelloRetryRequest(retry)).toBe(true);
    expect(selectedGroup(retry)).toBe(0x0018);
    expect(isHelloRetryRequest(SERVER_HELLO)).toBe(false);
  });

  it("names the group of its key share, and none before TLS 1.3", () => {
    const extensions = [serverKeyShare({ group: 0x001d, keyExchange: new Uint8Array(32) })];
    expect(selectedGroup({ ...SERVER_HELLO, extensions })).toBe(0x001d);
    expect(selectedGroup(SERVER_HELLO)).toBeNull();
  });
});
