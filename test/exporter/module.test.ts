import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/exporter/config-document.ts";
import { parseModules } from "../../src/exporter/module.ts";

const moduleOf = (text: string) => {
  const module = parseModules(text).get("m");
  if (module === undefined) throw new Error("no module m");
  return module;
};

describe("modules of a file", () => {
  it("stand beside one for each depth, which need no file", () => {
    expect([...parseModules("").keys()]).toEqual(["quick", "standard", "full"]);
    expect([...parseModules("modules: {m: {}}").keys()]).toEqual(["quick", "standard", "full", "m"]);
  });

  it("may replace one of these", () => {
    const quick = parseModules("modules: {quick: {depth: quick, timeout: 1s}}").get("quick");
    expect(quick?.options.timeoutMs).toBe(1000);
  });

  it("have every field, in YAML", () => {
    const { options, demands } = moduleOf(`
modules:
  m:
    depth: full
    timeout: 2s
    deadline: 30   # a bare number is seconds
    client: win7-sp1
    cookie: monitoring
    ip_protocol: ip6
    require: [nla, tls1.2]
    forbid: [self-signed]
    fail_on_expired: true
`);
    expect(options).toMatchObject({
      depth: "full",
      timeoutMs: 2000,
      deadlineMs: 30_000,
      reference: { id: "win7-sp1" },
      routing: { kind: "cookie", identity: "monitoring" },
      family: 6,
    });
    expect(demands).toEqual({ required: ["nla", "tls1.2"], forbidden: ["self-signed"], inDate: true });
  });

  it("and the same in JSON", () => {
    const { options } = moduleOf('{"modules": {"m": {"depth": "quick", "routing_token": "tsv://x"}}}');
    expect(options).toMatchObject({ depth: "quick", routing: { kind: "token", token: "tsv://x" } });
  });

  it("send no cookie where it is empty, and rdprobe's own where it is left out", () => {
    expect(moduleOf('modules: {m: {cookie: ""}}').options.routing).toBeNull();
    expect(moduleOf("modules: {m: }").options.routing).toEqual({ kind: "cookie", identity: "rdprobe" });
  });

  it.each([
    ["modules: {m: {dpeth: full}}", /^modules\.m\.dpeth: there is no such field; there are depth, /],
    ["modules: {m: {depth: deep}}", /^modules\.m\.depth: "deep" is not one of quick, standard, full$/],
    ["modules: {m: {timeout: soon}}", /^modules\.m\.timeout: "soon" is no duration/],
    ["modules: {m: {client: win95}}", /^modules\.m\.client: "win95" is none of /],
    ['modules: {m: {cookie: "a\\nb"}}', /^modules\.m\.cookie: write up to 200 printable ASCII characters$/],
    ["modules: {m: {cookie: a, routing_token: b}}", /^modules\.m\.routing_token: give it without cookie/],
    ["modules: {m: {require: nla}}", /^modules\.m\.require: "nla" is not a list of nla, tls, /],
    ["modules: {m: {require: [ssl]}}", /^modules\.m\.require: "ssl" is not one of nla, tls, /],
    ["modules: {m: {depth: quick, require: [nla]}}", /^modules\.m\.require: nla takes a second connection/],
    [
      "modules: {m: {fail_on_expired: sometimes}}",
      /^modules\.m\.fail_on_expired: "sometimes" is not true or false$/,
    ],
    ['modules: {"a b": {}}', /^modules\.a b: write a name of letters/],
    ["modules: [m]", /^modules: \["m"\] is not a mapping/],
    ["module: {}", /^module: there is no such field; there are modules$/],
    ["- m", /^the document: \["m"\] is not a mapping/],
    ["modules: {m: {depth: quick, depth: full}}", /^is neither YAML nor JSON: Map keys must be unique/],
    ["modules: {", /^is neither YAML nor JSON: /],
    ["modules: {m: {depth: &a [*a]}}", /^modules\.m\.depth\.0: the alias is part of its own value/],
    ["modules: &a {m: *a}", /^modules\.m: the alias is part of its own value/],
    ["modules: &a {m: &b {depth: [*b, *a]}}", /^modules\.m\.depth\.0: the alias is part of its own value/],
    [
      "modules: !!omap [m: {depth: quick}]",
      /^cannot be read as it is meant: Unresolved tag: .*omap at line 1/,
    ],
    ["modules: !!set {m, n}", /^cannot be read as it is meant: Unresolved tag: /],
    ["modules: {m: {timeout: !mine 5s}}", /^cannot be read as it is meant: Unresolved tag: !mine/],
    ["modules: {m: {depth: !!binary aGVsbG8=}}", /^cannot be read as it is meant: Unresolved tag: /],
    [`modules: ${"[".repeat(20_000)}`, /^is neither YAML nor JSON: /],
  ])("%s says what is wrong, and where", (text, expected) => {
    expect(() => parseModules(text)).toThrow(ConfigError);
    expect(() => parseModules(text)).toThrow(expected);
  });

  it("of the manual are modules", async () => {
    const readme = await readFile(new URL("../../docs/exporter.md", import.meta.url), "utf8");
    const [, example = ""] = /```yaml\n(modules:\n[^`]*)```/.exec(readme) ?? [];
    expect(parseModules(example).get("rdp_strict")?.demands.inDate).toBe(true);
  });

  it("may share what an anchor names, where that does not hold itself", () => {
    const modules = parseModules("modules: {m: &m {timeout: 1s, forbid: &f [sha1]}, n: *m, o: {forbid: *f}}");
    expect(modules.get("n")?.options.timeoutMs).toBe(1000);
    expect(modules.get("o")?.demands.forbidden).toEqual(["sha1"]);
  });

  it("do not grow without end out of a small file", () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
    for (const [to, from] of ["ba", "cb", "dc", "ed", "fe", "gf", "hg"].map((pair) => [...pair])) {
      bomb.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(", ")}]`);
    }
    expect(() => parseModules(bomb.join("\n"))).toThrow(ConfigError);
  });
});
