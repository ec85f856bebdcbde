/** The lab's hostile servers, each at an address of its own, so that a scan asks them side by side. */
import { HOSTILE_SCENARIOS } from "../../src/lab/hostile/hostile-scenarios.ts";
import { type Lab, type LabListener, startLab } from "../../src/lab/lab.ts";

export interface HostileLab extends AsyncDisposable {
  readonly cells: readonly LabListener[];
}

/** @param network two octets of 127.0.0.0/8: each run has its own. */
export const startHostileLab = async (
  network: string,
  ids: readonly string[] = HOSTILE_SCENARIOS.map(({ id }) => id),
): Promise<HostileLab> => {
  const labs: Lab[] = [];
  for (const [at, id] of ids.entries()) {
    const host = `${network}.${1 + (at >> 7)}.${1 + (at & 127)}`;
    labs.push(await startLab({ host, basePort: 0, scenarios: [id] }));
  }
  return {
    cells: labs.flatMap(({ listeners }) => listeners),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(labs.map((lab) => lab.close()));
    },
  };
};
