import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Result } from "../../src/verdict/result/result.ts";
import { judged, ofStream } from "./judged.ts";

const FOLDER = "../shared/pcaps";

interface TruthEntry {
  readonly file: string;
  readonly stream: number;
  readonly client: string;
  readonly server: string;
  readonly captureTime: string;
  readonly cr: { readonly requestedProtocols: number | null; readonly hex: string } | null;
  readonly cc: {
    readonly type: "rsp" | "failure" | "none";
    readonly selectedProtocol?: number | null;
    readonly failureCode?: number;
    readonly flags: number | null;
    readonly hex: string;
  };
  readonly tls: {
    readonly version: string;
    readonly cipher: string;
    readonly certSubject: string;
    readonly certIssuer: string;
    readonly notBefore: string;
    readonly notAfter: string;
    readonly certSha256: string;
    readonly handshakeComplete: boolean;
  } | null;
  readonly mcs?: { readonly server: { readonly encryptionMethod: string; readonly serverVersion: string } };
  readonly ntlm?: {
    readonly version: string;
    readonly nbComputer: string;
    readonly dnsComputer: string;
    readonly dnsDomain: string;
  } | null;
  readonly notes: string;
}

const present = existsSync(join(FOLDER, "truth.json"));
if (!present) process.stderr.write(`notice: ${FOLDER} is absent; captures of others are not judged\n`);

const isTruth = (value: unknown): value is TruthEntry[] => Array.isArray(value);

const truth = (): readonly TruthEntry[] => {
  if (!present) return [];
  const value: unknown = JSON.parse(readFileSync(join(FOLDER, "truth.json"), "utf8"));
  return isTruth(value) ? value : [];
};

const files = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => /\.pcap(ng)?$/.test(name)) : [];

const cases = truth().map((entry) => [`${entry.file} stream ${entry.stream}`, entry] as const);

const resultOf = ({ file, stream }: TruthEntry): Result =>
  ofStream(judged(readFileSync(join(FOLDER, file)), { chunkBytes: 4096 }), stream);

const isBroken = ({ notes }: TruthEntry): boolean => notes.includes("MALFORMED by design");

describe.skipIf(!present)("captures of other projects, against their truth", () => {
  it.each(cases)("%s: who, when and the negotiation", (_name, entry) => {
    const result = resultOf(entry);
    expect(result.source).toMatchObject({ client: entry.client, server: entry.server });
    expect(Math.abs(Date.parse(result.startedAt) - Date.parse(entry.captureTime))).toBeLessThan(1000);
    if (isBroken(entry)) {
      expect(result.verdict).toMatchObject({ code: "malformed", stage: "negotiation" });
      expect(result.verdict.evidence).toMatchObject({ field: "rdpNegRsp.length" });
      return;
    }
    const { negotiation } = result;
    expect(negotiation?.raw).toBe(entry.cc.hex);
    expect(negotiation?.selectedRaw ?? null).toBe(
      entry.cc.type === "rsp" ? (entry.cc.selectedProtocol ?? null) : null,
    );
    expect(negotiation?.failure?.code ?? null).toBe(
      entry.cc.type === "failure" ? (entry.cc.failureCode ?? null) : null,
    );
    expect(negotiation?.flagsRaw ?? null).toBe(entry.cc.type === "none" ? null : entry.cc.flags);
  });

  it.each(cases.filter(([, { tls }]) => tls !== null))("%s: TLS and the certificate", (_name, entry) => {
    const { tls, certificate, stages } = resultOf(entry);
    expect(`TLS${tls?.version}`).toBe(entry.tls?.version);
    expect(tls?.cipher?.code).toBe(entry.tls?.cipher);
    expect(certificate).toMatchObject({
      subject: entry.tls?.certSubject,
      issuer: entry.tls?.certIssuer,
      sha256: entry.tls?.certSha256,
    });
    expect(Date.parse(certificate?.notBefore ?? "")).toBe(Date.parse(entry.tls?.notBefore ?? "-"));
    expect(Date.parse(certificate?.notAfter ?? "")).toBe(Date.parse(entry.tls?.notAfter ?? "-"));
    expect(stages.find(({ name }) => name === "tls")?.status).toBe("ok");
  });

  it.each(cases.filter(([, { tls }]) => tls === null))("%s: no TLS is reported", (_name, entry) => {
    expect(resultOf(entry)).toMatchObject({ tls: null, certificate: null });
  });

  it.each(cases.filter(([, { mcs }]) => mcs !== undefined))("%s: Standard RDP Security", (_name, entry) => {
    const { rdp, verdict, findings } = resultOf(entry);
    expect(rdp?.versionRaw).toBe(Number(entry.mcs?.server.serverVersion));
    expect(rdp?.encryptionMethods.length).toBeGreaterThan(0);
    expect(verdict).toMatchObject({ code: "ok", stage: "done" });
    expect(findings.map(({ code }) => code)).toContain("standard-security-used");
  });

  it.each(cases.filter(([, { ntlm }]) => ntlm != null))(
    "%s: the challenge, with the file's keys",
    (_name, entry) => {
      expect(resultOf(entry).ntlm).toMatchObject({
        osVersion: entry.ntlm?.version,
        netbiosComputer: entry.ntlm?.nbComputer,
        dnsComputer: entry.ntlm?.dnsComputer,
        dnsDomain: entry.ntlm?.dnsDomain,
      });
    },
  );

  it("a failure is a failure, and a session that goes on is ok, whatever ended it", () => {
    const codes = truth()
      .filter((entry) => !isBroken(entry))
      .map((entry) => {
        const isSeen = entry.tls?.handshakeComplete === true || entry.mcs !== undefined;
        return [entry.cc.type, isSeen, resultOf(entry).verdict.code] as const;
      });
    for (const [type, isSeen, code] of codes) {
      if (type === "failure") expect(["nla-required", "standard-security-only"]).toContain(code);
      else expect(code).toBe(isSeen ? "ok" : "inconclusive");
    }
    expect(codes).toHaveLength(truth().length - 1);
  });

  it("mstsc's second try names the first, and the first the second", () => {
    const results = judged(
      readFileSync(join(FOLDER, "wireshark-rdp__rdp-nla-ntlm-rejected1.pcapng")),
    ).results;
    expect(results.map(({ source }) => (source.kind === "pcap" ? source.related : null))).toEqual([[1], [0]]);
    expect(results[0]?.verdict.summary).toContain("stream 1: nla-required");
    expect(results[1]?.verdict.summary).toContain("stream 0: ok");
  });

  it("a logon that was refused behind the handshake is a finding", () => {
    const [first] = judged(
      readFileSync(join(FOLDER, "wireshark-rdp__rdp-nla-ntlm-rejected1.pcapng")),
    ).results;
    expect(first?.credssp).toEqual({ version: 6, errorCode: 0x80090302 });
    expect(first?.findings.map(({ code }) => code)).toContain("logon-refused");
  });

  it.each(files(FOLDER))("%s: nothing but the streams of the truth has an RDP handshake", (file) => {
    const { results, faults } = judged(readFileSync(join(FOLDER, file)));
    const streams = results
      .filter(({ negotiation, verdict }) => negotiation !== null || verdict.stage !== "tcp")
      .map(({ source }) => (source.kind === "pcap" ? source.stream : -1));
    const known = truth().flatMap((entry) => (entry.file === file ? [entry.stream] : []));
    expect(streams).toEqual(known);
    expect(faults).toEqual([]);
  });

  it.each(files(join(FOLDER, "negative")))("negative/%s: no RDP handshake", (file) => {
    const { results } = judged(readFileSync(join(FOLDER, "negative", file)));
    expect(results.filter(({ verdict }) => verdict.stage !== "tcp")).toEqual([]);
  });

  it("a port scan gives the ports that are closed", () => {
    const { results } = judged(readFileSync(join(FOLDER, "negative/ndpi__tcp_scan.pcapng")));
    expect(results.map(({ target, verdict }) => [target.port, verdict.code])).toEqual([
      [3389, "port-closed"],
    ]);
  });
});
