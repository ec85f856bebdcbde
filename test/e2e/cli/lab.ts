/** The lab of a test file, and the targets that its scenarios are. */
import { afterAll, beforeAll } from "vitest";
import { type Lab, type LabListener, startLab } from "../../../src/lab/lab.ts";
import { ensureBuilt } from "./executable.ts";

export interface TestLab {
  /** `127.0.0.1:port` of a scenario. */
  target(id: string): string;
  listener(id: string): LabListener;
}

/** Starts the lab and the build before the file's tests, and stops the lab after them. */
export const useLab = (host: string, scenarios: readonly string[]): TestLab => {
  let lab: Lab | null = null;
  beforeAll(async () => {
    await ensureBuilt();
    lab = await startLab({ host, basePort: 0, scenarios });
  }, 150_000);
  afterAll(() => lab?.close());
  const listener = (id: string): LabListener => {
    const found = lab?.listeners.find(({ scenario }) => scenario.id === id);
    if (found === undefined) throw new Error(`the lab has no scenario ${id}`);
    return found;
  };
  return {
    listener,
    target: (id) => `${host.includes(":") ? `[${host}]` : host}:${listener(id).port}`,
  };
};
