/** What one address is probed with. */
import type { Asks } from "../../handshake/plan/asks.ts";
import type { Depth } from "../../handshake/plan/probe-plan.ts";
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import type { ConverseOptions } from "../../transport/converse.ts";
import type { Endpoint } from "../../transport/tcp-connection.ts";
import type { ExpiryThresholds } from "../../verdict/findings/certificate-findings.ts";
import type { Resolution } from "../../verdict/rules/probe-facts.ts";
import type { Routing } from "../../x224/connection-request.ts";
import type { Recording } from "./recording.ts";

export interface ProbeOptions {
  /** For one stage, milliseconds. */
  readonly timeoutMs: number;
  /** For all connections to one address, milliseconds. */
  readonly deadlineMs: number;
  readonly depth: Depth;
  /** What is asked beyond the depth. */
  readonly asks?: Asks;
  /** Between two connections of full depth, milliseconds. */
  readonly pauseMs: number;
  readonly routing: Routing | null;
  /** The client that the verdict is for. */
  readonly reference: ClientProfile;
  readonly expiry: ExpiryThresholds;
  /** Takes all that goes over the connections. */
  readonly recording?: Recording;
  /** Told before each wait of the handshake's connections: for which stage, and for how long at most, milliseconds. */
  readonly onWait?: ConverseOptions["onWait"];
  /** Once aborted, no further connection is opened, and a probe that still needs one rejects. */
  readonly signal?: AbortSignal;
}

/** What a scan says to each probe of its own. */
export interface ProbeTurn {
  /** For the TCP handshake of the first connection, milliseconds; `timeoutMs` where it is left out. */
  readonly connectTimeoutMs?: number;
  /** Waited for before each connection: a rate that many probes share. */
  readonly admit?: () => Promise<void>;
  /** Takes, for each connection of the handshake, when the peer has closed it as well. */
  readonly onClosing?: (closed: Promise<void>) => void;
  /** Full depth ends early at an address that keeps quiet: in a scan most of them are nobody. */
  readonly leavesSilent?: boolean;
}

/** What is asked for between the connections of one probe. */
export type BetweenConnections = Pick<ProbeOptions, "signal"> & Pick<ProbeTurn, "admit">;

export interface AddressTarget {
  readonly input: string;
  readonly host: string;
  readonly endpoint: Endpoint;
  readonly resolution: Resolution | null;
  /** Goes before the routing of the options. */
  readonly routing?: Routing;
}
