import { describe, expect, it } from "vitest";
import { EXTENSION, EXTENSION_NAMES, extensionName } from "../../src/tls/wire/extension.ts";
import { isGrease } from "../../src/tls/tables/grease.ts";
import { groupName, NAMED_GROUP, NAMED_GROUPS } from "../../src/tls/tables/named-groups.ts";
import { SIGNATURE_SCHEMES, signatureSchemeName } from "../../src/tls/tables/signature-schemes.ts";
import { TLS_VERSIONS, tlsVersionCode, tlsVersionName } from "../../src/tls/tables/versions.ts";

describe("The TLS registries", () => {
  it.each([
    ["versions", TLS_VERSIONS],
    ["named groups", NAMED_GROUPS],
    ["signature schemes", SIGNATURE_SCHEMES],
    ["extensions", EXTENSION_NAMES],
  ])("%s: every code and name once, in order", (_, table) => {
    const codes = table.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)].sort((a, b) => a - b));
    expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
  });

  it.each([
    [0x0017, "secp256r1"],
    [0x0018, "secp384r1"],
    [0x001d, "x25519"],
    [0x0100, "ffdhe2048"],
    [0x11ec, "X25519MLKEM768"],
    [0xeeee, null],
  ])("group %i is %s", (code, name) => {
    expect(groupName(code)).toBe(name);
  });

  it.each([
    [0x0804, "rsa_pss_rsae_sha256"],
    [0x0401, "rsa_pkcs1_sha256"],
    [0x0202, "dsa_sha1"],
    [0xeeee, null],
  ])("signature scheme %i is %s", (code, name) => {
    expect(signatureSchemeName(code)).toBe(name);
  });

  it.each([
    [0x0300, "ssl3"],
    [0x0301, "1.0"],
    [0x0302, "1.1"],
    [0x0303, "1.2"],
    [0x0304, "1.3"],
  ] as const)("version %i is %s", (code, name) => {
    expect(tlsVersionName(code)).toBe(name);
    expect(tlsVersionCode(name)).toBe(code);
  });

  it("a version of the future has no name", () => {
    expect(tlsVersionName(0x0305)).toBeNull();
  });

  it("the short names agree with the registries", () => {
    for (const [name, code] of Object.entries(NAMED_GROUP)) expect(groupName(code)).toBe(name);
    expect(Object.values(EXTENSION).map(extensionName)).not.toContain(null);
  });

  it("GREASE is sixteen numbers", () => {
    const all = Array.from({ length: 0x10000 }, (_, code) => code).filter(isGrease);
    expect(all).toHaveLength(16);
    expect(all[0]).toBe(0x0a0a);
    expect(all.at(-1)).toBe(0xfafa);
  });
});
