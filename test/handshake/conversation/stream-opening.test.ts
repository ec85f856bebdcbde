import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.ts";
import { recogniseOpening } from "../../../src/handshake/conversation/stream-opening.ts";

const NONE = new Uint8Array(0);
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const join = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

const REQUEST = fromHex("030000130ee000000000000100080003000000");
const COOKIE = fromHex("0300002924e00000000000436f6f6b69653a206d737473686173683d5858580d0a0100080000000000");
const TOKEN = join(
  fromHex("03000029 24e00000000000"),
  ascii("Cookie: msts=1.2.3.4.5678.0000\r\n").subarray(0, 28),
  ascii("\r\n"),
);
const BARE = fromHex("0300000b06e00000000000");
const CONFIRM = fromHex("030000130ed000001234000200080001000000");
const FAILURE = fromHex("030000130ed000001234000300080005000000");
const BARE_CONFIRM = fromHex("0300000b06d00000123400");
/** S7: calling and called selectors, TPDU size. */
const S7_REQUEST = fromHex("0300001611e00000000100c1020100c2020102c0010a");
const S7_CONFIRM = fromHex("0300001611d00001000600c0010ac1020100c2020102");
const CLIENT_HELLO = fromHex("16030100c4010000c00303cb34ecb1e78163ba1c38c6da");

const OTHER_PORT = 102;
const RDP_PORT = 3389;

const at = (client: Uint8Array, server: Uint8Array, port = OTHER_PORT, isOver = false) =>
  recogniseOpening(client, server, port, isOver);

const rdp = (clientStart = 0, serverStart = 0, fronts: readonly unknown[] = []) => ({
  status: "rdp",
  clientStart,
  serverStart,
  fronts,
});

describe("RDP by its first bytes, on any port", () => {
  it.each([
    ["a negotiation request", REQUEST],
    ["a cookie", COOKIE],
    ["a routing token", TOKEN],
    ["an empty token", fromHex("0300000d08e000000000000d0a")],
  ])("a Connection Request with %s is enough", (_what, request) => {
    expect(at(request, NONE)).toEqual(rdp());
  });

  it("a cookie is enough also where the rest of the request is broken", () => {
    expect(
      at(join(fromHex("0300001d18e00000000000"), ascii("Cookie: mstshash=")), NONE, OTHER_PORT),
    ).toMatchObject({
      status: "undecided",
    });
    const broken = join(fromHex("0300001c17e00000000000"), ascii("Cookie: mstshash="));
    expect(at(broken, NONE)).toEqual(rdp());
  });

  it.each([
    ["a negotiation response", CONFIRM],
    ["a negotiation failure", FAILURE],
  ])("a Connection Confirm with %s is enough, whatever the client said", (_what, confirm) => {
    expect(at(ascii("ECOD"), confirm)).toEqual(rdp());
    expect(at(NONE, confirm)).toEqual(rdp());
  });

  it("a request without a variable part is RDP where the confirm is one of RDP, or has none either", () => {
    expect(at(BARE, NONE)).toEqual({ status: "undecided" });
    expect(at(BARE, CONFIRM)).toEqual(rdp());
    expect(at(BARE, BARE_CONFIRM)).toEqual(rdp());
    expect(at(BARE, S7_CONFIRM)).toEqual({ status: "other" });
    expect(at(BARE, NONE, OTHER_PORT, true)).toEqual({ status: "other" });
    expect(at(BARE, NONE, RDP_PORT, true)).toEqual(rdp());
  });

  it.each([
    ["S7, with TPDU parameters", S7_REQUEST, S7_CONFIRM],
    ["TLS", CLIENT_HELLO, fromHex("160303005a02")],
    ["HTTP", ascii("GET / HTTP/1.1\r\n"), ascii("HTTP/1.1 200 OK\r\n")],
    ["SSH", ascii("SSH-2.0-x\r\n"), ascii("SSH-2.0-y\r\n")],
    ["a TPKT of data", fromHex("0300000702f080"), fromHex("0300000702f080")],
    ["a TPKT shorter than any request", fromHex("0300000a05e0000000"), fromHex("00")],
  ])("%s is none, on port 3389 neither", (_what, client, server) => {
    expect(at(client, server, RDP_PORT)).toEqual({ status: "other" });
  });

  it("a server that speaks first may still be sent a request", () => {
    expect(at(NONE, ascii("SSH-2.0-OpenSSH\r\n"))).toEqual({ status: "undecided" });
    expect(at(REQUEST, ascii("SSH-2.0-OpenSSH\r\n"))).toEqual(rdp());
    expect(at(REQUEST.subarray(0, 4), ascii("220 ready\r\n"))).toEqual({ status: "undecided" });
  });

  it("what is too long to be undecided is none", () => {
    expect(at(ascii("x".repeat(9000)), NONE)).toEqual({ status: "other" });
    expect(at(NONE, ascii("x".repeat(9000)))).toEqual({ status: "other" });
  });

  it("byte by byte, a request is undecided until it is whole", () => {
    for (let size = 0; size < COOKIE.length; size += 1) {
      expect(at(COOKIE.subarray(0, size), NONE)).toEqual({ status: "undecided" });
    }
  });

  it("of a capture that cuts its packets the start is enough, once no more comes", () => {
    for (const request of [REQUEST, COOKIE]) {
      for (let size = 12; size < request.length; size += 1) {
        expect(at(request.subarray(0, size), NONE, OTHER_PORT, true)).toEqual(rdp());
      }
      expect(at(request.subarray(0, 11), NONE, OTHER_PORT, true)).toEqual({ status: "other" });
    }
    for (const answer of [CONFIRM, FAILURE]) {
      expect(at(NONE, answer.subarray(0, 12), OTHER_PORT, true)).toEqual(rdp());
      expect(at(NONE, answer.subarray(0, 11), OTHER_PORT, true)).toEqual({ status: "other" });
    }
    for (let size = 1; size < S7_REQUEST.length; size += 1) {
      const opening = at(S7_REQUEST.subarray(0, size), S7_CONFIRM.subarray(0, size), OTHER_PORT, true);
      expect(opening).toEqual({ status: "other" });
    }
  });

  it("the port alone says nothing", () => {
    expect(at(NONE, NONE, RDP_PORT, true)).toEqual({ status: "other" });
    expect(at(fromHex("00"), NONE, RDP_PORT, true)).toEqual({ status: "other" });
  });
});

const SOCKS5_REPLY = fromHex("0500 05000001000000000000");
const BLOB_V1 = fromHex("10000000 00000000 01000000 eb99c6ee");
const BLOB_V2 = fromHex("20000000 00000000 02000000 00000000 0700 54004500530054005f0031000000");

const FRONTS: readonly (readonly [name: string, client: Uint8Array, server: Uint8Array, front: object])[] = [
  [
    "SOCKS5",
    fromHex("050100 050100010a0000010d3d"),
    SOCKS5_REPLY,
    { kind: "socks5", destination: "10.0.0.1:3389" },
  ],
  [
    "SOCKS5 by name with a password",
    join(fromHex("05020002 01 0175 0170 05010003 04"), ascii("host"), fromHex("0d3d")),
    fromHex("0502 0100 050000030178 0d3d"),
    { kind: "socks5", destination: "host:3389" },
  ],
  [
    "SOCKS5 to IPv6",
    join(fromHex("050100 05010004"), fromHex("20010db8000000000000000000000007 0d3d")),
    SOCKS5_REPLY,
    { kind: "socks5", destination: "[2001:db8:0:0:0:0:0:7]:3389" },
  ],
  [
    "SOCKS4",
    fromHex("0401 0d3d 0a000001 6d6500"),
    fromHex("005a000000000000"),
    { kind: "socks4", destination: "10.0.0.1:3389" },
  ],
  [
    "SOCKS4a",
    join(fromHex("0401 0d3d 00000001 00"), ascii("host\0")),
    fromHex("005a000000000000"),
    { kind: "socks4", destination: "host:3389" },
  ],
  [
    "HTTP CONNECT",
    ascii("CONNECT host:3389 HTTP/1.1\r\nHost: host:3389\r\n\r\n"),
    ascii("HTTP/1.1 200 Connection established\r\n\r\n"),
    { kind: "http-connect", destination: "host:3389" },
  ],
  [
    "PROXY 1",
    ascii("PROXY TCP4 1.2.3.4 5.6.7.8 40000 3389\r\n"),
    NONE,
    { kind: "proxy-protocol", destination: null },
  ],
  [
    "PROXY 2",
    join(ascii("\r\n\r\n\0\r\nQUIT\n"), fromHex("2111000c 01020304 05060708 9c40 0d3d")),
    NONE,
    { kind: "proxy-protocol", destination: null },
  ],
  ["a pre-connection blob", BLOB_V1, NONE, { kind: "preconnection-blob", destination: null }],
  ["a pre-connection blob 2", BLOB_V2, NONE, { kind: "preconnection-blob", destination: "TEST_1" }],
];

describe("RDP behind a greeting", () => {
  it.each(FRONTS)("%s: the handshake begins behind it on both sides", (_name, client, server, front) => {
    const expected = rdp(client.length, server.length, [front]);
    expect(at(join(client, COOKIE), server)).toEqual(expected);
    expect(at(join(client, COOKIE), join(server, CONFIRM))).toEqual(expected);
  });

  it.each(FRONTS)("%s: cut anywhere it is undecided, and never none", (_name, client, server) => {
    const whole = join(client, COOKIE);
    for (let size = 1; size < whole.length; size += 1) {
      expect(at(whole.subarray(0, size), server).status, `${size} bytes`).toBe("undecided");
    }
  });

  it.each(FRONTS.filter(([, , server]) => server.length > 0))(
    "%s: also where the capture has no byte of the server",
    (_name, client, _server, front) => {
      expect(at(join(client, COOKIE), NONE, OTHER_PORT, true)).toEqual(rdp(client.length, 0, [front]));
      // Until then the proxy's answer may have come late.
      expect(at(join(client, COOKIE), NONE)).toEqual({ status: "undecided" });
    },
  );

  it("several stand behind each other", () => {
    const proxy = ascii("PROXY TCP4 1.2.3.4 5.6.7.8 40000 3389\r\n");
    expect(at(join(proxy, BLOB_V1, REQUEST), NONE)).toMatchObject({
      clientStart: proxy.length + BLOB_V1.length,
      fronts: [{ kind: "proxy-protocol" }, { kind: "preconnection-blob" }],
    });
  });

  it.each(FRONTS)("%s around something else is none", (_name, client, server) => {
    expect(at(join(client, CLIENT_HELLO), join(server, ascii("no RDP")))).toEqual({ status: "other" });
  });
});

describe("arbitrary bytes", () => {
  it("never throw, and never claim more than there is", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc
        .tuple(
          fc.constantFrom(...FRONTS.map(([, client]) => client), REQUEST),
          fc.uint8Array({ maxLength: 30 }),
        )
        .map(([start, rest]) => join(start, rest)),
    );
    fc.assert(
      fc.property(bytes, bytes, fc.boolean(), (client, server, isOver) => {
        const opening = recogniseOpening(client, server, RDP_PORT, isOver);
        if (isOver) expect(opening.status).not.toBe("undecided");
        if (opening.status !== "rdp") return;
        expect(opening.clientStart).toBeLessThanOrEqual(client.length);
        expect(opening.serverStart).toBeLessThanOrEqual(server.length);
      }),
      { numRuns: 2000 },
    );
  });
});
