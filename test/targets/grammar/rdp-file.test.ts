/** .rdp files and rdp:// links: what mstsc would connect to, and what in the file itself makes it fail. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRdpFile, parseRdpLink } from "../../../src/targets/grammar/rdp-file.ts";

const read = (...lines: string[]) => {
  const file = parseRdpFile(lines);
  if (!file.ok) throw new Error(file.problem);
  return file.value;
};
/** The settings that the notes are of. */
const notedIn = (...lines: string[]): string[] =>
  read("full address:s:server01", ...lines).notes.map(({ setting }) => setting);

describe("the computer", () => {
  test.each([
    ["full address:s:server01", "server01"],
    ["full address:s:server01:3390", "server01:3390"],
    ["Full Address:S: server01.example ", "server01.example"],
    ["\uFEFFfull address:s:192.0.2.7", "192.0.2.7"],
    ["full address:s:[2001:db8::7]:3390", "[2001:db8::7]:3390"],
    ["full address:s:2001:db8::7", "[2001:db8::7]"],
    ["alternate full address:s:server02", "server02"],
  ])("%j is %s", (line, target) => {
    expect(read("screen mode id:i:2", line).target).toBe(target);
  });

  test("takes the port of its own where the address has none", () => {
    expect(read("full address:s:server01", "server port:i:3390").target).toBe("server01:3390");
    expect(read("server port:i:3390", "full address:s:server01:3391").target).toBe("server01:3391");
  });

  test.each([
    [["screen mode id:i:2"]],
    [["full address:s:"]],
    [["full address:i:5"]],
    [["full address:s:a b"]],
    [["full address:s:server01:99999"]],
    [["full address:s:10.0.0.0/8"]],
    [["full address:s:server01,server02"]],
    [["full address:s:@hosts.txt"]],
    [["full address:s:--proxy=evil"]],
  ])("%j names none", (lines) => {
    expect(parseRdpFile(lines).ok).toBe(false);
  });

  test("no file is read without end", () => {
    function* endless() {
      for (;;) yield "x:s:y";
    }
    expect(parseRdpFile(endless()).ok).toBe(false);
  });
});

describe("what decides the connection", () => {
  test("the routing token, without its line end", () => {
    const token = "tsv://MS Terminal Services Plugin.1.Farm";
    expect(read("full address:s:farm", `loadbalanceinfo:s:${token}`).routingToken).toBe(token);
    expect(read("full address:s:farm", `loadbalanceinfo:s:${token}\\r\\n`).routingToken).toBe(token);
    expect(read("full address:s:farm").routingToken).toBeNull();
  });

  test.each([
    ["0", null],
    ["1", "gw.example"],
    ["2", "gw.example"],
    ["3", null],
    ["4", null],
  ])("the gateway, used as method %s says", (method, gateway) => {
    const lines = [`gatewayusagemethod:i:${method}`, "gatewayhostname:s:gw.example"];
    expect(read("full address:s:server01", ...lines).gateway?.host ?? null).toBe(gateway);
    expect(notedIn(...lines)).toEqual(gateway === null ? [] : ["gatewayhostname"]);
  });

  test.each([
    [["gatewayusagemethod:i:1"], ["gatewayhostname"]],
    [["enablecredsspsupport:i:0"], ["enablecredsspsupport"]],
    [["enablecredsspsupport:i:1"], []],
    [["negotiate security layer:i:0"], ["negotiate security layer"]],
    [["authentication level:i:1"], ["authentication level"]],
    [["authentication level:i:2"], []],
    [["enablerdsaadauth:i:1"], ["enablerdsaadauth"]],
    [["kdcproxyname:s:kdc.example"], ["kdcproxyname"]],
    [["use redirection server name:i:1"], ["use redirection server name"]],
    [["server port:i:99999"], ["server port"]],
    [["server port:i:many"], ["server port"]],
    [["server port:s:3389"], ["server port"]],
    [["alternate full address:s:server01"], []],
    [["alternate full address:s:evil.example"], ["alternate full address"]],
    [["full address:s:evil.example"], ["full address"]],
    [["signature:s:AQABAAE"], ["signscope"]],
    [["signature:s:AQABAAE", "signscope:s:Full Address"], []],
  ])("%j is noted as %j", (lines, keys) => {
    const address = lines.some((line) => line.startsWith("full address"));
    expect(notedIn(...lines)).toEqual(keys);
    expect(address ? read("full address:s:server01", ...lines).target : "server01").toMatch(/^[a-z0-9.]+$/);
  });

  test("a signed file is known", () => {
    expect(read("full address:s:server01", "signature:s:AQAB").isSigned).toBe(true);
    expect(read("full address:s:server01").isSigned).toBe(false);
  });
});

describe("links", () => {
  test.each([
    ["rdp://full%20address=s:server01:3390&audiomode=i:2", "server01:3390"],
    ["RDP://full%20address=s:server01", "server01"],
    ["rdp://full%20address=s%3Aserver01&server%20port=i%3A3390", "server01:3390"],
  ])("%s is %s", (link, target) => {
    expect(parseRdpLink(link)).toMatchObject({ ok: true, value: { target } });
  });

  test.each(["rdp://", "rdp://server01", "rdp://full%20address=s:%zz", "rdp://full%20address"])(
    "%s is none",
    (link) => {
      expect(parseRdpLink(link).ok).toBe(false);
    },
  );
});

test("any text is read, or refused with a reason", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), fc.string({ unit: "binary" }), (lines, address) => {
      const file = parseRdpFile([...lines, `full address:s:${address}`]);
      if (!file.ok) return file.problem.length > 0;
      return parseRdpFile([`full address:s:${file.value.target}`]).ok;
    }),
  );
});
