/** The order of a table's rows, and which hosts get none. */
import { describe, expect, it } from "vitest";
import { FoldedHosts } from "../../../src/report/table/folded-hosts.ts";
import { tableStream } from "../../../src/report/json/result-stream.ts";
import { sortedResults } from "../../../src/report/table/sorted-results.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { RESULTS } from "../results.ts";

const at = (result: Result, address: string, port = 3389): Result => ({
  ...result,
  target: { input: address, host: address, address, port, family: address.includes(":") ? 6 : 4 },
});

const named = (result: Result, host: string): Result => ({
  ...result,
  target: { ...result.target, input: host, host },
});

const hosts = (results: readonly Result[]): readonly string[] =>
  results.map(({ target }) => `${target.host} ${target.port}`);

const WARNING = RESULTS.standardSecurity;
const CRITICAL = RESULTS.silent;

describe("rows sorted by target", () => {
  it("have addresses by their number, IPv4 first, then names; ports last", () => {
    const rows = [
      named(CRITICAL, "server10"),
      named(CRITICAL, "server9"),
      at(CRITICAL, "2001:db8::10"),
      at(CRITICAL, "2001:db8::9"),
      at(CRITICAL, "192.0.2.100"),
      at(CRITICAL, "192.0.2.20", 3390),
      at(CRITICAL, "192.0.2.20"),
    ];
    expect(hosts(sortedResults(rows, "target"))).toEqual([
      "192.0.2.20 3389",
      "192.0.2.20 3390",
      "192.0.2.100 3389",
      "2001:db8::9 3389",
      "2001:db8::10 3389",
      "server9 3389",
      "server10 3389",
    ]);
  });
});

describe("rows sorted by severity", () => {
  it("have the worst first, and equal ones by target", () => {
    const rows = [
      at(WARNING, "192.0.2.1"),
      at(CRITICAL, "192.0.2.9"),
      at(WARNING, "192.0.2.8"),
      at(CRITICAL, "192.0.2.7"),
    ];
    const sorted = sortedResults(rows, "severity");
    expect(sorted.map(({ target }) => target.host)).toEqual([
      "192.0.2.7",
      "192.0.2.9",
      "192.0.2.1",
      "192.0.2.8",
    ]);
  });
});

describe("rows sorted by days", () => {
  it("have the certificate that ends first at the top, and no certificate at the end", () => {
    const withDays = (host: string, daysLeft: number): Result => ({
      ...at(CRITICAL, host),
      certificate: {
        subject: null,
        commonName: null,
        issuer: null,
        serial: "01",
        notBefore: null,
        notAfter: null,
        selfSigned: null,
        subjectAltNames: [],
        key: null,
        keySha256: null,
        signature: null,
        extendedKeyUsage: null,
        sha1: "00",
        sha256: "00",
        matchesTarget: null,
        chain: [],
        daysLeft,
      },
    });
    const rows = [at(CRITICAL, "192.0.2.1"), withDays("192.0.2.2", 90), withDays("192.0.2.3", -3)];
    expect(hosts(sortedResults(rows, "days"))).toEqual([
      "192.0.2.3 3389",
      "192.0.2.2 3389",
      "192.0.2.1 3389",
    ]);
  });
});

describe("hosts without RDP", () => {
  it("are counted by what they are", () => {
    const folded = new FoldedHosts();
    const { portClosed, portFiltered, silent } = RESULTS;
    const taken = [portClosed, portFiltered, portClosed, silent].map((result) => folded.takes(result));
    expect(taken).toEqual([true, true, true, false]);
    expect(folded.text()).toMatch(/^3 .*2 closed, 1 filtered.*--all.*\n$/);
  });

  it("have their row where they were named by name", () => {
    const folded = new FoldedHosts();
    expect(folded.takes(named(RESULTS.portClosed, "server01"))).toBe(false);
    expect(folded.text()).toBe("");
  });

  it.each([
    { isFolded: true, rows: 1 },
    { isFolded: false, rows: 2 },
  ])("in a streamed table, folded $isFolded", ({ isFolded, rows }) => {
    const stream = tableStream({ color: false, columns: 80, isFolded });
    const text = [RESULTS.portClosed, RESULTS.silent].map(stream.add).filter((row) => row !== "");
    expect(text).toHaveLength(rows);
    expect(stream.end() === "").toBe(!isFolded);
  });
});
