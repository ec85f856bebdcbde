import { describe, expect, it } from "vitest";
import { readCertificate } from "../../src/x509/certificate-facts.ts";
import { matchesName } from "../../src/x509/matches-name.ts";
import { commonName, extension, handMade, sequence, text, tlv } from "./der.ts";

const named = (common: string | null, ...names: readonly Uint8Array[]) =>
  readCertificate(
    handMade({
      subject: common === null ? sequence() : commonName(common),
      extensions: names.length === 0 ? [] : [extension("2.5.29.17", sequence(...names))],
    }),
  );
const dns = (name: string): Uint8Array => text(0x82, name);
const ip = (...bytes: readonly number[]): Uint8Array => tlv(0x87, bytes);
const V6_LOOPBACK = ip(...new Array<number>(15).fill(0), 1);

const cases: readonly (readonly [
  what: string,
  facts: ReturnType<typeof named>,
  matching: readonly string[],
  others: readonly string[],
])[] = [
  [
    "a dNSName, whatever its case and a dot at the end",
    named("other", dns("Host.Example")),
    ["host.example", "HOST.EXAMPLE", "host.example."],
    ["host", "example", "a.host.example", "other", "host.example.org", ""],
  ],
  [
    "a wildcard for exactly one label, left-most",
    named(null, dns("*.corp.example")),
    ["dc01.corp.example", "DC01.Corp.Example."],
    ["corp.example", "a.dc01.corp.example", ".corp.example", "corp", "*"],
  ],
  ["a wildcard with one label behind it", named(null, dns("*.example")), [], ["host.example", "*.com"]],
  ["a wildcard within a label", named(null, dns("d*.corp.example")), [], ["dc01.corp.example"]],
  ["a wildcard that is not left-most", named(null, dns("a.*.example")), [], ["a.b.example"]],
  ["a lone star", named(null, dns("*")), [], ["host", "host.example"]],
  [
    "a common name where there is no alternative name",
    named("HOST"),
    ["host", "HOST", "host."],
    ["host.example", "hos", "192.0.2.7"],
  ],
  ["a common name with a wildcard", named("*.corp.example"), ["a.corp.example"], ["corp.example"]],
  [
    "a common name beside a dNSName does not count",
    named("host", dns("host.example")),
    ["host.example"],
    ["host"],
  ],
  [
    "a common name beside an iPAddress does not count",
    named("host", ip(192, 0, 2, 7)),
    ["192.0.2.7"],
    ["host"],
  ],
  ["a common name beside other kinds counts", named("host", text(0x81, "a@host")), ["host"], ["a@host"]],
  ["a common name that is an address", named("192.0.2.7"), ["192.0.2.7"], ["192.0.2.8", "2.7"]],
  [
    "an iPAddress, not a dNSName that looks like one",
    named(null, ip(192, 0, 2, 7), dns("192.0.2.8")),
    ["192.0.2.7"],
    ["192.0.2.8", "192.0.2.70"],
  ],
  [
    "an IPv6 address in any form",
    named(null, V6_LOOPBACK),
    ["::1", "[::1]", "0:0:0:0:0:0:0:1", "0000::0001", "::0.0.0.1", "::1%eth0"],
    ["::2", "::", "1::", "127.0.0.1"],
  ],
  ["no wildcard for an address", named(null, dns("*.0.2.7")), [], ["192.0.2.7"]],
  [
    "a name beyond ASCII by its A-label",
    named(null, dns("xn--bcher-kva.example")),
    ["bücher.example"],
    ["bucher.example"],
  ],
  ["no name at all", named(null), [], ["host", "192.0.2.7", ""]],
];

describe("matching a certificate to the name that was dialled ([RFC 9525] 6.3)", () => {
  it.each(cases)("%s", (_, facts, matching, others) => {
    for (const name of matching) expect(matchesName(facts, name), name).toBe(true);
    for (const name of others) expect(matchesName(facts, name), name).toBe(false);
  });
});

describe("a name that is longer than any in DNS", () => {
  const REPEATED = ["a", "ü", "例え.", "a.", "1:", "\u0308"] as const;

  it.each(REPEATED)("of %j matches nothing, not even itself, and takes no time", (unit) => {
    for (const length of [256, 30_000, 300_000]) {
      const name = unit.repeat(Math.ceil(length / unit.length));
      const startedAt = performance.now();
      const common = { ...named("host"), commonName: name };
      const alternative = { ...named(null), subjectAltNames: [`DNS:${name}`, `IP:${name}`] };
      for (const facts of [common, alternative]) {
        expect(matchesName(facts, name)).toBe(false);
        expect(matchesName(facts, "host.example")).toBe(false);
        expect(matchesName(facts, "192.0.2.7")).toBe(false);
      }
      // Converted, the longest would take many seconds.
      expect(performance.now() - startedAt).toBeLessThan(1000);
    }
  });

  it("is compared up to the bound, in any script", () => {
    for (const label of ["a".repeat(63), "ü".repeat(40)]) {
      const name = `${label}.example`;
      expect(matchesName(named(name), name)).toBe(true);
      expect(matchesName(named(name), `${name}.`)).toBe(true);
    }
  });
});
