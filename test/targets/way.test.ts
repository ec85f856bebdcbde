import { describe, expect, it } from "vitest";
import { parseProxy } from "../../src/targets/grammar/proxy-address.ts";
import { overriddenAddresses, parseResolveOverride } from "../../src/targets/grammar/resolve-override.ts";

const V4 = { address: "192.0.2.7", family: 4 };
const V6 = { address: "2001:db8::7", family: 6 };

describe("--resolve", () => {
  it.each([
    ["rdp.example:192.0.2.7", null, [V4]],
    ["rdp.example:3390:192.0.2.7", 3390, [V4]],
    ["rdp.example:2001:db8::7", null, [V6]],
    ["rdp.example:[2001:db8::7]", null, [V6]],
    ["rdp.example:3390:[2001:db8::7]", 3390, [V6]],
    ["rdp.example:192.0.2.7,2001:db8::7", null, [V4, V6]],
  ])("%s", (text, port, addresses) => {
    expect(parseResolveOverride(text)).toEqual({ ok: true, value: { host: "rdp.example", port, addresses } });
  });

  it.each([
    "",
    "rdp.example",
    "rdp.example:",
    ":192.0.2.7",
    "rdp.example:other.example",
    "rdp.example:0:192.0.2.7",
    "rdp.example:192.0.2.7,",
    "rdp.example:192.0.2.300",
    "192.0.2.1:192.0.2.7",
  ])("%j is rejected", (text) => {
    expect(parseResolveOverride(text)).toMatchObject({
      ok: false,
      problem: expect.stringContaining("host:address"),
    });
  });

  const overrides = ["a:192.0.2.1", "a:3390:192.0.2.2", "b:192.0.2.3,2001:db8::3"].flatMap((text) => {
    const found = parseResolveOverride(text);
    return found.ok ? [found.value] : [];
  });
  const given = (host: string, port: number, family: 0 | 4 | 6 = 0) =>
    overriddenAddresses(overrides, { host, port }, family)?.map(({ address }) => address) ?? null;

  it("stands for its name, in whatever case, and its port", () => {
    expect(given("A", 3389)).toEqual(["192.0.2.1"]);
    expect(given("a", 3390)).toEqual(["192.0.2.2"]);
    expect(given("c", 3389)).toBeNull();
  });

  it("is all of those of one name and port, and those for every port only where none names its own", () => {
    const texts = ["d:192.0.2.4", "d:192.0.2.5", "d:192.0.2.4", "d:3390:192.0.2.6"];
    const several = texts.flatMap((text) => {
      const found = parseResolveOverride(text);
      return found.ok ? [found.value] : [];
    });
    const addresses = (port: number) =>
      overriddenAddresses(several, { host: "d", port }, 0)?.map(({ address }) => address);
    expect(addresses(3389)).toEqual(["192.0.2.4", "192.0.2.5"]);
    expect(addresses(3390)).toEqual(["192.0.2.6"]);
  });

  it("gives the addresses of the family that is wanted, and else leaves it to the resolver", () => {
    expect(given("b", 3389, 6)).toEqual(["2001:db8::3"]);
    expect(given("a", 3389, 6)).toBeNull();
  });
});

describe("--proxy", () => {
  it.each([
    ["socks5://proxy", { host: "proxy", port: 1080, credentials: null }],
    ["socks5://192.0.2.1:9050/", { host: "192.0.2.1", port: 9050, credentials: null }],
    ["socks5://[2001:db8::1]:1081", { host: "2001:db8::1", port: 1081, credentials: null }],
    ["socks5://u:p%40ss@proxy", { host: "proxy", port: 1080, credentials: { user: "u", password: "p@ss" } }],
  ])("%s", (text, value) => {
    expect(parseProxy(text)).toEqual({ ok: true, value });
  });

  it.each([
    "",
    "proxy:1080",
    "http://proxy",
    "socks4://proxy",
    "socks5h://proxy",
    "socks5://",
    "socks5://proxy:99999",
    "socks5://proxy/path",
    "socks5://user@proxy",
    "socks5://:topsecret@proxy",
    "socks5://topsecret:%ff@proxy",
    `socks5://topsecret:${"p".repeat(256)}@proxy`,
  ])("%j is rejected with the right form, and not repeated", (text) => {
    const found = parseProxy(text);
    expect(found).toMatchObject({
      ok: false,
      problem: expect.stringContaining("socks5://[user:password@]host"),
    });
    expect(JSON.stringify(found)).not.toContain("topsecret");
  });
});
