import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concatBytes } from "../../src/bytes/concat-bytes.ts";
import { createPcapngWriter } from "../../src/capture/write/pcapng-writer.ts";
import { SECRETS_TYPE_TLS_KEY_LOG } from "../../src/capture/file/pcapng-block.ts";
import { TRANSCRIPT_LINK_TYPE } from "../../src/handshake/conversation/transcript-packets.ts";
import { type Lab, startLab } from "../../src/lab/lab.ts";
import { SCENARIOS } from "../../src/lab/scenarios.ts";
import { TLS_SHAPES } from "../../src/lab/tls-shapes.ts";
import { probeAddress } from "../../src/scan/one/probe-address.ts";
import { createRecording } from "../../src/scan/one/recording.ts";
import { DEFAULT_EXPIRY } from "../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../src/verdict/result/result.ts";
import { laterPacket } from "../judging/conversations.ts";
import { judged } from "../judging/judged.ts";
import { REFERENCE } from "../verdict/transcripts.ts";
import { breachOf } from "./breach-of-cut.ts";
import { packetsIn } from "./packets-in.ts";

/** Those that take longer than the law is worth, or end in more bytes than a cut behind every packet can bear. */
const LEFT_OUT: ReadonlySet<string> = new Set(["dribble", "endless-after-hello", "endless"]);

const SCENARIO_IDS = [...new Set([...SCENARIOS, ...TLS_SHAPES].map(({ id }) => id))].filter(
  (id) => !LEFT_OUT.has(id),
);

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: SCENARIO_IDS });
});

afterAll(() => lab.close());

const record = async (id: string): Promise<Uint8Array> => {
  const port = lab.listeners.find(({ scenario }) => scenario.id === id)?.port;
  if (port === undefined) throw new Error(`no scenario ${id}`);
  const blocks: Uint8Array[] = [];
  const recording = createRecording("law", (bytes) => blocks.push(bytes));
  await probeAddress(
    {
      input: `127.0.0.1:${port}`,
      host: "127.0.0.1",
      endpoint: { address: "127.0.0.1", port, family: 4 },
      resolution: null,
    },
    {
      timeoutMs: 400,
      deadlineMs: 2500,
      pauseMs: 0,
      depth: "standard",
      routing: null,
      reference: REFERENCE,
      expiry: DEFAULT_EXPIRY,
      recording,
    },
  );
  recording.flush();
  return concatBytes(...blocks);
};

describe("law 2, cuts: a recording without its marks, cut after every packet", () => {
  it.each(SCENARIO_IDS)("%s: what live is, or inconclusive", { timeout: 30_000 }, async (id) => {
    const file = await record(id);
    const whole = packetsIn(file);
    const [first] = whole.packets;
    if (first === undefined) throw new Error("no packet");
    const packets = whole.packets.filter(({ port }) => port === first.port);
    const build = (count: number, isKeyed: boolean, isSilent: boolean, isMarked = false): Result | null => {
      const writer = createPcapngWriter({ linkType: TRANSCRIPT_LINK_TYPE, resolution: "nanoseconds" });
      const secrets = isKeyed
        ? whole.secrets.map((text) => writer.secrets(SECRETS_TYPE_TLS_KEY_LOG, text))
        : [];
      const kept = packets
        .slice(0, count)
        .map(({ timeMs, bytes, comment }) =>
          writer.packet({ timeMs, bytes, ...(isMarked && comment !== null ? { comment } : {}) }),
        );
      const lastMs = packets[count - 1]?.timeMs ?? 0;
      const later = isSilent
        ? laterPacket(0).map((packet) => writer.packet({ ...packet, timeMs: lastMs + 60_000 }))
        : [];
      const { results } = judged(concatBytes(writer.header(), ...secrets, ...kept, ...later));
      return results[0] ?? null;
    };
    const live = build(packets.length, true, false, true);
    if (live === null) throw new Error("no live result");
    const breaches: string[] = [];
    for (let count = 1; count <= packets.length; count += 1) {
      for (const isKeyed of [false, true]) {
        for (const isSilent of [false, true]) {
          const cut = build(count, isKeyed, isSilent);
          const breach = cut === null ? null : breachOf(cut, live, isSilent);
          if (breach !== null)
            breaches.push(`${count} of ${packets.length}, keys ${isKeyed}, silence ${isSilent}: ${breach}`);
        }
      }
    }
    expect(breaches).toEqual([]);
  });
});
