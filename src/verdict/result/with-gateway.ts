/** What the RD Gateway of an .rdp file says of the file's connection. */
import type { GatewayListenerReport } from "../../handshake/listeners/listener-report.ts";
import type { GatewayReport } from "./gateway-report.ts";
import type { Finding, Result } from "./result.ts";
import { withFindings } from "../findings/with-findings.ts";

/**
 * The result with its gateway. Where the direct way does not even reach the computer, mstsc goes through the gateway, and
 * nothing is known of the computer.
 */
export const withGateway = (result: Result, gateway: GatewayReport): Result => {
  const { stage, code } = result.verdict;
  const isUnreached = UNREACHED.has(stage) && code !== "proxy-failed";
  const judged = isUnreached ? behind(result, gateway) : result;
  const isNeeded = isUnreached || gateway.usage === "always";
  return withFindings({ ...judged, gateway }, findingsOf(gateway, result.startedAt, isNeeded));
};

/** Stages in which nothing of the computer itself was seen. */
const UNREACHED: ReadonlySet<string> = new Set(["dns", "tcp"]);

const behind = (result: Result, { host }: GatewayReport): Result => {
  const { stage, code } = result.verdict;
  const severity = "warning" as const;
  const { refusedAdvice: _, ...others } = result;
  return {
    ...others,
    severity,
    remedies: [],
    verdict: {
      ...{ code: "inconclusive", stage, severity, confidence: "observed", mstsc: null, causes: [] },
      summary:
        "the computer does not answer directly, and mstsc goes through the RD Gateway: nothing is known of it",
      meaning: "What lies behind an RD Gateway cannot be seen without logging on to it.",
      evidence: { gateway: host, direct: code },
    },
  };
};

const findingsOf = (gateway: GatewayReport, startedAt: string, isNeeded: boolean): readonly Finding[] => {
  const worst = isNeeded ? "critical" : "warning";
  const { address, listener, host, port } = gateway;
  const evidence = { gateway: host, port, address, answer: listener?.summary ?? null };
  const found = (
    code: string,
    severity: Finding["severity"],
    stage: Finding["stage"],
    summary: string,
  ): Finding => ({
    ...{ code, severity, stage, summary, evidence, remedies: [] },
  });
  if (address === null) {
    return [found("rdp-gateway-not-found", worst, "dns", "the RD Gateway's name has no address")];
  }
  if (listener === null) return [];
  if (listener.state !== "open") {
    const summary =
      listener.state === "other"
        ? "what answers at the RD Gateway's address is no RD Gateway"
        : "the RD Gateway does not answer";
    return [found("rdp-gateway-not-answering", worst, "tcp", summary)];
  }
  const { certificate } = listener;
  const why = certificate === null ? null : distrust(certificate, startedAt);
  if (why !== null) {
    return [found("rdp-gateway-certificate", worst, "certificate", `mstsc refuses the RD Gateway: ${why}`)];
  }
  return certificate?.selfSigned === true
    ? [found("rdp-gateway-certificate", "warning", "certificate", UNTRUSTED)]
    : [found("rdp-gateway-answers", "info", "tcp", "the RD Gateway answers and asks for credentials")];
};

const UNTRUSTED =
  "the RD Gateway's certificate is self-signed: mstsc refuses it on a PC that does not trust it";

/** mstsc has no way past a gateway's certificate that it does not trust. */
const distrust = (
  certificate: NonNullable<GatewayListenerReport["certificate"]>,
  startedAt: string,
): string | null => {
  if (certificate.notAfter !== null && Date.parse(certificate.notAfter) < Date.parse(startedAt))
    return "its certificate has expired";
  return certificate.matchesTarget ? null : "its certificate has another name";
};
