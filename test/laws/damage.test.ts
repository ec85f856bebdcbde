import { describe, expect, it } from "vitest";
import { HARMLESS, runDamageLaw } from "./damage/law.ts";
import { reportLines } from "./damage/report-lines.ts";

/** `npm run law:damage -- --cases 20000` runs as many as wanted. */
const CASES = 2000;
const SEED = 1;
const PATIENCE_MS = 300_000;

describe("Law 1: a damaged handshake is never ok, and a whole one is never blamed", () => {
  it(`holds over ${CASES} cases`, { timeout: PATIENCE_MS }, async () => {
    const report = await runDamageLaw({ cases: CASES, seed: SEED });
    process.stdout.write(`${reportLines(report).join("\n")}\n`);
    expect({ falseOk: report.falseOk, falseAlarm: report.falseAlarm }).toEqual({ falseOk: 0, falseAlarm: 0 });
    // The law says nothing where nothing is damaged, or everything.
    const connected = [...report.kinds.values()].reduce((sum, { cases, failed }) => sum + cases - failed, 0);
    expect(connected).toBeGreaterThan(CASES / 20);
    expect(connected).toBeLessThan(CASES / 2);
    expect(report.unapplied).toBe(0);
    for (const kind of HARMLESS) expect(report.kinds.get(kind)).toMatchObject({ failed: 0 });
  });
});
