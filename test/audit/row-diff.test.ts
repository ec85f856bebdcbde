import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ResultRow } from "../../src/audit/result-row.ts";
import { diffRows } from "../../src/audit/row-diff.ts";
import { everyFilter, parseFilter } from "../../src/audit/row-filter.ts";
import { rowOfResult } from "../../src/audit/row-of-json.ts";
import { csvOfRow } from "../../src/report/csv/csv.ts";
import { csvFormOf, rowsOfCsv } from "../../src/report/csv/csv-rows.ts";
import { CSV_HEAD } from "../../src/report/csv/csv.ts";
import { diffText } from "../../src/report/text/diff-lines.ts";
import { MANY_RESULTS } from "./result-files.ts";

const [FULL] = MANY_RESULTS.map(rowOfResult);
const row = (changes: Partial<ResultRow> = {}): ResultRow => ({
  ...(FULL ?? expect.unreachable()),
  host: "192.0.2.1",
  address: "192.0.2.1",
  ...changes,
});
const certified = (changes: Partial<NonNullable<ResultRow["certificate"]>>): Partial<ResultRow> => {
  const { certificate } = row();
  return { certificate: certificate === null ? null : { ...certificate, daysLeft: 100, ...changes } };
};

const kindsOf = (old: Partial<ResultRow>, now: Partial<ResultRow>): readonly (readonly [string, string])[] =>
  diffRows([row(old)], [row(now)]).changed.flatMap(({ changes }) =>
    changes.map(({ kind, severity }) => [kind, severity] as const),
  );

describe("a change", () => {
  it.each<[string, Partial<ResultRow>, Partial<ResultRow>, string, string]>([
    ["NLA off", { nla: "required" }, { nla: "optional" }, "nla-off", "critical"],
    ["NLA on", { nla: "unsupported" }, { nla: "required" }, "nla-on", "ok"],
    [
      "a worse verdict",
      { verdict: "ok", severity: "ok" },
      { severity: "critical" },
      "verdict-worse",
      "critical",
    ],
    ["a better verdict", { severity: "critical" }, { verdict: "ok", severity: "ok" }, "verdict-better", "ok"],
    ["an older TLS", { tlsVersion: "1.2" }, { tlsVersion: "1.0" }, "tls-weakened", "warning"],
    ["a newer TLS", { tlsVersion: "1.2" }, { tlsVersion: "1.3" }, "tls-strengthened", "ok"],
    ["TLS 1.0 on", { tlsVersions: ["1.2"] }, { tlsVersions: ["1.0", "1.2"] }, "tls-weakened", "warning"],
    ["TLS 1.0 off", { tlsVersions: ["1.0", "1.2"] }, { tlsVersions: ["1.2"] }, "tls-strengthened", "ok"],
    [
      "RDP security on",
      { layers: { rdp: "refused" } },
      { layers: { rdp: "accepted" } },
      "security-weakened",
      "warning",
    ],
    [
      "a renewed certificate",
      certified({ sha256: "a", notAfter: "2026-01-01T00:00:00.000Z" }),
      certified({ sha256: "b", notAfter: "2027-01-01T00:00:00.000Z" }),
      "certificate-renewed",
      "ok",
    ],
    [
      "a replaced one",
      certified({ sha256: "a" }),
      certified({ sha256: "b", subject: "x" }),
      "certificate-replaced",
      "warning",
    ],
    [
      "Windows' own instead of an issued one",
      certified({ sha256: "a", selfSigned: false }),
      certified({ sha256: "b", selfSigned: true }),
      "certificate-fell-back",
      "warning",
    ],
    ...(["2026-01-02", "2026-06-01"] as const).map(
      (second): [string, Partial<ResultRow>, Partial<ResultRow>, string, string] => [
        `an issued one of 2026-01-01 made anew on ${second}`,
        certified({ sha256: "a", selfSigned: false, notBefore: "2026-01-01", notAfter: "2027-01-01" }),
        certified({ sha256: "b", selfSigned: false, notBefore: second, notAfter: "2027-06-01" }),
        ...(second === "2026-01-02"
          ? (["certificate-again", "warning"] as const)
          : (["certificate-renewed", "ok"] as const)),
      ],
    ),
    [
      "one near its end",
      certified({ daysLeft: 31 }),
      certified({ daysLeft: 29 }),
      "certificate-ending",
      "warning",
    ],
    [
      "one that has ended",
      certified({ daysLeft: 3 }),
      certified({ daysLeft: -1 }),
      "certificate-expired",
      "critical",
    ],
    ["another build", { osVersion: "10.0.1" }, { osVersion: "10.0.2" }, "os-changed", "ok"],
    ["another computer", { dnsName: "a" }, { dnsName: "b" }, "name-changed", "warning"],
    ["another program", { server: "windows" }, { server: "xrdp" }, "server-changed", "warning"],
    [
      "another address",
      { host: "a", address: "192.0.2.1" },
      { host: "a", address: "192.0.2.2" },
      "address-changed",
      "ok",
    ],
  ])("%s", (_, old, now, kind, severity) => {
    const same = { verdict: "reset", stage: "tls" };
    const found = kindsOf({ ...same, ...old }, { ...same, ...now });
    expect(found).toEqual([[kind, severity]]);
  });

  it.each<[string, Partial<ResultRow>, Partial<ResultRow>]>([
    ["latency", { durationMs: 1 }, { durationMs: 900 }],
    ["time", { startedAt: "2026-01-01T00:00:00.000Z" }, { startedAt: "2026-06-01T00:00:00.000Z" }],
    ["connections", { connections: 1 }, { connections: 9 }],
    ["days that pass", certified({ daysLeft: 90 }), certified({ daysLeft: 60 })],
    ["the clock", { clockSkewMs: 1 }, { clockSkewMs: 70 }],
    ["words", { summary: "a" }, { summary: "b" }],
    ["what one did not come to", { nla: "required", osVersion: "1" }, { nla: "unknown", osVersion: null }],
  ])("is not %s", (_, old, now) => {
    expect(kindsOf(old, now)).toEqual([]);
  });

  it("is a certificate that other hosts of both scans have now, and not a wider scan", () => {
    const at = (address: string, sha256: string): ResultRow =>
      row({ host: address, address, ...certified({ sha256, keySha256: sha256, subject: sha256 }) });
    const old = [at("192.0.2.1", "a"), at("192.0.2.2", "b")];
    const { changed } = diffRows(old, [at("192.0.2.1", "a"), at("192.0.2.2", "a"), at("192.0.2.3", "a")]);
    const kinds = changed.map(({ host, changes }) => [host, changes.map(({ kind }) => kind)]);
    expect(kinds).toEqual([
      ["192.0.2.1", ["key-shared"]],
      ["192.0.2.2", ["certificate-replaced", "key-shared"]],
    ]);
    expect(diffRows([at("192.0.2.1", "a")], [at("192.0.2.1", "a"), at("192.0.2.2", "a")]).changed).toEqual(
      [],
    );
  });

  it("is a key that other hosts have now in certificates of their own", () => {
    const at = (address: string, keySha256: string): ResultRow =>
      row({ host: address, address, ...certified({ sha256: address, keySha256 }) });
    const { changed } = diffRows(
      [at("192.0.2.1", "a"), at("192.0.2.2", "b")],
      [at("192.0.2.1", "a"), at("192.0.2.2", "a")],
    );
    expect(changed.map(({ host, changes }) => [host, changes.map(({ kind }) => kind)])).toEqual([
      ["192.0.2.1", ["key-shared"]],
      ["192.0.2.2", ["key-shared"]],
    ]);
  });
});

const arbitraryRow: fc.Arbitrary<ResultRow> = fc
  .record({
    address: fc.constantFrom("192.0.2.1", "192.0.2.2", "192.0.2.10"),
    verdict: fc.constantFrom("ok", "reset", "port-closed"),
    severity: fc.constantFrom<ResultRow["severity"][]>("ok", "warning", "critical"),
    nla: fc.constantFrom<ResultRow["nla"][]>("required", "optional", "unknown"),
    layers: fc.constantFrom<ResultRow["layers"][]>({}, { rdp: "accepted" }, { ssl: "accepted" }),
    tlsVersion: fc.constantFrom(null, "1.0", "1.2"),
    tlsVersions: fc.constantFrom(null, ["1.0", "1.2"], ["1.2"]),
    sha256: fc.constantFrom("aa", "bb"),
    daysLeft: fc.constantFrom(-3.5, 10, 100),
    osVersion: fc.constantFrom(null, "10.0.1", "10.0.2"),
  })
  .map(({ address, sha256, daysLeft, ...more }) =>
    row({ host: address, address, ...certified({ sha256, daysLeft }), ...more, json: null }),
  );
const scan = fc.array(arbitraryRow, { maxLength: 5 });

const throughCsv = (rows: readonly ResultRow[]): readonly ResultRow[] => {
  const form = csvFormOf(CSV_HEAD.trim());
  if (form === null) return expect.unreachable();
  return rowsOfCsv(
    rows.map((one) => csvOfRow(one).trim()),
    form,
  ).flatMap((read) => read.row ?? []);
};

describe("a diff", () => {
  it("of a scan with itself is empty, for whatever was seen", () => {
    const all = MANY_RESULTS.map((result, index) => ({ ...rowOfResult(result), port: 1000 + index }));
    expect(diffRows(all, all.toReversed())).toMatchObject({ changed: [], new: [], gone: [] });
    fc.assert(
      fc.property(scan, (rows) => {
        expect(diffRows(rows, rows)).toMatchObject({ changed: [], new: [], gone: [] });
      }),
    );
  });

  it("is the same through CSV", () => {
    fc.assert(
      fc.property(scan, scan, (old, now) => {
        expect(diffRows(throughCsv(old), throughCsv(now))).toEqual(diffRows(old, now));
      }),
    );
  });

  it("stands in the order of severity, with every target once", () => {
    const ranks = ["critical", "warning", "ok"];
    fc.assert(
      fc.property(scan, scan, (old, now) => {
        const { changed } = diffRows(old, now);
        const order = changed.map(({ severity }) => ranks.indexOf(severity));
        expect(order).toEqual(order.toSorted());
        expect(new Set(changed.map(({ host }) => host)).size).toBe(changed.length);
      }),
    );
  });

  it("is filtered by the newer row and by what changed", () => {
    const old = [row({ nla: "required" })];
    const now = [row({ nla: "optional" }), row({ host: "new", address: "192.0.2.9" })];
    const only = (text: string) => {
      const filter = parseFilter(text);
      return filter.ok ? diffRows(old, now, everyFilter([filter.keeps])) : expect.unreachable(filter.problem);
    };
    for (const text of ["changed:nla", "changed:nla-off"]) {
      expect(only(text)).toMatchObject({ changed: [{}], new: [], gone: [], same: 0 });
    }
    expect(only("no-nla")).toMatchObject({ changed: [{}], new: [{}] });
    expect(only("changed:new")).toMatchObject({ changed: [], new: [{ host: "new" }] });
    expect(only("changed:certificate")).toMatchObject({ changed: [], new: [], same: 0 });
  });

  it("is told in words", () => {
    expect(diffText(diffRows([row({ nla: "required" })], [row({ nla: "optional" })]), false)).toBe(
      "~ 192.0.2.1:3390\n    CRITICAL  NLA is no longer required: required -> optional\n1 changed, 0 new, 0 gone, 0 the same\n",
    );
  });
});
