import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startProgress } from "../../../src/cli/screen/scan-progress.ts";
import { ScanTally } from "../../../src/report/table/scan-tally.ts";

afterEach(() => vi.restoreAllMocks());

describe("the progress of a scan", () => {
  it("goes to the terminal that it was given, and to no other", async () => {
    const others = [
      vi.spyOn(process.stderr, "write").mockReturnValue(true),
      vi.spyOn(process.stdout, "write").mockReturnValue(true),
    ];
    const written: string[] = [];
    const stderr = { write: (text: string) => written.push(text), isTTY: true, columns: 80 };
    const stdout = { write: () => {} };
    const options = { targets: 4711, tally: new ScanTally(), isBarInTheWay: false };
    const progress = await startProgress({ stdout, stderr, env: {} }, options);
    for (let target = 0; target < 3; target += 1) progress.step();
    await sleep(450);
    progress.stop();
    expect(written.join("")).toContain("3/4711");
    for (const other of others) expect(other).not.toHaveBeenCalled();
  });
});
