import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  contentLength,
  decodeResponseHead,
  keepsConnection,
  type ResponseHead,
} from "../../src/http/response.ts";
import { expectNoClaimBeyond, expectSameUnderEveryCut } from "../support/codec-laws.ts";
import { latin1 } from "./latin1.ts";

const headOf = (text: string): ResponseHead => {
  const decoded = decodeResponseHead(latin1(text));
  if (decoded.status !== "done") throw new Error(JSON.stringify(decoded));
  return decoded.value;
};

describe("An HTTP/1.1 response head (RFC 9112 4)", () => {
  it("is what http.sys says to a stranger", () => {
    const text =
      "HTTP/1.1 401 Unauthorized\r\nContent-Length: 341\r\nServer: Microsoft-HTTPAPI/2.0\r\n" +
      "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n\r\n";
    expect(headOf(text)).toEqual({
      version: "1.1",
      status: 401,
      reason: "Unauthorized",
      fields: [
        { name: "Content-Length", value: "341" },
        { name: "Server", value: "Microsoft-HTTPAPI/2.0" },
        { name: "WWW-Authenticate", value: "Negotiate" },
        { name: "WWW-Authenticate", value: "NTLM" },
      ],
    });
    expectSameUnderEveryCut(decodeResponseHead, latin1(text));
  });

  it.each(["HTTP/1.0 200\r\n\r\n", "HTTP/1.1 200 \r\n\r\n", "HTTP/1.1 999 x y z\r\n\r\n"])(
    "%j is the same however it is cut",
    (text) => expectSameUnderEveryCut(decodeResponseHead, latin1(text)),
  );

  it.each([
    ["SSH-2.0-OpenSSH_9.2\r\n", 0, "not an HTTP/1.x response"],
    ["HTTP/2 200\r\n\r\n", 5, "not an HTTP/1.x response"],
    ["\x15\x03\x03", 0, "not an HTTP/1.x response"],
    ["HTTP/1.1 20\r\n\r\n", 7, "no version and status of three digits"],
    ["HTTP/1.x 200\r\n\r\n", 7, "no version and status of three digits"],
    ["HTTP/1.1 2000 OK\r\n\r\n", 7, "no version and status of three digits"],
  ])("%j is a fault that names field and offset", (text, offset, reason) => {
    expect(decodeResponseHead(latin1(text))).toEqual({
      status: "bad",
      fault: { field: "http.statusLine", offset, reason },
    });
    expectSameUnderEveryCut(decodeResponseHead, latin1(text));
  });

  it("of arbitrary bytes never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, text) => {
        expectNoClaimBeyond(decodeResponseHead, bytes);
        expectNoClaimBeyond(decodeResponseHead, latin1(`HTTP/1.1 ${text}`));
      }),
    );
  });

  it.each([
    ["200 OK\r\nContent-Length: 5", 5],
    ["200 OK\r\nContent-Length: 5\r\nContent-Length: 5", 5],
    ["200 OK\r\nContent-Length: 5\r\nContent-Length: 6", null],
    ["200 OK\r\nContent-Length: -1", null],
    ["200 OK\r\nContent-Length: 9999999999999999999", null],
    ["200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", null],
    ["200 OK", null],
    ["204 No Content", 0],
  ])("%j says how much content follows: %j", (rest, expected) => {
    expect(contentLength(headOf(`HTTP/1.1 ${rest}\r\n\r\n`))).toBe(expected);
  });

  it.each([
    ["HTTP/1.1 200 OK\r\nA: b", true],
    ["HTTP/1.1 200 OK\r\nConnection: Keep-Alive", true],
    ["HTTP/1.1 200 OK\r\nConnection: x, Close", false],
    ["HTTP/1.0 200 OK\r\nA: b", false],
    ["HTTP/1.0 200 OK\r\nConnection: keep-alive", true],
  ])("%j keeps the connection: %j (RFC 9112 9.3)", (text, expected) => {
    expect(keepsConnection(headOf(`${text}\r\n\r\n`))).toBe(expected);
  });
});
