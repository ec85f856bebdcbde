/** What a probe's facts have beside when they come from a capture: where they stand, and what only it shows. */
import type { CaptureView } from "../../handshake/conversation/captured-connection.ts";
import type { Source } from "../result/result.ts";

export interface CaptureFacts {
  readonly source: Extract<Source, { kind: "pcap" }>;
  /** The known client whose ClientHello this is, or null. */
  readonly offeredAs: string | null;
  /** Null for a whole recording of our own: there the client is the probe, and the transcript says all. */
  readonly view: CaptureView | null;
}
