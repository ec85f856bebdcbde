/** `check`: one host as a monitoring plugin. Nothing here knows the process; check-main.ts does. */
import { checkmkLine } from "../../report/monitoring/checkmk-line.ts";
import { type CheckedAddress, nagiosOutput, type PluginOutput } from "../../report/monitoring/nagios-line.ts";
import { metricsOf } from "../../report/monitoring/perfdata.ts";
import { probeAddress } from "../../scan/one/probe-address.ts";
import { probeOffers } from "../../scan/one/probe-offers.ts";
import { planTarget } from "../../scan/one/probe-target.ts";
import { DEFAULT_EXPIRY } from "../../verdict/findings/certificate-findings.ts";
import { type CheckState, checkOutcome, gravestState } from "../../verdict/check/check-state.ts";
import { type CheckedResult, openQuestions } from "../../verdict/check/requirements.ts";
import type { CheckRequest } from "../options/check-policy.ts";

export interface CheckTimes {
  /** For all that the network is asked, milliseconds. */
  readonly budgetMs: number;
  /** Is told what is being waited for. */
  readonly onWait: (what: string) => void;
}

export interface CheckAnswer {
  readonly state: CheckState;
  /** With its newlines. */
  readonly text: string;
}

/**
 * Probes every address of the host, all at the same time, and puts the worst first.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const check = async (request: CheckRequest, times: CheckTimes): Promise<CheckAnswer> => {
  const checked = await checkAddresses(request, times);
  return answerOf(
    checked.map((one) => ({ result: one.result, outcome: checkOutcome(one, request.policy) })),
    request,
  );
};

/**
 * What is judged: each address with its result and the answers to what the policy forbids and the probe itself
 * does not tell; a name without an address as the one result that says so.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const checkAddresses = async (
  { target, policy, stageTimeoutMs, depth, routing, reference, family, override, serverName }: CheckRequest,
  { budgetMs, onWait }: CheckTimes,
): Promise<readonly CheckedResult[]> => {
  const startedAtMs = performance.now();
  const options = () => ({
    ...{ timeoutMs: stageTimeoutMs, pauseMs: 0, depth, routing, reference, family, expiry: DEFAULT_EXPIRY },
    overrides: override === null ? [] : [override],
    deadlineMs: Math.max(0, budgetMs - (performance.now() - startedAtMs)),
  });
  onWait("dns");
  const plan = await planTarget(target, options());
  onWait("the server");
  if (plan.kind === "unresolved") return [{ result: plan.result, offers: new Map() }];
  return Promise.all(
    plan.addresses.slice(0, MAX_ADDRESSES).map(async (found) => {
      const address = serverName === null ? found : { ...found, host: serverName };
      const result = await probeAddress(address, options());
      const { endpoint, host } = address;
      const questions = openQuestions(result, policy.forbidden);
      return { result, offers: await probeOffers(questions, { ...options(), endpoint, host }) };
    }),
  );
};

/** More than a farm behind one name has; a name is no way to have half the world probed. */
const MAX_ADDRESSES = 32;

const answerOf = (addresses: readonly CheckedAddress[], request: CheckRequest): CheckAnswer => {
  const { ranges, verbosity, format, service } = request;
  const states = addresses.map(({ outcome }) => outcome.state);
  const state = gravestState(states);
  const worst = addresses.find(({ outcome }) => outcome.state === state);
  const output: PluginOutput = {
    state,
    addresses: [...(worst === undefined ? [] : [worst]), ...addresses.filter((address) => address !== worst)],
    metrics: metricsOf(
      addresses.map(({ result }) => result),
      ranges,
    ),
    verbosity,
  };
  return { state, text: format === "checkmk" ? checkmkLine(service, output) : nagiosOutput(output) };
};
