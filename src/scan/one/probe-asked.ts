/** What `--ask` asks beyond the connections of a depth's own plan: hello after hello. */
import { askedHellos, type HelloAnswer, helloAnswer } from "../../handshake/plan/asked-hellos.ts";
import type { Asks } from "../../handshake/plan/asks.ts";
import { helloOfEnumeration } from "../../handshake/enumeration/enumeration-plan.ts";
import type { ProbeConnection } from "../../handshake/plan/probe-plan.ts";
import { RECORDED_BESIDE } from "../../handshake/conversation/recording-mark.ts";
import { tlsVersionName, type TlsVersionName } from "../../tls/tables/versions.ts";
import type { Clock } from "../../transport/clock.ts";
import { askedReport } from "../../verdict/result/asked-report.ts";
import type { Finding, Result } from "../../verdict/result/result.ts";
import { withFindings } from "../../verdict/findings/with-findings.ts";
import { startHelloSeries } from "./hello-series.ts";
import type { AddressTarget, BetweenConnections, ProbeOptions } from "./probe-options.ts";
import { type ProbeRecording, recordedAs } from "./recording.ts";

export interface AskedProbe {
  /** The result with the answers in it. */
  readonly into: (result: Result) => Result;
}

/**
 * Asks what is left to ask, where the server does TLS at all.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const probeAsked = async (
  { host, endpoint }: AddressTarget,
  [main]: readonly ProbeConnection[],
  options: ProbeOptions & BetweenConnections & { readonly asks: Asks },
  clock: Clock,
  recording: ProbeRecording | null,
): Promise<AskedProbe> => {
  const chosen = main?.facts.tls?.version?.code ?? null;
  if (chosen === null) return { into: (result) => result };
  const { asks, timeoutMs, deadlineMs, routing, admit, signal } = options;
  const series = startHelloSeries({
    ...{ endpoint, host, routing, timeoutMs, pauseMs: 0 },
    deadlineMs: Math.max(0, deadlineMs - clock.nowMs()),
    ...recordedAs(recording?.restarted(new Date()) ?? null, RECORDED_BESIDE.enumeration),
    ...(admit === undefined ? {} : { admit }),
    ...(signal === undefined ? {} : { signal }),
  });
  const answers = new Map<TlsVersionName | "weak", HelloAnswer>();
  for (const { about, question } of askedHellos(asks, chosen)) {
    const facts = await series.ask({ kind: "hello", hello: helloOfEnumeration(question) });
    answers.set(about, helloAnswer(question, facts));
  }
  const own = tlsVersionName(chosen);
  if (own !== null) answers.set(own, { state: "accepted", suite: null });
  const { report, findings } = askedReport(asks, answers);
  return { into: (result) => withAnswers(result, report, findings, series.connections()) };
};

const withAnswers = (
  result: Result,
  report: ReturnType<typeof askedReport>["report"],
  findings: readonly Finding[],
  connections: number,
): Result => ({
  ...withFindings(result, findings),
  connections: result.connections + connections,
  ...report,
});
