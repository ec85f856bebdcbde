import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseModules } from "../../src/exporter/module.ts";
import { createRecentProbes } from "../../src/exporter/recent-probes.ts";
import { statusPage } from "../../src/exporter/status-page.ts";
import { htmlText } from "../../src/report/safe/html-text.ts";
import { RESULTS } from "../report/results.ts";

describe("the page for people", () => {
  it("has the same tags whatever a target is called", () => {
    const page = (host: string): string => {
      const result = { ...RESULTS.silent, target: { ...RESULTS.silent.target, host, address: host } };
      const recent = createRecentProbes(1);
      recent.add("quick", false, result, "1-1");
      return statusPage("1", parseModules(""), recent.list(), () => true);
    };
    const tagsOf = (html: string) => html.replace(/href="[^"]*"/g, "href").match(/<[^>]*>/g);
    const expected = tagsOf(page("host"));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[<>"'&/a-z =]*$/)), (host) => {
        expect(tagsOf(page(host))).toEqual(expected);
      }),
    );
  });

  it("escapes what begins a tag, an entity or ends an attribute", () => {
    expect(htmlText(`<a href="x" title='y'>&\u0007`)).toBe(
      "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;\\x07",
    );
  });
});

describe("the recent probes", () => {
  const at = (host: string) => ({ ...RESULTS.silent, target: { ...RESULTS.silent.target, host } });

  it("are the newest first, and so many", () => {
    const recent = createRecentProbes(3);
    for (const module of ["a", "b", "c", "d"]) recent.add(module, true, RESULTS.silent, null);
    expect(recent.list().map(({ module }) => module)).toEqual(["d", "c", "b"]);
  });

  it("have a target once for a module, however often it is scraped, with its last failure", () => {
    const recent = createRecentProbes(10);
    recent.add("a", false, at("one"), "id-1");
    recent.add("a", true, at("two"), null);
    recent.add("b", true, at("one"), null);
    recent.add("a", true, at("one"), null);
    const rows = recent.list().map(({ place, module, count, failedId }) => [place, module, count, failedId]);
    expect(rows).toEqual([
      ["one:3389", "a", 2, "id-1"],
      ["one:3389", "b", 1, null],
      ["two:3389", "a", 1, null],
    ]);
  });

  it("link to what a failed probe saw as long as that is kept", () => {
    const recent = createRecentProbes(10);
    recent.add("a", false, RESULTS.silent, "id-1");
    const page = (isKept: boolean) => statusPage("1", parseModules(""), recent.list(), () => isKept);
    expect(page(true)).toContain('href="/probes/id-1"');
    expect(page(false)).not.toContain("/probes/");
  });
});
