import { describe, expect, it } from "vitest";
import { table } from "../../../src/report/table/table.ts";
import { hostile, RESULTS, UNSAFE, withoutColors } from "../results.ts";

const rows = (text: string): readonly string[] => text.trimEnd().split("\n");
const cells = (row: string | undefined): readonly string[] => (row ?? "").split(/ {2,}/);

describe("the table of many results", () => {
  it("has a head and one row a result, in their order", () => {
    const { portClosed, noName, standardSecurity } = RESULTS;
    const [head, ...lines] = rows(table([portClosed, noName, standardSecurity], false, null));
    expect(cells(head)).toEqual(["TARGET", "VERDICT", "STAGE", "NLA", "TLS", "DAYS", "MS", "SUMMARY"]);
    expect(lines).toHaveLength(3);
    expect(cells(lines[0]).slice(0, 7)).toEqual([
      "192.0.2.7:3389",
      "port-closed",
      "tcp",
      "-",
      "-",
      "-",
      "12",
    ]);
    expect(cells(lines[1]).slice(0, 3)).toEqual(["rdp.example:3389", "name-not-found", "dns"]);
    expect(cells(lines[2])[3]).toBe("unsupported");
  });

  it("keeps its columns in line: each cell begins below its head", () => {
    const [head = "", ...lines] = rows(table(Object.values(RESULTS), false, null));
    for (const title of ["VERDICT", "STAGE", "NLA", "TLS", "DAYS", "MS", "SUMMARY"]) {
      const at = head.indexOf(title);
      for (const line of lines) expect(line.slice(at - 2, at + 1)).toMatch(/^ {2}\S$/);
    }
  });

  it("rounds the days that a certificate has left down: no day is promised that is not there", () => {
    const certificate = {
      subject: "CN=HOST",
      commonName: "HOST",
      issuer: "CN=HOST",
      serial: "01",
      notBefore: null,
      notAfter: null,
      selfSigned: true,
      subjectAltNames: [],
      key: null,
      keySha256: null,
      signature: null,
      extendedKeyUsage: null,
      sha1: "00",
      sha256: "00",
      matchesTarget: null,
      chain: [],
    };
    const withDays = (daysLeft: number) => ({ ...RESULTS.silent, certificate: { ...certificate, daysLeft } });
    const [, first, second] = rows(table([withDays(0.9), withDays(-0.1)], false, null));
    expect(cells(first)[5]).toBe("0");
    expect(cells(second)[5]).toBe("-1");
  });

  it.each([60, 80, 100, 120, 200])("fits into %d columns, and no row wraps", (columns) => {
    const results = Object.values(RESULTS);
    const [head = "", ...lines] = rows(table(results, false, columns));
    expect(lines).toHaveLength(results.length);
    for (const line of [head, ...lines]) expect(line.length).toBeLessThanOrEqual(columns);
    for (const title of ["TARGET", "VERDICT", "SUMMARY"]) expect(head).toContain(title);
  });

  it("has the addresses where a target is a name, and leaves them out where they say nothing new", () => {
    const { portClosed, silent } = RESULTS;
    const named = { ...silent, target: { ...silent.target, host: "server01" } };
    const [, address] = rows(table([portClosed, named], false, 200)).map((row) => cells(row)[1]);
    expect(rows(table([portClosed, named], false, 200))[0]).toContain("ADDRESS");
    expect(address).toBe(portClosed.target.address);
    expect(rows(table([portClosed, silent], false, 200))[0]).not.toContain("ADDRESS");
  });

  it("says the same with and without colours", () => {
    const results = Object.values(RESULTS);
    const colored = table(results, true, null);
    expect(colored).toContain("\u001b[");
    expect(withoutColors(colored)).toBe(table(results, false, null));
  });

  it("keeps a peer's text from acting on the terminal and from making rows", () => {
    const text = table([hostile(RESULTS.silent), RESULTS.silent], false, null);
    expect(text).not.toMatch(UNSAFE);
    expect(rows(text)).toHaveLength(3);
  });

  it("ends with one newline, also where there is no result", () => {
    expect(table([], false, null)).toMatch(/^TARGET.*SUMMARY\n$/);
    expect(table([RESULTS.silent], false, null)).toMatch(/[^\n]\n$/);
  });
});
