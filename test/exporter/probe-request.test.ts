import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseModules } from "../../src/exporter/module.ts";
import { parseProbeRequest } from "../../src/exporter/probe-request.ts";

const MODULES = parseModules("modules: {short: {deadline: 3s}}");

const read = (query: string, header?: string) =>
  parseProbeRequest(new URLSearchParams(query), header, MODULES, 500);

const budgetOf = (query: string, header?: string): number => {
  const request = read(query, header);
  if (!request.ok) throw new Error(request.problem);
  return request.value.budgetMs;
};

describe("what a scrape asks for", () => {
  it("is RDP's own port, the module standard and no debug where nothing else is said", () => {
    const request = read("target=server01");
    expect(request.ok && { ...request.value, module: request.value.module.name }).toMatchObject({
      target: { input: "server01", host: "server01", family: null, port: 3389 },
      module: "standard",
      isDebug: false,
    });
  });

  it.each([
    ["target=a", undefined, 20_000],
    ["target=a", "10", 9500],
    ["target=a", "10.25", 9750],
    ["target=a", "60", 20_000],
    ["target=a&module=short", "10", 3000],
    ["target=a&module=short", "2", 1500],
    ["target=a", "0.5", 250],
    ["target=a", "0.1", 50],
    ["target=a&module=full", "999999999", 120_000],
  ])("%s with a scrape time of %s may take %d ms", (query, header, expected) => {
    expect(budgetOf(query, header)).toBe(expected);
  });

  it("never throws, and never waits for ever, whatever is written there", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(text, text, text, (target, module, header) => {
        const request = parseProbeRequest(new URLSearchParams({ target, module }), header, MODULES, 500);
        expect(request.ok ? Number.isFinite(request.value.budgetMs) : request.problem.length > 0).toBe(true);
      }),
    );
  });
});
