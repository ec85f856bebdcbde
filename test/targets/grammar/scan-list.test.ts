import { describe, expect, it } from "vitest";
import { scanListReader } from "../../../src/targets/grammar/scan-list.ts";
import { scanListKind } from "../../../src/targets/grammar/scan-list-kind.ts";

const NMAP = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<?xml-stylesheet href="file:///usr/bin/../share/nmap/nmap.xsl" type="text/xsl"?>
<!-- Nmap 7.93 scan initiated -->
<nmaprun scanner="nmap" args="nmap -oX scan.xml 10.0.0.0/24" xmloutputversion="1.05">
<host><status state="up" reason="syn-ack"/>
<address addr="10.0.0.5" addrtype="ipv4"/>
<address addr="00:11:22:33:44:55" addrtype="mac"/>
<ports><extraports state="closed" count="997"/>
<port protocol="tcp" portid="22"><state state="open" reason="syn-ack"/><service name="ssh" method="table"/></port>
<port protocol="tcp" portid="3389"><state state="open"/><service name="ms-wbt-server" method="table"/></port>
<port protocol="udp" portid="3389"><state state="open"/><service name="ms-wbt-server"/></port>
<port protocol="tcp" portid="33890"><state state="open"/><service name="ms-wbt-server" method="probed"/></port>
</ports></host>
<host><status state="up"/><address addr="10.0.0.6" addrtype="ipv4"/>
<ports><port protocol="tcp" portid="3389"><state state="closed"/><service name="ms-wbt-server"/></port></ports></host>
<host><status state="down"/><address addr="10.0.0.7" addrtype="ipv4"/></host>
<host><status state="up"/><address addr="2001:db8::7" addrtype="ipv6"/>
<ports><port protocol="tcp" portid="3389"><state state="open"/></port></ports></host>
</nmaprun>`;

const PINGED = `<nmaprun><host><status state="up"/><address addr="10.0.0.9" addrtype="ipv4"/></host></nmaprun>`;

/** As masscan 1.3 writes it. */
const MASSCAN = `[
{   "ip": "10.0.0.5",   "timestamp": "1700000000", "ports": [ {"port": 3389, "proto": "tcp", "status": "open", "reason": "syn-ack", "ttl": 64} ] }
,
{   "ip": "10.0.0.6",   "timestamp": "1700000000", "ports": [ {"port": 3390, "proto": "tcp", "status": "open"}, {"port": 53, "proto": "udp", "status": "open"} ] }
]`;
const OLD_MASSCAN = `[
{ "ip": "10.0.0.5", "ports": [ {"port": 3389, "proto": "tcp", "status": "open"} ] },
{finished: 1}
]`;

const read = (text: string, ports: readonly number[] | null = null) => {
  const lines = text.split("\n");
  const kind = scanListKind(lines[0] ?? "");
  if (kind === null) return expect.unreachable(`no list of a scan: ${text}`);
  const reader = scanListReader(kind, ports === null ? null : new Set(ports));
  const entries = lines.flatMap((line) => reader.line(line));
  return {
    targets: entries.map((entry) => (entry.ok ? textOf(entry.value) : entry.problem)),
    ...reader.end(),
  };
};

const textOf = (entry: { readonly kind: string; readonly port?: number | null }): string =>
  JSON.stringify(entry, (_, value) => (typeof value === "bigint" ? String(value) : value));

const targetsOf = (text: string, ports: readonly number[] | null = null) => {
  const { targets, problem, counts } = read(text, ports);
  return { count: targets.length, problem, counts };
};

describe("what another scanner found", () => {
  it.each([
    ["nmap, with the ports that it calls RDP", NMAP, null, 3, 1],
    ["nmap, with ports that are named", NMAP, [22], 3, 1],
    ["nmap that only pinged", PINGED, null, 1, 0],
    ["masscan", MASSCAN, null, 2, 0],
    ["masscan, with ports that are named", MASSCAN, [3390], 1, 1],
    ["an old masscan", OLD_MASSCAN, null, 1, 0],
  ] as const)("%s", (_, text, ports, count, otherPorts) => {
    expect(targetsOf(text, ports)).toMatchObject({ count, problem: null, counts: { otherPorts } });
  });

  it("is read alike in one line and in many", () => {
    expect(read(NMAP.replaceAll("\n", " ")).targets).toEqual(read(NMAP).targets);
  });

  it.each(["10.0.0.1", "# hosts", "[2001:db8::7]:3390", "server01,3390", "", "<script>"])(
    "%j begins a plain list",
    (line) => {
      expect(scanListKind(line)).toBeNull();
    },
  );

  it.each([
    ["cut XML", NMAP.slice(0, 900), /ends too early|Unclosed/],
    ["other XML", '<?xml version="1.0"?><rss></rss>', /no nmaprun/],
    ["a record without an address", '[\n{"a": 1},\n]', /line 2 is no record of masscan/],
    ["broken JSON", '[\n{"ip": ,\n]', /line 2 is no record of masscan/],
    ["deep elements", `<nmaprun>${"<a>".repeat(40)}${"</a>".repeat(40)}</nmaprun>`, /too deep/],
  ])("%s is a problem that is said", (_, text, problem) => {
    expect(read(text).problem).toMatch(problem);
  });

  it("with entities that grow gives nothing, and takes no time or memory", () => {
    const bomb = `<?xml version="1.0"?>
<!DOCTYPE nmaprun [<!ENTITY a "10.0.0.1">${Array.from({ length: 50 }, (_, index) => `<!ENTITY a${index} "${`&a${index - 1};`.repeat(10)}">`).join("")}
<!ENTITY file SYSTEM "file:///etc/passwd">]>
<nmaprun><host><status state="up"/><address addr="&a49;" addrtype="ipv4"/></host>
<host><status state="up"/><address addr="&file;" addrtype="ipv4"/></host></nmaprun>`;
    const { targets, problem } = read(bomb);
    expect(problem).toMatch(/entity/i);
    expect(targets).toEqual([]);
  });

  it("names no range, list or file as an address", () => {
    for (const addr of [
      "10.0.0.0/8",
      "@/etc/passwd",
      "-",
      "10.0.0.1-10.9.9.9",
      "10.0.0.1,10.0.0.2",
      "host",
    ]) {
      const { targets } = read(PINGED.replace("10.0.0.9", addr));
      expect(targets).toEqual([expect.stringMatching(/is no address$/)]);
      const { targets: scanned } = read(MASSCAN.replace("10.0.0.5", addr));
      expect(scanned[0]).toMatch(/is no address$/);
    }
  });
});
