import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeMessageHead,
  encodeMessageHead,
  fieldValues,
  MAX_HEAD_SIZE_BYTES,
} from "../../src/http/message-head.ts";
import { encodeHttpRequest } from "../../src/http/request.ts";
import { expectNoClaimBeyond, expectSameUnderEveryCut } from "../support/codec-laws.ts";
import { latin1 } from "./latin1.ts";

describe("An HTTP/1.1 message head (RFC 9112 2.1)", () => {
  it("is a start line, fields without the white space around their values, and an empty line", () => {
    const bytes = latin1("GET / HTTP/1.1\r\nHost: a\r\nX-Two: \t b  c \r\nX-None:\r\n\r\nrest");
    expect(decodeMessageHead(bytes)).toEqual({
      status: "done",
      value: {
        startLine: "GET / HTTP/1.1",
        fields: [
          { name: "Host", value: "a" },
          { name: "X-Two", value: "b  c" },
          { name: "X-None", value: "" },
        ],
      },
      size: bytes.length - 4,
    });
  });

  it.each([
    ["CRLF", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\n\r\n"],
    ["bare LF (RFC 9112 2.2)", "HTTP/1.1 200 OK\nServer: x\n\n"],
    ["no field", "HTTP/1.1 204\r\n\r\n"],
    ["Latin-1", "HTTP/1.1 200 caf\xe9\r\n\r\n"],
  ])("with %s is the same however it is cut", (_, text) => {
    expectSameUnderEveryCut(decodeMessageHead, latin1(text));
  });

  it.each([
    ["\r\n", "http.startLine", 0, "an empty line"],
    ["a\r\nno colon\r\n", "http.field", 3, "no field name and colon"],
    ["a\r\n: v\r\n", "http.field", 3, "no field name and colon"],
    ["a\r\nX Y: v\r\n", "http.field", 3, "no field name and colon"],
    ["a\r\nX: v\r\n folded\r\n", "http.field", 9, "no field name and colon"],
    ["a\r\nX: \x00\r\n", "http.line", 6, "a control character"],
    ["a\r\nX: a\rb\r\n", "http.line", 7, "a control character"],
    ["a\x1b[31m\r\n", "http.line", 1, "a control character"],
    ["a\x7f\r\n", "http.line", 1, "a control character"],
  ])("%j is a fault that names field and offset", (text, field, offset, reason) => {
    expect(decodeMessageHead(latin1(text))).toEqual({ status: "bad", fault: { field, offset, reason } });
    expectSameUnderEveryCut(decodeMessageHead, latin1(text));
  });

  it("without an end is a fault at 16 KiB, however many lines it has", () => {
    for (const line of ["X: y\r\n", `X: ${"y".repeat(20_000)}`, "X: y"]) {
      const endless = latin1(`a\r\n${line.repeat(20_000)}`.slice(0, 2 * MAX_HEAD_SIZE_BYTES));
      expect(decodeMessageHead(endless)).toMatchObject({ status: "bad" });
      expect(decodeMessageHead(endless.subarray(0, MAX_HEAD_SIZE_BYTES))).toEqual(decodeMessageHead(endless));
      expect(decodeMessageHead(endless.subarray(0, MAX_HEAD_SIZE_BYTES - 1))).toEqual({
        status: "need",
        bytes: 1,
      });
    }
  });

  it("may fill the 16 KiB to the last byte", () => {
    const frame = "a\r\nX: \r\n\r\n";
    const text = frame.replace("X: ", `X: ${"y".repeat(MAX_HEAD_SIZE_BYTES - frame.length)}`);
    expect(decodeMessageHead(latin1(text))).toMatchObject({ status: "done", size: MAX_HEAD_SIZE_BYTES });
    expect(decodeMessageHead(latin1(text.replace("X: ", "X: y")))).toMatchObject({ status: "bad" });
  });

  it("comes out as it went in", () => {
    const word = fc.stringMatching(/^[!-9;-~]{1,12}$/);
    const name = fc.stringMatching(/^[A-Za-z0-9-]{1,12}$/);
    const fields = fc.array(fc.record({ name, value: fc.oneof(fc.constant(""), word) }), { maxLength: 8 });
    fc.assert(
      fc.property(word, fields, (startLine, list) => {
        const head = { startLine, fields: list };
        const bytes = encodeMessageHead(head);
        expect(decodeMessageHead(bytes)).toEqual({ status: "done", value: head, size: bytes.length });
      }),
    );
  });

  it("of arbitrary bytes never throws", () => {
    const lines = fc.array(fc.constantFrom("a: b", ":", "\r", "\n", "\r\n", "\0", " ", "é"), {
      maxLength: 40,
    });
    fc.assert(fc.property(fc.uint8Array(), (bytes) => expectNoClaimBeyond(decodeMessageHead, bytes)));
    fc.assert(fc.property(lines, (parts) => expectNoClaimBeyond(decodeMessageHead, latin1(parts.join("")))));
  });

  it.each([
    ["a line break in a value", { name: "X", value: "a\r\nY: b" }],
    ["a name that is no token", { name: "X Y", value: "a" }],
    ["no name", { name: "", value: "a" }],
    ["text outside Latin-1", { name: "X", value: "\u2028" }],
  ])("with %s is not written", (_, field) => {
    expect(() => encodeMessageHead({ startLine: "GET / HTTP/1.1", fields: [field] })).toThrow(RangeError);
  });

  it("gives all values of a field whatever its case", () => {
    const fields = [
      { name: "WWW-Authenticate", value: "Negotiate" },
      { name: "Server", value: "x" },
      { name: "www-authenticate", value: "NTLM" },
    ];
    expect(fieldValues({ fields }, "Www-Authenticate")).toEqual(["Negotiate", "NTLM"]);
    expect(fieldValues({ fields }, "Date")).toEqual([]);
  });
});

describe("An HTTP/1.1 request (RFC 9112 3.2)", () => {
  const request = { method: "RDG_OUT_DATA", target: "/x", port: 443, defaultPort: 443, fields: [] } as const;
  const hostOf = (host: string, port = 443): string | undefined => {
    const head = decodeMessageHead(encodeHttpRequest({ ...request, host, port }));
    return head.status === "done" ? fieldValues(head.value, "Host")[0] : undefined;
  };

  it("has its method, target and Host first", () => {
    const bytes = encodeHttpRequest({ ...request, host: "gw.example", fields: [{ name: "A", value: "b" }] });
    expect(bytes).toEqual(latin1("RDG_OUT_DATA /x HTTP/1.1\r\nHost: gw.example\r\nA: b\r\n\r\n"));
  });

  it.each([
    ["gw.example", 443, "gw.example"],
    ["gw.example", 8443, "gw.example:8443"],
    ["192.0.2.7", 443, "192.0.2.7"],
    ["2001:db8::7", 443, "[2001:db8::7]"],
    ["fe80::1%eth0", 8443, "[fe80::1]:8443"],
    ["b\u00fccher.example", 443, "xn--bcher-kva.example"],
    ["\u2028", 443, ""],
  ])("names host %s at port %i as %j", (host, port, expected) => {
    expect(hostOf(host, port)).toBe(expected);
  });

  it("is not written with a host that would break its line", () => {
    expect(() => hostOf("a\r\nX: y")).toThrow(RangeError);
  });
});
