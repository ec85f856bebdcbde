import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffResults } from "../../../src/verdict/repeat/result-diff.ts";
import { type Snapshot, snapshotOf } from "../../../src/verdict/repeat/result-snapshot.ts";
import { RESULTS } from "../../report/results.ts";

const at = (
  host: string,
  address: string | null,
  { verdict = "ok", seen = {}, port = 3389 }: Partial<{ verdict: string; seen: object; port: number }> = {},
): Snapshot => ({ host, address, port, verdict, seen: new Map(Object.entries(seen)) });

const A = "192.0.2.1";
const B = "192.0.2.2";

describe("what a result is compared by", () => {
  it("is read from its JSON: place, verdict with its stage, and what was seen", () => {
    const value: unknown = JSON.parse(JSON.stringify(RESULTS.resetAfterConfirm));
    expect(snapshotOf(value)).toEqual({
      host: "192.0.2.7",
      address: "192.0.2.7",
      port: 3389,
      verdict: "reset at tls",
      seen: new Map([
        ["nla", "unsupported"],
        ["layer-ssl", "accepted"],
        ["layer-hybrid", "refused"],
        ["layer-hybrid-ex", "refused"],
      ]),
    });
  });

  it.each([null, 1, "text", [], {}, { schema: "rdprobe.result/1" }, { ...RESULTS.silent, schema: "other" }])(
    "is nothing for what is no result: %j",
    (value) => {
      expect(snapshotOf(value)).toBeNull();
    },
  );

  it("is read of anything without a fault", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(snapshotOf(value)).toBeNull();
      }),
    );
  });
});

describe("two scans", () => {
  it("that saw the same are the same, in whatever order", () => {
    const scan = [at(A, A), at(B, B, { seen: { nla: "required" } })];
    expect(diffResults(scan, scan.toReversed())).toEqual({ same: 2, changed: [], new: [], gone: [] });
  });

  it("say what is new and what is gone, with its verdict", () => {
    expect(diffResults([at(A, A)], [at(B, B, { verdict: "reset at tls" })])).toEqual({
      same: 0,
      changed: [],
      new: [{ host: B, address: B, port: 3389, verdict: "reset at tls" }],
      gone: [{ host: A, address: A, port: 3389, verdict: "ok" }],
    });
  });

  it("say each field that changed, old and new", () => {
    const old = at(A, A, { seen: { nla: "optional", "tls-version": "1.2", certificate: "aa" } });
    const now = at(A, A, {
      verdict: "nla-required at negotiation",
      seen: { nla: "required", "tls-version": "1.2", certificate: "bb" },
    });
    expect(diffResults([old], [now]).changed).toEqual([
      {
        ...{ host: A, address: A, port: 3389 },
        changes: [
          { field: "verdict", old: "ok", new: "nla-required at negotiation" },
          { field: "nla", old: "optional", new: "required" },
          { field: "certificate", old: "aa", new: "bb" },
        ],
      },
    ]);
  });

  it("do not count what one of them did not come to", () => {
    const old = at(A, A, { seen: { certificate: "aa", nla: "required" } });
    const [changed] = diffResults([old], [at(A, A, { verdict: "port-closed at tcp" })]).changed;
    expect(changed?.changes.map(({ field }) => field)).toEqual(["verdict"]);
  });

  it("are compared by address and port, also where one has it by name", () => {
    expect(diffResults([at("rdp.example", A)], [at(A, A)])).toMatchObject({ same: 1, new: [], gone: [] });
    expect(diffResults([at(A, A)], [at(A, A, { port: 3390 })])).toMatchObject({ same: 0 });
  });

  it("see a name that has another address as the same target: inside and outside", () => {
    const { changed } = diffResults([at("rdp.example", A)], [at("RDP.example", B)]);
    expect(changed).toMatchObject([{ address: B, changes: [{ field: "address", old: A, new: B }] }]);
  });

  it("see a name that lost its address", () => {
    const gone = at("rdp.example", null, { verdict: "name-not-found at dns" });
    const [changed] = diffResults([at("rdp.example", A)], [gone]).changed;
    expect(changed?.changes).toEqual([
      { field: "address", old: A, new: null },
      { field: "verdict", old: "ok", new: "name-not-found at dns" },
    ]);
  });

  it("pair nothing by chance where a name has several addresses", () => {
    const old = [at("rdp.example", A), at("rdp.example", B)];
    const now = [at("rdp.example", "192.0.2.3"), at("rdp.example", "192.0.2.4")];
    expect(diffResults(old, now)).toMatchObject({ changed: [], new: [{}, {}], gone: [{}, {}] });
  });

  it("count the last result of a target that stands twice", () => {
    expect(diffResults([at(A, A, { verdict: "old" }), at(A, A)], [at(A, A)])).toMatchObject({ same: 1 });
  });

  it("account for every target, and a scan for itself", () => {
    const target = fc.record({
      host: fc.constantFrom("a", "b", A, B),
      address: fc.constantFrom(A, B, null),
      port: fc.constantFrom(3389, 3390),
      verdict: fc.constantFrom("ok", "reset at tls"),
    });
    const scan = fc.array(target.map(({ host, address, ...rest }) => at(host, address, rest)));
    const size = (targets: readonly Snapshot[]): number =>
      new Set(targets.map(({ host, address, port }) => `${host} ${address} ${port}`)).size;
    fc.assert(
      fc.property(scan, scan, (old, now) => {
        const found = diffResults(old, now);
        const pairs = found.same + found.changed.length;
        expect(pairs + found.gone.length).toBe(size(old));
        expect(pairs + found.new.length).toBe(size(now));
        expect(diffResults(old, old)).toEqual({ same: size(old), changed: [], new: [], gone: [] });
      }),
    );
  });
});
