import { describe, expect, it } from "vitest";
import { parseTarget } from "../../../src/targets/plan/target.ts";

describe("a target", () => {
  it.each([
    ["host", "host", null, null],
    ["host:3390", "host", null, 3390],
    ["rdp.example.com.", "rdp.example.com.", null, null],
    ["under_score-1.example", "under_score-1.example", null, null],
    ["bücher.example", "bücher.example", null, null],
    ["192.0.2.7", "192.0.2.7", 4, null],
    ["192.0.2.7:65535", "192.0.2.7", 4, 65_535],
    ["2001:db8::7", "2001:db8::7", 6, null],
    ["[2001:db8::7]", "2001:db8::7", 6, null],
    ["[2001:db8::7]:3390", "2001:db8::7", 6, 3390],
    ["fe80::1%eth0", "fe80::1%eth0", 6, null],
    ["::1", "::1", 6, null],
    ["  spaced:1 ", "spaced", null, 1],
  ])("%s is host %s, family %s, port %s", (input, host, family, port) => {
    expect(parseTarget(input)).toEqual({ ok: true, value: { input, host, family, port } });
  });

  it.each([
    ["", /neither a host name nor an address/],
    [":3389", /neither a host name nor an address/],
    ["host:", /"" is no port: write a number from 1 to 65535/],
    ["host:0", /"0" is no port/],
    ["host:65536", /"65536" is no port/],
    ["host:rdp", /"rdp" is no port/],
    ["[2001:db8::7]:x", /"x" is no port/],
    ["192.0.2.999", /neither a host name nor an address/],
    ["192.0.2", /neither a host name nor an address/],
    ["010.0.0.1", /neither a host name nor an address/],
    ["0x7f000001", /neither a host name nor an address/],
    ["host.0x1", /neither a host name nor an address/],
    ["1::2::3", /neither a host name nor an address/],
    ["-host", /neither a host name nor an address/],
    ["ho st", /neither a host name nor an address/],
    ["rdp://host", /neither a host name nor an address/],
    ["a".repeat(64), /neither a host name nor an address/],
  ])("%j is refused with what would be right", (input, problem) => {
    const target = parseTarget(input);
    expect(target.ok ? "" : target.problem).toMatch(problem);
  });
});
