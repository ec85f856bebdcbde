import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/bytes/hex.ts";
import { authenticateChallenges, schemeNames } from "../../src/http/authenticate.ts";
import { decodeBase64, encodeBase64 } from "../../src/http/base64.ts";

const offer = (scheme: string, token: string | null = null) => ({ scheme, token });

describe("WWW-Authenticate (RFC 9110 11.6.1)", () => {
  it.each([
    ["one a field", ["Negotiate", "NTLM"], [offer("Negotiate"), offer("NTLM")]],
    ["several in one field", ["Negotiate, NTLM"], [offer("Negotiate"), offer("NTLM")]],
    ["a token with padding", ["NTLM TlRMTVNTUAACAA=="], [offer("NTLM", "TlRMTVNTUAACAA==")]],
    ["a token without padding", ["NTLM TlRM"], [offer("NTLM", "TlRM")]],
    [
      "parameters, with commas and quotes in them",
      ['Basic realm="a, \\", NTLM", charset="UTF-8", Digest realm = "x", qop="auth"'],
      [offer("Basic"), offer("Digest")],
    ],
    ["empty elements", [", ,NTLM,,"], [offer("NTLM")]],
    ["an open quotation", ['Basic realm="a, NTLM'], [offer("Basic")]],
    ["what is no scheme", ["(x)", "\u00e9 y", ""], []],
    ["no field", [], []],
  ])("reads %s", (_, values, expected) => {
    expect(authenticateChallenges(values)).toEqual(expected);
  });

  it("names each scheme once, as it was written last", () => {
    expect(schemeNames(authenticateChallenges(["Negotiate", "NTLM", "negotiate"]))).toEqual([
      "negotiate",
      "NTLM",
    ]);
  });

  it("of a huge list keeps the first 32, and takes no time for it", () => {
    const started = performance.now();
    expect(authenticateChallenges([Array(8_000).fill("a").join(",")])).toHaveLength(32);
    expect(authenticateChallenges([`NTLM ${"A".repeat(16_000)}!`])).toEqual([offer("NTLM")]);
    expect(authenticateChallenges([`NTLM${" ".repeat(16_000)}"`])).toEqual([offer("NTLM")]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("of arbitrary text never throws", () => {
    const pieces = fc.array(fc.constantFrom('"', "\\", ",", " ", "=", "a", "NTLM "), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(fc.string()), pieces, (values, parts) => {
        for (const { scheme } of authenticateChallenges([...values, parts.join("")])) {
          expect(scheme).toMatch(/^\S+$/);
        }
      }),
    );
  });
});

describe("Base64 (RFC 4648 4)", () => {
  it.each([
    ["", ""],
    ["66", "Zg=="],
    ["666f", "Zm8="],
    ["666f6f", "Zm9v"],
    ["fbff", "+/8="],
  ])("of %s is %s", (hex, text) => {
    expect(encodeBase64(fromHex(hex))).toBe(text);
    expect(decodeBase64(text)).toEqual(fromHex(hex));
  });

  it.each(["A", "AA", "AAA", "AAA=A", "=", "====", "A===", "AA A", "AA-_", "AAA=\n"])(
    "%j is none",
    (text) => {
      expect(decodeBase64(text)).toBeNull();
    },
  );

  it("comes out as it went in", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
      }),
    );
  });
});
