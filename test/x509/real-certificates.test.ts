/** Certificates of real terminal servers, in captures that other projects publish and that lie beside the checkout. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type CertificateFacts, readCertificate } from "../../src/x509/certificate-facts.ts";
import { matchesName } from "../../src/x509/matches-name.ts";

const CAPTURES = new URL("../../../shared/pcaps/", import.meta.url);

/** They are no part of the project: without them there is nothing to hold it to. */
const describeWithCaptures = describe.skipIf(!existsSync(CAPTURES));

/** `[0] EXPLICIT INTEGER 2`: version 3, behind the headers of two SEQUENCEs with lengths of two bytes. */
const VERSION_3 = Buffer.from("a003020102", "hex");
const HEADERS_BYTES = 8;

/** The certificates that lie in one piece in a capture file. */
const certificatesIn = (file: string): readonly CertificateFacts[] => {
  const capture = readFileSync(new URL(file, CAPTURES));
  const found: CertificateFacts[] = [];
  for (let at = capture.indexOf(VERSION_3); at >= 0; at = capture.indexOf(VERSION_3, at + 1)) {
    const start = at - HEADERS_BYTES;
    if (start < 0 || capture.readUInt16BE(start) !== 0x3082) continue;
    const end = start + 4 + capture.readUInt16BE(start + 2);
    found.push(readCertificate(Uint8Array.from(capture.subarray(start, end))));
  }
  return found;
};

describeWithCaptures("certificates of real terminal servers", () => {
  it("Windows Server 2022 with a certificate of the domain's CA", () => {
    const [facts] = certificatesIn("wireshark-rdp__rdp-nla-kerberos-auth1.pcapng");
    expect(facts).toMatchObject({
      sha1: "8f525c89c284a1ca5d42e36ddb2758028feb7dbf",
      sha256: "a8a9db45c23d74ceb98370581cf25359e848efc433ab85fc22aabdd277b83f55",
      serial: "31000000102cb42340b5497d9a000000000010",
      subject: "CN=IT-HELP-TEST.ad.it-help.ninja",
      issuer: "CN=IT-HELP-DC,DC=ad,DC=it-help,DC=ninja",
      notBefore: new Date("2024-04-02T23:54:10Z"),
      notAfter: new Date("2026-04-02T23:54:10Z"),
      selfSigned: false,
      subjectAltNames: ["DNS:IT-HELP-TEST.ad.it-help.ninja"],
      key: { type: "rsa", bits: 2048 },
      signature: { name: "sha256WithRSAEncryption", hash: "sha256" },
      unread: [],
    });
    expect(facts && matchesName(facts, "it-help-test.ad.it-help.ninja")).toBe(true);
    expect(facts && matchesName(facts, "10.10.0.10")).toBe(false);
  });

  it("Windows Server 2008 R2 with a certificate of its own", () => {
    const [facts] = certificatesIn("zeek__rdp-to-ssl.pcap");
    expect(facts).toMatchObject({
      sha1: "00abbc7a0dca04571cb2ab4bb0dc652775f9e20c",
      serial: "16ed2aa0495f259d4f5d99edada570d1",
      subject: "CN=WIN2K8R2.awakecoding.ath.cx",
      notBefore: new Date("2011-02-12T21:37:35Z"),
      notAfter: new Date("2021-02-12T00:00:00Z"),
      selfSigned: true,
      singleCommonName: true,
      signature: { name: "sha1WithRSAEncryption", hash: "sha1" },
      unread: [],
    });
  });

  it("the chain of Standard RDP Security, whose leaf has a key that openssl refuses", () => {
    const [issuer, leaf] = certificatesIn("zeek__rdp-x509.pcap");
    expect(issuer).toMatchObject({
      subject: "L=TURNBKL+CN=SERVR",
      key: { type: "rsa", bits: 512 },
      signature: { name: "sha1WithRSA", oid: "1.3.14.3.2.29", hash: "sha1" },
      basicConstraintsCa: true,
      unread: [],
    });
    expect(leaf).toMatchObject({
      serial: "0100000001",
      commonName: "ncalrpc:SERVR",
      issuer: "L=TURNBKL+CN=SERVR",
      notAfter: new Date("2016-12-31T23:59:59Z"),
      singleCommonName: false,
      selfSigned: false,
      key: { type: "rsa", oid: "1.2.840.113549.1.1.4" },
      unread: [],
    });
    expect(leaf?.subject).toContain("serialNumber=1BcKefYSF97EvkaiCqahPY8uPd0=\\0D\\0A");
  });
});
