/**
 * Servers that do what no server should: each stage of a handshake with each behaviour. None of them earns an `ok`
 * before its TLS handshake is whole; which verdict another deserves depends on the client's time and depth.
 */
import { keyUpdatesForEver, ticketsForEver } from "./after-finished.ts";
import { retryForEver } from "./hello-retries.ts";
import { BEHAVIOURS, type Behaviour } from "./behaviours.ts";
import type { Scenario } from "../scenario.ts";
import type { Step } from "../steps.ts";
import { nlaOptional } from "../usual-steps.ts";
import { HOSTILE_STAGES, type HostileStage } from "./stages.ts";

const AFTER_FINISHED = [
  ["tickets", "NewSessionTicket messages", ticketsForEver],
  ["key-updates", "KeyUpdate messages", keyUpdatesForEver(false)],
  ["key-updates-asked", "KeyUpdate messages that want one in return", keyUpdatesForEver(true)],
] as const;

/** What is shown where a scenario deserves several verdicts. */
const ANY = "any";

const scenario = (stage: HostileStage, behaviour: Behaviour): Scenario => {
  const { words } = stage;
  const attack: Step = async ({ connection, identity }) => {
    await behaviour.does({ connection, words: words(identity) });
    return false;
  };
  return {
    id: `hostile-${stage.id}-${behaviour.id}`,
    title: `${behaviour.title} ${stage.title}`,
    ...{ verdict: ANY, stage: stage.stage, identity: stage.identity },
    behaviour: [...stage.way, attack],
  };
};

export const HOSTILE_SCENARIOS: readonly Scenario[] = [
  ...HOSTILE_STAGES.flatMap((stage) =>
    BEHAVIOURS.filter(({ id }) => stage.behaviours?.includes(id) ?? true).map((behaviour) =>
      scenario(stage, behaviour),
    ),
  ),
  {
    id: "hostile-hello-retries",
    title: "a HelloRetryRequest in answer to every ClientHello",
    ...{ verdict: ANY, stage: "tls", identity: null },
    behaviour: [nlaOptional, retryForEver],
  },
  ...AFTER_FINISHED.map(
    ([id, title, step]): Scenario => ({
      id: `hostile-${id}`,
      title: `${title} without end behind the Finished of TLS 1.3`,
      ...{ verdict: ANY, stage: "credssp", identity: "rsa-2048" },
      behaviour: [nlaOptional, step],
    }),
  ),
];
