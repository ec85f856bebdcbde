/**
 * What a site may demand of a server beyond an answer, and whether a result shows it: one rule for each demand,
 * for every command. A demand is met only where that was seen; what was not asked, or not reached, is unknown.
 */
import type { CertificateReport, Result } from "../result/result.ts";

export const REQUIREMENTS = ["nla", "tls", "tls1.2", "tls1.3", "name"] as const;

type Requirement = (typeof REQUIREMENTS)[number];

export const PROHIBITIONS = ["standard-security", "tls1.0", "tls1.1", "self-signed", "sha1"] as const;

export type Prohibition = (typeof PROHIBITIONS)[number];

/** Whether a server takes what it was asked for on a connection of its own. */
export type OfferState = "accepted" | "refused" | "unknown";

/** What is judged: the result, and the answers to the questions that prohibitions make necessary. */
export interface CheckedResult {
  readonly result: Result;
  readonly offers: ReadonlyMap<Prohibition, OfferState>;
}

/** What a site demands. */
export interface Demands {
  readonly required: readonly Requirement[];
  readonly forbidden: readonly Prohibition[];
  /** Whether the certificate has to be within its dates. */
  readonly inDate: boolean;
}

/** The text says what is not as it should be, or what was not seen; none of it is a peer's. */
export type DemandState =
  | { readonly kind: "met" }
  | { readonly kind: "violated" | "unknown"; readonly text: string };

export interface DemandOutcome {
  /** `nla`; `no-sha1` for what is forbidden; `certificate-in-date`. */
  readonly demand: string;
  readonly state: DemandState;
}

/** What to do first where a demand is broken: remedies, or a sentence where none of them does it. */
export const firstStepOf = (
  demand: string,
): { readonly remedies: readonly string[] } | { readonly step: string } => {
  const first = FIRST_STEPS[demand];
  if (first === undefined) return { remedies: [] };
  return typeof first === "string" ? { step: first } : { remedies: first };
};

/** Where another certificate is needed. */
export const CERTIFICATE_REMEDIES: readonly string[] = ["bind-new-certificate", "xrdp-new-certificate"];

/** The group policies and registry keys are Microsoft's: "Transport Layer Security (TLS) registry settings". */
const FIRST_STEPS: Readonly<Record<string, string | readonly string[]>> = {
  nla: "on a Windows server set the group policy Require user authentication for remote connections by using Network Level Authentication; xrdp and others without NLA: leave nla out of what is required",
  tls: ["raise-security-layer", "xrdp-security-layer"],
  "tls1.2": ["enable-tls12", "xrdp-tls-settings"],
  "tls1.3": "only Windows 11, Windows Server 2022 and later have TLS 1.3",
  name: "connect by a name that the certificate has, or give the server a certificate that has this name",
  "no-standard-security": ["raise-security-layer", "xrdp-security-layer"],
  "no-tls1.0":
    "on a Windows server set Enabled=0 under SCHANNEL/Protocols/TLS 1.0/Server, and restart it; xrdp: leave TLSv1 out of ssl_protocols",
  "no-tls1.1":
    "on a Windows server set Enabled=0 under SCHANNEL/Protocols/TLS 1.1/Server, and restart it; xrdp: leave TLSv1.1 out of ssl_protocols",
  "no-self-signed": CERTIFICATE_REMEDIES,
  "no-sha1": CERTIFICATE_REMEDIES,
  issuer: CERTIFICATE_REMEDIES,
  "issuer, self-signed": ["check-certificate-template", ...CERTIFICATE_REMEDIES],
  "cert-sha256":
    "see who changed the certificate: a new one belongs into --cert-sha256, any other is a device in between",
};

/** Every demand with what the result says of it. */
export const demandOutcomes = (
  checked: CheckedResult,
  { required, forbidden, inDate }: Demands,
): readonly DemandOutcome[] => [
  ...required.map((id) => ({ demand: id, state: REQUIRED[id](checked) })),
  ...forbidden.map((id) => ({ demand: `no-${id}`, state: FORBIDDEN[id](checked) })),
  ...(inDate ? [{ demand: "certificate-in-date", state: certificateInDate(checked) }] : []),
];

/** What is forbidden and a result leaves open, so that it takes a question of its own, where RDP answers at all. */
export const openQuestions = (
  { negotiation, security, tls }: Result,
  forbidden: readonly Prohibition[],
): readonly ("standard-security" | "tls1.0" | "tls1.1")[] => [
  ...new Set(
    forbidden.flatMap((prohibition) => {
      switch (prohibition) {
        case "standard-security":
          return negotiation !== null && security.rdp === "unknown" ? [prohibition] : [];
        case "tls1.0":
        case "tls1.1":
          return tls?.version == null ? [] : [prohibition];
        default:
          return [];
      }
    }),
  ),
];

/** The server said that it does no TLS: what needs TLS is not there, and not only unseen. */
export const isWithoutTls = ({ verdict, negotiation, tls }: Result): boolean =>
  tls === null && (verdict.code === "standard-security-only" || negotiation?.selected === "rdp");

/** The TLS handshake came to its end, with a certificate: before that, nothing that it showed is sure. */
export const isTlsFinished = ({ stages, certificate }: Result): boolean =>
  certificate !== null && stages.some(({ name, status }) => name === "tls" && status === "ok");

export const MET: DemandState = { kind: "met" };
export const violated = (text: string): DemandState => ({ kind: "violated", text });
export const unknown = (text: string): DemandState => ({ kind: "unknown", text });

type Rule = (checked: CheckedResult) => DemandState;

/** Oldest first; a version that no RFC knows is older than all of them. */
const VERSIONS: readonly string[] = ["ssl3", "1.0", "1.1", "1.2", "1.3"];

const tlsFrom =
  (oldest: "ssl3" | "1.2" | "1.3", what: string): Rule =>
  ({ result }) => {
    if (isWithoutTls(result)) return violated(`${what} is required, and the server does no TLS`);
    const version = result.tls?.version ?? null;
    if (version === null) return unknown(`${what} is required, and no TLS version was agreed on`);
    if (VERSIONS.indexOf(version) < VERSIONS.indexOf(oldest)) {
      return violated(`${what} is required, and the server chose TLS ${version}`);
    }
    return isTlsFinished(result)
      ? MET
      : unknown(`${what} is required, and the handshake of TLS ${version} did not end`);
  };

const REQUIRED: Readonly<Record<Requirement, Rule>> = {
  nla: ({ result }) => {
    const { nla } = result.security;
    if (nla === "unknown") return unknown("whether NLA is required was not seen");
    if (nla !== "required") return violated(NLA_TEXTS[nla]);
    return isTlsFinished(result) ? MET : unknown("NLA is required, but the handshake ended before it");
  },
  tls: tlsFrom("ssl3", "TLS"),
  "tls1.2": tlsFrom("1.2", "TLS 1.2"),
  "tls1.3": tlsFrom("1.3", "TLS 1.3"),
  name: ({ result }) => {
    const matches = result.certificate?.matchesTarget ?? null;
    if (matches === null) {
      return isWithoutTls(result)
        ? violated("no certificate with the host's name, since the server does no TLS")
        : unknown("whether the certificate is for this host was not seen");
    }
    if (!matches) return violated(`the certificate is not for ${result.target.host}`);
    return isTlsFinished(result)
      ? MET
      : unknown("a certificate for this host was shown, and the handshake did not end");
  },
};

const NLA_TEXTS = {
  optional: "NLA not required (policy requires it)",
  unsupported: "NLA not supported (policy requires it)",
} as const;

/** A version is taken where it or an older one was chosen, or where the question about it alone says so. */
const tlsVersion =
  (prohibition: "tls1.0" | "tls1.1", version: "1.0" | "1.1", chosen: readonly string[]): Rule =>
  ({ result, offers }) => {
    const seen = result.tls?.version ?? "";
    if (chosen.includes(seen)) return violated(`TLS ${seen} is accepted`);
    const state = offers.get(prohibition);
    if (state === "accepted") return violated(`TLS ${version} is accepted`);
    if (state === "refused" || isWithoutTls(result)) return MET;
    return unknown(`whether TLS ${version} is accepted was not seen`);
  };

const BROKEN_HASHES = /sha-?1(?!\d)|md[245]/i;

/** Of what is seen of a certificate, the bad is sure at once, and the good only with the handshake's end. */
const ofCertificate =
  (what: string, isBroken: (certificate: CertificateReport) => boolean | null, text: string): Rule =>
  ({ result }) => {
    const answer = result.certificate === null ? null : isBroken(result.certificate);
    if (answer === true) return violated(text);
    return answer === false && isTlsFinished(result)
      ? MET
      : unknown(`whether the certificate is ${what} was not seen`);
  };

const FORBIDDEN: Readonly<Record<Prohibition, Rule>> = {
  "standard-security": ({ result: { security, verdict }, offers }) => {
    const seen = verdict.code === "standard-security-only" ? "accepted" : security.rdp;
    const state = seen === "unknown" ? (offers.get("standard-security") ?? "unknown") : seen;
    if (state === "accepted") return violated("Standard RDP Security is accepted");
    return state === "refused" ? MET : unknown("whether Standard RDP Security is accepted was not seen");
  },
  "tls1.0": tlsVersion("tls1.0", "1.0", ["ssl3", "1.0"]),
  "tls1.1": tlsVersion("tls1.1", "1.1", ["1.1"]),
  "self-signed": ofCertificate(
    "self-signed",
    ({ selfSigned }) => selfSigned,
    "the certificate is self-signed",
  ),
  sha1: ofCertificate(
    "signed with SHA-1",
    ({ signature }) => (signature === null ? null : BROKEN_HASHES.test(signature)),
    "the certificate is signed with SHA-1 or worse",
  ),
};

const certificateInDate: Rule = ({ result }) => {
  const { certificate } = result;
  if (certificate === null) return unknown("no certificate was seen whose dates could be judged");
  const now = Date.parse(result.startedAt);
  // NaN, which is neither below nor above, where it cannot be read.
  const begin = Date.parse(certificate.notBefore ?? "");
  const end = Date.parse(certificate.notAfter ?? "");
  if (end < now) return violated("the certificate has expired");
  if (begin > now) return violated("the certificate is not valid yet");
  if (Number.isNaN(begin) || Number.isNaN(end)) return unknown("the certificate's dates cannot be read");
  return isTlsFinished(result) ? MET : unknown("the handshake that showed the certificate did not end");
};
