/** The law of plain certificates: what is read without OpenSSL is what OpenSSL reads, damaged or not. */
import { createPublicKey, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/hex.ts";
import { mintCertificate, windowsSelfSigned } from "../../src/lab/certificates/certificates.ts";
import { readPlainRsaKey } from "../../src/tls/client/plain-certificate.ts";
import { makeIdentity } from "./identity.ts";

const authority = mintCertificate({
  commonName: "Example CA",
  subject: [["C", "DE"]],
  notBefore: new Date("2020-01-01"),
  notAfter: new Date("2060-01-01"),
  ca: true,
  key: "rsa-3072",
});

const PLAIN = [
  { what: "Windows' own", der: windowsSelfSigned("HOST", new Date()).der },
  { what: "an authority", der: authority.der },
  { what: "one of an authority", der: makeIdentity({ issuer: authority, key: "rsa-1024" }).der },
  {
    what: "one with many names",
    der: makeIdentity({ subjectAltNames: ["DNS:a.example", "IP:192.0.2.7"] }).der,
  },
  { what: "SHA-1", der: makeIdentity({ hash: "sha1" }).der },
] as const;

const OTHERS = [
  { what: "an EC key", der: makeIdentity({ key: "ec-p256" }).der },
  { what: "an Ed25519 key", der: makeIdentity({ key: "ed25519" }).der },
  { what: "a name that is not ASCII", der: makeIdentity({ commonName: "prüfstand" }).der },
  { what: "a negative serial number", der: makeIdentity({ serial: Uint8Array.of(0x80) }).der },
  { what: "nothing", der: new Uint8Array(0) },
] as const;

/** RSAPublicKey as OpenSSL gives it; null where it does not read the certificate, or another kind of key. */
const openSslKey = (der: Uint8Array): string | null => {
  try {
    const { publicKey } = new X509Certificate(der);
    return publicKey.asymmetricKeyType === "rsa"
      ? publicKey.export({ type: "pkcs1", format: "der" }).toString("hex")
      : null;
  } catch {
    return null;
  }
};

const plainKey = (der: Uint8Array): string | null => {
  const key = readPlainRsaKey(der);
  return key === null ? null : toHex(key);
};

/** Universal types of DER, primitive and constructed. */
const TAGS = [...Array.from({ length: 0x1e }, (_, tag) => tag), 0x30, 0x31, 0x80, 0xa0, 0xa3];

type Damage = (der: Uint8Array, at: number, value: number) => Uint8Array;

const OTHER_LENGTHS: Readonly<Record<string, Damage>> = {
  inserted: (der, at, value) => Uint8Array.of(...der.subarray(0, at), value, ...der.subarray(at)),
  dropped: (der, at) => Uint8Array.of(...der.subarray(0, at), ...der.subarray(at + 1)),
  cut: (der, at) => der.slice(0, at),
  longer: (der, _at, value) => Uint8Array.of(...der, value),
};

const damaged = fc.tuple(fc.constantFrom(...PLAIN), fc.nat(), fc.nat(255));

describe("a plain certificate", () => {
  it.each(PLAIN)("is read: $what", ({ der }) => {
    const key = plainKey(der);
    expect(key).not.toBeNull();
    expect(key).toBe(openSslKey(der));
    const imported = createPublicKey({ key: key ?? "", encoding: "hex", format: "der", type: "pkcs1" });
    expect(new X509Certificate(der).publicKey.equals(imported)).toBe(true);
  });

  it.each(OTHERS)("is none, and is left to OpenSSL: $what", ({ der }) => {
    expect(readPlainRsaKey(der)).toBeNull();
  });

  it("is what OpenSSL reads too, where a byte is changed", () => {
    let read = 0;
    fc.assert(
      fc.property(damaged, ([{ der }, at, value]) => {
        const changed = der.with(at % der.length, value);
        const key = plainKey(changed);
        if (key === null) return;
        read += 1;
        expect(openSslKey(changed)).toBe(key);
      }),
      { numRuns: 4000 },
    );
    expect(read).toBeGreaterThan(1000);
  });

  it("is what OpenSSL reads too, where a byte becomes any tag", () => {
    const { der } = makeIdentity({ key: "rsa-512", subject: [["C", "DE"]] });
    let read = 0;
    for (const [at, tag] of [...der.keys()].flatMap((at) => TAGS.map((tag) => [at, tag] as const))) {
      const changed = der.with(at, tag);
      const key = plainKey(changed);
      if (key === null) continue;
      read += 1;
      if (openSslKey(changed) !== key) expect.fail(`byte ${at} as ${tag}`);
    }
    expect(read).toBeGreaterThan(1000);
  });

  it.each(Object.entries(OTHER_LENGTHS))("is none where a byte is %s", (_name, damage) => {
    fc.assert(
      fc.property(damaged, ([{ der }, at, value]) => {
        expect(readPlainRsaKey(damage(der, at % der.length, value))).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });
});
