/**
 * Writes docs/server-logs.md: what a server's log has of a probe, by depth. xrdp and FreeRDP's shadow server are
 * started, probed and read; what Windows logs is Microsoft's and others' word.
 *
 *   npm run docs:logs     needs root, xrdp, freerdp2-shadow-x11, xvfb and winpr-utils
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { WINDOWS_EVENTS } from "../src/explain/windows-events.ts";
import { type CertificateFolder, makeCertificates } from "../test/e2e/servers/programs/certificates.ts";
import { eventually } from "../test/support/eventually.ts";
import { startShadow } from "../test/e2e/servers/programs/freerdp-shadow.ts";
import { runProcess } from "../test/e2e/servers/programs/processes.ts";
import type { RealServer } from "../test/e2e/servers/programs/real-server.ts";
import { startXrdp } from "../test/e2e/servers/programs/xrdp.ts";
import { withoutTags } from "./docs/generated.ts";

const DEPTHS = ["quick", "standard", "full"] as const;
/** A log that has grown by nothing for so long has all. */
const SETTLE_MS = 1500;

const SERVERS: readonly {
  readonly name: string;
  readonly package: string;
  start(certificates: CertificateFolder): Promise<RealServer>;
}[] = [
  {
    name: "xrdp, security_layer=negotiate, LogLevel=INFO",
    package: "xrdp",
    start: (certificates) => startXrdp({ certificate: certificates.files["rsa-2048"] }),
  },
  {
    name: "FreeRDP's shadow server, /sec:nla, WLOG_LEVEL=WARN",
    package: "freerdp2-shadow-x11",
    start: () => startShadow({ security: "nla", logLevel: "WARN" }),
  },
];

const RDPROBE = fileURLToPath(new URL("../dist/rdprobe.cjs", import.meta.url));

/** What a log has more after one probe, and how many connections that was. */
const loggedBy = async (server: RealServer, depth: string) => {
  const before = server.log().length;
  const args = [RDPROBE, "--json", "--depth", depth, `${server.host}:${server.port}`];
  const { stdout } = await runProcess(process.execPath, args, { timeoutMs: 180_000 });
  const { connections }: { connections: number } = JSON.parse(stdout);
  let size = -1;
  await eventually(
    () => {
      const isQuiet = server.log().length === size;
      size = server.log().length;
      return isQuiet;
    },
    { timeoutMs: 10_000, everyMs: SETTLE_MS },
  );
  return { connections, lines: server.log().slice(before).split("\n").filter(Boolean).map(bare) };
};

/** Without time, process, thread, ports and sockets, which differ each time. */
const bare = (line: string): string =>
  line
    .replace(/^\[[\dT:.+-]+\] ?/, "")
    .replace(/\[\d+:[\da-f]+\] ?/, "")
    .replace(/\b(127\.0\.0\.1)[: ](port )?\d{2,5}\b/g, "$1 $2N")
    .replace(/\b(port|socket|pid|sck|fd)([ =:]*)\d+/gi, "$1$2N")
    .replace(/0x[\da-f]{6,}/gi, "0xN")
    .replace(/\s+/g, " ")
    .trim();

const countOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

const counted = (lines: readonly string[]): readonly (readonly [string, number])[] => [
  ...lines.reduce((counts, line) => counts.set(line, (counts.get(line) ?? 0) + 1), new Map<string, number>()),
];

const sectionOf = async (
  { name, package: packageName, start }: (typeof SERVERS)[number],
  certificates: CertificateFolder,
): Promise<readonly string[]> => {
  const { stdout } = await runProcess("dpkg-query", ["--show", packageName]);
  const server = await start(certificates);
  try {
    const parts: string[] = [
      `## ${name}`,
      "",
      `Debian's ${stdout.trim().replace("\t", " ")}, as seen here.`,
      "",
    ];
    for (const depth of DEPTHS) {
      const { connections, lines } = await loggedBy(server, depth);
      const kinds = counted(lines);
      parts.push(
        `### \`--depth ${depth}\`: ${countOf(connections, "connection")}, ${countOf(lines.length, "line")}`,
        "",
      );
      parts.push(
        "```text",
        ...kinds.map(([line, count]) => (count === 1 ? line : `${line}   (${count} times)`)),
        "```",
        "",
      );
    }
    return parts;
  } finally {
    await server.stop();
  }
};

/** What Windows logs at a connection, whatever becomes of it; and where a handshake fails. */
const OF_A_PROBE: Readonly<Record<number, string>> = {
  131: "each connection, at each depth",
  98: "each connection, at each depth",
  261: "each connection, at each depth",
  36874: "each hello that shares no version or suite: `--depth full` and `rdprobe clients --for`",
  36888: "each hello that is refused by an alert: the same",
  1006: "where many connections end before a logon: `--depth full`, and scans without `--rate`",
};

const windowsSection = (): readonly string[] => [
  "## Windows",
  "",
  "Not seen here: as Microsoft and others document it. No credentials are sent, so that no logon is tried, no account",
  "is locked, and neither 4625 nor 140 is logged (inferred from [MS-NLMP] 3.1.5.1: the exchange ends after the",
  "CHALLENGE).",
  "",
  "| event | log | what | when | known |",
  "| --- | --- | --- | --- | --- |",
  ...Object.entries(OF_A_PROBE).map(([id, when]) => {
    const event = WINDOWS_EVENTS.find((row) => row.id === Number(id));
    if (event === undefined) throw new Error(`no event ${id} in the table`);
    return `| ${id} | ${event.log} | ${event.what} | ${when} | ${event.basis}: ${event.proof} |`;
  }),
];

const certificates = await makeCertificates();
try {
  const sections: string[] = [];
  for (const server of SERVERS) sections.push(...(await sectionOf(server, certificates)));
  const text = [
    "# What a probe leaves in a server's log",
    "",
    "Written by `npm run docs:logs`, which starts the servers, probes them and reads their logs. Times, processes and",
    "ports are left out.",
    "",
    ...sections,
    ...windowsSection(),
    "",
  ].join("\n");
  writeFileSync(new URL("../docs/server-logs.md", import.meta.url), withoutTags(text));
} finally {
  certificates.remove();
}
