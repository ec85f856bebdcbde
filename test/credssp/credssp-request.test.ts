import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/hex.ts";
import { ntlmRequest, spnegoRequest } from "../../src/credssp/credssp-request.ts";
import { decodeNtlmNegotiate } from "../../src/credssp/ntlm-negotiate.ts";
import { ntlmMessageIn } from "../../src/credssp/spnego.ts";
import { decodeTsRequest } from "../../src/credssp/ts-request.ts";
import { NTLM_REQUEST, SPNEGO_REQUEST } from "./examples.ts";

describe("the ready-made CredSSP requests", () => {
  it.each([
    ["57 bytes with a bare NEGOTIATE_MESSAGE", ntlmRequest(), NTLM_REQUEST],
    ["91 bytes with SPNEGO around it", spnegoRequest(), SPNEGO_REQUEST],
  ])("are, to the byte, %s", (_, request, expected) => {
    expect(toHex(request)).toBe(toHex(expected));
  });

  it.each([
    ["bare", ntlmRequest()],
    ["SPNEGO", spnegoRequest()],
  ])("%s: names neither user nor domain nor workstation", (_, request) => {
    const decoded = decodeTsRequest(request);
    const [token = new Uint8Array(0)] = (decoded.status === "done" && decoded.value.negoTokens) || [];
    const message = ntlmMessageIn(token);
    const negotiate = decodeNtlmNegotiate((message.status === "done" && message.value) || new Uint8Array(0));
    expect(negotiate).toMatchObject({
      status: "done",
      value: { flags: 0xe20882b7, domainName: null, workstation: null, version: { build: 19041 } },
    });
  });
});
