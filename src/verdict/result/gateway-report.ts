/** The RD Gateway of an .rdp file, as it stands in a result. */
import type { GatewayListenerReport } from "../../handshake/listeners/listener-report.ts";

export interface GatewayReport {
  readonly host: string;
  readonly port: number;
  /** `always`, or `fallback`: only where the direct way fails. */
  readonly usage: "always" | "fallback";
  /** Null where the name has no address. */
  readonly address: string | null;
  /** Null where the gateway was not asked. */
  readonly listener: GatewayListenerReport | null;
}
