import { describe, expect, it } from "vitest";
import { runDamageLaw } from "./damage/law.ts";

/** More by hand: npm run law:damage -- --cases 20000 --seed 1 */
const CASES = 2000;
const SEED = 20_261_127;

describe("law 1, damage", () => {
  it("where OpenSSL's client fails rdprobe does not call TLS ok, and where it connects rdprobe does not fail there", {
    timeout: 600_000,
  }, async () => {
    const { breaches, connected, cases } = await runDamageLaw({ cases: CASES, seed: SEED });
    process.stdout.write(
      `law of damage: ${cases} cases, OpenSSL connects in ${connected}; ` +
        `${breaches.filter(({ what }) => what === "false ok").length} false ok, ` +
        `${breaches.filter(({ what }) => what === "false alarm").length} false alarms\n`,
    );
    expect(breaches).toEqual([]);
    expect(connected).toBeGreaterThan(CASES / 20);
    expect(connected).toBeLessThan(CASES / 2);
  });
});
