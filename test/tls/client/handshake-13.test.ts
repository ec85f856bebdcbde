import { describe, expect, it } from "vitest";
import { EXTENSION } from "../../../src/tls/wire/extension.ts";
import { selectedVersion } from "../../../src/tls/wire/extension-lists.ts";
import { CONTENT_TYPE } from "../../../src/tls/wire/record.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { asIs, cookie, NOTHING, onlyExtensions, requestBody, withExtension } from "./changes.ts";
import { EC_P256 } from "./identities.ts";
import { converse, witnessOf } from "./scripted-conversation.ts";
import { type Script13, scriptedServer13 } from "./scripted-server-13.ts";

const { tls13 } = TLS_VERSION;
const P384 = 0x0018;

describe("a server of TLS 1.3 that does nothing wrong", () => {
  it.each([
    ["AES-128-GCM", {}],
    ["AES-256-GCM", { suite: 0x1302 }],
    ["ChaCha20-Poly1305", { suite: 0x1303 }],
    ["P-256", { group: 0x0017, retries: [asIs] }],
    ["P-384", { group: P384, retries: [asIs] }],
    ["P-521", { group: 0x0019, retries: [asIs] }],
    ["a cookie", { group: P384, retries: [withExtension(EXTENSION.cookie, cookie([1, 2, 3]))] }],
    [
      "a cookie alone",
      { retries: [onlyExtensions(selectedVersion(tls13), { type: EXTENSION.cookie, data: cookie([7]) })] },
    ],
    ["an ECDSA key", { identity: EC_P256 }],
    ["a request for a certificate", { request: requestBody([], [0x0804]) }],
    ["no ChangeCipherSpec", { wire: (records) => records.filter((_, index) => index !== 1) }],
    [
      "some empty records",
      {
        afterwards: ({ seal }) =>
          Array.from({ length: 10 }, () => seal(CONTENT_TYPE.applicationData, NOTHING)),
      },
    ],
  ] satisfies readonly (readonly [string, Script13])[])("gets a witness: %s", (_, script: Script13) => {
    const conversation = converse(scriptedServer13(script));
    expect(witnessOf(conversation)).toMatchObject({
      version: tls13,
      cipherSuite: script.suite ?? 0x1301,
      group: script.group ?? 0x001d,
    });
    expect(conversation.reading.sessionFault).toBeNull();
  });

  it("gets its cookie back, once", () => {
    const bytes = cookie([0xc0, 0x0c, 0x1e]);
    const { said } = converse(
      scriptedServer13({ group: P384, retries: [withExtension(EXTENSION.cookie, bytes)] }),
    );
    const found = said.map((flight) => Buffer.from(flight).indexOf(Buffer.from(bytes)) >= 0);
    expect(found).toEqual([false, true, false]);
  });
});
