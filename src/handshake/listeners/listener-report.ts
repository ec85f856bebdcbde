/** The other listeners of a Remote Desktop host: which there are, and what is said of each in a result. */
import type { ChallengeReport } from "../../credssp/challenge-report.ts";
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import { matchesName } from "../../x509/matches-name.ts";

export const LISTENERS = {
  udp3389: { protocol: "udp", port: 3389, name: "RDP over UDP" },
  udp3391: { protocol: "udp", port: 3391, name: "RD Gateway (UDP)" },
  websocket3387: { protocol: "tcp", port: 3387, name: "Remote Desktop (WebSocket)" },
  websocket3392: { protocol: "tcp", port: 3392, name: "Remote Desktop (WebSocket)" },
  gateway443: { protocol: "tcp", port: 443, name: "RD Gateway" },
  hyperv2179: { protocol: "tcp", port: 2179, name: "Hyper-V VMConnect" },
} as const satisfies Readonly<
  Record<string, { readonly protocol: "udp" | "tcp"; readonly port: number; readonly name: string }>
>;

export type ListenerId = keyof typeof LISTENERS;

/**
 * `open`: what is expected there answers. `other`: something answers, but not that. `no-answer`: silence on
 * UDP, which nobody can tell from a firewall or a loss.
 */
type ListenerState = "open" | "closed" | "filtered" | "no-answer" | "other";

export interface ListenerReport {
  readonly port: number;
  readonly protocol: "udp" | "tcp";
  readonly state: ListenerState;
  /** What answers, or null where that is not known. */
  readonly what: string | null;
  /** How `what` is known; null where it is not. */
  readonly confidence: "observed" | "inferred" | null;
  /** One line for people; it may hold text of the peer. */
  readonly summary: string;
}

export interface RdpeudpListenerReport extends ListenerReport {
  readonly rdpeudp: {
    /** `1`, `2`, `3`, or `0x....` for a number that the specification does not know. */
    readonly version: string;
    readonly receiveWindow: number;
    readonly upStreamMtuBytes: number;
    readonly downStreamMtuBytes: number;
    readonly roundTripMs: number;
  } | null;
}

export interface DtlsListenerReport extends ListenerReport {
  readonly dtls: {
    /** `1.0`, `1.2`, or `0x....`. */
    readonly version: string;
    readonly message: string;
    readonly roundTripMs: number;
  } | null;
}

export interface WebListenerReport extends ListenerReport {
  /** The answer to the first request. */
  readonly http: HttpReport | null;
  readonly certificate: ListenerCertificate | null;
}

export interface GatewayListenerReport extends WebListenerReport {
  /** Schemes of WWW-Authenticate in the server's order. */
  readonly authentication: readonly string[];
  readonly ntlm: ChallengeReport | null;
}

export interface HttpReport {
  readonly status: number;
  readonly reason: string;
  readonly server: string | null;
}

export interface ListenerCertificate {
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  readonly selfSigned: boolean | null;
  readonly subjectAltNames: readonly string[];
  readonly sha256: string;
  readonly matchesTarget: boolean;
}

/** Null stands for a listener that was not asked, since the time was over. */
export interface ListenerReports {
  readonly udp3389: RdpeudpListenerReport | null;
  readonly udp3391: DtlsListenerReport | null;
  readonly websocket3387: WebListenerReport | null;
  readonly websocket3392: WebListenerReport | null;
  readonly gateway443: GatewayListenerReport | null;
  readonly hyperv2179: ListenerReport | null;
}

/** `UDP 3389`, as summaries begin. */
export const portName = (id: ListenerId, port: number): string =>
  `${LISTENERS[id].protocol.toUpperCase()} ${port}`;

/** What every report begins with, in the words of its listener. */
export const report = (
  id: ListenerId,
  port: number,
  said: Omit<ListenerReport, "port" | "protocol">,
): ListenerReport => ({ port, protocol: LISTENERS[id].protocol, ...said });

/** The leaf of a chain, or null where none was seen. `host`: what the user asked for. */
export const listenerCertificate = (
  [leaf]: readonly CertificateFacts[],
  host: string,
): ListenerCertificate | null =>
  leaf === undefined
    ? null
    : {
        subject: leaf.subject,
        issuer: leaf.issuer,
        notBefore: leaf.notBefore?.toISOString() ?? null,
        notAfter: leaf.notAfter?.toISOString() ?? null,
        selfSigned: leaf.selfSigned,
        subjectAltNames: leaf.subjectAltNames,
        sha256: leaf.sha256,
        matchesTarget: matchesName(leaf, host),
      };
