import { describe, expect, it } from "vitest";
import { withNameFindings } from "../../../src/verdict/findings/name-findings.ts";
import {
  resolutionFindings,
  resolutionNote,
  resolutionReport,
} from "../../../src/verdict/result/resolution-report.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { repeatOf } from "../repeats.ts";

const A = "192.0.2.1";
const B = "2001:db8::1";

/** `.` works, `r` is reset. */
const at = (host: string, address: string, letter: "." | "r"): Result => {
  const result = repeatOf(letter);
  return { ...result, target: { ...result.target, host, address } };
};

const codesOf = (...results: readonly Result[]): readonly (readonly string[])[] =>
  withNameFindings(results).map(({ findings }) => findings.map(({ code }) => code));

describe("results of a name and of addresses", () => {
  it("a name that works at one of its addresses alone is said at each", () => {
    const [works, fails] = withNameFindings([at("rdp.example", A, "."), at("RDP.example", B, "r")]);
    expect(works?.findings[0]?.summary).toBe(fails?.findings[0]?.summary.replace("RDP", "rdp"));
    expect(fails?.findings).toMatchObject([{ code: "addresses-differ", evidence: { works: A, fails: B } }]);
  });

  it("a name that fares alike everywhere says nothing", () => {
    expect(codesOf(at("rdp.example", A, "r"), at("rdp.example", B, "r"))).toEqual([[], []]);
  });

  it("an address that works by itself and not by its name is said at the name", () => {
    expect(codesOf(at("rdp.example", A, "r"), at(A, A, "."))).toEqual([
      ["works-by-address-fails-by-name"],
      [],
    ]);
  });

  it("an address that fails as well, or a name that works, says nothing", () => {
    expect(codesOf(at("rdp.example", A, "r"), at(A, A, "r"))).toEqual([[], []]);
    expect(codesOf(at("rdp.example", A, "."), at(A, A, "."))).toEqual([[], []]);
  });
});

describe("what the resolver gave", () => {
  const sources = { hosts: [A], dns: [B, "192.0.2.9"], aliases: ["gw.example"] };

  it("has the resolver's order, and says where each address is from", () => {
    const report = resolutionReport([B, A, "192.0.2.5"], sources);
    expect(report.addresses.map(({ from }) => from)).toEqual(["dns", "hosts", "unknown"]);
    expect(resolutionNote(report, A)).toBe(
      "from the hosts file, 2 of 3 in the resolver's order, alias of gw.example",
    );
  });

  it("is known to be given where it was", () => {
    expect(resolutionNote(resolutionReport([A], null), A)).toBe("given by --resolve");
  });

  it("differs from DNS where the hosts file says another address", () => {
    expect(resolutionFindings(resolutionReport([A], sources))).toMatchObject([
      { code: "hosts-file-differs-from-dns", evidence: { hosts: A, dns: `${B}, 192.0.2.9` } },
    ]);
  });

  it.each([
    ["DNS says the same", { hosts: [A], dns: [A], aliases: [] }],
    ["DNS says nothing", { hosts: [A], dns: [], aliases: [] }],
    ["no DNS server answers", { hosts: [A], dns: null, aliases: [] }],
    ["the hosts file has no part in it", { hosts: [], dns: [B], aliases: [] }],
  ])("does not where %s", (_, given) => {
    expect(resolutionFindings(resolutionReport([A], given))).toEqual([]);
  });
});
