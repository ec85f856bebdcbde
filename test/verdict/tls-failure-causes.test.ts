import { describe, expect, it } from "vitest";
import type { CaptureView } from "../../src/handshake/conversation/captured-connection.ts";
import { causesOf } from "../../src/verdict/causes/causes.ts";
import type { Cause, Evidence } from "../../src/verdict/result/result.ts";
import { ruling } from "../../src/verdict/rules/ruling.ts";
import { connection, probeOf } from "./transcripts.ts";

/** A Connection Confirm as Windows writes it, one as xrdp does, and one as FreeRDP's library does. */
const CONFIRMS = {
  windows: "030000130ed00000123400021f080008000000",
  xrdp: "030000130ed000001234000201080001000000",
  freerdp: "030000130ed000000000000201080002000000",
} as const;

const causesFor = (
  code: "tls-alert" | "certificate-key-mismatch" | "timeout" | "client-certificate-required",
  evidence: Evidence,
  server: keyof typeof CONFIRMS = "windows",
): readonly Cause[] =>
  causesOf({
    ruling: ruling(code, "tls", "what was seen", { evidence }),
    probe: probeOf(connection("offer-all", [CONFIRMS[server]])),
    certificate: null,
    ntlm: null,
    findings: [],
  });

const ofClient = (alert: number, more: Evidence = {}): readonly Cause[] =>
  causesFor("tls-alert", {
    sender: "client",
    alert,
    tlsVersion: "1.2",
    serverRenegotiationInfo: true,
    signatureHash: "sha256",
    ...more,
  });

const OLD_TLS = { tlsVersion: "1.0", signatureHash: "sha1" } as const;

describe("a client's alert", () => {
  it.each<[number, Evidence, string, string]>([
    [42, {}, "client-rejects-certificate", "likely"],
    [45, {}, "client-rejects-certificate", "likely"],
    [48, {}, "client-rejects-certificate", "likely"],
    [48, OLD_TLS, "client-rejects-certificate", "likely"],
    [90, {}, "client-rejects-certificate", "possible"],
    [116, {}, "client-rejects-certificate", "possible"],
    [40, { serverRenegotiationInfo: false }, "client-demands-secure-renegotiation", "likely"],
    [40, { ...OLD_TLS, serverRenegotiationInfo: false }, "client-demands-secure-renegotiation", "likely"],
    [40, { serverRenegotiationInfo: false, tlsVersion: "1.3" }, "client-policy-refuses-old-tls", "possible"],
    [40, OLD_TLS, "client-policy-refuses-old-tls", "likely"],
    [80, OLD_TLS, "client-policy-refuses-old-tls", "likely"],
    [80, { tlsVersion: "1.1" }, "client-policy-refuses-old-tls", "likely"],
    [80, { signatureHash: "sha1" }, "client-policy-refuses-old-tls", "likely"],
    [80, {}, "client-policy-refuses-old-tls", "possible"],
    [70, {}, "client-policy-refuses-old-tls", "likely"],
    [71, {}, "client-policy-refuses-old-tls", "likely"],
    [51, {}, "half-renewed-certificate", "likely"],
    [47, {}, "server-flight-wrong", "likely"],
    [10, {}, "server-flight-wrong", "likely"],
    [50, {}, "server-flight-wrong", "likely"],
  ])("%i with %j: %s is %s", (alert, more, code, likelihood) => {
    expect(ofClient(alert, more)[0]).toMatchObject({ code, likelihood });
  });

  it("that cannot be read is the client's", () => {
    expect(causesFor("tls-alert", { sender: "client" }).map(({ code }) => code)).toEqual([
      "client-rejects-certificate",
    ]);
  });

  it("40 in a modern handshake may be an error in the server's messages", () => {
    expect(ofClient(40).map(({ code }) => code)).toContain("server-flight-wrong");
  });
});

/** The keys of the machine, which no client's alert speaks of. */
const OF_MACHINE_KEYS = [
  "machine-keys-permissions",
  "replace-rdp-key-container",
  "rename-machine-keys",
  "azure-run-command",
];

describe("the law of a client's alert", () => {
  const VERSIONS = ["1.0", "1.2", "1.3"];
  const cases = Array.from({ length: 256 }, (_, alert) => alert).flatMap((alert) =>
    VERSIONS.flatMap((tlsVersion) =>
      [true, false].map((serverRenegotiationInfo) => ({
        alert,
        causes: ofClient(alert, { tlsVersion, serverRenegotiationInfo }),
      })),
    ),
  );

  it("every one has a cause, and none blames the server's key or TLS", () => {
    expect(cases).toHaveLength(256 * 6);
    for (const { alert, causes } of cases) {
      expect(causes, `alert ${alert}`).not.toEqual([]);
      expect(causes.map(({ code }) => code)).not.toContain("server-tls-fault");
      expect(causes.map(({ code }) => code)).not.toContain("private-key-unreadable");
      const remedies = causes.flatMap((cause) => cause.remedies);
      expect(
        remedies.filter((id) => OF_MACHINE_KEYS.some((other) => other === id)),
        `alert ${alert}`,
      ).toEqual([]);
    }
  });

  it("the same alert of the server has none of the client's causes", () => {
    const codes = new Set(cases.flatMap(({ causes }) => causes.map(({ code }) => code)));
    for (let alert = 0; alert < 256; alert += 1) {
      const seen = causesFor("tls-alert", { alert, tlsVersion: "1.0", serverRenegotiationInfo: false });
      expect(seen.filter(({ code }) => codes.has(code)).map(({ code }) => code)).toEqual([]);
      expect(seen.map(({ code }) => code)).toContain("server-tls-fault");
    }
  });
});

describe("a key that is not the certificate's", () => {
  it.each([
    ["windows", "half-renewed-certificate"],
    ["freerdp", "key-file-of-another-certificate"],
  ] as const)("at what may be %s: %s first", (server, code) => {
    expect(causesFor("certificate-key-mismatch", {}, server)[0]).toMatchObject({
      code,
      likelihood: "likely",
    });
  });

  it("at what may be xrdp or Windows: both", () => {
    const likely = causesFor("certificate-key-mismatch", {}, "xrdp").filter(
      ({ likelihood }) => likelihood === "likely",
    );
    expect(likely.map(({ code }) => code)).toEqual([
      "half-renewed-certificate",
      "key-file-of-another-certificate",
    ]);
  });
});

describe("a client certificate that is demanded within TLS", () => {
  it("is a front's as a rule, and no RDP server's", () => {
    const causes = causesFor("client-certificate-required", {});
    expect(causes.map(({ code, likelihood }) => [code, likelihood])).toEqual([
      ["front-device", "likely"],
      ["client-certificate-policy", "likely"],
    ]);
    expect(causes.flatMap(({ remedies }) => remedies)).toContain("stop-asking-client-certificate");
  });
});

describe("what was too little to say anything", () => {
  const SOURCE = {
    kind: "pcap",
    file: "a",
    stream: 0,
    client: "192.0.2.10:1",
    server: "192.0.2.7:3389",
  } as const;

  const VIEW: CaptureView = {
    ...{ clientEnd: null, silenceMs: 0, gap: null, lost: null, isCaptured: { client: true, server: true } },
    ...{ isBothWays: true, hasTimes: true, isFromStart: true, clientCertainty: "certain", fronts: [] },
    ...{ isSettled: false, clientSpoke: false, clientWentOn: false, reset: null, ignoredReset: null },
    ...{ secrets: "none", laterErrorCode: null },
  };

  it.each([
    ["a capture", true, {}, "capture-incomplete"],
    ["a live probe", false, {}, "probe-cut-short"],
    ["a mechanism in a capture", true, { mechanism: "NEGOEX" }, "other-mechanism"],
    ["a mechanism in a live probe", false, { mechanism: "NEGOEX" }, "other-mechanism"],
  ] as const)("%s", (_, isCapture, evidence, code) => {
    const probe = probeOf(connection("offer-all", [CONFIRMS.windows]));
    const causes = causesOf({
      ruling: ruling("inconclusive", "credssp", "what was seen", { evidence }),
      probe: isCapture ? { ...probe, capture: { source: SOURCE, offeredAs: null, view: VIEW } } : probe,
      certificate: null,
      ntlm: null,
      findings: [],
    });
    expect(causes.map((cause) => cause.code)).toEqual([code]);
  });
});

describe("bytes that were never acknowledged", () => {
  it("make a small path MTU likely", () => {
    const causes = causesFor("timeout", { lostBytes: 2800, lostFrom: "server" });
    expect(causes.find(({ code }) => code === "path-mtu")).toMatchObject({ likelihood: "likely" });
    expect(causes[0]?.code).toBe("path-mtu");
  });

  it("say nothing where there are none", () => {
    const causes = causesFor("timeout", { lostBytes: 0 });
    expect(causes.find(({ code }) => code === "path-mtu")?.likelihood).toBe("possible");
  });
});
