import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concatBytes } from "../../../src/bytes/concat-bytes.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { probeAddress } from "../../../src/scan/one/probe-address.ts";
import { createRecording } from "../../../src/scan/one/recording.ts";
import type { ExpiryThresholds } from "../../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";
import { judged } from "../../judging/judged.ts";

const THRESHOLDS: readonly ExpiryThresholds[] = [
  { warningDays: 0, criticalDays: 0 },
  { warningDays: 30, criticalDays: 14 },
  { warningDays: 36_500, criticalDays: 0 },
  { warningDays: 36_500, criticalDays: 36_500 },
];

const severitiesOf = ({ findings }: Result): readonly string[] =>
  findings.filter(({ stage }) => stage === "certificate").map(({ code, severity }) => `${code} ${severity}`);

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: ["tls-without-nla", "nla-required"] });
});

afterAll(() => lab.close());

/** A probe of a listener with these thresholds, and the bytes of its recording. */
const recorded = async (port: number, expiry: ExpiryThresholds) => {
  const blocks: Uint8Array[] = [];
  const recording = createRecording("rdprobe test", (bytes) => blocks.push(bytes));
  const live = await probeAddress(
    {
      ...{ input: "127.0.0.1", host: "127.0.0.1", resolution: null },
      endpoint: { address: "127.0.0.1", port, family: 4 },
    },
    {
      ...{ depth: "standard", timeoutMs: 5000, deadlineMs: 20_000, pauseMs: 0, routing: null },
      ...{ reference: REFERENCE, expiry, recording },
    },
  );
  recording.flush();
  return { live, file: concatBytes(...blocks) };
};

describe("a recording that is judged with the thresholds of its probe", () => {
  it.each(THRESHOLDS)("says the same of the certificate's end: %o", async (expiry) => {
    for (const { port } of lab.listeners) {
      const { live, file } = await recorded(port, expiry);
      const main = judged(file, { expiry }).results.find(({ certificate }) => certificate !== null);
      expect(main === undefined ? null : severitiesOf(main)).toEqual(severitiesOf(live));
    }
  });

  it("says another thing with other thresholds", async () => {
    const { file } = await recorded(lab.listeners[0]?.port ?? 0, { warningDays: 0, criticalDays: 0 });
    const said = THRESHOLDS.map((expiry) => judged(file, { expiry }).results.flatMap(severitiesOf).join());
    expect(new Set(said).size).toBe(3);
  });
});
