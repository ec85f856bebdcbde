import { describe, expect, it } from "vitest";
import { parseModules } from "../../src/exporter/module.ts";
import { modulesDocument } from "../../src/exporter/module-document.ts";

describe("the modules as a file", () => {
  it.each([
    ["none but the built-in ones", ""],
    [
      "every field",
      "modules: {m: {depth: full, timeout: 2s, deadline: 1m, client: win7-sp1, ip_protocol: ip6, require: [nla, tls1.2], forbid: [sha1], fail_on_expired: true}}",
    ],
    ["no cookie", 'modules: {m: {cookie: ""}}'],
    ["a built-in one that is another", "modules: {quick: {depth: standard}}"],
  ])("read again they are the same: %s", (_what, text) => {
    const modules = parseModules(text);
    expect(parseModules(modulesDocument(modules))).toEqual(modules);
  });

  it.each(["cookie", "routing_token"])("a %s is not shown, and the file can still be read", (field) => {
    const document = modulesDocument(parseModules(`modules: {m: {${field}: "open sesame"}}`));
    expect(document).not.toContain("sesame");
    expect(document).toContain(`${field}: <secret>`);
    expect([...parseModules(document).keys()]).toEqual(["quick", "standard", "full", "m"]);
  });
});
