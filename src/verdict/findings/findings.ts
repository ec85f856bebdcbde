/** What is worth saying beside the verdict. A finding never hides it and never changes it. */
import { credsspPatchLevel } from "../../credssp/credssp-version.ts";
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import { differentialOf, selectedProtocol } from "../../handshake/plan/probe-plan.ts";
import { isEstablished } from "../../handshake/facts/tls-facts.ts";
import type { SuiteWeakness } from "../../tls/tables/cipher-suites.ts";
import { responseFlagIds } from "../../x224/negotiation-response.ts";
import { PROTOCOL, selectedProtocolId } from "../../x224/protocols.ts";
import { captureFindings } from "./capture-findings.ts";
import { certificateFindings } from "./certificate-findings.ts";
import { differentialFindings } from "./differential-findings.ts";
import { layerFindings } from "./layer-findings.ts";
import { credSspConnection, credSspWitness } from "../result/ntlm-report.ts";
import type { ProbeFacts } from "../rules/probe-facts.ts";
import { mainConnection } from "../rules/probe-facts.ts";
import { resolutionFindings } from "../result/resolution-report.ts";
import { finding } from "./finding.ts";
import type {
  CertificateReport,
  CredSspReport,
  Finding,
  NtlmReport,
  RdpReport,
  SecurityReport,
} from "../result/result.ts";
import { spanText } from "../result/span-text.ts";

/** What findings are drawn from. */
export interface FindingMaterial {
  readonly probe: ProbeFacts;
  readonly security: SecurityReport;
  readonly certificate: CertificateReport | null;
  readonly credssp: CredSspReport | null;
  readonly ntlm: NtlmReport | null;
  readonly rdp: RdpReport | null;
}

type Rule = (facts: ConnectionFacts, material: FindingMaterial) => readonly Finding[];

/** All findings of a probe, in the order of the stages. */
export const findingsOf = (material: FindingMaterial): readonly Finding[] => {
  const main = mainConnection(material.probe);
  if (main === null) return [];
  const { probe } = material;
  const chain = main.facts.tls?.chain ?? [];
  const [leaf] = chain;
  const { connections, startedAt: now, expiry } = probe;
  const view = probe.capture?.view ?? null;
  const { resolution } = probe;
  const report = resolution?.outcome === "resolved" ? resolution.report : undefined;
  return [
    ...(report === undefined ? [] : resolutionFindings(report)),
    ...RULES.flatMap((rule) => rule(main.facts, material)),
    ...layerFindings({ ...material, connections, main: main.facts }),
    ...(leaf === undefined
      ? []
      : certificateFindings({ leaf, chain, main: main.facts, connections, now, expiry })),
    ...CREDSSP_RULES.flatMap((rule) => rule(main.facts, material)),
    ...differentialFindings(differentialOf(connections)),
    ...(view === null ? [] : captureFindings({ facts: main.facts, view, now })),
  ];
};

/** What looks alike from behind a proxy and is not: it ends its own side of the connection as it likes. */
const ENDINGS: ReadonlySet<string> = new Set(["fin", "rst"]);

const seenThroughProxy: Rule = ({ end }, { probe }) => {
  if (probe.proxy === undefined || !ENDINGS.has(end.kind)) return [];
  const summary = `the connection ended as the proxy ${probe.proxy} passed it on: a reset and a close of the server look alike, and a proxy that says yes before it has tried (ssh -D) closes where the server refuses`;
  return [finding("seen-through-proxy", "info", "tcp", summary, { proxy: probe.proxy, end: end.kind })];
};

const unrequestedProtocol: Rule = (facts) => {
  const selected = selectedProtocol(facts);
  const request = facts.negotiation?.request ?? null;
  const asked = request?.negotiation?.requestedProtocols ?? PROTOCOL.rdp;
  // Where a capture does not show the request, all may have been asked for.
  if (request === null || selected === null || selected === PROTOCOL.rdp || (selected & ~asked) === 0)
    return [];
  const name = selectedProtocolId(selected) ?? `0x${selected.toString(16)}`;
  return [
    finding(
      "unrequested-protocol",
      "warning",
      "negotiation",
      `the server selects ${name}, which was not asked for`,
      {
        requested: asked,
        selected,
      },
    ),
  ];
};

const unknownFlags: Rule = (facts) => {
  const answer = facts.negotiation?.answer;
  if (answer?.kind !== "tpdu" || answer.tpdu.kind !== "connection-confirm") return [];
  const data = answer.tpdu.negotiation;
  if (data?.type !== "response") return [];
  const unknown = responseFlagIds(data.flags).filter((id) => id.startsWith("unknown-"));
  if (unknown.length === 0) return [];
  return [
    finding(
      "unknown-negotiation-flags",
      "info",
      "negotiation",
      `the negotiation response sets flags that no specification names: ${unknown.join(", ")}`,
      { flags: data.flags },
    ),
  ];
};

const bytesBeforeHello: Rule = (facts, { probe }) => {
  // Without the client's side, its hello may have been first.
  if (probe.capture?.view?.isCaptured.client === false) return [];
  const answer = facts.negotiation?.answer;
  const early = facts.tls?.isEarly === true ? facts.tls.serverSizeBytes : 0;
  if (answer?.kind !== "tpdu" || early === 0) return [];
  return [
    finding(
      "bytes-before-client-hello",
      "warning",
      "tls",
      `${early} bytes followed the Connection Confirm before TLS had begun`,
      { bytes: early },
    ),
  ];
};

const nlaNotSettled: Rule = (facts, { probe, security }) => {
  const alone = probe.connections.find(({ purpose }) => purpose === "ssl-only");
  if (security.nla !== "unknown" || alone === undefined) return [];
  const how = alone.facts.connect.outcome === "open" ? alone.facts.end.kind : alone.facts.connect.outcome;
  return [
    finding(
      "nla-not-settled",
      isEstablished(facts.tls) ? "warning" : "info",
      "negotiation",
      `the request for TLS alone, which tells whether NLA is required, ended without an answer (${how})`,
      { end: how },
    ),
  ];
};

const OLD_VERSIONS: ReadonlySet<string> = new Set(["ssl3", "1.0", "1.1"]);

const oldVersion: Rule = ({ tls }) => {
  const name = tls?.version?.name ?? null;
  if (name === null || !OLD_VERSIONS.has(name)) return [];
  return [
    finding(
      "tls-version-old",
      "warning",
      "tls",
      `the server's best offer is TLS ${name}, which is deprecated (RFC 8996)`,
      {
        version: name,
      },
    ),
  ];
};

/** Why a suite is weak, as the end of a sentence. */
const WEAKNESS_TEXTS: Readonly<Record<SuiteWeakness, string>> = {
  null: "it encrypts nothing",
  anon: "it proves no server",
  export: "its keys are short on purpose, and broken in hours (FREAK)",
  rc2: "RC2 is long broken",
  des: "DES is broken by trying all keys",
  rc4: "RC4 is prohibited in TLS (RFC 7465), and current clients do not offer it",
  "3des": "3DES has blocks of 64 bits (Sweet32), and current clients may not offer it",
  idea: "IDEA has blocks of 64 bits, and is withdrawn (RFC 8996)",
  md5: "its MAC is MD5's",
};

const weakSuite: Rule = ({ tls }) => {
  const suite = tls?.cipher?.suite ?? null;
  if (suite === null || suite.weak === null) return [];
  return [
    finding(
      "cipher-suite-weak",
      "warning",
      "tls",
      `the server chooses ${suite.name}: ${WEAKNESS_TEXTS[suite.weak]}`,
      { suite: suite.name, weakness: suite.weak },
    ),
  ];
};

const certificateUnread: Rule = (_facts, { certificate }) => {
  if (certificate?.unread === undefined) return [];
  const fields = certificate.unread.map(({ field }) => field).join(", ");
  return [
    finding(
      "certificate-not-readable",
      "warning",
      "certificate",
      `parts of the certificate could not be read: ${fields}`,
      {
        sha256: certificate.sha256,
      },
    ),
  ];
};

const nameMismatch: Rule = (_facts, { certificate, probe }) => {
  if (certificate === null || certificate.matchesTarget !== false) return [];
  const names =
    certificate.subjectAltNames.length > 0 ? certificate.subjectAltNames.join(", ") : certificate.commonName;
  return [
    finding(
      "certificate-name-mismatch",
      "info",
      "certificate",
      `the certificate is for ${names ?? "no name"}, not for ${probe.target.host}`,
      { host: probe.target.host, commonName: certificate.commonName },
    ),
  ];
};

/** Kerberos refuses beyond five minutes (RFC 4120 7.5.6's usual default), and certificates follow. */
const MAX_SKEW_MS = 5 * 60_000;

const clockSkew: Rule = (_facts, { ntlm }) => {
  const skewMs = ntlm?.clockSkewMs ?? null;
  if (skewMs === null || Math.abs(skewMs) <= MAX_SKEW_MS) return [];
  const side = skewMs > 0 ? "ahead of" : "behind";
  const summary = `the server's clock is ${spanText(skewMs)} ${side} this machine's: Kerberos fails beyond 5 minutes`;
  return [
    {
      ...finding("clock-skew", "warning", "credssp", summary, { clockSkewMs: skewMs }),
      remedies: ["check-clocks"],
    },
  ];
};

/** The name that the certificate should have, by what the server says of itself. */
const renamedComputer: Rule = (_facts, { certificate, ntlm }) => {
  if (certificate === null || ntlm === null || certificate.commonName === null) return [];
  const names = [ntlm.dnsComputer, ntlm.netbiosComputer].filter((name) => name !== null);
  const own = new Set(names.map((name) => name.toLowerCase()));
  const certified = [
    certificate.commonName,
    ...certificate.subjectAltNames.map((name) => name.replace(/^DNS:/, "")),
  ];
  if (names.length === 0 || certified.some((name) => own.has(name.toLowerCase()) || name.startsWith("*.")))
    return [];
  return [
    {
      ...finding(
        "certificate-not-for-this-computer",
        certificate.selfSigned === true ? "warning" : "info",
        "certificate",
        `the certificate is for ${certificate.commonName}, while the computer calls itself ${names[0]}: was it renamed?`,
        { commonName: certificate.commonName, computer: names[0] ?? null },
      ),
      remedies: certificate.selfSigned === true ? ["rebuild-rdp-certificate"] : [],
    },
  ];
};

const credSspPatchLevel: Rule = (_facts, { credssp }) => {
  const level = credssp === null ? null : credsspPatchLevel(credssp.version);
  if (level === null || level.state === "patched") return [];
  return [
    finding(
      "credssp-unpatched",
      "warning",
      "credssp",
      `CredSSP version ${level.version}: clients that enforce the fix of CVE-2018-0886 refuse it (${level.reading}; ${level.confidence})`,
      { version: level.version },
    ),
  ];
};

/** Kerberos needs the server's name and a domain controller, neither of which a probe can show. */
const kerberosOnly: Rule = (_facts, { probe }) => {
  const proof = credSspWitness(credSspConnection(probe.connections))?.proof;
  if (proof?.mechanism !== "kerberos") return [];
  return [
    finding(
      "kerberos-only",
      "info",
      "credssp",
      "the server chooses Kerberos, and no NTLM challenge came: connect by name, with a domain controller in reach",
      { mechanism: proof.name },
    ),
  ];
};

const challengeUnreadPart: Rule = (_facts, { ntlm }) => {
  const unread = ntlm?.unread ?? [];
  if (unread.length === 0) return [];
  const fields = unread.map(({ field, reason }) => `${field} (${reason})`).join(", ");
  return [
    finding(
      "ntlm-challenge-unread-part",
      "warning",
      "credssp",
      `parts of the NTLM challenge could not be read, and the others count: ${fields}`,
      { fields: unread.map(({ field }) => field).join(" ") },
    ),
  ];
};

const RULES: readonly Rule[] = [
  seenThroughProxy,
  unrequestedProtocol,
  unknownFlags,
  nlaNotSettled,
  bytesBeforeHello,
  oldVersion,
  weakSuite,
  certificateUnread,
  nameMismatch,
  renamedComputer,
];

const CREDSSP_RULES: readonly Rule[] = [credSspPatchLevel, kerberosOnly, challengeUnreadPart, clockSkew];
