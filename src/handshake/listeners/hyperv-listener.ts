/**
 * Hyper-V's VMConnect listener, TCP 2179. It waits for the id of a virtual machine ([MS-RDPEPS] 2.2.1), which
 * only a log-on could tell; so it is asked nothing, and known by its port and its waiting alone.
 */
import { type HttpExchangeFacts, readConnectFailure, somethingElse } from "../facts/http-exchange-facts.ts";
import { LISTENERS, type ListenerReport, portName, report } from "./listener-report.ts";

/** Reads what came of a connection on which nothing was said. */
export const readHypervListener = (port: number, facts: HttpExchangeFacts): ListenerReport => {
  const failed = readConnectFailure("hyperv2179", port, facts);
  if (failed !== null) return failed;
  if (facts.hasAnswered) {
    const but = facts.foreign === null ? "it speaks first" : `it speaks ${facts.foreign}`;
    return somethingElse("hyperv2179", port, facts.foreign, but);
  }
  if (facts.end === "fin" || facts.end === "rst") {
    return somethingElse("hyperv2179", port, null, "it ends the connection at once");
  }
  return report("hyperv2179", port, {
    state: "open",
    what: LISTENERS.hyperv2179.name,
    confidence: "inferred",
    summary: `${portName("hyperv2179", port)} is open and waits, as Hyper-V's VMConnect does`,
  });
};
