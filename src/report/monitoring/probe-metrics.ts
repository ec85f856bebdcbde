/**
 * The metrics of a result, one table: what the exporter answers and what the textfile collector reads. Names of
 * the blackbox exporter where it has one, so that its dashboards and alerts work; `rdp_` for what it has not.
 * Base units: seconds, and Unix time in seconds.
 */
import { least } from "../../bytes/extremes.ts";
import { printedVersion } from "../../verdict/rules/offered-version.ts";
import type { Result, SecurityReport } from "../../verdict/result/result.ts";
import { severityRank } from "../../verdict/severity.ts";
import type { VerdictCode } from "../../verdict/verdicts.ts";

export interface MetricSample {
  /** A peer's text stands here as it came; whoever prints it escapes it. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric: every sample of it is a gauge. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly samplesOf: (result: Result) => readonly MetricSample[];
}

/**
 * Whether the server answered as an RDP server that can be used; what could not be told is no success. A
 * certificate that is out of date is no failure: it has a metric of its own, which could not be alerted on if it
 * ended the probe. Findings have theirs as well.
 */
export const isProbeSuccess = ({ verdict }: Result): boolean =>
  verdict.code !== "inconclusive" && (verdict.severity !== "critical" || OUT_OF_DATE.has(verdict.code));

const OUT_OF_DATE: ReadonlySet<VerdictCode> = new Set(["certificate-expired", "certificate-not-yet-valid"]);

const LAYERS = ["rdp", "ssl", "hybrid", "hybrid-ex", "rdstls", "rdsaad"] as const;

/** `probe_success`, by whatever says that a probe is one. */
export const successMetric = (isSuccess: (result: Result) => boolean): MetricFamily => ({
  name: "probe_success",
  help: "Whether the server answered as an RDP server that can be used, and met what the module requires",
  samplesOf: (result) => [plain(isSuccess(result) ? 1 : 0)],
});

/** Every metric of a result but its success, in the order in which they are printed. */
export const PROBE_METRICS: readonly MetricFamily[] = [
  {
    name: "probe_duration_seconds",
    help: "How long the probe took, all its connections together",
    samplesOf: ({ durationMs }) => [plain(seconds(durationMs))],
  },
  {
    name: "probe_dns_lookup_time_seconds",
    help: "How long the name took to resolve; 0 for a literal address",
    samplesOf: ({ stages }) => [plain(seconds(stages.find(({ name }) => name === "dns")?.durationMs ?? 0))],
  },
  {
    name: "probe_ip_protocol",
    help: "IP version of the address that was probed, 4 or 6; 0 where the name has no address",
    samplesOf: ({ target }) => [plain(target.family ?? 0)],
  },
  {
    name: "probe_ssl_earliest_cert_expiry",
    help: "End of the validity that ends first among the certificates sent, Unix time",
    samplesOf: ({ certificate }) => {
      const ends =
        certificate === null ? [] : [certificate, ...certificate.chain].map(({ notAfter }) => notAfter);
      const seconds = ends.flatMap((end) => unixSeconds(end));
      return seconds.length === 0 ? [] : [plain(least(Number.POSITIVE_INFINITY, seconds))];
    },
  },
  {
    name: "probe_tls_version_info",
    help: "TLS version that the server chose",
    samplesOf: ({ tls }) =>
      tls === null || tls.version === null ? [] : [info({ version: printedVersion(tls.version) })],
  },
  {
    name: "probe_tls_cipher_info",
    help: "Cipher suite that the server chose, by its IANA name",
    samplesOf: ({ tls }) => (tls === null || tls.cipher === null ? [] : [info({ cipher: tls.cipher.name })]),
  },
  {
    name: "rdp_probe_verdict",
    help: "The verdict and the stage in which it arose",
    samplesOf: ({ verdict }) => [info({ verdict: verdict.code, stage: verdict.stage })],
  },
  {
    name: "rdp_probe_severity",
    help: "The worst of the verdict and the findings: 0 ok, 1 warning, 2 critical",
    samplesOf: ({ severity }) => [plain(severityRank(severity))],
  },
  {
    name: "rdp_probe_connections",
    help: "TCP connections that the probe tried",
    samplesOf: ({ connections }) => [plain(connections)],
  },
  {
    name: "rdp_probe_finding",
    help: "A finding beside the verdict",
    samplesOf: ({ findings }) => findings.map(({ code, severity }) => info({ finding: code, severity })),
  },
  {
    name: "rdp_phase_duration_seconds",
    help: "How long a stage of the handshake took",
    samplesOf: ({ stages }) =>
      stages.flatMap(({ name, durationMs }) =>
        durationMs === null ? [] : [{ labels: { phase: name }, value: seconds(durationMs) }],
      ),
  },
  {
    name: "rdp_nla_required",
    help: "Whether the server requires Network Level Authentication; absent where the probe could not tell",
    samplesOf: ({ security }) =>
      security.nla === "unknown" ? [] : [plain(security.nla === "required" ? 1 : 0)],
  },
  {
    name: "rdp_negotiated_protocol",
    help: "Security protocol that the server selected",
    samplesOf: ({ negotiation }) =>
      negotiation === null || negotiation.selected === null ? [] : [info({ protocol: negotiation.selected })],
  },
  {
    name: "rdp_security_layer_accepted",
    help: "Whether the server takes a security layer; absent where it was not asked",
    samplesOf: ({ security }) => LAYERS.flatMap((layer) => layerSample(security, layer)),
  },
  {
    name: "rdp_certificate_not_before_seconds",
    help: "Begin of the validity of the server's own certificate, Unix time",
    samplesOf: ({ certificate }) => unixSeconds(certificate?.notBefore).map(plain),
  },
  {
    name: "rdp_certificate_not_after_seconds",
    help: "End of the validity of the server's own certificate, Unix time",
    samplesOf: ({ certificate }) => unixSeconds(certificate?.notAfter).map(plain),
  },
  {
    name: "rdp_certificate_info",
    help: "The server's own certificate",
    samplesOf: ({ certificate }) =>
      certificate === null
        ? []
        : [
            info({
              common_name: certificate.commonName ?? "",
              issuer: certificate.issuer ?? "",
              self_signed: String(certificate.selfSigned ?? ""),
              signature: certificate.signature ?? "",
              sha256: certificate.sha256,
            }),
          ],
  },
  {
    name: "rdp_clock_skew_seconds",
    help: "The server's clock against ours; positive where it is ahead",
    samplesOf: ({ ntlm }) =>
      ntlm === null || ntlm.clockSkewMs === null ? [] : [plain(seconds(ntlm.clockSkewMs))],
  },
  {
    name: "rdp_server_info",
    help: "What the server says of itself in the NTLM challenge",
    samplesOf: ({ ntlm }) =>
      ntlm === null
        ? []
        : [
            info({
              computer: ntlm.dnsComputer ?? ntlm.netbiosComputer ?? "",
              domain: ntlm.dnsDomain ?? ntlm.netbiosDomain ?? "",
              os_version: ntlm.osVersion ?? "",
            }),
          ],
  },
];

const plain = (value: number): MetricSample => ({ labels: {}, value });

/** A fact without a number: 1, with the fact as labels. */
const info = (labels: MetricSample["labels"]): MetricSample => ({ labels, value: 1 });

const layerSample = (security: SecurityReport, layer: (typeof LAYERS)[number]): readonly MetricSample[] =>
  security[layer] === "unknown" ? [] : [{ labels: { layer }, value: security[layer] === "accepted" ? 1 : 0 }];

/** To the microsecond: what lies behind it is the arithmetic's. */
const seconds = (ms: number): number => Math.round(ms * 1000) / 1_000_000;

/** Of an RFC 3339 time; empty where there is none. */
const unixSeconds = (time: string | null | undefined): readonly number[] => {
  const ms = Date.parse(time ?? "");
  return Number.isNaN(ms) ? [] : [ms / 1000];
};
