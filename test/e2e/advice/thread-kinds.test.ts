/**
 * Causes weighed as the world has them: the kinds behind public threads whose cause was established in the end, each by
 * several variants. The true cause stands among the first three, and what is printed first is for the server that it is.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { probeAddress } from "../../../src/scan/one/probe-address.ts";
import {
  BEYOND_THE_HANDSHAKE,
  beyondTheHandshake,
} from "../../../src/verdict/remedies/beyond-the-handshake.ts";
import { withAddressFindings } from "../../../src/verdict/findings/address-findings.ts";
import { startRepetition } from "../../../src/verdict/repeat/repeat-report.ts";
import { DEFAULT_EXPIRY } from "../../../src/verdict/findings/certificate-findings.ts";
import { judge } from "../../../src/verdict/rules/judge.ts";
import { withNameFindings } from "../../../src/verdict/findings/name-findings.ts";
import type { ProbeFacts } from "../../../src/verdict/rules/probe-facts.ts";
import type { RemedyPlatform } from "../../../src/verdict/remedies/remedy.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import {
  captureOf,
  client,
  connected,
  ends,
  play,
  type Step,
  saidIn,
  server,
} from "../../judging/conversations.ts";
import { judged } from "../../judging/judged.ts";
import { connection, failedConnect, probeOf, REFERENCE } from "../../verdict/transcripts.ts";
import { SITUATION_RESULTS } from "./situations.ts";

/** What the cause was in the end, and which servers had it. */
interface Variant {
  readonly kind: string;
  readonly variant: string;
  /** A scenario of the lab, or a result made by hand. */
  readonly result: string | (() => Result);
  /** A cause, or a line of "if a client still fails". */
  readonly truth: string;
  /** What the first remedy is for; a server that nobody can tell is not held to one. */
  readonly platform: RemedyPlatform | null;
}

const CONFIRMS = {
  windows: "030000130ed0000012340002190800%s000000",
  xrdp: "030000130ed0000012340002010800%s000000",
  freerdp: "030000130ed0000000000002030800%s000000",
} as const;

const selecting = (program: keyof typeof CONFIRMS, protocol: string): string =>
  CONFIRMS[program].replace("%s", protocol);

const at = (port: number, address: string, ...connections: ProbeFacts["connections"]): Result =>
  judge({
    ...probeOf(...connections),
    target: { input: `${address}:${port}`, host: address, address, port, family: 4 },
  });

const HELLO = toHex(saidIn("fixtures/xrdp/tls-1.2-only.pcap")[2]?.bytes ?? new Uint8Array(0));

const DIFFERENT = ["again", "everything", "tls12-alone", "small", "split", "tls10-alone"] as const;

/** Every hello that was tried ends alike. */
const everyHelloEnds = (program: keyof typeof CONFIRMS, protocol: string, end: "rst" | "fin"): Result => {
  const cut = [selecting(program, protocol), { sent: HELLO }, end] as const;
  return judge(
    probeOf(connection("offer-all", cut), ...DIFFERENT.map((purpose) => connection(purpose, cut))),
  );
};

const ofSteps = (...steps: readonly Step[]): Result => {
  const [result] = judged(captureOf(play(steps))).results;
  if (result === undefined) throw new Error("no result");
  return result;
};

/** An address of a name where another address of it works. */
const besideAWorkingAddress = (failing: Result): Result => {
  const named = (result: Result, address: string): Result => ({
    ...result,
    target: { ...result.target, host: "rdp.example", address },
  });
  const works = ofSteps(...connected, ...saidIn("fixtures/xrdp/tls-1.2-only.pcap"));
  const healthy: Result = { ...works, verdict: { ...works.verdict, code: "ok", severity: "ok" } };
  const [first] = withNameFindings([named(failing, "192.0.2.7"), named(healthy, "192.0.2.8")]);
  if (first === undefined) throw new Error("no result");
  return first;
};

/** A healthy server with Windows' own certificate, where an issued one is shown as well. */
const ownBesideIssued = (way: number): Result => {
  const result = ofSteps(...connected, ...saidIn("fixtures/xrdp/tls-1.2-only.pcap").slice(0, 6));
  const at = (address: string, selfSigned: boolean): Result => ({
    ...{ ...result, server: null, severity: "ok", findings: [], remedies: [] },
    target: { ...result.target, host: "rdp.example", address },
    certificate: { ...(result.certificate ?? expect.unreachable()), selfSigned, sha256: address },
  });
  const [own, issued] = [at("192.0.2.7", true), at("192.0.2.8", false)];
  if (way === 0) return withAddressFindings([own, issued])[0] ?? expect.unreachable();
  const repetition = startRepetition();
  for (const result of [own, issued, own]) repetition.add(result, null);
  return repetition.result() ?? expect.unreachable();
};

/** A row is told where the server can be meant. */
const healthyFor = (code: string): string =>
  code === "server-without-nla" ? "tls-without-nla" : "nla-required";

const refused = () => failedConnect("refused", "ECONNREFUSED");
const silent = () => failedConnect("no-answer", "ETIMEDOUT");

let lab: Lab;
const LAB_SCENARIOS = [
  ...["key-unreadable", "reset-after-hello", "closed-after-hello", "certificate-expired", "failure-3"],
  ...["tls13-intolerant", "tls10-only", "rc4-only", "big-hello-reset", "flight-lost", "credssp-version-2"],
  ...["credssp-refused", "reset-after-tls", "tls-without-nla", "nla-required", "certificate-ec", "ssh"],
  ...["ecdsa-suites-with-rsa-certificate", "xrdp-key-unreadable", "xrdp-tls-unusable", "failure-2"],
  ...["certificate-issued-expired", "clock-ahead", "content-filter", "silent", "first-hello-reset"],
  ...["certificate-not-yet-valid", "certificate-key-mismatch", "certificate-windows-overdue"],
  ...["renamed-computer", "no-negotiation-data", "failure-7", "credssp-kerberos-only", "chain-huge"],
  ...["certificate-rsa1024-sha1", "certificate-client-eku", "certificate-rsa512", "reset-after-request"],
  ...["closed-after-tls", "silent-after-tls", "reply-cut-off", "closed-after-request", "http", "alert-80"],
  ...["client-certificate-tls12", "failure-6", "layers-rdsaad", "silent-after-hello", "big-hello-dropped"],
];

const AT_ONCE = 6;

const inLab = async (id: string): Promise<Result> => {
  const listener = lab.listeners.find(({ scenario }) => scenario.id === id);
  if (listener === undefined) throw new Error(`no scenario ${id}`);
  const { host, port } = listener;
  return probeAddress(
    { input: host, host, endpoint: { address: host, port, family: 4 }, resolution: null },
    {
      ...{ depth: "standard", pauseMs: 20, timeoutMs: 1500, deadlineMs: 15_000 },
      ...{ routing: { kind: "cookie", identity: "rdprobe" }, reference: REFERENCE, expiry: DEFAULT_EXPIRY },
    },
  );
};

const row = (
  kind: string,
  truth: string,
  platform: Variant["platform"],
  variants: Readonly<Record<string, Variant["result"]>>,
): readonly Variant[] =>
  Object.entries(variants).map(([variant, result]) => ({ kind, variant, result, truth, platform }));

const NLA_ALONE = (protocol: string) => client(fromHex(`030000130ee0000000000001000800${protocol}000000`));

const VARIANTS: readonly Variant[] = [
  ...row("the key cannot be read", "private-key-unreadable", "windows", {
    "every hello reset": "key-unreadable",
    "reset, CredSSP selected": () => everyHelloEnds("windows", "08", "rst"),
    "reset, TLS selected": () => everyHelloEnds("windows", "01", "rst"),
    "closed, CredSSP selected": () => everyHelloEnds("windows", "02", "fin"),
    "a capture of a reset": () => SITUATION_RESULTS["server-reset"](),
    "failure 3": "failure-3",
  }),
  ...row("a policy leaves nothing", "tls-policy-leaves-nothing", "windows", {
    "all versions off: reset": () => everyHelloEnds("windows", "08", "rst"),
    "Enabled written as 1: closed": () => everyHelloEnds("windows", "08", "fin"),
    "suites that do not fit the key: reset": "reset-after-hello",
    "the same, closed": "closed-after-hello",
    "a capture": () => SITUATION_RESULTS["server-reset"](),
  }),
  ...row("suites do not fit the certificate, told by an alert", "suites-do-not-fit-certificate", "windows", {
    "ECDSA suites and an RSA certificate": "ecdsa-suites-with-rsa-certificate",
  }),
  ...row("the renewal failed", "certificate-renewal-fails", "windows", {
    "183 days over": "certificate-windows-overdue",
    expired: "certificate-expired",
  }),
  ...row("port closed: off", "rdp-disabled", null, {
    "3389": () => at(3389, "192.0.2.7", refused()),
    "another port": () => at(33890, "192.0.2.7", refused()),
    "a private address": () => at(3389, "10.0.0.7", refused()),
    "a virtual machine on this host": () => at(3389, "127.0.0.1", refused()),
  }),
  ...row("port closed: the listener is elsewhere", "other-port", null, {
    "another port (3390)": () => at(3389, "192.0.2.7", refused()),
    "one adapter": () => at(3389, "10.0.0.7", refused()),
    "loopback alone": () => at(3389, "192.168.1.7", refused()),
    "vsock (xrdp in WSL or Hyper-V)": () => at(3389, "172.20.0.7", refused()),
    "the port that the user typed is the old one": () => at(3390, "192.0.2.7", refused()),
  }),
  ...row("port closed: the service or its listener is down", "service-not-running", null, {
    stopped: () => at(3389, "192.0.2.7", refused()),
    "running, no rdp-tcp after an update": () => at(3389, "10.0.0.7", refused()),
    "RDP Wrapper and a new termsrv": () => at(3389, "192.168.1.7", refused()),
    "xrdp ended": () => at(3389, "198.51.100.7", refused()),
  }),
  ...row("a forwarder whose far end is shut", "forwarder-without-target", null, {
    "ssh -L: reset": () => at(3390, "127.0.0.1", connection("offer-all", ["rst"])),
    "ssh -L: closed": () => at(3390, "127.0.0.1", connection("offer-all", ["fin"])),
    "a published container port": () => at(3389, "192.0.2.7", connection("offer-all", ["rst"])),
    "a balancer without a member": () => at(3389, "192.0.2.7", connection("offer-all", ["fin"])),
    "a reset on IPv6 loopback": () => at(3389, "::1", connection("offer-all", ["rst"])),
  }),
  ...row("a balancer waits for its token", "routing-token-missing", null, {
    reset: () => at(3389, "192.0.2.7", connection("offer-all", ["rst"])),
    closed: () => at(3389, "192.0.2.7", connection("offer-all", ["fin"])),
    silence: "silent",
  }),
  ...row("a device cuts", "security-device", null, {
    "at the request": () => at(3389, "192.0.2.7", connection("offer-all", ["rst"])),
    "at every hello": () => everyHelloEnds("windows", "08", "rst"),
    "at a large packet": "flight-lost",
  }),
  ...row("Hyper-V's console", "port-of-another-program", null, {
    closed: () => at(2179, "192.0.2.7", connection("offer-all", ["fin"])),
    reset: () => at(2179, "192.0.2.7", connection("offer-all", ["rst"])),
    silence: () => at(2179, "192.0.2.7", connection("offer-all", ["timeout"])),
  }),
  ...row("another known port", "port-of-another-program", null, {
    "sesman's port": () => at(3350, "192.0.2.7", connection("offer-all", ["fin"])),
    WinRM: () => at(5985, "192.0.2.7", connection("offer-all", ["rst"])),
    Citrix: () => at(1494, "192.0.2.7", connection("offer-all", ["timeout"])),
  }),
  ...row("another program holds the port", "other-program-on-port", null, { ssh: "ssh" }),
  ...row("no NLA, and the client insists", "nla-alone-offered", "any", {
    "xrdp, HYBRID": () =>
      ofSteps(...connected, NLA_ALONE("02"), server(fromHex(selecting("xrdp", "00"))), ends("client", "fin")),
    "xrdp, HYBRID and HYBRID_EX": () =>
      ofSteps(...connected, NLA_ALONE("0a"), server(fromHex(selecting("xrdp", "00"))), ends("client", "fin")),
    "xrdp with security_layer=tls": () =>
      ofSteps(
        ...[...connected, NLA_ALONE("02"), server(fromHex("030000130ed000001234000300080001000000"))],
        ends("client", "fin"),
      ),
  }),
  ...row("no NLA, and the client insists: of a healthy server", "server-without-nla", null, {
    "TLS alone": "tls-without-nla",
  }),
  ...row("a client that takes RSA alone", "client-policy", null, {
    "an EC certificate": "certificate-ec",
  }),
  ...row("one address of a name", "name-leads-elsewhere", "any", {
    "refuses, and another works": () => besideAWorkingAddress(at(3389, "192.0.2.7", refused())),
    "is silent, and another works": () => besideAWorkingAddress(at(3389, "192.0.2.7", silent())),
    "resets, and another works": () =>
      besideAWorkingAddress(at(3389, "192.0.2.7", connection("offer-all", ["rst"]))),
  }),
  ...row("filtered", "firewall-blocks-port", null, {
    "3389": () => at(3389, "192.0.2.7", silent()),
    "another port": () => at(3390, "192.0.2.7", silent()),
  }),
  ...row("a public profile", "public-profile", null, { "3389": () => at(3389, "10.0.0.7", silent()) }),
  ...row("the host is off", "host-down", null, {
    "no answer": () => at(3389, "10.0.0.7", silent()),
    "nobody at the address": () => at(3389, "10.0.0.7", failedConnect("unreachable", "EHOSTUNREACH")),
  }),
  ...row("macOS keeps the app out", "client-network-permission", null, {
    "a private address": () => at(3389, "192.168.1.7", failedConnect("unreachable", "EHOSTUNREACH")),
    "a link's own address": () => at(3389, "169.254.1.7", failedConnect("unreachable", "EHOSTUNREACH")),
  }),
  ...row("xrdp cannot read its key", "xrdp-key-unreadable", "xrdp", {
    "security_layer=negotiate": "xrdp-key-unreadable",
  }),
  ...row("xrdp is set to Standard RDP Security", "xrdp-security-layer-rdp", "xrdp", {
    "security_layer=rdp": "xrdp-key-unreadable",
  }),
  ...row("xrdp's files do not fit", "xrdp-tls-unusable", "xrdp", {
    "a wrong key": "xrdp-tls-unusable",
  }),
  ...row("a FreeRDP server without a usable key", "freerdp-key-unusable", "freerdp", {
    "an alert to every hello": () => SITUATION_RESULTS["freerdp-key-unusable"](),
    "every hello closed": () => everyHelloEnds("freerdp", "02", "fin"),
  }),
  ...row("a FreeRDP server without TLS", "freerdp-tls-off", "freerdp", {
    "failure 2": () => SITUATION_RESULTS["freerdp-tls-off"](),
  }),
  ...row("TLS 1.3 forced on", "tls13-intolerant", "windows", { "Server 2019": "tls13-intolerant" }),
  ...row("no suite in common", "cipher-policy", "windows", { "RC4 alone": "rc4-only" }),
  ...row("TLS is forbidden", "security-layer-mismatch", "windows", { "failure 2": "failure-2" }),
  ...row("long hellos are dropped", "middlebox-hello-size", "any", { reset: "big-hello-reset" }),
  ...row("hellos are read by a filter", "middlebox-hello-content", "any", { reset: "content-filter" }),
  ...row("large packets are lost", "path-mtu", "any", { "the server's flight": "flight-lost" }),
  ...row("it comes and goes", "intermittent", null, { "one in two": "first-hello-reset" }),
  ...row("CredSSP is too old", "credssp-unpatched-server", "windows", {
    "version 2": "credssp-version-2",
  }),
  ...row("NTLM is refused", "ntlm-restricted", "windows", { status: "credssp-refused" }),
  ...row("CredSSP breaks", "credssp-broken", "windows", { reset: "reset-after-tls" }),
  ...row("an issued certificate ran out", "bound-certificate-not-renewed", "windows", {
    expired: "certificate-issued-expired",
  }),
  ...row("a clock is wrong", "clock-wrong", null, { "not yet valid": "certificate-not-yet-valid" }),
  ...row("a half-done renewal", "half-renewed-certificate", "windows", {
    "another key signs": "certificate-key-mismatch",
  }),
  ...row("the server has just started", "server-just-started", null, { "failure 3": "failure-3" }),
  ...row("failure 3: no certificate could be made", "certificate-not-created", "windows", {
    "failure 3": "failure-3",
  }),
  ...row("the computer was renamed", "computer-renamed", "windows", {
    "the certificate has the old name": "renamed-computer",
  }),
  ...row("an old server", "old-server", "windows", { "no negotiation data": "no-negotiation-data" }),
  ...row("Entra alone", "entra-only", "any", {
    "failure 7": "failure-7",
    "RDSAAD is taken": "layers-rdsaad",
  }),
  ...row("Kerberos alone", "kerberos-alone", null, { "no NTLM": "credssp-kerberos-only" }),
  ...row("a weak certificate", "certificate-unfit", null, {
    "RSA 1024 and SHA-1": "certificate-rsa1024-sha1",
    "RSA 512": "certificate-rsa512",
  }),
  ...row("an issued certificate that is not for servers", "issued-certificate-unfit", null, {
    "for clients": "certificate-client-eku",
    "a chain of 40 KiB": "chain-huge",
  }),
  ...row("the bound certificate is gone", "bound-thumbprint-gone", "windows", {
    "Windows' own answers at one address of the name": () => ownBesideIssued(0),
    "Windows' own answers in turn": () => ownBesideIssued(1),
  }),
  ...row("a template gives no certificate", "template-enrolment-fails", "windows", {
    "Windows' own answers at one address of the name": () => ownBesideIssued(0),
    "the issued one ran out": "certificate-issued-expired",
  }),
  ...row("CredSSP or the domain behind it", "credssp-broken", "windows", {
    closed: "closed-after-tls",
    silence: "silent-after-tls",
  }),
  ...row("the service hangs", "server-hangs", null, {
    "silence at the request": "silent",
    "silence at the hello": "silent-after-hello",
  }),
  ...row("something before the server answers", "front-device", null, {
    HTTP: "http",
    "a client certificate in TLS": "client-certificate-tls12",
  }),
  ...row("a client certificate is demanded", "client-certificate-policy", null, {
    "failure 6": "failure-6",
  }),
  ...row("long hellos are swallowed", "middlebox-hello-size", "any", { silence: "big-hello-dropped" }),
  ...row("a server that throttles", "connection-throttling", null, {
    "one in two": "first-hello-reset",
    "at the request": "reset-after-request",
  }),
  ...row("a reverse proxy that knows no such name", "server-name-refused", null, {
    "by name alone": () => SITUATION_RESULTS["name-refused"](),
  }),
  ...row("the client distrusts the certificate", "client-rejects-certificate", null, {
    "a capture with alert 48": () => SITUATION_RESULTS["client-alert"](),
  }),
  ...row("OpenSSL 3 demands RFC 5746", "client-demands-secure-renegotiation", null, {
    "a capture with alert 40": () => SITUATION_RESULTS["client-alert-40"](),
  }),
  ...row("OpenSSL 3 refuses TLS 1.0", "client-policy-refuses-old-tls", null, {
    "a capture with alert 80": () => SITUATION_RESULTS["client-alert-80"](),
  }),
  ...row("the client does not offer NLA", "nla-not-offered", "any", {
    "a capture of enablecredsspsupport:i:0": () => SITUATION_RESULTS["nla-not-offered"](),
  }),
  ...row("a forged reset", "reset-on-the-way", null, {
    "a capture with fewer hops": () => SITUATION_RESULTS["forged-reset"](),
  }),
  ...row("a name without an address", "name-unknown", "any", {
    "no such name": () => SITUATION_RESULTS["name-not-found"](),
  }),
  ...row("DNS is silent", "resolver-unreachable", "any", {
    "no answer": () => SITUATION_RESULTS["dns-failure"](),
  }),
  ...row("no way to the network", "no-route", "any", {
    "no VPN": () => SITUATION_RESULTS["no-route"](),
  }),
  ...BEYOND_THE_HANDSHAKE.flatMap(({ code }) =>
    row("behind the logon, or in the client", code, null, { "a healthy server": healthyFor(code) }),
  ),
];

const FIRST = 3;
const SHARE = 0.95;

/** Where the handshake is in order every line is told, and there is no order of likelihood. */
const isAmongTheFirst = (result: Result, truth: string): boolean =>
  result.verdict.causes.slice(0, FIRST).some(({ code }) => code === truth) ||
  result.findings.some(({ causes = [] }) => causes.slice(0, FIRST).some(({ code }) => code === truth)) ||
  beyondTheHandshake(result).some(({ code }) => code === truth);

const results = new Map<Variant, Result>();

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: LAB_SCENARIOS });
  const scenarios = new Map<string, Promise<Result>>();
  const probed = (id: string): Promise<Result> => {
    const made = scenarios.get(id) ?? inLab(id);
    scenarios.set(id, made);
    return made;
  };
  const queue = [...VARIANTS];
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const { result } = one;
      results.set(one, typeof result === "string" ? await probed(result) : result());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}, 120_000);

afterAll(() => lab.close());

const resultOf = (variant: Variant): Result => results.get(variant) ?? expect.unreachable("it was made");

describe("the kinds behind the threads", () => {
  it("are several, each with its variants", () => {
    expect(new Set(VARIANTS.map(({ kind }) => kind)).size).toBeGreaterThan(30);
    expect(VARIANTS.length).toBeGreaterThan(80);
  });

  it("have their true cause among the first three in 95 of 100", () => {
    const missed = VARIANTS.filter((one) => !isAmongTheFirst(resultOf(one), one.truth));
    const said = missed.map((one) => {
      const codes = resultOf(one).verdict.causes.map(({ code }) => code);
      return `${one.kind}, ${one.variant}: ${one.truth} in ${codes.join(" ")}`;
    });
    process.stdout.write(
      `thread kinds: ${VARIANTS.length} variants, ${missed.length} missed\n${said.join("\n")}\n`,
    );
    expect(missed.length, said.join("\n")).toBeLessThanOrEqual(VARIANTS.length * (1 - SHARE));
  });

  it("get a first remedy for the server that it is, in all", () => {
    const wrong = VARIANTS.filter(({ platform }) => platform !== null).flatMap((one) => {
      const [first] = resultOf(one).remedies;
      const fitting = first?.platform === one.platform || first?.platform === "any";
      return fitting ? [] : [`${one.kind}, ${one.variant}: ${first?.id} (${first?.platform})`];
    });
    expect(wrong).toEqual([]);
  });

  it("get a first remedy that changes nothing, where their server cannot be told", () => {
    const changing = VARIANTS.filter(({ platform }) => platform === null).flatMap((one) => {
      const [first] = resultOf(one).remedies;
      return first === undefined || first.check.length > 0 ? [] : [`${one.kind}: ${first.id}`];
    });
    expect(changing).toEqual([]);
  });

  it("name nothing of Windows to a server whose traits say another", () => {
    for (const { verdict, remedies, server: program } of results.values()) {
      if (program === null || !["xrdp", "freerdp"].includes(program.implementation)) continue;
      expect(remedies.filter(({ platform }) => platform === "windows")).toEqual([]);
      expect(verdict.causes.map(({ title }) => title).join()).not.toContain("MachineKeys");
    }
  });
});
