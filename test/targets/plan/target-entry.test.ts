import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ipv4Text, ipv6Text } from "../../../src/targets/grammar/ip-number.ts";
import { parseTargetEntry } from "../../../src/targets/plan/target-entry.ts";

/** An entry as one line: `host`, or its ranges with both ends, then the port. */
const summaryOf = (text: string): string => {
  const result = parseTargetEntry(text);
  if (!result.ok) return result.problem;
  const entry = result.value;
  const port = entry.port === null ? "" : ` port ${entry.port}`;
  if (entry.kind !== "addresses") return `${entry.kind} ${entry.host}${port}`;
  const ranges = Array.from(entry.ranges, (range) =>
    range.family === 4
      ? `${ipv4Text(range.start)}-${ipv4Text(range.end - 1)}`
      : `${ipv6Text(range.start)}-${ipv6Text(range.end - 1n)}`,
  );
  return `${entry.single ? "address" : "range"} ${ranges.join(" ")}${port}`;
};

const PRINTABLE_PROBLEM = /^target "[^\p{C}\p{Zl}\p{Zp}]*$/u;

describe("an entry of a list of targets", () => {
  it.each([
    ["host", "name host"],
    ["rdp.example.com.", "name rdp.example.com."],
    ["bücher.example:3390", "name bücher.example port 3390"],
    ["10-0-0-5", "name 10-0-0-5"],
    ["3com", "name 3com"],
    ["192.0.2.7", "address 192.0.2.7-192.0.2.7"],
    ["192.0.2.7:65535", "address 192.0.2.7-192.0.2.7 port 65535"],
    ["2001:db8::7", "address 2001:db8::7-2001:db8::7"],
    ["[2001:DB8::7]", "address 2001:db8::7-2001:db8::7"],
    ["[2001:db8::7]:3390", "address 2001:db8::7-2001:db8::7 port 3390"],
    ["fe80::1%eth0", "zoned fe80::1%eth0"],
    ["[fe80::1%eth0]:3390", "zoned fe80::1%eth0 port 3390"],
  ])("%s is %s", (text, summary) => {
    expect(summaryOf(text)).toBe(summary);
  });

  it.each([
    ["10.0.0.0/24", "range 10.0.0.0-10.0.0.255"],
    ["10.0.0.77/24", "range 10.0.0.0-10.0.0.255"],
    ["10.0.0.7/32", "range 10.0.0.7-10.0.0.7"],
    ["0.0.0.0/0", "range 0.0.0.0-255.255.255.255"],
    ["10.0.0.0/8:3390", "range 10.0.0.0-10.255.255.255 port 3390"],
    ["2001:db8::/120", "range 2001:db8::-2001:db8::ff"],
    ["2001:db8::77/120", "range 2001:db8::-2001:db8::ff"],
    ["[2001:db8::/120]:3390", "range 2001:db8::-2001:db8::ff port 3390"],
    ["::/0", "range ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ])("the prefix %s is %s", (text, summary) => {
    expect(summaryOf(text)).toBe(summary);
  });

  it.each([
    ["10.0.0.5-10.0.0.20", "range 10.0.0.5-10.0.0.20"],
    ["10.0.0.250-10.0.1.5:3390", "range 10.0.0.250-10.0.1.5 port 3390"],
    ["10.0.0.5-10.0.0.5", "range 10.0.0.5-10.0.0.5"],
    ["10.0.0.5-20", "range 10.0.0.5-10.0.0.20"],
    ["10.0.0.5-20:3390", "range 10.0.0.5-10.0.0.20 port 3390"],
    ["2001:db8::5-2001:db8::20", "range 2001:db8::5-2001:db8::20"],
    ["2001:db8::5-2f", "range 2001:db8::5-2001:db8::2f"],
    ["[2001:db8::5-2001:db8:1::]:3390", "range 2001:db8::5-2001:db8:1:: port 3390"],
  ])("the range %s is %s", (text, summary) => {
    expect(summaryOf(text)).toBe(summary);
  });

  it.each([
    ["10.0.0-1.1-254", "range 10.0.0.1-10.0.0.254 10.0.1.1-10.0.1.254"],
    ["10.0.0.1,3,5-6", "range 10.0.0.1-10.0.0.1 10.0.0.3-10.0.0.3 10.0.0.5-10.0.0.6"],
    ["10.0.0.6,1-3,2-5", "range 10.0.0.1-10.0.0.6"],
    ["10.0.0,2.9", "range 10.0.0.9-10.0.0.9 10.0.2.9-10.0.2.9"],
    ["10.0.0.*", "range 10.0.0.0-10.0.0.255"],
    ["10.0.0.-", "range 10.0.0.0-10.0.0.255"],
    ["10.0.2-3.*:3390", "range 10.0.2.0-10.0.3.255 port 3390"],
    ["*.*.*.*", "range 0.0.0.0-255.255.255.255"],
  ])("the octet pattern %s is %s", (text, summary) => {
    expect(summaryOf(text)).toBe(summary);
  });

  it("reads an octet pattern without unfolding it", () => {
    const entry = parseTargetEntry("10-13.*.*.1-254");
    if (!entry.ok || entry.value.kind !== "addresses") throw new Error("no addresses");
    const [first] = entry.value.ranges;
    expect(first).toEqual({ family: 4, start: 10 * 2 ** 24 + 1, end: 10 * 2 ** 24 + 255 });
  });

  it.each([
    ["::ffff:10.0.0.5", "address 10.0.0.5-10.0.0.5"],
    ["[::ffff:a00:5]:3390", "address 10.0.0.5-10.0.0.5 port 3390"],
    ["::ffff:10.0.0.0/120", "range 10.0.0.0-10.0.0.255"],
    ["::ffff:10.0.0.5-::ffff:10.0.0.20", "range 10.0.0.5-10.0.0.20"],
  ])("the mapped %s is IPv4, as the system connects to it: %s", (text, summary) => {
    expect(summaryOf(text)).toBe(summary);
  });

  it.each([
    ["", '"" is neither a host name nor an address: write host, host:3389, 192.0.2.7, 10.0.0.0/24'],
    [":3389", '"" is neither a host name nor an address'],
    ["-host", "neither a host name nor an address"],
    ["ho st", "neither a host name nor an address"],
    ["a".repeat(64), "neither a host name nor an address"],
    ["1::2::3", "neither a host name nor an address"],
    ["[host]:3389", "neither a host name nor an address"],
    ["[2001:db8::7", "neither a host name nor an address"],
    ["host:", '"" is no port: write a number from 1 to 65535'],
    ["host:0", '"0" is no port'],
    ["host:65536", '"65536" is no port'],
    ["10.0.0.0/24:rdp", '"rdp" is no port'],
    ["[2001:db8::7]:x", '"x" is no port'],
    ["3390", '"3390" is a number and no host: a port is written -p 3390 or host:3390'],
    ["192.0.2.999", 'an octet is a number from 0 to 255, or a range of them as 1-254, not "999"'],
    ["192.0.2", "an IPv4 address has four octets, and this has 3"],
    ["10.0.0-3", "an IPv4 address has four octets, and this has 3"],
    ["1.2.3.4.5", "an IPv4 address has four octets, and this has 5"],
    ["010.0.0.1", '"010" has a leading zero, which is octal to some programs: write 10'],
    ["10.0.0.5-", 'an octet is a number from 0 to 255, or a range of them as 1-254, not "5-"'],
    ["10.0.0.1,,2", 'or a range of them as 1-254, not ""'],
    ["10.0.0.20-5", '"20-5" is no range of octets: write the lower one first, as in 1-254'],
    ["10.0.0.1-2-3", '"1-2-3" is no range of octets'],
    ["10.0.0.20-10.0.0.5", "the range ends before it begins: write 10.0.0.5-10.0.0.20"],
    ["10.0.0.5-10.0.0.300", 'an octet is a number from 0 to 255, or a range of them as 1-254, not "300"'],
    ["10.0.0.256-10.0.1.5", 'not "256"'],
    ["10.0.0.5,6-10.0.0.20", '"10.0.0.5,6" is no single IPv4 address'],
    ["2001:db8::20-2001:db8::5", "the range ends before it begins: write 2001:db8::5-2001:db8::20"],
    ["::ffff:10.0.0.5-20", '"20" is no IPv6 address for a range'],
    ["2001:db8::5-10.0.0.1", '"10.0.0.1" is no IPv6 address for a range'],
    ["fe80::1%eth0-fe80::5", '"fe80::1%eth0" is no IPv6 address for a range'],
    ["10.0.0.0/33", '"/33" is no prefix length: write /0 to /32'],
    ["10.0.0.0/", '"/" is no prefix length: write /0 to /32'],
    ["10.0.0.0/24/8", '"/24/8" is no prefix length'],
    ["10.0.0.0/255.255.255.0", '"/255.255.255.0" is no prefix length'],
    ["10.0.0/24", "an IPv4 address has four octets, and this has 3"],
    ["10.0.0.300/24", 'not "300"'],
    ["10.0.0-3.0/24", '"10.0.0-3.0" is no single IPv4 address'],
    ["rdp.example/24", '"rdp.example" is a name: only an address takes a prefix length'],
    ["2001:db8::/129", '"/129" is no prefix length: write /0 to /128'],
    [
      "2001:db8::/120:3390",
      "the port of an IPv6 address is outside the brackets: write [2001:db8::/120]:3390",
    ],
    ["fe80::%eth0/64", '"fe80::%eth0" is no IPv6 address for a prefix'],
    [
      "1-254.*.*.1-254",
      "it falls into 16646144 ranges, and 1048576 are the most: write CIDR, and leave out with --exclude",
    ],
  ])("%j is refused with what would be right", (text, problem) => {
    expect(summaryOf(text)).toContain(problem);
    expect(summaryOf(text)).toMatch(/^target "/);
  });

  it("answers any text with an entry or one printable line", () => {
    const pieces = fc.constantFrom(
      "10",
      "0",
      "255",
      "256",
      ".",
      "-",
      ",",
      "*",
      "/",
      ":",
      "::",
      "[",
      "]",
      "%",
      "a",
      "2001:db8",
      "ffff",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(pieces).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (text) => {
        const entry = parseTargetEntry(text);
        if (entry.ok) expect(entry.value.input).toBe(text);
        else expect(entry.problem).toMatch(PRINTABLE_PROBLEM);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(["*", "1", "1.", "1:", "::1", "f", "1-", "[", "%a", "10.0.0.1,"])(
    "reads a line of nothing but %j, and a million of them, at once",
    (piece) => {
      expect(summaryOf(`${piece.repeat(1_000_000)}x`).length).toBeLessThan(500);
      expect(summaryOf(`::${piece.repeat(1_000_000)}x`).length).toBeLessThan(500);
    },
  );

  it("quotes no more of a line of rubbish than a terminal shows", () => {
    expect(summaryOf("\u001b]0;x\u0007".repeat(10_000)).length).toBeLessThan(1200);
    expect(summaryOf(`10.0.0.${"1".repeat(10_000)}`).length).toBeLessThan(300);
    expect(summaryOf(`host:${"1".repeat(10_000)}`).length).toBeLessThan(300);
    expect(summaryOf("1".repeat(10_000)).length).toBeLessThan(300);
    expect(summaryOf("\u001b[31m")).not.toContain("\u001b");
  });
});
