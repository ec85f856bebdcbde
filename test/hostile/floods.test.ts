/** Captures that a stranger made large: all results come, within a heap that has no room for them together. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concatBytes } from "../../src/bytes/concat-bytes.ts";
import { formatRecordingMark } from "../../src/handshake/conversation/recording-mark.ts";
import {
  interfaceBlock,
  packetWithComment,
  PCAP_FORMS,
  pcapHeader,
  sectionBlock,
} from "../capture/support/capture-files.ts";
import { data, FLOW, ipPacket, rawCapture, syn } from "../capture/support/conversation.ts";
import { ensureBuilt } from "../e2e/cli/executable.ts";
import { runProcess } from "../e2e/servers/programs/processes.ts";

const LITTLE = PCAP_FORMS[0] ?? { littleEndian: true, nanoseconds: false };
/** V8's own heap; the held results may weigh 32 MiB of it, and the open streams some more. */
const HEAP_MIB = 256;

let folder: string;

beforeAll(async () => {
  await ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), "rdprobe-floods-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Each from an address and a port of its own. */
const flowOf = (number: number) => ({
  ...FLOW,
  client: { address: `10.${(number >> 14) & 0xff}.${(number >> 8) & 0x3f}.7`, port: 1024 + (number & 0xff) },
});

const MARK = (probe: number): Uint8Array =>
  new TextEncoder().encode(
    formatRecordingMark({
      ...{ probe, purpose: "offer-all", input: "host:3389", host: "host", reference: "win11-mstsc-nla" },
      ...{ resolvedMs: null, probeStartedAtMs: 1, startedAtMs: 0, unseen: [] },
    }),
  );

const rawRecords = (packets: readonly Uint8Array[]): Uint8Array => rawCapture(packets).subarray(24);
const described = concatBytes(sectionBlock(true), interfaceBlock(true, 101));

const FLOODS = [
  [
    "SYNs",
    40_000,
    () =>
      Buffer.concat([
        pcapHeader(LITTLE, 101),
        rawRecords(Array.from({ length: 40_000 }, (_, at) => ipPacket(syn, flowOf(at)))),
      ]),
  ],
  [
    "marks of one recorded probe",
    1,
    () =>
      Buffer.concat([
        described,
        ...Array.from({ length: 30_000 }, (_, at) => packetWithComment(ipPacket(syn, flowOf(at)), MARK(1))),
      ]),
  ],
  [
    "segments of one byte that could become RDP",
    0,
    () => {
      const opening = `CONNECT ${"a".repeat(8000)}`;
      const packets = Array.from({ length: 6 }, (_, stream) => [
        ipPacket(syn, flowOf(stream)),
        ...Array.from({ length: opening.length }, (__, at) =>
          ipPacket(data("client", 1 + at, opening[at] ?? "a"), flowOf(stream)),
        ),
      ]).flat();
      return Buffer.concat([pcapHeader(LITTLE, 101), rawRecords(packets)]);
    },
  ],
] as const;

describe("a flood", () => {
  it.each(FLOODS)(
    "of %s loses no result in a small heap",
    async (_what, least, make) => {
      const path = join(folder, "flood");
      writeFileSync(path, make());
      for (const form of least > 1000 ? ["-q"] : ["-q", "--json"]) {
        const { code, stdout, stderr } = await runProcess(
          process.execPath,
          [`--max-old-space-size=${HEAP_MIB}`, "dist/rdprobe.cjs", "pcap", form, path],
          { timeoutMs: 200_000 },
        );
        expect({ code, stderr: /internal|FATAL/.exec(stderr) }).toEqual({
          code: expect.toBeOneOf([0, 1]),
          stderr: null,
        });
        if (form === "-q") expect(stdout.split("\n").length - 1).toBeGreaterThanOrEqual(least);
        else JSON.parse(stdout);
      }
    },
    240_000,
  );
});
