import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import {
  cipherSuite,
  cipherSuiteByName,
  cipherSuites,
  isSuiteOfVersion,
} from "../../../../src/tls/tables/cipher-suites.ts";
import { isGrease } from "../../../../src/tls/tables/grease.ts";
import { TLS_VERSION } from "../../../../src/tls/tables/versions.ts";

const local = spawnSync("openssl", ["ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"], {
  encoding: "utf8",
  timeout: 10_000,
});

/** `0xC0,0x30 - TLS_... - ECDHE-... TLSv1.2 Kx=ECDH Au=RSA Enc=AESGCM(256) Mac=AEAD` */
const LINE = /0x(..),0x(..) - (\S+) +- (\S+) +(\S+) +Kx=(\S+) +Au=(\S+) +Enc=(\S+) +Mac=(\S+)/;

interface LocalSuite {
  readonly code: number;
  readonly name: string;
  readonly openssl: string;
  readonly version: string;
  readonly kx: string;
  readonly au: string;
  readonly isNull: boolean;
  readonly isAead: boolean;
}

const localSuiteOf = (line: string): readonly LocalSuite[] => {
  const match = LINE.exec(line);
  if (match === null) return [];
  const [, high, low, name = "", openssl = "", version = "", kx = "", au = "", enc, mac] = match;
  const code = Number.parseInt(`${high}${low}`, 16);
  return [{ code, name, openssl, version, kx, au, isNull: enc === "None", isAead: mac === "AEAD" }];
};

const localSuites = (local.stdout ?? "").split("\n").flatMap(localSuiteOf);

const KEY_EXCHANGE: Readonly<Record<string, string>> = {
  any: "any",
  RSA: "rsa",
  DH: "dhe",
  ECDH: "ecdhe",
  PSK: "psk",
  RSAPSK: "rsa-psk",
  DHEPSK: "dhe-psk",
  ECDHEPSK: "ecdhe-psk",
  SRP: "srp",
};

const AUTHENTICATION: Readonly<Record<string, string>> = {
  any: "any",
  None: "anon",
  RSA: "rsa",
  DSS: "dss",
  ECDSA: "ecdsa",
  PSK: "psk",
  SRP: "srp",
};

const MIN_VERSION: Readonly<Record<string, number>> = {
  SSLv3: TLS_VERSION.ssl3,
  // OpenSSL calls suites of RFC 5487 and 5489 so, which need no TLS 1.2 but are none of SSL 3.
  TLSv1: TLS_VERSION.ssl3,
  "TLSv1.2": TLS_VERSION.tls12,
  "TLSv1.3": TLS_VERSION.tls13,
};

describe.skipIf(localSuites.length === 0)(
  "The cipher suites, against the OpenSSL of this machine (skipped where there is none)",
  () => {
    it("it lists a hundred suites at least", () => {
      expect(localSuites.length).toBeGreaterThan(100);
    });

    it.each(localSuites)("$openssl ($name)", ({ code, name, openssl, version, kx, au, isNull, isAead }) => {
      const ours = cipherSuite(code);
      expect(ours).toMatchObject({
        name,
        openssl,
        keyExchange: KEY_EXCHANGE[kx],
        authentication: AUTHENTICATION[au],
        minVersion: MIN_VERSION[version],
      });
      expect(ours?.cipher === "NULL").toBe(isNull);
      expect(ours?.mac === "AEAD").toBe(isAead);
    });
  },
);

describe("The cipher suites", () => {
  it("stand in the order of their codes, each code and name once, without GREASE", () => {
    const codes = cipherSuites().map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)].sort((a, b) => a - b));
    expect(codes.filter(isGrease)).toEqual([]);
    const names = cipherSuites().flatMap(({ name, openssl }) => [...new Set([name, openssl ?? name])]);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    [0xc030, "ecdhe", "rsa", "AES_256_GCM", "AEAD", null, 0x0303, 0x0303],
    [0xc02c, "ecdhe", "ecdsa", "AES_256_GCM", "AEAD", null, 0x0303, 0x0303],
    [0xc028, "ecdhe", "rsa", "AES_256_CBC", "SHA384", null, 0x0303, 0x0303],
    [0xc014, "ecdhe", "rsa", "AES_256_CBC", "SHA", null, 0x0300, 0x0303],
    [0x0035, "rsa", "rsa", "AES_256_CBC", "SHA", null, 0x0300, 0x0303],
    [0x0038, "dhe", "dss", "AES_256_CBC", "SHA", null, 0x0300, 0x0303],
    [0x000a, "rsa", "rsa", "3DES_EDE_CBC", "SHA", "3des", 0x0300, 0x0303],
    [0x0005, "rsa", "rsa", "RC4_128", "SHA", "rc4", 0x0300, 0x0303],
    [0x0004, "rsa", "rsa", "RC4_128", "MD5", "rc4", 0x0300, 0x0303],
    [0x0003, "rsa", "rsa", "RC4_40", "MD5", "export", 0x0300, 0x0303],
    [0x0006, "rsa", "rsa", "RC2_CBC_40", "MD5", "export", 0x0300, 0x0303],
    [0x0062, "rsa", "rsa", "DES_CBC", "SHA", "export", 0x0300, 0x0303],
    [0x0007, "rsa", "rsa", "IDEA_CBC", "SHA", "idea", 0x0300, 0x0303],
    [0x0009, "rsa", "rsa", "DES_CBC", "SHA", "des", 0x0300, 0x0303],
    [0x0001, "rsa", "rsa", "NULL", "MD5", "null", 0x0300, 0x0303],
    [0x0018, "dhe", "anon", "RC4_128", "MD5", "anon", 0x0300, 0x0303],
    [0xc019, "ecdhe", "anon", "AES_256_CBC", "SHA", "anon", 0x0300, 0x0303],
    [0xcca8, "ecdhe", "rsa", "CHACHA20_POLY1305", "AEAD", null, 0x0303, 0x0303],
    [0xc0a0, "rsa", "rsa", "AES_128_CCM_8", "AEAD", null, 0x0303, 0x0303],
    [0x00af, "psk", "psk", "AES_256_CBC", "SHA384", null, 0x0300, 0x0303],
    [0x1302, "any", "any", "AES_256_GCM", "AEAD", null, 0x0304, 0x0304],
    [0xc0b4, "any", "any", "NULL", "SHA256", "null", 0x0304, 0x0304],
    [0xc103, "gost", "gost", "KUZNYECHIK_MGM_L", "AEAD", null, 0x0304, 0x0304],
    [0x0025, "krb5", "krb5", "IDEA_CBC", "MD5", "idea", 0x0300, 0x0303],
  ])("%i: %s, %s, %s, %s, %s", (code, keyExchange, authentication, cipher, mac, weak, min, max) => {
    expect(cipherSuite(code)).toMatchObject({
      keyExchange,
      authentication,
      cipher,
      mac,
      weak,
      minVersion: min,
      maxVersion: max,
      isSignal: false,
    });
  });

  it.each(["TLS_EMPTY_RENEGOTIATION_INFO_SCSV", "TLS_FALLBACK_SCSV"])(
    "%s is a signal, of no version",
    (name) => {
      const suite = cipherSuiteByName(name);
      expect(suite).toMatchObject({ isSignal: true, weak: null, openssl: null });
      expect(suite !== null && isSuiteOfVersion(suite, TLS_VERSION.tls12)).toBe(false);
    },
  );

  it.each([
    ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", 0xc030],
    ["ECDHE-RSA-AES256-GCM-SHA384", 0xc030],
    ["DES-CBC3-SHA", 0x000a],
    ["TLS_AES_256_GCM_SHA384", 0x1302],
    ["toString", undefined],
  ])("are found by either name: %s", (name, code) => {
    expect(cipherSuiteByName(name)?.code).toBe(code);
  });

  it.each([0x0a0a, 0xffff, 0xcc13])("are null where the registry has none: %i", (code) => {
    expect(cipherSuite(code)).toBeNull();
  });

  it.each([
    [0xc030, TLS_VERSION.tls12, true],
    [0xc030, TLS_VERSION.tls11, false],
    [0xc030, TLS_VERSION.tls13, false],
    [0x1301, TLS_VERSION.tls13, true],
    [0x1301, TLS_VERSION.tls12, false],
    [0x002f, TLS_VERSION.tls10, true],
  ])("know their versions: %i in %i: %s", (code, version, belongs) => {
    const suite = cipherSuite(code);
    expect(suite !== null && isSuiteOfVersion(suite, version)).toBe(belongs);
  });
});
