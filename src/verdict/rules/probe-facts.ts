/** All that a probe of one address learnt, before anything is judged. */

import type { ProbeConnection } from "../../handshake/plan/probe-plan.ts";
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import type { CaptureFacts } from "./capture-facts.ts";
import type { ExpiryThresholds } from "../findings/certificate-findings.ts";
import type { ResolutionReport } from "../result/resolution.ts";
import type { ResultTarget } from "../result/result.ts";

/** How the name came to its address; null in a probe of a literal address. */
export type Resolution =
  | {
      readonly outcome: "resolved";
      readonly durationMs: number;
      /** What the resolver gave, where somebody asked for it. */
      readonly report?: ResolutionReport;
    }
  | { readonly outcome: "not-found" | "failed"; readonly detail: string; readonly durationMs: number };

export interface ProbeFacts {
  readonly target: ResultTarget;
  readonly resolution: Resolution | null;
  /** `host:port` of the proxy that the connections went through; absent where they were direct. */
  readonly proxy?: string;
  /** In the order in which they were made; empty where no address was found. */
  readonly connections: readonly ProbeConnection[];
  /** The client whose hello was sent: the verdict is for it. */
  readonly reference: ClientProfile;
  readonly expiry: ExpiryThresholds;
  /** The judge's "now": certificates are held against it. */
  readonly startedAt: Date;
  readonly durationMs: number;
  /** Absent in a live probe. */
  readonly capture?: CaptureFacts;
}

/** The connection that carries the verdict: the offer that mstsc makes. */
export const mainConnection = (probe: ProbeFacts): ProbeConnection | null =>
  probe.connections.find(({ purpose }) => purpose === "offer-all") ?? null;
