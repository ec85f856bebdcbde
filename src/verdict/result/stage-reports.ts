/** The stages of a probe as a person reads them: how each went, how long it took, what was learnt. */
import type { ConnectionFacts, StageTimes } from "../../handshake/facts/connection-facts.ts";
import { daysLeftText } from "../days-left.ts";
import type { StageWitnesses } from "../rules/handshake-proof.ts";
import { printedVersion } from "../rules/offered-version.ts";
import type { ProbeFacts } from "../rules/probe-facts.ts";
import { resolutionNote } from "./resolution-report.ts";
import type {
  CertificateReport,
  CredSspReport,
  NegotiationReport,
  NtlmReport,
  RdpReport,
  SecurityReport,
  StageReport,
  TlsReport,
  Verdict,
} from "./result.ts";
import { spanText } from "./span-text.ts";
import { STAGE_NAMES, type StageName } from "../verdicts.ts";

/** What is known by the time the stages are written. */
export interface StageMaterial {
  readonly probe: ProbeFacts;
  readonly main: ConnectionFacts | null;
  /** What the stages of the main connection have to show; null without one. */
  readonly witnesses: StageWitnesses | null;
  /** The connection that CredSSP is reported from. */
  readonly credSsp: ConnectionFacts | null;
  /** The connection that MCS is reported from. */
  readonly mcs: ConnectionFacts | null;
  readonly verdict: Pick<Verdict, "code" | "stage" | "summary">;
  readonly negotiation: NegotiationReport | null;
  readonly security: SecurityReport;
  readonly tls: TlsReport | null;
  readonly certificate: CertificateReport | null;
  readonly credssp: CredSspReport | null;
  readonly ntlm: NtlmReport | null;
  readonly rdp: RdpReport | null;
}

/** One report a stage, in their order; a stage behind the failed one is skipped. */
export const stageReports = (material: StageMaterial): readonly StageReport[] =>
  STAGE_NAMES.map((name) => ({
    name,
    status: statusOf(name, material),
    durationMs: durationOf(name, material),
    note: noteOf(name, material),
  }));

/** A stage is ok by its witness alone; what was reached and not witnessed is skipped, and its note says what is known. */
const statusOf = (name: StageName, material: StageMaterial): StageReport["status"] => {
  if (failedAt(material) === name) return "failed";
  return isWitnessed(name, material) ? "ok" : "skipped";
};

const isWitnessed = (name: StageName, { probe, main, witnesses, rdp, verdict }: StageMaterial): boolean => {
  switch (name) {
    case "dns":
      return probe.resolution?.outcome === "resolved";
    case "tcp":
      return main?.connect.outcome === "open" && main.times.connectedAtMs !== null;
    case "negotiation":
      return witnesses?.negotiation != null;
    case "tls":
      return witnesses?.tls != null;
    case "certificate":
      return witnesses?.certificate != null;
    case "credssp":
      return (
        witnesses?.credssp != null || (verdict.code === "ok" && probe.capture?.view?.clientWentOn === true)
      );
    case "mcs":
      return rdp !== null;
  }
};

/** The stage of the verdict, unless its code says that all is well there. */
const failedAt = ({ verdict, main }: StageMaterial): StageName | null => {
  if (verdict.stage === "done" || verdict.code === "inconclusive") return null;
  const healthy = verdict.code === "nla-required" && main?.tls !== null;
  return healthy ? null : verdict.stage;
};

const wasReached = (
  name: StageName,
  { probe, main, negotiation, tls, certificate, credssp, rdp }: StageMaterial,
): boolean => {
  switch (name) {
    case "dns":
      return probe.resolution !== null;
    case "tcp":
      return main !== null;
    case "negotiation":
      return negotiation !== null;
    case "tls":
      return tls !== null;
    case "certificate":
      return certificate !== null;
    case "credssp":
      return credssp !== null;
    case "mcs":
      return rdp !== null;
  }
};

const durationOf = (name: StageName, { probe, main, credSsp, mcs }: StageMaterial): number | null => {
  if (name === "dns") return round(probe.resolution?.durationMs ?? null);
  if (main === null) return null;
  const { times } = main;
  switch (name) {
    case "tcp":
      return span(times, times.startedAtMs, times.connectedAtMs);
    case "negotiation":
      return span(times, times.connectedAtMs, times.negotiatedAtMs);
    case "tls":
      return main.tls === null ? null : span(times, times.negotiatedAtMs, times.securedAtMs);
    case "credssp": {
      const facts = credSsp?.credssp ?? null;
      return credSsp === null || facts === null
        ? null
        : span(credSsp.times, facts.sentAtMs, facts.answeredAtMs);
    }
    case "mcs": {
      const facts = mcs?.mcs ?? null;
      return mcs === null || facts === null ? null : span(mcs.times, facts.sentAtMs, facts.answeredAtMs);
    }
    default:
      return null;
  }
};

/** From one mark to the next; to the end of the connection where the next was not reached. */
const span = (times: StageTimes, from: number | null, to: number | null): number | null =>
  from === null ? null : round((to ?? times.endedAtMs) - from);

const round = (ms: number | null): number | null => (ms === null ? null : Math.round(ms * 10) / 10);

const noteOf = (name: StageName, material: StageMaterial): string => {
  const { probe, negotiation, security, tls, certificate, credssp, ntlm, rdp } = material;
  const isUnsure = material.verdict.code === "inconclusive" && material.verdict.stage === name;
  if (failedAt(material) === name || (isUnsure && !wasReached(name, material))) {
    const whose =
      name === "certificate" && certificate !== null ? `${certificate.subject ?? "no subject"}: ` : "";
    return `${whose}${material.verdict.summary}`;
  }
  if (!wasReached(name, material)) return "";
  switch (name) {
    case "dns":
      return dnsNote(probe);
    case "tcp":
      return `port ${probe.target.port} is open`;
    case "negotiation":
      return negotiation === null ? "" : negotiationNote(negotiation, security);
    case "tls":
      return tls === null ? "" : tlsNote(tls);
    case "certificate":
      return certificate === null ? "" : certificateNote(certificate);
    case "credssp":
      return credssp === null ? "" : credSspNote(credssp, ntlm);
    case "mcs":
      return rdp === null ? "" : rdpNote(rdp);
    default:
      return "";
  }
};

const dnsNote = ({ target, resolution }: ProbeFacts): string => {
  const report = resolution?.outcome === "resolved" ? resolution.report : undefined;
  const note = report === undefined ? "" : resolutionNote(report, target.address);
  return `${target.host} is ${target.address}${note === "" ? "" : `, ${note}`}`;
};

const LAYER_NAMES: Readonly<Record<string, string>> = {
  rdp: "Standard RDP Security",
  ssl: "TLS",
  hybrid: "CredSSP (HYBRID)",
  "hybrid-ex": "CredSSP (HYBRID_EX)",
  rdstls: "RDSTLS",
  rdsaad: "Entra ID (RDSAAD)",
};

const negotiationNote = (negotiation: NegotiationReport, security: SecurityReport): string => {
  const { selected, selectedRaw } = negotiation;
  const layer = selected === null ? `protocol ${selectedRaw ?? "none"}` : (LAYER_NAMES[selected] ?? selected);
  const nla = security.nla === "unknown" ? "" : `, NLA ${security.nla}`;
  return `server selects ${layer}${nla}`;
};

const tlsNote = ({ version, cipher, group }: TlsReport): string => {
  if (version === null) return "";
  const parts = [printedVersion(version), cipher?.name, group];
  return parts.filter((part) => part !== null && part !== undefined).join(", ");
};

const certificateNote = (certificate: CertificateReport): string => {
  const { subject, daysLeft, selfSigned, key } = certificate;
  const parts = [
    subject === null || subject === "" ? "no subject" : subject,
    selfSigned === true ? "self-signed" : null,
    key === null ? null : keyText(key),
    certificate.chain.length === 0 ? null : `chain of ${certificate.chain.length + 1}`,
    daysLeft === null ? null : daysLeftText(daysLeft),
  ];
  return parts.filter((part) => part !== null).join(", ");
};

const keyText = (key: NonNullable<CertificateReport["key"]>): string =>
  [key.type.toUpperCase(), key.curve ?? key.bits].filter((part) => part !== null).join(" ");

const credSspNote = ({ version }: CredSspReport, ntlm: NtlmReport | null): string => {
  const parts = [
    `CredSSP ${version}`,
    ntlm === null ? null : (ntlm.dnsComputer ?? ntlm.netbiosComputer ?? ntlm.targetName),
    ntlm === null || ntlm.netbiosDomain === null ? null : `domain ${ntlm.dnsDomain ?? ntlm.netbiosDomain}`,
    ntlm === null ? null : osText(ntlm),
    ntlm === null || ntlm.clockSkewMs === null ? null : `clock ${skewText(ntlm.clockSkewMs)}`,
  ];
  return parts.filter((part) => part !== null).join(", ");
};

const rdpNote = ({
  version,
  versionRaw,
  encryptionLevel,
  encryptionMethods,
  certificate,
}: RdpReport): string => {
  const number = version ?? (versionRaw === null ? "of no version" : `0x${versionRaw.toString(16)}`);
  if (encryptionLevel === null) return `RDP ${number}`;
  const parts = [
    `level ${encryptionLevel}`,
    ...encryptionMethods,
    certificate?.keyBits == null ? null : `${certificate.kind} certificate, RSA ${certificate.keyBits}`,
  ];
  return `RDP ${number}; Standard RDP Security: ${parts.filter((part) => part !== null).join(", ")}`;
};

const osText = ({ os, osVersion }: NtlmReport): string | null => {
  if (osVersion === null) return null;
  return os.length === 0 ? `version ${osVersion}` : `${os.join(" or ")} (${osVersion})`;
};

/** From here on nobody counts in seconds. */
const LONG_MS = 120_000;

/** A tenth of a second is below what a round trip blurs. */
const skewText = (ms: number): string => {
  const seconds = (Math.abs(ms) / 1000).toFixed(1);
  if (seconds === "0.0") return "right";
  return `${ms < 0 ? "-" : "+"}${Math.abs(ms) < LONG_MS ? `${seconds} s` : spanText(ms)}`;
};
