/** Small captures of what was judged wrong once: each stands for its kind, with the value that is right. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Result } from "../../src/verdict/result/result.ts";
import { judged } from "./judged.ts";

interface Case {
  readonly file: string;
  readonly verdict: string;
  /** The first cause, where there is one. */
  readonly cause: string | null;
  readonly evidence?: Readonly<Record<string, unknown>>;
}

const CLIENT = "client";

const CASES: readonly Case[] = [
  {
    file: "wrong-key.pcapng",
    verdict: "certificate-key-mismatch at tls",
    cause: "half-renewed-certificate",
    evidence: { message: "server_key_exchange" },
  },
  {
    file: "empty-certificate-list.pcapng",
    verdict: "malformed at tls",
    cause: "security-device",
    evidence: { message: "certificate", field: "certificate.certificate_list" },
  },
  {
    file: "spnego-reject.pcapng",
    verdict: "credssp-refused at credssp",
    cause: "ntlm-restricted",
    evidence: { negState: "reject" },
  },
  {
    file: "tls13-certificate-required.pcapng",
    verdict: "client-certificate-required at tls",
    cause: "front-device",
  },
  {
    file: "certificate-request-alert40.pcap",
    verdict: "client-certificate-required at tls",
    cause: "front-device",
    evidence: { sender: "server", alert: 40 },
  },
  {
    file: "client-alert-then-server-rst.pcap",
    verdict: "tls-alert at tls",
    cause: "client-rejects-certificate",
    evidence: { sender: CLIENT, alert: 48 },
  },
  {
    file: "client-alert40-no-rfc5746.pcap",
    verdict: "tls-alert at tls",
    cause: "client-demands-secure-renegotiation",
    evidence: { sender: CLIENT, alert: 40, serverRenegotiationInfo: false },
  },
  {
    file: "client-alert80-tls10-sha1.pcap",
    verdict: "tls-alert at tls",
    cause: "client-policy-refuses-old-tls",
    evidence: { sender: CLIENT, alert: 80, tlsVersion: "1.0" },
  },
  {
    file: "xrdp-key-cert-mismatch.pcapng",
    verdict: "refused at negotiation",
    cause: "xrdp-tls-unusable",
  },
  {
    file: "xrdp-key-unreadable.pcapng",
    verdict: "standard-security-only at negotiation",
    cause: "xrdp-key-unreadable",
  },
  {
    file: "certificate-stalls-then-client-leaves.pcap",
    verdict: "timeout at tls",
    cause: "server-tls-fault",
  },
  { file: "certificate-stalls-then-silence.pcap", verdict: "timeout at tls", cause: "server-tls-fault" },
  {
    file: "large-segments-never-acknowledged-fin.pcap",
    verdict: "timeout at tls",
    cause: "path-mtu",
    evidence: { lostFrom: "server" },
  },
  { file: "syn-is-last-packet.pcap", verdict: "inconclusive at tcp", cause: "capture-incomplete" },
  { file: "no-timestamps-spb.pcapng", verdict: "ok at done", cause: null },
];

const resultsOf = (file: string): readonly Result[] => {
  const { results, faults } = judged(readFileSync(new URL(`cases/${file}`, import.meta.url)));
  expect(faults).toEqual([]);
  return results;
};

const verdictOf = ({ verdict: { code, stage } }: Result): string => `${code} at ${stage}`;

describe("a capture that was judged wrong once", () => {
  it.each(CASES)("$file: $verdict, by $cause", ({ file, verdict, cause, evidence = {} }) => {
    const [only, ...others] = resultsOf(file);
    expect(others).toEqual([]);
    expect(only === undefined ? null : verdictOf(only)).toBe(verdict);
    expect(only?.verdict.causes[0]?.code ?? null).toBe(cause);
    expect(only?.verdict.evidence).toMatchObject(evidence);
  });

  it("of two recordings in one file is of two probes, each with its own follow-up", () => {
    const results = resultsOf("two-recordings-merged.pcapng");
    expect(results.map(verdictOf)).toEqual(["nla-required at negotiation", "nla-required at negotiation"]);
    expect(results.map(({ connections }) => connections)).toEqual([2, 2]);
  });

  it("without times is not held against a date", () => {
    const [only] = resultsOf("no-timestamps-spb.pcapng");
    const codes = only?.findings.map(({ code }) => code) ?? [];
    expect(codes).toContain("capture-without-times");
    expect(codes.filter((code) => /expire|not-yet/.test(code))).toEqual([]);
  });

  it("says the same of one reset, whichever side has the greater port", () => {
    const [above, below] = ["reset-port-above.pcap", "reset-port-below.pcap"].map(
      (file) => resultsOf(file)[0],
    );
    expect(above?.verdict.causes.length).toBeGreaterThan(0);
    expect(above?.verdict).toEqual(below?.verdict);
  });
});
