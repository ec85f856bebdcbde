import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseModules } from "../../src/exporter/module.ts";
import { createRecentProbes } from "../../src/exporter/recent-probes.ts";
import { statusPage } from "../../src/exporter/status-page.ts";
import { htmlText } from "../../src/report/html-text.ts";
import { RESULTS } from "../report/results.ts";

describe("the page for people", () => {
  it("has the same tags whatever a target is called", () => {
    const page = (host: string): string => {
      const result = { ...RESULTS.silent, target: { ...RESULTS.silent.target, host, address: host } };
      const recent = createRecentProbes(1);
      recent.add("quick", true, result);
      return statusPage("1", parseModules(""), recent.list());
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
  it("are the newest first, and so many", () => {
    const recent = createRecentProbes(3);
    for (const module of ["a", "b", "c", "d"]) recent.add(module, true, RESULTS.silent);
    expect(recent.list().map(({ module }) => module)).toEqual(["d", "c", "b"]);
  });
});
