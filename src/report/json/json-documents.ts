/** What the commands print as JSON beside results and explanations; `rdprobe schema` has the form of each. */
import type { TlsVersionName } from "../../tls/tables/versions.ts";
import type { ClientOutcome } from "../../verdict/clients/client-outcomes.ts";
import type { TlsSupportReport } from "../../verdict/result/tls-support-report.ts";
import type { VerdictStage } from "../../verdict/verdicts.ts";

/** `rdprobe clients --json`: a client that verdicts are computed for. */
export interface ClientListing {
  readonly id: string;
  /** For people: `Windows 11 24H2 / 25H2`. */
  readonly name: string;
  /** The TLS versions that it agrees to. */
  readonly versions: readonly TlsVersionName[];
  /** Registered names in the client's order; the number where there is none. */
  readonly cipherSuites: readonly (string | number)[];
  readonly groups: readonly (string | number)[];
  /** How well the profile is known. */
  readonly confidence: "captured" | "documented-and-captured" | "documented" | "assumed";
  readonly source: readonly string[];
  /** What is not certain of it; empty where nothing is. */
  readonly note: string;
}

/** `rdprobe clients --for host --json`. */
export interface ClientsReport {
  readonly target: {
    /** As the user typed it. */
    readonly input: string;
    readonly host: string;
    readonly address: string;
    readonly port: number;
  };
  /** TCP connections that were made. */
  readonly connections: number;
  readonly clients: readonly ClientOutcome[];
  readonly tlsSupport: TlsSupportReport;
}

/** `rdprobe lab --json`: a scenario and where it listens. */
export interface LabListing {
  readonly id: string;
  readonly title: string;
  /** What a probe says of it; `any` where that depends on the probe's time and depth. */
  readonly verdict: string;
  readonly stage: VerdictStage;
  readonly address: string;
  readonly port: number;
}
