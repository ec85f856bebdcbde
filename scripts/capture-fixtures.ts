/**
 * Captures a fixture from each real server: FOLDER/<server>/<id>.pcap with .expected.json and
 * .provenance.json beside it.
 *
 *   tsx scripts/capture-fixtures.ts [--clients rdprobe,nmap,sslscan] FOLDER [id...]
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startLab } from "../src/lab/lab.ts";
import { SCENARIOS } from "../src/lab/scenarios.ts";
import type { Result } from "../src/verdict/result/result.ts";
import { type CertificateFolder, makeCertificates } from "../test/e2e/servers/programs/certificates.ts";
import { startPacketCapture } from "../test/e2e/servers/programs/packet-capture.ts";
import { outputOf, runProcess } from "../test/e2e/servers/programs/processes.ts";
import type { RealServer } from "../test/e2e/servers/programs/real-server.ts";
import {
  REAL_CONFIGURATIONS,
  type RealConfiguration,
} from "../test/e2e/servers/programs/xrdp-configurations.ts";

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Something to capture: a real server, or a scenario of the lab. */
interface CaptureSubject {
  /** The folder of the fixture. */
  readonly server: string;
  readonly id: string;
  readonly description: string;
  /** The Debian package whose version is recorded; null for the lab's own responders. */
  readonly debianPackage: string | null;
  start(certificates: CertificateFolder, at: Endpoint): Promise<RealServer>;
  readonly clients: readonly CaptureClient["name"][];
  /** What is known of the subject without rdprobe; null where nothing but the scenario's row is. */
  readonly truth: unknown;
}

/** A client that is run against the subject while tcpdump records. */
interface CaptureClient {
  readonly name: string;
  command(at: Endpoint): readonly [command: string, ...args: string[]];
  readonly versionArguments: readonly [command: string, ...args: string[]];
}

/** nmap's scripts and Wireshark's dissector look at the port; the address is free for us alone. */
const ENDPOINT: Endpoint = { host: "127.0.0.77", port: 3389 };

const MAX_FIXTURE_BYTES = 150_000;
const CLIENT_TIMEOUT_MS = 60_000;

const SSLSCAN_LIMITS = [
  ...["--no-ciphersuites", "--no-fallback", "--no-renegotiation", "--no-compression"],
  ...["--no-heartbleed", "--no-groups"],
];

const CLIENTS: readonly CaptureClient[] = [
  {
    name: "rdprobe",
    command: ({ host, port }) => ["node", "dist/rdprobe.cjs", `${host}:${port}`, "--json"],
    versionArguments: ["node", "dist/rdprobe.cjs", "--version"],
  },
  {
    name: "nmap",
    command: ({ host, port }) => [
      ...(["nmap", "-n", "-Pn", "-p", String(port)] as const),
      ...["--script", "rdp-enum-encryption,ssl-cert,rdp-ntlm-info", host],
    ],
    versionArguments: ["nmap", "--version"],
  },
  {
    name: "sslscan",
    command: ({ host, port }) => ["sslscan", "--rdp", "--no-colour", ...SSLSCAN_LIMITS, `${host}:${port}`],
    versionArguments: ["sslscan", "--no-colour", "--version"],
  },
];

const realSubject = (configuration: RealConfiguration): CaptureSubject => ({
  server: configuration.server,
  id: configuration.id,
  description: configuration.description,
  debianPackage: configuration.server === "xrdp" ? "xrdp" : "freerdp2-shadow-x11",
  clients: ["rdprobe", "nmap", "sslscan"],
  start: (certificates, at) => configuration.start(certificates, at),
  truth: configuration.truth,
});

/** Shapes that no server of Debian shows: Windows' resets and refusals, as the lab plays them. */
const LAB_SCENARIOS = [
  "nla-required",
  "reset-after-request",
  "reset-after-hello",
  "closed-after-request",
  "closed-after-hello",
  "silent",
  "silent-after-hello",
  "alert-40",
  "alert-70",
  "alert-80",
  "failure-2",
  "failure-5",
  "failure-6",
  "failure-7",
  "disconnect-request",
  "no-negotiation-data",
  "credssp-refused",
  "port-closed",
] as const;

const labSubject = (id: string): CaptureSubject => {
  const scenario = SCENARIOS.find((row) => row.id === id);
  if (scenario === undefined) throw new Error(`the lab has no scenario ${id}`);
  const { title, verdict, stage } = scenario;
  return {
    server: "lab",
    id,
    description: `rdprobe's own lab, no real server: ${title}`,
    debianPackage: null,
    clients: ["rdprobe"],
    truth: { verdict, stage },
    start: async (_certificates, { host, port }) => {
      const lab = await startLab({ host, basePort: port, scenarios: [id] });
      return {
        host,
        port,
        groups: [],
        configuration: `rdprobe lab ${id}`,
        commands: [`rdprobe lab --host ${host} --base-port ${port} ${id}`],
        certificateFile: null,
        log: () => "",
        stop: () => lab.close(),
      };
    },
  };
};

const LAB_SUBJECTS: readonly CaptureSubject[] = LAB_SCENARIOS.map(labSubject);

const SUBJECTS: readonly CaptureSubject[] = [...REAL_CONFIGURATIONS.map(realSubject), ...LAB_SUBJECTS];

const capture = async (
  subject: CaptureSubject,
  certificates: CertificateFolder,
  clients: readonly CaptureClient[],
  folder: string,
): Promise<void> => {
  const base = join(folder, subject.server, subject.id);
  mkdirSync(join(folder, subject.server), { recursive: true });
  const server = await subject.start(certificates, ENDPOINT);
  try {
    const recording = await startPacketCapture(
      `${base}.pcap`,
      `host ${ENDPOINT.host} and port ${ENDPOINT.port}`,
    );
    let result: Result | null = null;
    const invited = clients.filter(({ name }) => subject.clients.includes(name));
    for (const client of invited) {
      const [command, ...args] = client.command(ENDPOINT);
      const { code, stdout, stderr } = await runProcess(command, args, { timeoutMs: CLIENT_TIMEOUT_MS });
      if (code === null) throw new Error(`${command} did not end: ${stderr}`);
      if (client.name === "rdprobe") result = JSON.parse(stdout) as Result;
    }
    const packets = await recording.stop();
    const size = statSync(`${base}.pcap`).size;
    process.stdout.write(`${subject.server}/${subject.id}: ${packets} packets, ${size} bytes\n`);
    if (size > MAX_FIXTURE_BYTES) process.stdout.write("  larger than a fixture should be\n");
    writeJson(`${base}.expected.json`, {
      truth: subject.truth,
      rdprobe: result === null ? null : expected(result),
    });
    writeJson(`${base}.provenance.json`, await provenance(subject, server, recording.command, invited, base));
  } finally {
    await server.stop();
  }
};

/** What a reader of the capture is to find in rdprobe's own first connection, and what the live probe said. */
const expected = ({
  verdict,
  negotiation,
  security,
  tls,
  certificate,
  credssp,
  ntlm,
  connections,
}: Result) => ({
  verdict: verdict.code,
  stage: verdict.stage,
  severity: verdict.severity,
  connections,
  negotiation,
  nla: security.nla,
  tls,
  certificate:
    certificate === null
      ? null
      : {
          subject: certificate.subject,
          issuer: certificate.issuer,
          notBefore: certificate.notBefore,
          notAfter: certificate.notAfter,
          sha256: certificate.sha256,
          chain: certificate.chain.map(({ sha256 }) => sha256),
        },
  credssp,
  ntlm:
    ntlm === null
      ? null
      : { targetName: ntlm.targetName, dnsComputer: ntlm.dnsComputer, osVersion: ntlm.osVersion },
});

const provenance = async (
  subject: CaptureSubject,
  server: RealServer,
  recordingCommand: string,
  clients: readonly CaptureClient[],
  base: string,
): Promise<unknown> => ({
  description: subject.description,
  capturedAt: new Date().toISOString(),
  sha256: createHash("sha256")
    .update(readFileSync(`${base}.pcap`))
    .digest("hex"),
  system: /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? null,
  server: {
    package: subject.debianPackage,
    version: subject.debianPackage === null ? null : await packageVersion(subject.debianPackage),
    configuration: withoutTemporaryNames(server.configuration).trimEnd().split("\n"),
  },
  commands: [
    ...server.commands,
    recordingCommand.replace(`${base}.pcap`, `${subject.server}/${subject.id}.pcap`),
    ...clients.map((client) => client.command(ENDPOINT).join(" ")),
  ].map(withoutTemporaryNames),
  tools: Object.fromEntries(
    await Promise.all(
      [...clients, TCPDUMP].map(async (tool) => [tool.name, await firstVersionLine(tool.versionArguments)]),
    ),
  ),
});

const TCPDUMP = { name: "tcpdump", versionArguments: ["tcpdump", "--version"] } as const;

const packageVersion = async (name: string): Promise<string> =>
  (await outputOf("dpkg-query", ["-W", "-f", `\${Version}`, name])).trim();

const firstVersionLine = async ([command, ...args]: CaptureClient["versionArguments"]): Promise<string> => {
  const { stdout, stderr } = await runProcess(command, args);
  const plain = `${stdout}\n${stderr}`.split("\n").map((line) => line.trim());
  return plain.find((line) => /\d+\.\d+/.test(line)) ?? "unknown";
};

/** `/tmp/rdprobe-xrdp-x7Yz12/xrdp.ini` says nothing more than `$XRDP/xrdp.ini`. */
const withoutTemporaryNames = (text: string): string =>
  text.replace(/\/\S*?rdprobe-([a-z]+)-[A-Za-z0-9]{6}/g, (_path, name: string) => `$${name.toUpperCase()}`);

const writeJson = (file: string, value: unknown): void =>
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);

const USAGE = "usage: tsx scripts/capture-fixtures.ts [--clients rdprobe,nmap,sslscan] FOLDER [id...]";

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    options: { clients: { type: "string", default: CLIENTS.map(({ name }) => name).join(",") } },
    allowPositionals: true,
  });
  const [folder, ...ids] = positionals;
  if (folder === undefined) throw new Error(USAGE);
  const names = values.clients.split(",");
  const clients = CLIENTS.filter(({ name }) => names.includes(name));
  const certificates = await makeCertificates();
  try {
    for (const subject of SUBJECTS.filter(({ id }) => ids.length === 0 || ids.includes(id))) {
      await capture(subject, certificates, clients, folder);
    }
  } finally {
    certificates.remove();
  }
};

await main();
