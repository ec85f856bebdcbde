import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, openSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VERSION } from "../../../src/cli/version.ts";
import { SCENARIOS } from "../../../src/lab/scenarios.ts";
import { VERDICTS } from "../../../src/verdict/verdicts.ts";
import { readPluginOutput } from "../../report/plugin-output.ts";
import { CHECK_RDP, checkRdp } from "./check-rdp.ts";
import { PLUGIN, PLUGIN_ARGS } from "./executable.ts";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";

const lab = useLab(
  "127.0.0.1",
  SCENARIOS.map(({ id }) => id),
);

const at = (id: string): readonly string[] => ["-H", "127.0.0.1", "-p", String(lab.listener(id).port)];

const STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"] as const;

/** Where the state is another one than the severity of the scenario's verdict. */
const OTHERWISE: Readonly<Record<string, number>> = {
  // Ten days left, and -c is 14:.
  "certificate-expires-soon": 2,
  // Critical findings: a hash that is broken, a chain that no client takes, a key that mstsc refuses.
  "certificate-md5": 2,
  "chain-huge": 2,
  "certificate-rsa512": 2,
  // The server requires NLA and refuses it as well: no client gets in.
  "failure-5": 2,
};

const severityOf = (verdict: string): number => {
  // What nobody knows is UNKNOWN, whatever colour it has on a screen.
  if (verdict === "inconclusive") return 3;
  const row = Object.entries(VERDICTS).find(([code]) => code === verdict)?.[1];
  return ["ok", "warning", "critical"].indexOf(row?.severity ?? "");
};

const AT_ONCE = 6;

describe("check_rdp at a scenario of the lab", () => {
  it("ends with the state of its verdict, one line that parses back, and nothing on stderr", async () => {
    const left = [...SCENARIOS];
    const seen: unknown[] = [];
    const wanted: unknown[] = [];
    const worker = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const { id, verdict } = next;
        // The one that waits is not to wait long; the one that sends byte by byte is to get to its end.
        const patience =
          verdict === "timeout" ? ["--stage-timeout", "700ms"] : ["--stage-timeout", "15s", "-t", "19"];
        const { code, stdout, stderr } = await checkRdp([...at(id), ...patience]);
        const { text, perfdata, more } = readPluginOutput(stdout);
        const state = OTHERWISE[id] ?? severityOf(verdict);
        const isShort = text.length < 100 || / problems: /.test(text);
        const problems = Number(/ - (\d+) problems: /.exec(text)?.[1] ?? (state === 0 ? 0 : 1));
        // One line that names each problem, and one with what to do first.
        const lines = 2 * problems;
        wanted.push({ id, code: state, state: STATES[state], stderr: "", time: "s", lines, size: true });
        seen.push({
          ...{ id, code, state: /^RDP (\w+) - \S/.exec(text)?.[1], stderr },
          time: perfdata.find(({ label }) => label === "time")?.unit,
          ...{ lines: more.length, size: Buffer.byteLength(stdout) <= 2048 && isShort },
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(seen).toEqual(wanted);
    expect(seen).toHaveLength(SCENARIOS.length);
  }, 300_000);

  it("is the same as rdprobe check", async () => {
    const { code, stdout, stderr } = await rdprobe(["check", ...at("failure-3")]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    expect(stdout).toMatch(
      /^RDP CRITICAL - the server has no certificate that it can use[^\n]* \| 'time'=[\d.]+s;;;0 [^\n]+\ncritical: no-server-certificate at negotiation[^\n]+\n-> [^\n]+: rdprobe explain [a-z-]+\n$/,
    );
  });

  it("draws days left with their thresholds, and the clock skew", async () => {
    const { stdout } = await checkRdp([...at("nla-required"), "-w", "60:", "-c", "@1:10"]);
    const { text, perfdata } = readPluginOutput(stdout);
    expect(text).toMatch(/^RDP OK - NLA required, TLS 1\.3, certificate \d+ days left, \d+ ms$/);
    expect(perfdata.map(({ label }) => label)).toEqual([
      ...["time", "tcp", "negotiation", "tls", "credssp", "cert_days_left", "clock_skew"],
    ]);
    const days = perfdata.find(({ label }) => label === "cert_days_left");
    expect(days).toMatchObject({ unit: "", warning: "60:", critical: "@1:10" });
  });

  it.each([
    [["-v"], /^verdict: reset at tls: /m, /^remedy |^stage /m],
    [["-vv"], /^stage tls failed: /m, /^remedy /m],
    [["-v", "-v", "-v"], /^remedy [a-z-]+: /m, /\n\n/],
  ])("%j says more in further lines", async (options, contained, missing) => {
    const { code, stdout } = await checkRdp([...at("reset-after-hello"), ...options]);
    const { more } = readPluginOutput(stdout);
    expect(code).toBe(2);
    expect(more.join("\n")).toMatch(contained);
    expect(more.join("\n")).not.toMatch(missing);
  });

  it("keeps a certificate's hostile name out of line and performance data", async () => {
    const { code, stdout } = await checkRdp([...at("certificate-hostile-name"), "-vvv"]);
    expect(code).toBe(0);
    expect(readPluginOutput(stdout).more.length).toBeGreaterThan(2);
  });
});

describe("a question that a policy makes necessary", () => {
  const fresh = useLab("127.0.0.1", ["nla-optional"]);

  it("costs one connection, and is asked when the one before is closed", async () => {
    const { port, connections } = fresh.listener("nla-optional");
    await checkRdp(["-H", "127.0.0.1", "-p", `${port}`, "--forbid", "standard-security,tls1.0,tls1.1"]);
    expect(connections()).toMatchObject({ total: 2 + 3, maxOpen: 1 });
  });
});

describe("a site's policy", () => {
  it.each<[scenario: string, options: readonly string[], code: number, text: string]>([
    ["nla-required", ["--require", "nla,tls1.2"], 0, "NLA required"],
    ["nla-required", ["--require", "NLA, TLS1.2"], 0, "NLA required"],
    ["nla-required", ["--require", "name"], 2, "the certificate is not for 127.0.0.1"],
    ["nla-required", ["--issuer", "Corp CA"], 2, "the certificate is not from Corp CA but self-signed"],
    ["certificate-chain", ["--issuer", "Corp CA"], 2, "the certificate is not from Corp CA but from CN="],
    ["certificate-expired", [], 2, "CRITICAL - the certificate has expired (mstsc 0x1b07)"],
    ["nla-optional", ["--require", "nla"], 2, "NLA not required (policy requires it)"],
    ["failure-2", ["--require", "tls"], 2, "TLS is required, and the server does no TLS"],
    ["tls10-only", ["--require", "tls1.2"], 2, "TLS 1.2 is required, and the server chose TLS 1.0"],
    ["tls10-only", ["--forbid", "tls1.0"], 2, "TLS 1.0 is accepted"],
    ["tls13-only", ["--forbid", "tls1.0,tls1.1"], 0, "TLS 1.3"],
    ["layers-negotiate", ["--forbid", "standard-security"], 2, "Standard RDP Security is accepted"],
    ["nla-required", ["--forbid", "standard-security"], 0, "NLA required"],
    ["nla-required", ["--forbid", "self-signed"], 2, "the certificate is self-signed"],
    ["certificate-rsa1024-sha1", ["--forbid", "sha1"], 2, "the certificate is signed with SHA-1 or worse"],
    [
      "port-closed",
      ["--expect-verdict", "port-closed,port-filtered"],
      0,
      "port-closed at tcp, as configured",
    ],
    ["nla-required", ["--expect-verdict", "port-closed"], 2, "not port-closed but nla-required"],
    [
      "failure-3",
      ["--state", "no-server-certificate=warning"],
      1,
      "the server has no certificate that it can use",
    ],
    [
      "silent",
      ["--timeout-state", "unknown", "--stage-timeout", "300ms"],
      3,
      "the port is open, but RDP does not answer",
    ],
    ["certificate-expires-soon", ["-c", "5:"], 1, "days left (alert range 30:)"],
    ["certificate-expires-soon", ["-c", "5"], 1, "days left (alert range 30:)"],
    ["certificate-expires-soon", ["-w", "5", "-c", "3"], 0, "days left"],
    ["certificate-expires-soon", ["-w", "~:", "-c", "14"], 2, "days left (alert range 14:)"],
    ["failure-2", ["--expect-verdict", "standard-security-only"], 0, "standard-security-only"],
    ["failure-2", ["--forbid", "self-signed"], 1, "the server offers neither TLS nor NLA"],
    ["certificate-rsa1024-sha1", ["--forbid", "sha1,self-signed"], 2, "2 problems: the certificate is s"],
    ["certificate-md5", ["--forbid", "sha1"], 2, "- the certificate is signed with SHA-1 or worse"],
    ["nla-optional", ["--require", "nla", "--depth", "quick"], 3, "whether NLA is required was not seen"],
    ["certificate-expires-soon", ["-w", "~:", "-c", "~:"], 0, "days left"],
    ["nla-required", ["--latency-warning", "@0:60000"], 1, "the probe took"],
    ["nla-required", ["--latency-critical", "@0:60000"], 2, "the probe took"],
    ["nla-required", ["--cert-sha256", "ab".repeat(32)], 2, "another certificate than the pinned one"],
    ["nla-required", ["--depth", "quick"], 0, "handshake works"],
    ["tls10-only", ["--client", "win7-sp1"], 0, "TLS 1.0"],
  ])("%s with %j ends with %d", async (scenario, options, code, text) => {
    const run = await checkRdp([...at(scenario), ...options]);
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code, stderr: "" });
    expect(readPluginOutput(run.stdout).text).toContain(text);
  });

  it("connects to -I, and asks for the name of -H or --sni", async () => {
    const port = ["-p", String(lab.listener("nla-required").port)];
    const { stdout: json } = await rdprobe(["--json", lab.target("nla-required")]);
    const name: string = JSON.parse(json).certificate.commonName;
    const named = await checkRdp(["-H", name, "-I", "127.0.0.1", ...port, "--require", "name"]);
    expect({ code: named.code, stderr: named.stderr }).toEqual({ code: 0, stderr: "" });
    const sni = await checkRdp(["-H", "127.0.0.1", "--sni", name, ...port, "--require", "name"]);
    expect(sni.code).toBe(0);
    const other = await checkRdp(["-H", "other", "-I", "127.0.0.1", ...port, "--require", "name"]);
    expect(other.code).toBe(2);
    expect(readPluginOutput(other.stdout).text).toBe("RDP CRITICAL - the certificate is not for other");
  });

  it("takes pinned digests from a file as well, with colons and comments", async () => {
    const { stdout } = await rdprobe(["--json", lab.target("nla-required")]);
    const { sha256 }: { sha256: string } = JSON.parse(stdout).certificate;
    const folder = await mkdtemp(join(tmpdir(), "rdprobe-check-"));
    const file = join(folder, "pins");
    writeFileSync(file, `# this month's\n${sha256.toUpperCase().replace(/..(?=.)/g, "$&:")} # server01\n`);
    const { code } = await checkRdp([...at("nla-required"), "--cert-sha256", `@${file}`]);
    await rm(folder, { recursive: true });
    expect(code).toBe(0);
  });
});

describe("a command line that cannot be carried out", () => {
  it.each<[args: readonly string[], text: string]>([
    [[], "missing option: -H <host>"],
    [["-H", "a b"], "-H, --hostname"],
    [["-H", ""], "-H, --hostname: it is empty; write -H <host>"],
    [["-H", "192.0.2.7", "-I", "192.0.2.8"], "-I, --address: -H 192.0.2.7 is an address already"],
    [["-H", "host", "-I", "other"], '-I, --address: "other" is no IP address'],
    [["-H", "host", "--sni", "a b"], '--sni: "a b" is no host name'],
    [["-H", "host", "-p", "0"], '-p, --port: "0" is no port'],
    [["-H", "host", "-w", "soon"], '--warning: "soon" is no range'],
    [["-H", "host", "-c", "20:10"], "--critical"],
    [["-H", "host", "-w", "14:", "-c", "30:"], "--critical 30: is above --warning 14:"],
    [["-H", "host", "-w", "14", "-c", "30"], "--critical 30: is above --warning 14:"],
    [["-H", "host", "-w", "10"], "--critical 14: (the default) is above --warning 10:"],
    [["-H", "host", "-c", "@0:60"], "--critical @60 is above --warning 30: (the default)"],
    [["-H", "host", "-t", "0"], "-t, --timeout"],
    [["-H", "host", "-t"], "missing value: -t, --timeout <seconds>"],
    [["-H", "host", "--require", "kerberos"], '--require: "kerberos" is none of nla'],
    [["-H", "host", "--forbid", ""], '--forbid: "" is none of'],
    [["-H", "host", "--state", "reset"], "--state: reset"],
    [["-H", "host", "--state", "broken=ok"], '--state: "broken" is none of'],
    [["-H", "host", "--dns-state", "bad"], '--dns-state: "bad" is none of'],
    [["-H", "host", "--cert-sha256", "12"], '--cert-sha256: "12" is no SHA-256'],
    [["-H", "host", "--cert-sha256", "@/no/such/file"], "--cert-sha256: cannot read /no/such/file: no such"],
    [["-H", "host", "--cert-sha256", "@/"], "--cert-sha256: cannot read /: illegal operation on a dir"],
    [["-H", "host", "--depth", "full"], '--depth: "full" is none of quick, standard'],
    [["-H", "host", "--client", "win95"], '--client: "win95" is none of'],
    [["-H", "host", "--format", "xml"], '--format: "xml" is none of'],
    [["-H", "::1", "-4"], '-H, --hostname: "::1" is an IPv6 address'],
    [["-H", "host", "--cookie", "ä"], '--cookie: "ä" does not fit'],
    [["-H", "host", "other"], "unexpected argument: other (the host goes after -H)"],
    [["-H", "host", "--no-such"], "unknown option: --no-such"],
    [["-H", "a|b\n'c'=1", "-v"], "-H, --hostname"],
  ])("%j is UNKNOWN, and one line names the argument", async (args, text) => {
    const { code, stdout, stderr } = await checkRdp(args);
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    const reading = readPluginOutput(stdout);
    expect(reading.text).toContain(`RDP UNKNOWN - ${text}`);
    expect(reading.more).toEqual([]);
  });

  it.each([
    [["-h"], /^Usage: check_rdp -H <host>/],
    [["--help", "-H", "host"], /^Usage: check_rdp -H <host>/],
    [["-V"], new RegExp(`^check_rdp ${VERSION.replaceAll(".", "\\.")} `)],
  ])("%j prints on stdout and is UNKNOWN", async (args, contents) => {
    const { code, stdout, stderr } = await checkRdp(args);
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    expect(stdout).toMatch(contents);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("rdprobe check --help names itself so", async () => {
    const { code, stdout } = await rdprobe(["check", "--help"]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^Usage: rdprobe check -H <host>/);
  });
});

describe("what may happen to a plugin", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rdprobe-check-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** A run in which stdout is a descriptor of the test's. */
  const codeWithStdout = async (stdout: number, args: readonly string[]): Promise<unknown> => {
    const child = spawn(PLUGIN, [...PLUGIN_ARGS, ...args], { stdio: ["ignore", stdout, "ignore"] });
    const [code]: unknown[] = await once(child, "exit");
    return code;
  };

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "%s: UNKNOWN, with what it waited for",
    async (signal) => {
      const before = lab.listener("silent").connections().total;
      const child = spawn(PLUGIN, [...PLUGIN_ARGS, ...at("silent")]);
      let stdout = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      await expect
        .poll(() => lab.listener("silent").connections().total, { timeout: 10_000 })
        .toBeGreaterThan(before);
      child.kill(signal);
      const [code]: unknown[] = await once(child, "close");
      expect({ code, stdout }).toEqual({
        code: 3,
        stdout: `RDP UNKNOWN - ended by ${signal} while waiting for the server\n`,
      });
    },
  );

  it.each([["failure-3"], ["nla-required"]])("a full disk at %s: UNKNOWN", async (scenario) => {
    expect(await codeWithStdout(openSync("/dev/full", "w"), at(scenario))).toBe(3);
  });

  it("a stdout that nobody reads: UNKNOWN", async () => {
    const child = spawn(PLUGIN, [...PLUGIN_ARGS, ...at("failure-3")], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout.destroy();
    const [code]: unknown[] = await once(child, "close");
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
  });

  it("a server that keeps quiet: it ends before its own -t and names the stage", async () => {
    const startedAt = performance.now();
    const { code, stdout } = await checkRdp([...at("silent-after-hello"), "-t", "2"]);
    expect(code).toBe(2);
    expect(readPluginOutput(stdout).text).toMatch(/^RDP CRITICAL - the server stops answering during TLS/);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    const { time } = Object.fromEntries(
      readPluginOutput(stdout).perfdata.map(({ label, value }) => [label, value]),
    );
    expect(time).toBeLessThan(2);
  });

  it("a time-out shorter than the start: a line all the same", async () => {
    const { code, stdout } = await checkRdp([
      ...at("nla-required"),
      "-t",
      "1ms",
      "--timeout-state",
      "unknown",
    ]);
    expect(code).toBe(3);
    // Whichever notices first: the process, or the probe.
    expect(stdout).toMatch(/^RDP UNKNOWN - (?:no end within 0\.001 s|cannot tell)[^\n]*\n/);
  });

  it("a name without an address: as --dns-state says", async () => {
    const args = ["-H", "no-such-host.invalid", "--dns-state", "warning"];
    const { code, stdout } = await checkRdp(args);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^RDP WARNING - [^\n]+\nwarning: (name-not-found|dns-failure) at dns/);
  });

  it("a bundle that is damaged: UNKNOWN", async () => {
    const copy = join(folder, "check_rdp.cjs");
    copyFileSync(CHECK_RDP, copy);
    writeFileSync(join(folder, "check-main.cjs"), "(function (require, module) { nonsense");
    const child = spawn(process.execPath, [copy, ...at("failure-3")]);
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    const [code]: unknown[] = await once(child, "close");
    expect(code).toBe(3);
    expect(stdout).toMatch(/^RDP UNKNOWN - [^\n]+\n$/);
  });
});

describe("--format checkmk", () => {
  it("is a local check's line", async () => {
    const { code, stdout } = await checkRdp([
      ...at("failure-3"),
      "--format",
      "checkmk",
      "--service",
      "RDP lab",
    ]);
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /^2 "RDP lab" time=[\d.]+;;;0\|tcp=[\d.]+;;;0\|negotiation=[\d.]+;;;0 the server has no certificate that it can use\n$/,
    );
  });
});
