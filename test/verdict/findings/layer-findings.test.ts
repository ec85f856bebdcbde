import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.ts";
import { readTranscript } from "../../handshake/read-transcript.ts";
import { connectionRequestAsking } from "../../../src/handshake/plan/connection-requests.ts";
import type { ProbeConnection, Purpose } from "../../../src/handshake/plan/probe-plan.ts";
import type { WireEvent } from "../../../src/handshake/conversation/transcript.ts";
import { connectInitial } from "../../../src/mcs/client-settings.ts";
import { encodeConnectInitial } from "../../../src/mcs/connect-initial.ts";
import {
  type ConnectResponse,
  connectResponse,
  encodeConnectResponse,
} from "../../../src/mcs/connect-response.ts";
import { judge } from "../../../src/verdict/rules/judge.ts";
import { layerFindings } from "../../../src/verdict/findings/layer-findings.ts";
import type { Finding, NtlmReport } from "../../../src/verdict/result/result.ts";
import { securityReport } from "../../../src/verdict/result/security-report.ts";
import { encodeConnectionRequest, type Routing } from "../../../src/x224/connection-request.ts";
import { failedConnect, probeOf } from "../transcripts.ts";

const CONFIRM_RDP = fromHex("030000130ed000001234 00021f0800 00000000");
const CONFIRM_SSL = fromHex("030000130ed000001234 00021f0800 01000000");
const FAILURE_2 = fromHex("030000130ed000001234 0003000800 02000000");

const connection = (
  purpose: Purpose,
  requested: number,
  events: readonly WireEvent[],
  routing: Routing | null = null,
): ProbeConnection => {
  const request = encodeConnectionRequest(connectionRequestAsking(requested, routing));
  const opening: readonly WireEvent[] = [
    { kind: "connected", atMs: 1 },
    { kind: "sent", atMs: 1, bytes: request },
  ];
  return { purpose, facts: readTranscript([...opening, ...events], 0) };
};

const received = (bytes: Uint8Array): WireEvent => ({ kind: "received", atMs: 2, bytes });

const main = connection("offer-all", 0x0b, [received(FAILURE_2)]);

/** Standard RDP Security up to this answer. */
const standard = (response: ConnectResponse): ProbeConnection => {
  const initial = connectInitial({ serverSelectedProtocol: 0, encryptionMethods: 0x1b });
  return connection("layer-rdp", 0, [
    received(CONFIRM_RDP),
    { kind: "sent", atMs: 3, bytes: encodeConnectInitial(initial) },
    { kind: "received", atMs: 4, bytes: encodeConnectResponse(response) },
  ]);
};

const secured = (serverCertificate: Uint8Array): ConnectResponse =>
  connectResponse([
    { kind: "core", version: 0x00080004, clientRequestedProtocols: 0 },
    {
      kind: "security",
      encryptionMethod: 2,
      encryptionLevel: 3,
      keys: { serverRandom: new Uint8Array(32), serverCertificate },
    },
  ]);

const findingsOf = (...connections: readonly ProbeConnection[]): readonly Finding[] =>
  judge(probeOf(main, ...connections)).findings;

const findingOf = (code: string, ...connections: readonly ProbeConnection[]): Finding | undefined =>
  findingsOf(...connections).find((finding) => finding.code === code);

describe("findings about Standard RDP Security", () => {
  it("a certificate that cannot be read, with the reason", () => {
    const unread = findingOf(
      "standard-security-certificate-not-readable",
      standard(secured(fromHex("09000000"))),
    );
    expect(unread).toMatchObject({ severity: "info", stage: "mcs" });
    expect(unread?.summary).toContain("version 9 is not known");
  });

  it("a Connect-Response that refuses: its result by name, and no method from it", () => {
    const response = { ...connectResponse([]), result: 15 };
    expect(findingOf("mcs-not-answered", standard(response))?.summary).toContain("rt-user-rejected");
    const withBlocks = { ...secured(new Uint8Array(0)), result: 14 };
    expect(judge(probeOf(main, standard(withBlocks))).rdp?.encryptionMethods).toEqual([]);
  });

  it("a Connect-Response without a security block: a level of nobody's", () => {
    const { rdp } = judge(probeOf(main, standard(connectResponse([]))));
    expect(rdp).toEqual({
      version: null,
      versionRaw: null,
      encryptionMethods: [],
      encryptionLevel: null,
      certificate: null,
    });
  });

  it("a level that no document names keeps its number", () => {
    const response = connectResponse([{ kind: "security", encryptionMethod: 2, encryptionLevel: 9 }]);
    expect(judge(probeOf(main, standard(response))).rdp?.encryptionLevel).toBe("unknown-9");
  });

  it("an echo of bits that have no name is written as a number", () => {
    const response = connectResponse([
      { kind: "core", version: 0x00080004, clientRequestedProtocols: 0x80 },
      { kind: "security", encryptionMethod: 2, encryptionLevel: 3 },
    ]);
    expect(findingOf("requested-protocols-rewritten", standard(response))?.summary).toContain("0x80");
  });

  it("a server that leaves the echo out rewrites nothing", () => {
    const response = connectResponse([{ kind: "core", version: 0x00080001 }]);
    expect(findingOf("requested-protocols-rewritten", standard(response))).toBeUndefined();
  });
});

describe("the finding that a version is not Windows' own", () => {
  const ntlm: NtlmReport = {
    targetName: "RDP-SHADOW",
    netbiosComputer: "RDP-SHADOW",
    netbiosDomain: "RDP-SHADOW",
    dnsComputer: "rdp-shadow",
    dnsDomain: "rdp-shadow",
    dnsTree: null,
    osVersion: "6.1.7601",
    os: [],
    serverTime: null,
    clockSkewMs: null,
  };
  const codesFor = (confirm: string, report: NtlmReport): readonly string[] => {
    const connections = [connection("offer-all", 0x0b, [received(fromHex(confirm))])];
    const [{ facts } = { facts: main.facts }] = connections;
    const security = securityReport(connections);
    return layerFindings({ connections, main: facts, security, rdp: null, ntlm: report }).map(
      ({ code }) => code,
    );
  };

  it.each([
    ["FreeRDP's confirm", "030000130ed000000000 0002030800 02000000", ntlm, true],
    ["Windows' confirm", "030000130ed000001234 00021f0800 02000000", ntlm, false],
    ["no version", "030000130ed000000000 0002030800 02000000", { ...ntlm, osVersion: null }, false],
  ])("%s", (_name, confirm, report, expected) => {
    expect(codesFor(confirm, report).includes("os-version-not-from-windows")).toBe(expected);
  });
});

describe("findings about questions without an answer", () => {
  it("a connection that is not taken any more is reported with its reason", () => {
    const refused = { ...failedConnect("refused", "ECONNREFUSED"), purpose: "layer-rdsaad" } as const;
    expect(findingOf("layer-not-answered", refused)?.evidence).toEqual({ layer: "rdsaad", end: "refused" });
  });

  it("nothing is said where the main offer has no answer either", () => {
    const silent = connection("offer-all", 0x0b, [{ kind: "rst", atMs: 2 }]);
    const rdp = connection("layer-rdp", 0, [{ kind: "rst", atMs: 2 }]);
    const codes = judge(probeOf(silent, rdp)).findings.map(({ code }) => code);
    expect(codes).not.toContain("layer-not-answered");
  });
});

describe("findings about a routing token", () => {
  const TOKEN: Routing = { kind: "token", token: "Cookie: msts=1.2.0000" };
  const routed = connection("offer-all", 0x0b, [received(CONFIRM_SSL)], TOKEN);
  const codesWithout = (events: readonly WireEvent[]): Finding | undefined =>
    judge(probeOf(routed, connection("without-routing", 0x0b, events))).findings.find(({ code }) =>
      code.startsWith("routing-"),
    );

  it.each([
    ["the same answer", [received(CONFIRM_SSL)], "routing-without-effect", "ssl with flags 31"],
    ["another answer", [received(CONFIRM_RDP)], "routing-changes-answer", "rdp with flags 31"],
    ["a failure", [received(FAILURE_2)], "routing-changes-answer", "failure 2"],
    ["no answer", [{ kind: "rst", atMs: 2 } as const], "routing-changes-answer", "none (rst)"],
  ] as const)("%s without it", (_name, events, code, text) => {
    const finding = codesWithout(events);
    expect(finding?.code).toBe(code);
    expect(finding?.evidence["without"] ?? finding?.evidence["answer"]).toBe(text);
  });
});
