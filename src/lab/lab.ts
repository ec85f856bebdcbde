/** The lab: embedded RDP responders, one port a scenario, that show every verdict without a Windows host. */
import type { AcceptedConnection } from "../transport/accepted-connection.ts";
import { type ConnectionCounts, type Listener, listen } from "../transport/listener.ts";
import { type Identity, type IdentityId, mintIdentity } from "./certificates/identities.ts";
import type { Scenario } from "./scenario.ts";
import { HOSTILE_SCENARIOS } from "./hostile/hostile-scenarios.ts";
import { SCENARIOS } from "./scenarios.ts";
import { CONNECTION_LIFETIME_MS } from "./steps.ts";

export interface LabOptions {
  /** The address to listen on. */
  readonly host: string;
  /** The first scenario's port, the others follow; 0: any free ports. */
  readonly basePort: number;
  /** Ids, of hostile ones as well; all others if left out. */
  readonly scenarios?: readonly string[];
  /** The time that the certificates are minted for; the clock's if left out. */
  readonly now?: Date;
}

export interface LabListener {
  readonly scenario: Scenario;
  readonly host: string;
  readonly port: number;
  connections(): ConnectionCounts;
}

export interface Lab {
  /** In the order of the table, or of the ids asked for. */
  readonly listeners: readonly LabListener[];
  /** Drops all connections and stops listening. */
  close(): Promise<void>;
}

/** What starts where nothing is named. */
export const USUAL_SCENARIO_IDS: readonly string[] = SCENARIOS.map(({ id }) => id);

/** All that can be named: hostile ones as well. */
export const SCENARIO_IDS: readonly string[] = [
  ...USUAL_SCENARIO_IDS,
  ...HOSTILE_SCENARIOS.map(({ id }) => id),
];

/**
 * Starts the scenarios; all ports listen when this resolves.
 * @throws RangeError for a scenario that does not exist.
 * @throws Error from the operating system (EADDRINUSE, EACCES, EADDRNOTAVAIL); nothing is left listening.
 */
export const startLab = async (options: LabOptions): Promise<Lab> => {
  const { host, basePort, scenarios: ids, now = new Date() } = options;
  const scenarios = ids === undefined ? SCENARIOS : ids.map(scenarioOf);
  const identityOf = mintOnce(now);
  const open: { readonly scenario: Scenario; readonly listener: Listener }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(open.map(({ listener }) => listener.close()));
  };

  try {
    for (const [index, scenario] of scenarios.entries()) {
      const port = basePort === 0 ? 0 : basePort + index;
      const serve = play(scenario, identityOf);
      const listener = await listen({ host, port, lifetimeMs: CONNECTION_LIFETIME_MS, serve });
      open.push({ scenario, listener });
    }
    // Only now, so that no other scenario was given the port that is to stay closed.
    for (const { scenario, listener } of open) if (scenario.behaviour === null) await listener.close();
  } catch (fault) {
    await close();
    throw fault;
  }
  const listeners = open.map(({ scenario, listener: { port, connections } }) => ({
    scenario,
    host,
    port,
    connections,
  }));
  return { listeners, close };
};

const scenarioOf = (id: string): Scenario => {
  const scenario = [...SCENARIOS, ...HOSTILE_SCENARIOS].find((one) => one.id === id);
  if (scenario === undefined) throw new RangeError(`lab: no scenario ${JSON.stringify(id)}`);
  return scenario;
};

const play = (
  { behaviour, identity: id, farm: ids = [] }: Scenario,
  identityOf: (id: IdentityId) => Identity,
): ((connection: AcceptedConnection) => Promise<void>) => {
  const identity = id === null ? null : identityOf(id);
  const farm = ids.map(identityOf);
  let hellos = 0;
  const countHello = () => {
    hellos += 1;
    return hellos;
  };
  return async (connection) => {
    for (const step of behaviour ?? []) {
      if (!(await step({ connection, identity, farm, countHello }))) return;
    }
  };
};

const mintOnce = (now: Date): ((id: IdentityId) => Identity) => {
  const minted = new Map<IdentityId, Identity>();
  return (id) => {
    const identity = minted.get(id) ?? mintIdentity(id, now);
    minted.set(id, identity);
    return identity;
  };
};
