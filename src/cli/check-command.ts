/** `check`: one host as a monitoring plugin. Nothing here knows the process; check-main.ts does. */
import { checkmkLine } from "../report/checkmk-line.ts";
import { type CheckedAddress, nagiosOutput, type PluginOutput } from "../report/nagios-line.ts";
import { metricsOf } from "../report/perfdata.ts";
import { probeAddress } from "../scan/probe-address.ts";
import { probeOffers } from "../scan/probe-offers.ts";
import type { AddressTarget } from "../scan/probe-options.ts";
import { planTarget } from "../scan/probe-target.ts";
import { DEFAULT_EXPIRY } from "../verdict/certificate-findings.ts";
import {
  type CheckState,
  checkOutcome,
  gravestState,
  type OfferState,
  type Prohibition,
} from "../verdict/check-state.ts";
import type { Result } from "../verdict/result.ts";
import type { CheckRequest } from "./check-policy.ts";

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
export const check = async (
  request: CheckRequest,
  { budgetMs, onWait }: CheckTimes,
): Promise<CheckAnswer> => {
  const { target, policy, stageTimeoutMs, depth, routing, reference, family } = request;
  const startedAtMs = performance.now();
  const remainingMs = (): number => Math.max(0, budgetMs - (performance.now() - startedAtMs));
  const options = () => ({
    ...{ timeoutMs: stageTimeoutMs, deadlineMs: remainingMs(), pauseMs: 0 },
    ...{ depth, routing, reference, family, expiry: DEFAULT_EXPIRY },
  });
  onWait("dns");
  const plan = await planTarget(target, options());
  onWait("the server");
  const judged = async (address: AddressTarget): Promise<CheckedAddress> => {
    const result = await probeAddress(address, options());
    const offers = await offersOf(result, address, request, remainingMs());
    return { result, outcome: checkOutcome({ result, offers }, policy) };
  };
  const addresses =
    plan.kind === "unresolved"
      ? [{ result: plan.result, outcome: checkOutcome({ result: plan.result, offers: NO_OFFERS }, policy) }]
      : await Promise.all(plan.addresses.slice(0, MAX_ADDRESSES).map(judged));
  return answerOf(addresses, request);
};

/** More than a farm behind one name has; a name is no way to have half the world probed. */
const MAX_ADDRESSES = 32;

type Offers = ReadonlyMap<Prohibition, OfferState>;

const NO_OFFERS: Offers = new Map();

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

/** What the probe itself does not tell is asked only where something forbids it, and RDP answers at all. */
const offersOf = async (
  result: Result,
  { endpoint, host }: AddressTarget,
  { policy: { forbidden }, stageTimeoutMs, routing }: CheckRequest,
  deadlineMs: number,
): Promise<Offers> => {
  const open = forbidden.flatMap((prohibition) => {
    switch (prohibition) {
      case "standard-security":
        return result.negotiation !== null && result.security.rdp === "unknown" ? [prohibition] : [];
      case "tls1.0":
      case "tls1.1":
        return result.tls?.version == null ? [] : [prohibition];
      default:
        return [];
    }
  });
  if (open.length === 0) return NO_OFFERS;
  return probeOffers([...new Set(open)], { endpoint, host, routing, timeoutMs: stageTimeoutMs, deadlineMs });
};
