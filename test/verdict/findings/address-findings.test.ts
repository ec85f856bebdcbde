import { describe, expect, it } from "vitest";
import { withAddressFindings } from "../../../src/verdict/findings/address-findings.ts";
import { judge } from "../../../src/verdict/rules/judge.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { certificateWith } from "../hand-made-certificate.ts";
import { connection, probeOf } from "../transcripts.ts";

const at = (host: string, address: string, sha256: string | null): Result => {
  const result = judge(probeOf(connection("offer-all", ["rst"])));
  return {
    ...result,
    target: { ...result.target, host, address },
    certificate: sha256 === null ? null : certificateWith(sha256),
  };
};

const codesOf = (results: readonly Result[]): readonly (readonly string[])[] =>
  withAddressFindings(results).map(({ findings }) =>
    findings.map(({ code }) => code).filter((code) => code === "certificate-differs-between-addresses"),
  );

const SAID = ["certificate-differs-between-addresses"];

describe("certificates of one name's addresses", () => {
  it("that differ are said at each address", () => {
    expect(codesOf([at("rdp", "192.0.2.1", "aa"), at("RDP", "192.0.2.2", "bb")])).toEqual([SAID, SAID]);
  });

  it("that are the same are not", () => {
    expect(codesOf([at("rdp", "192.0.2.1", "aa"), at("rdp", "192.0.2.2", "aa")])).toEqual([[], []]);
  });

  it("of different names say nothing of each other", () => {
    expect(codesOf([at("one", "192.0.2.1", "aa"), at("two", "192.0.2.2", "bb")])).toEqual([[], []]);
  });

  it("that are an issued one and a self-signed one: the self-signed one is where the issued is not used", () => {
    const kinds = [false, true].map((selfSigned, index): Result => {
      const result = at("rdp", `192.0.2.${index}`, `${index}`);
      const { certificate } = result;
      return { ...result, certificate: certificate === null ? null : { ...certificate, selfSigned } };
    });
    const fellBack = (results: readonly Result[]): readonly (readonly string[])[] =>
      withAddressFindings(results).map(({ findings }) =>
        findings
          .filter(({ code }) => code === "certificate-fell-back")
          .flatMap(({ causes }) => causes?.map(({ code }) => code) ?? []),
      );
    const [issued, own] = fellBack(kinds);
    expect(issued).toEqual([]);
    expect(own?.[0]).toBe("bound-thumbprint-gone");
    expect(own).toContain("template-enrolment-fails");
    // Windows alone falls back.
    const xrdp = { implementation: "xrdp", version: null, confidence: "inferred", evidence: [] } as const;
    expect(fellBack(kinds.map((result) => ({ ...result, server: xrdp })))).toEqual([[], []]);
  });

  it("an address without one is no difference", () => {
    expect(codesOf([at("rdp", "192.0.2.1", "aa"), at("rdp", "192.0.2.2", null)])).toEqual([[], []]);
  });
});
