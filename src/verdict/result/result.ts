/** The result of one probe or one captured stream: the JSON that users script against. */
import type { LayerState } from "../../handshake/facts/layer-states.ts";
import type { ListenerReports } from "../../handshake/listeners/listener-report.ts";
import type { TlsVersionName } from "../../tls/tables/versions.ts";
import type { ProtocolId } from "../../x224/protocols.ts";
import type { ClientOutcome } from "../clients/client-outcomes.ts";
import type { GatewayReport } from "./gateway-report.ts";
import type { MstscView } from "../mstsc-codes.ts";
import type { RemedyId } from "../remedies/remedies.ts";
import type { ToldRemedy } from "../remedies/remedy.ts";
import type { RepeatReport } from "../repeat/repeat.ts";
import type { ResolutionReport } from "./resolution.ts";
import type { ServerReport } from "../server/who-answers.ts";
import type { ChallengeReport } from "../../credssp/challenge-report.ts";
import type { ServerHint } from "../server/server-hints.ts";
import type { TlsSupportReport } from "./tls-support-report.ts";
import type { Severity, StageName, VerdictCode, VerdictStage } from "../verdicts.ts";

export const RESULT_SCHEMA = "rdprobe.result/1";

/** What only `--depth full` asks; absent elsewhere. */
export interface FullReport {
  readonly clients?: readonly ClientOutcome[];
  readonly tlsSupport?: TlsSupportReport;
  readonly listeners?: ListenerReports;
}

/** What only `--ask` asks; absent elsewhere. */
export interface AskedReport {
  /** Each version by itself; full depth says more in `tlsSupport`. */
  readonly tlsVersions?: Readonly<Record<TlsVersionName, LayerState>>;
  /** Whether a client that offers weak cipher suites alone gets in, and with which one. */
  readonly weakSuites?: { readonly state: LayerState; readonly suite: string | null };
}

export interface Result extends FullReport, AskedReport {
  readonly schema: typeof RESULT_SCHEMA;
  readonly source: Source;
  readonly target: ResultTarget;
  /** What the resolver gave for a name; absent for a literal address, and where it was not asked for. */
  readonly resolution?: ResolutionReport;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** TCP connections tried, the failed ones included. */
  readonly connections: number;
  /** Which program answers; null where none did, `unknown` where nothing decides. */
  readonly server: ServerReport | null;
  /** How bad it is: the worst of the verdict's severity and its findings' (severity.ts). */
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly remedies: readonly ToldRemedy[];
  /** What is often advised for this, and why not; absent where nothing is. */
  readonly refusedAdvice?: readonly RefusedAdvice[];
  readonly stages: readonly StageReport[];
  readonly negotiation: NegotiationReport | null;
  readonly security: SecurityReport;
  readonly tls: TlsReport | null;
  readonly certificate: CertificateReport | null;
  readonly credssp: CredSspReport | null;
  readonly ntlm: NtlmReport | null;
  /** Null where no MCS Connect-Response came: standard depth does not ask for it. */
  readonly rdp: RdpReport | null;
  /** The RD Gateway of the .rdp file that was probed; absent where the file has none. */
  readonly gateway?: GatewayReport;
  /** What many probes of the same place show together; absent in a result of one. */
  readonly repeat?: RepeatReport;
  /** What went wrong in the program itself; null in every result that a probe gives. */
  readonly error: string | null;
}

export type Source =
  | {
      readonly kind: "live";
      /** `host:port` of the SOCKS proxy that the connections went through; absent where they were direct. */
      readonly proxy?: string;
    }
  | {
      readonly kind: "pcap";
      /** As it was given; `-` for stdin. */
      readonly file: string;
      /** Number of the TCP stream in the file, as in Wireshark. */
      readonly stream: number;
      /** `ip:port`. */
      readonly client: string;
      readonly server: string;
      /** Streams of the same client and server shortly before or after. */
      readonly related?: readonly number[];
      /** In a recording of a probe: what this connection asked after the one of that stream. */
      readonly followUpOf?: number;
      readonly purpose?: string;
      /** Streams of the file that were let go of, too many being open at once, before it was known what they are. */
      readonly unjudgedStreams?: number;
    };

export interface ResultTarget {
  /** As the user typed it. */
  readonly input: string;
  readonly host: string;
  /** Null where the name has no address. */
  readonly address: string | null;
  readonly port: number;
  readonly family: 4 | 6 | null;
}

export interface Verdict {
  readonly code: VerdictCode;
  readonly stage: VerdictStage;
  /** Of the verdict alone. */
  readonly severity: Severity;
  readonly confidence: "observed" | "inferred";
  readonly summary: string;
  /** What it says about the host, and nothing that was not seen. */
  readonly meaning: string;
  readonly mstsc: MstscView | null;
  readonly causes: readonly Cause[];
  /** What the verdict rests on, by name; strings of the peer as they came. */
  readonly evidence: Evidence;
}

export type Likelihood = "certain" | "likely" | "possible" | "unlikely";

export interface Cause {
  readonly code: string;
  /** Lower case, no full stop. */
  readonly title: string;
  readonly likelihood: Likelihood;
  readonly why: string;
  /** What was seen that says so: each question asked, and how the server took it. */
  readonly evidence: Evidence;
  readonly remedies: readonly RemedyId[];
}

/** Popular advice that does not fit what was seen. */
export interface RefusedAdvice {
  readonly id: string;
  /** What is advised, as it stands behind "do not". */
  readonly advice: string;
  readonly why: string;
  /** What does help with what it was meant for. */
  readonly instead: string;
}

export interface Finding {
  readonly code: string;
  readonly severity: "info" | "warning" | "critical";
  readonly stage: VerdictStage;
  readonly summary: string;
  readonly evidence: Evidence;
  readonly remedies: readonly string[];
  /** What it may come from; absent where no cause is known. */
  readonly causes?: readonly Cause[];
}

export type Evidence = Readonly<Record<string, string | number | boolean | null>>;

export interface StageReport {
  readonly name: StageName;
  readonly status: "ok" | "failed" | "skipped";
  /** Null where the stage takes no time of its own or was skipped. */
  readonly durationMs: number | null;
  readonly note: string;
}

export interface NegotiationReport {
  /** What the request carried for a load balancer; null for nothing. */
  readonly routing: { readonly kind: "cookie" | "token"; readonly text: string } | null;
  readonly requested: readonly ProtocolId[];
  readonly selected: ProtocolId | null;
  /** The number behind `selected`, also where it has no name. */
  readonly selectedRaw: number | null;
  readonly failure: FailureReport | null;
  readonly flags: readonly string[];
  readonly flagsRaw: number | null;
  /** The server's answer, hex. */
  readonly raw: string;
  /** Programs that are known to answer with such a Connection Confirm: hints, no facts. */
  readonly serverHints: readonly ServerHint[];
}

export type { LayerState };

/** [MS-RDPBCGR] 2.2.1.2.2; `name` null for a code that no document names. */
export interface FailureReport {
  readonly code: number;
  readonly name: string | null;
}

export interface SecurityReport {
  readonly rdp: LayerState;
  readonly ssl: LayerState;
  readonly hybrid: LayerState;
  readonly "hybrid-ex": LayerState;
  readonly rdstls: LayerState;
  readonly rdsaad: LayerState;
  readonly nla: "required" | "optional" | "unsupported" | "unknown";
  /** The failure codes of the layers that were refused by one. */
  readonly codes: Readonly<Partial<Record<ProtocolId, FailureReport>>>;
  /** What the Connection Confirm says that the server can do; null where none selects a protocol. */
  readonly flags: readonly string[] | null;
}

export interface TlsReport {
  /** `1.2` and so on; `0x....` for a version that no RFC knows; null where the server chose none. */
  readonly version: string | null;
  readonly cipher: { readonly name: string; readonly openssl: string | null; readonly code: string } | null;
  readonly group: string | null;
  readonly alert: {
    readonly level: "warning" | "fatal" | "unknown";
    readonly code: number;
    readonly name: string | null;
  } | null;
  /** The client whose ClientHello was sent; null for one of a capture that is not known. */
  readonly offeredAs: string | null;
}

export interface CredSspReport {
  readonly version: number;
  /** NTSTATUS, unsigned. */
  readonly errorCode: number | null;
}

export interface NtlmReport extends ChallengeReport {
  /** Parts of the CHALLENGE that could not be read, with the reason; absent where all could. */
  readonly unread?: readonly { readonly field: string; readonly reason: string }[];
}

export interface RdpReport {
  /** `10.12`; null for a number that no document names. */
  readonly version: string | null;
  readonly versionRaw: number | null;
  /** Methods of Standard RDP Security that a response named, the weakest first; empty where it was not tried. */
  readonly encryptionMethods: readonly string[];
  /** Null where Standard RDP Security was not tried or not let in. */
  readonly encryptionLevel: string | null;
  /** What proves the server in Standard RDP Security; null where it shows nothing. */
  readonly certificate: RdpCertificateReport | null;
}

export interface RdpCertificateReport {
  readonly kind: "proprietary" | "x509-chain" | "unreadable";
  /** Of the RSA key; null where it cannot be read. */
  readonly keyBits: number | null;
  readonly temporary: boolean | null;
  /** Why it cannot be read; absent where it can. */
  readonly fault?: string;
}

export interface CertificateReport {
  readonly subject: string | null;
  readonly commonName: string | null;
  readonly issuer: string | null;
  readonly serial: string | null;
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  readonly daysLeft: number | null;
  readonly selfSigned: boolean | null;
  readonly subjectAltNames: readonly string[];
  readonly key: {
    readonly type: string;
    readonly bits: number | null;
    readonly curve: string | null;
  } | null;
  /** Of the SubjectPublicKeyInfo's DER, hex: the same on hosts that share a key. */
  readonly keySha256: string | null;
  readonly signature: string | null;
  readonly extendedKeyUsage: readonly string[] | null;
  readonly sha1: string;
  readonly sha256: string;
  readonly matchesTarget: boolean | null;
  readonly chain: readonly ChainLink[];
  /** Fields that could not be read, with the reason; absent where all could. */
  readonly unread?: readonly { readonly field: string; readonly reason: string }[];
  /** The certificate itself, hex; present where something could not be read. */
  readonly der?: string;
}

interface ChainLink {
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly notAfter: string | null;
  readonly sha256: string;
}
