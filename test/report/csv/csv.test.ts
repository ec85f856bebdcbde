import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CSV_HEAD, csvRecord } from "../../../src/report/csv/csv.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { hostile, RESULTS } from "../results.ts";

const HEAD =
  "target,address,port,verdict,stage,severity,summary,nla,security_layers,tls_version,cipher,cert_subject,cert_issuer,cert_not_before,cert_not_after,cert_days_left,cert_self_signed,cert_key,cert_signature,cert_sha1,cert_sha256,computer_name,dns_name,domain,os_version,os,clock_skew_ms,mstsc_code,likely_cause,connections,duration_ms,started_at,findings,tls_versions,server,server_version,cert_end_date,probed_at,cert_key_sha256";

const NAMES = HEAD.split(",");

/** The cells of one record, by RFC 4180 alone. */
const cellsOf = (record: string): readonly string[] => {
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  for (let at = 0; at < record.length; at = cell.lastIndex) {
    const [, quoted, bare = ""] = cell.exec(record) ?? expect.unreachable(`no CSV at ${at}: ${record}`);
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
  }
  return cells;
};

const rowOf = (result: Result): Readonly<Record<string, string>> =>
  Object.fromEntries(
    cellsOf(csvRecord(result)).map((cell, index) => [NAMES[index] ?? `extra ${index}`, cell]),
  );

const withSummary = (summary: string): Result => ({
  ...RESULTS.silent,
  verdict: { ...RESULTS.silent.verdict, summary },
});

describe("the CSV of results", () => {
  it("has the columns in their order, and ends each line with CR LF", () => {
    expect(CSV_HEAD).toBe(`${HEAD}\r\n`);
    for (const result of Object.values(RESULTS)) {
      expect(cellsOf(csvRecord(result))).toHaveLength(NAMES.length);
      expect(csvRecord(result)).toMatch(/^[^\r\n]+\r\n$/);
    }
  });

  it("says what the result says", () => {
    expect(rowOf(RESULTS.portClosed)).toMatchObject({
      target: "192.0.2.7",
      address: "192.0.2.7",
      port: "3389",
      verdict: "port-closed",
      stage: "tcp",
      severity: "critical",
      nla: "unknown",
      connections: "1",
      cert_subject: "",
    });
    expect(rowOf(RESULTS.noName)).toMatchObject({ target: "rdp.example", address: "", mstsc_code: "0x104" });
    expect(rowOf(RESULTS.resetAfterConfirm)).toMatchObject({ verdict: "reset", mstsc_code: "0x904 0x7" });
  });

  it("names the codes of all findings, and the versions that are accepted where all were asked", () => {
    const finding = { severity: "info", stage: "tls", summary: "", evidence: {}, remedies: [] } as const;
    const refused = {
      accepted: [],
      serverPreference: null,
      notUsableWithCertificate: [],
      groups: [],
      groupsComplete: true,
      dhBits: [],
      complete: true,
    };
    const taken = { ...refused, accepted: ["TLS_AES_128_GCM_SHA256"] };
    const asked: Result = {
      ...RESULTS.silent,
      findings: [
        { ...finding, code: "a" },
        { ...finding, code: "b" },
      ],
      tlsSupport: { ssl3: refused, "1.0": taken, "1.1": refused, "1.2": taken, "1.3": refused },
    };
    expect(rowOf(asked)).toMatchObject({ findings: "a b", tls_versions: "1.0 1.2" });
    expect(rowOf({ ...asked, findings: [] })).toMatchObject({ findings: "" });
    expect(rowOf(RESULTS.silent)).toMatchObject({ tls_versions: "" });
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])(
    "guards the text %j with an apostrophe",
    (text) => {
      const { summary = "" } = rowOf(withSummary(text));
      expect(summary).toMatch(/^'/);
      expect(summary).not.toMatch(/[\t\r\n]/);
    },
  );

  it("leaves a negative number a number", () => {
    const ntlm = {
      targetName: null,
      netbiosComputer: "HOST",
      netbiosDomain: "WG",
      dnsComputer: null,
      dnsDomain: null,
      dnsTree: null,
      osVersion: "10.0.20348",
      os: ["Windows Server 2022"],
      serverTime: null,
      clockSkewMs: -120,
    };
    expect(rowOf({ ...RESULTS.silent, ntlm })).toMatchObject({
      clock_skew_ms: "-120",
      computer_name: "HOST",
      domain: "WG",
      os: "Windows Server 2022",
    });
  });

  it("keeps whatever a peer sent in its cell and on its line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const record = csvRecord(withSummary(text));
        expect(record).toMatch(/^[^\r\n]+\r\n$/);
        const cells = cellsOf(record);
        expect(cells).toHaveLength(NAMES.length);
        expect(cells[NAMES.indexOf("summary")]).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
    expect(csvRecord(hostile(RESULTS.silent))).not.toMatch(/\p{Cc}(?!\n?$)/u);
  });
});
