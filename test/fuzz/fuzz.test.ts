import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readCorpus, rejectedInputs } from "./corpus.ts";
import { type Fault, fuzz } from "./fuzzing.ts";
import { minimised } from "./minimise.ts";
import { Breach, type FuzzTarget } from "./target.ts";
import { FUZZ_TARGETS } from "./targets/targets.ts";

/** Of each target; the long run is `npm run fuzz -- all`. */
const TIME_MS = 120;
const SEED = 20_261_128;

const run = async (target: FuzzTarget, timeMs: number): Promise<{ faults: Fault[]; executions: number }> => {
  const faults: Fault[] = [];
  const { executions } = await fuzz(target, {
    ...{ seed: SEED, timeMs, corpus: readCorpus(target.name) },
    onInput: () => {},
    onFault: (fault) => faults.push(fault),
  });
  return { faults, executions };
};

describe("every target", () => {
  it("has a name of its own, and the reader that it is of", () => {
    const names = FUZZ_TARGETS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(50);
    expect(FUZZ_TARGETS.filter(({ source }) => !existsSync(source)).map(({ source }) => source)).toEqual([]);
  });

  it.each(FUZZ_TARGETS.map((target) => [target.name, target] as const))(
    "%s holds for a moment",
    async (_, target) => {
      const { faults, executions } = await run(target, TIME_MS);
      expect(faults.map(({ what, bytes }) => [what, Buffer.from(bytes).toString("base64")])).toEqual([]);
      expect(executions).toBeGreaterThan(0);
    },
  );
});

describe("an input that was wrong once", () => {
  it.each([
    ...rejectedInputs().map(({ target, name, bytes }) => [target, name, bytes] as const),
    ["tpkt", "none", new Uint8Array(0)] as const,
  ])("is right: %s %s", async (name, _, bytes) => {
    const target = FUZZ_TARGETS.find((one) => one.name === name);
    if (target === undefined) throw new Error(`fixtures/reject/${name}: no such target`);
    await target.run(bytes);
  });
});

describe("the fuzzer itself", () => {
  /** Wrong for inputs that no seed is near to. */
  const hidden: FuzzTarget = {
    ...{ name: "hidden", source: "test/fuzz/fuzz.test.ts", form: "bytes", maxBytes: 64 },
    seeds: () => [new Uint8Array(8)],
    run: (bytes) => {
      if (bytes.length > 12 && bytes[3] === 0xff) throw new Breach("found");
    },
  };

  it("finds a fault, once, and makes its input small", async () => {
    const { faults } = await run(hidden, 2000);
    expect(faults.map(({ what }) => what.replace(/ .*/, ""))).toEqual(["Breach:"]);
    expect(faults[0]?.bytes).toHaveLength(13);
    expect([...(faults[0]?.bytes ?? [])].filter((byte) => byte !== 0)).toEqual([0xff]);
  });

  it("takes away what a fault does not need", async () => {
    const small = await minimised(
      Uint8Array.from({ length: 500 }, (_, at) => at % 251),
      async (bytes) => bytes.includes(77),
      2000,
    );
    expect([...small]).toEqual([77]);
  });
});
