import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes/hex.ts";
import { judge } from "../../../src/verdict/rules/judge.ts";
import { REJECT_CAUSES } from "../../../src/x224/error-tpdu.ts";
import { connection, failedConnect, probeOf, type Step } from "../transcripts.ts";

const SELECTS_HYBRID_EX = "030000130ed00000123400021f080008000000";
const SELECTS_SSL = "030000130ed000001234000200080001000000";
const SELECTS_RDP = "030000130ed000001234000200080000000000";
const NO_NEGOTIATION_DATA = "0300000b06d00000123400";
const failure = (code: number): string =>
  `030000130ed00000123400030008 00${code.toString(16).padStart(2, "0")}000000`;
const text = (words: string): string => toHex(new TextEncoder().encode(words));

const verdictOf = (...steps: readonly Step[]) => judge(probeOf(connection("offer-all", steps))).verdict;

describe("the verdict on a TCP connection that does not come to be", () => {
  it.each([
    ["refused", "ECONNREFUSED", "port-closed", "0x204"],
    ["no-answer", "ETIMEDOUT", "port-filtered", "0x204"],
    ["unreachable", "EHOSTUNREACH", "unreachable", "0x204"],
  ] as const)("%s is %s at tcp, as mstsc's connect failure", (reason, detail, code, mstsc) => {
    const { verdict, stages, negotiation, tls, certificate } = judge(probeOf(failedConnect(reason, detail)));
    expect(verdict).toMatchObject({ code, stage: "tcp", severity: "critical", mstsc: { code: mstsc } });
    expect({ negotiation, tls, certificate }).toEqual({ negotiation: null, tls: null, certificate: null });
    expect(stages.find(({ name }) => name === "tcp")).toMatchObject({ status: "failed", durationMs: 5000 });
  });
});

describe("the verdict on a name without an address", () => {
  it.each([
    ["not-found", "ENOTFOUND", "name-not-found"],
    ["failed", "EAI_AGAIN", "dns-failure"],
  ] as const)("%s is %s", (outcome, detail, code) => {
    const probe = { ...probeOf(), resolution: { outcome, detail, durationMs: 7 } };
    expect(judge(probe).verdict).toMatchObject({ code, stage: "dns", severity: "critical" });
    expect(judge(probe).stages[0]).toMatchObject({ name: "dns", status: "failed", durationMs: 7 });
  });

  it("a probe whose connections carry no verdict is a mistake of the caller", () => {
    expect(() => judge(probeOf(connection("ssl-only", ["timeout"])))).toThrow(RangeError);
  });
});

describe("the verdict on the X.224 negotiation", () => {
  it.each([
    ["RST without an answer", ["rst"], "reset", "critical"],
    ["FIN without an answer", ["fin"], "closed", "critical"],
    ["silence", ["timeout"], "timeout", "critical"],
    ["an answer that stops in the middle, then silence", ["030000130ed0", "timeout"], "timeout", "critical"],
    ["an answer that stops in the middle, then FIN", ["030000130ed0", "fin"], "closed", "critical"],
    ["an answer that stops in the middle, then RST", ["0300", "rst"], "reset", "critical"],
    ["HTTP", [text("HTTP/1.1 400 Bad Request\r\n"), "fin"], "not-rdp", "critical"],
    ["bytes without end", ["ff".repeat(64), "overflow"], "not-rdp", "critical"],
    ["a TPKT shorter than its own header", ["03000003"], "malformed", "critical"],
    ["SSL_REQUIRED_BY_SERVER", [failure(1)], "tls-required", "critical"],
    ["SSL_NOT_ALLOWED_BY_SERVER", [failure(2)], "standard-security-only", "warning"],
    ["SSL_CERT_NOT_ON_SERVER", [failure(3)], "no-server-certificate", "critical"],
    ["INCONSISTENT_FLAGS", [failure(4)], "inconsistent-flags", "critical"],
    ["HYBRID_REQUIRED_BY_SERVER to an offer of HYBRID", [failure(5)], "nla-required", "critical"],
    ["SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER", [failure(6)], "client-certificate-required", "critical"],
    ["failure code 7", [failure(7)], "entra-required", "warning"],
    ["an unknown failure code", [failure(99)], "refused", "critical"],
    ["an X.224 Disconnect Request", ["0300000b06800000123480"], "refused", "critical"],
    ["an X.224 Error", ["0300000904700000 02"], "refused", "critical"],
    ["an MCS Disconnect Provider Ultimatum", ["0300000902f0802180"], "refused", "critical"],
    [
      "TLS selected and taken back by an MCS disconnect",
      [`${SELECTS_SSL}0300000902f0802180`],
      "refused",
      "critical",
    ],
    ["no negotiation data", [NO_NEGOTIATION_DATA], "standard-security-only", "warning"],
    ["PROTOCOL_RDP selected", [SELECTS_RDP], "standard-security-only", "warning"],
  ] as const)("%s", (_what, steps, code, severity) => {
    expect(verdictOf(...steps)).toMatchObject({ code, stage: "negotiation", severity });
  });

  it.each([
    ["http", "HTTP/1.1 400 Bad Request\r\n"],
    ["ssh", "SSH-2.0-OpenSSH_9.2p1\r\n"],
    ["smtp", "220 mail.example ESMTP Postfix\r\n"],
    ["ftp", "220 (vsFTPd 3.0.3)\r\n"],
    ["vnc", "RFB 003.008\n"],
    [null, "hello?\r\n"],
  ])("names %s as what answers", (protocol, banner) => {
    expect(verdictOf(text(banner), "fin").evidence).toMatchObject({ protocol, firstLine: banner.trimEnd() });
  });

  it("names TLS without X.224 by its alert record", () => {
    expect(verdictOf("15030100020246", "fin").evidence).toMatchObject({ protocol: "tls" });
  });

  it("says which field of a malformed answer is wrong, and at which byte", () => {
    expect(verdictOf("030000130fd000001234000200080001000000").evidence).toMatchObject({
      field: expect.stringMatching(/^x224\./),
      offset: 4,
    });
  });
});

describe("whether NLA is required", () => {
  const withTls: readonly Step[] = [SELECTS_HYBRID_EX, "rst"];

  it("rests on the request for TLS alone: refused with HYBRID_REQUIRED", () => {
    const result = judge(probeOf(connection("offer-all", withTls), connection("ssl-only", [failure(5)])));
    expect(result.security).toMatchObject({
      nla: "required",
      ssl: "refused",
      rdp: "refused",
      "hybrid-ex": "accepted",
    });
  });

  it("is optional where TLS alone is accepted", () => {
    const result = judge(probeOf(connection("offer-all", withTls), connection("ssl-only", [SELECTS_SSL])));
    expect(result.security).toMatchObject({
      nla: "optional",
      ssl: "accepted",
      "hybrid-ex": "accepted",
      rdp: "unknown",
    });
  });

  it("is unknown where the request for TLS alone has no answer, and a finding says so", () => {
    const result = judge(probeOf(connection("offer-all", withTls), connection("ssl-only", ["timeout"])));
    expect(result.security).toMatchObject({ nla: "unknown", ssl: "unknown" });
    expect(result.findings.map(({ code }) => code)).toContain("nla-not-settled");
  });

  it.each([
    [
      "TLS chosen over CredSSP",
      SELECTS_SSL,
      { nla: "unsupported", ssl: "accepted", hybrid: "refused", "hybrid-ex": "refused" },
    ],
    ["no negotiation data", NO_NEGOTIATION_DATA, { nla: "unsupported", rdp: "accepted", ssl: "refused" }],
    [
      "TLS not allowed",
      failure(2),
      { nla: "unsupported", ssl: "refused", "hybrid-ex": "refused", rdp: "unknown" },
    ],
    ["HYBRID_REQUIRED even to HYBRID", failure(5), { nla: "required", ssl: "refused", rdp: "refused" }],
  ])("%s", (_what, answer, security) => {
    expect(judge(probeOf(connection("offer-all", [answer, "fin"]))).security).toMatchObject(security);
  });
});

describe("findings about the negotiation", () => {
  it("a protocol that was not asked for", () => {
    const { findings } = judge(
      probeOf(connection("offer-all", ["030000130ed000001234000200080004000000", "rst"])),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ code: "unrequested-protocol", evidence: { requested: 11, selected: 4 } }),
    );
  });

  it("a flag that no specification names is kept and said, and is no error", () => {
    const result = judge(probeOf(connection("offer-all", ["030000130ed00000123400023f080008000000", "rst"])));
    expect(result.negotiation?.flags).toContain("unknown-0x20");
    expect(result.negotiation?.flagsRaw).toBe(0x3f);
    expect(result.findings).toContainEqual(
      expect.objectContaining({ code: "unknown-negotiation-flags", severity: "info" }),
    );
  });
});

describe("the verdict on an X.224 Error", () => {
  it.each(REJECT_CAUSES)("says the cause in the words of X.224 13.12.3: $name", ({ cause, name }) => {
    const { code, summary, evidence } = verdictOf(`03000009047000000${cause}`);
    expect({ code, evidence }).toEqual({ code: "refused", evidence: { tpdu: "ER", cause } });
    expect(summary).toContain(name);
  });

  it("says the number of a cause without a name", () => {
    expect(verdictOf("0300000904700000ff").summary).toContain("255");
  });
});
