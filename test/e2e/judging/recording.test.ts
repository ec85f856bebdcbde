import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCaptureReader } from "../../../src/capture/capture-reader.ts";
import { concatBytes } from "../../../src/bytes/concat-bytes.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { SCENARIOS } from "../../../src/lab/scenarios.ts";
import { TLS_SHAPES } from "../../../src/lab/tls-shapes.ts";
import { decodeRdpeudpDatagram } from "../../../src/rdpeudp/datagram.ts";
import type { ProbeOptions } from "../../../src/scan/one/probe-options.ts";
import { createRecording } from "../../../src/scan/one/recording.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { hasTshark, tshark, withCaptureFile } from "../capture/support/tshark.ts";
import { ensureBuilt } from "../cli/executable.ts";
import { rdprobe, rdprobeUntil } from "../cli/rdprobe.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";
import { judged } from "../../judging/judged.ts";
import { type Recorded, recordProbe } from "../../judging/recorded.ts";

const PATIENT_MS = 15_000;

const ALL = [...SCENARIOS, ...TLS_SHAPES];

let lab: Lab;
let folder: string;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: ALL.map(({ id }) => id) });
  folder = mkdtempSync(join(tmpdir(), "rdprobe-recording-"));
});

afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

const isResults = (value: unknown): value is Result[] => Array.isArray(value);

const resultsIn = (stdout: string): readonly Result[] => {
  const value: unknown = JSON.parse(stdout);
  if (!isResults(value)) throw new Error("no array of results");
  return value;
};

const portOf = (id: string): number => {
  const listener = lab.listeners.find(({ scenario }) => scenario.id === id);
  if (listener === undefined) throw new Error(`no scenario ${id}`);
  return listener.port;
};

const record = (id: string, more: Partial<ProbeOptions> = {}): Promise<Recorded> =>
  recordProbe(portOf(id), {
    ...(id === "dribble" ? { timeoutMs: PATIENT_MS, deadlineMs: PATIENT_MS } : {}),
    ...more,
  });

/** What the skew may differ by: both ends of the round trip are rounded. */
const CAPTURE_CLOCK_MS = 2;

/** All of a result but its source, and the times that a capture's clock rounds. */
const essence = (result: Result) => {
  const { source, durationMs, ntlm, verdict, stages, findings, ...rest } = result;
  return {
    ...rest,
    findings: findings.map(({ evidence, ...finding }) => ({ ...finding, evidence: withoutSkew(evidence) })),
    verdict: { ...verdict, summary: verdict.summary.replace(/within \d+\.\d s/, "within some time") },
    stages: stages.map(({ name, status, note }) => ({
      name,
      status,
      note: note.replace(/within \d+\.\d s|clock (right|[+-]\d+\.\d s)/, ""),
    })),
    ntlm: ntlm === null ? null : withoutSkew(ntlm),
  };
};

/** It is compared by its distance: rounding makes two of what lies on both sides of a half. */
const withoutSkew = <T extends { readonly clockSkewMs?: unknown }>(facts: T) =>
  facts.clockSkewMs === undefined ? facts : { ...facts, clockSkewMs: null };

const expectSame = (again: Result, probe: Result): void => {
  expect(essence(again)).toEqual(essence(probe));
  const skewMs = (result: Result) => result.ntlm?.clockSkewMs ?? 0;
  expect(Math.abs(skewMs(again) - skewMs(probe))).toBeLessThanOrEqual(CAPTURE_CLOCK_MS);
};

const mainOf = (file: Uint8Array): Result => {
  const { results, faults } = judged(file, { chunkBytes: 1000 });
  expect(faults).toEqual([]);
  const main = results.find(({ source }) => source.kind === "pcap" && source.followUpOf === undefined);
  if (main === undefined) throw new Error("no result");
  return main;
};

describe("a recorded probe, judged again", () => {
  it.concurrent.each(ALL.map(({ id }) => id))(
    "%s: the same verdict, stages and facts",
    { timeout: 40_000 },
    async (id) => {
      const { probe, file } = await record(id);
      const again = mainOf(file);
      expectSame(again, probe);
      // What the probe did behind the last packet is in no capture.
      expect(again.durationMs).toBeLessThanOrEqual(probe.durationMs + 0.1);
    },
  );

  it.each(["tls13-only", "nla-required", "reset-after-hello", "certificate-expired"])(
    "%s at quick depth: the same",
    async (id) => {
      const { probe, file } = await record(id, { depth: "quick" });
      expectSame(mainOf(file), probe);
    },
  );

  it("at full depth: the main connection the same, and suites and clients beside it", {
    timeout: 120_000,
  }, async () => {
    const { probe, file } = await record("nla-optional", { depth: "full", deadlineMs: 60_000 });
    const { clients, tlsSupport, listeners, connections, ...rest } = essence(probe);
    const { connections: again, ...main } = essence(mainOf(file));
    expect(main).toEqual(rest);
    expect(again).toBeLessThan(connections);
    expect([clients, tlsSupport, listeners].every((part) => part !== undefined)).toBe(true);
    const purposes = judged(file).results.map(({ source }) =>
      source.kind === "pcap" ? source.purpose : null,
    );
    expect(purposes.filter((purpose) => purpose === "enumeration").length).toBeGreaterThan(20);
  });

  it("at full depth: what was asked over UDP is in it as well", { timeout: 120_000 }, async () => {
    const { file } = await record("failure-7", { depth: "full", deadlineMs: 60_000 });
    const asked: number[] = [];
    const reader = createCaptureReader({
      onEvent: ({ type }) => expect(type).not.toBe("fault"),
      onStreamEvent: ({ stream }) => stream.ignore(),
      onDatagram: ({ source, destination, payload }) => {
        expect(source.address).toBe("127.0.0.1");
        if (destination.port === 3389) expect(decodeRdpeudpDatagram(payload).status).toBe("done");
        asked.push(destination.port);
      },
    });
    reader.receive(file);
    reader.finish();
    expect(asked).toEqual([3389, 3391]);
  });

  it("all connections of a probe are one result, that of its first stream", async () => {
    const { probe, file } = await record("reset-after-hello");
    const { results } = judged(file);
    expect(results.map(({ connections }) => connections)).toEqual([probe.connections]);
    expect(results[0]?.source).toMatchObject({ stream: 0, purpose: "offer-all" });
  });

  it("cut anywhere, as by a kill, it is readable up to there", async () => {
    const { file } = await record("nla-required");
    for (let size = 200; size < file.length; size += 97) {
      const { faults } = judged(file.subarray(0, size));
      expect(faults.filter((code) => code !== "file-truncated")).toEqual([]);
    }
  });

  it("what was not yet judged when it ended is there all the same", async () => {
    const blocks: Uint8Array[] = [];
    const recording = createRecording("rdprobe test", (bytes) => blocks.push(bytes));
    const probe = recording.begin({
      input: "x",
      host: "127.0.0.1",
      reference: REFERENCE.id,
      resolvedMs: null,
      startedAt: new Date(),
    });
    probe.onTraffic("offer-all")({
      transcript: [{ kind: "connect-failed", atMs: 5, reason: "unreachable", detail: "EHOSTUNREACH" }],
      startedAtMs: 1,
      local: null,
      remote: { address: "127.0.0.1", port: 3389, family: 4 },
      keyLog: "",
    });
    recording.flush();
    expect(mainOf(concatBytes(...blocks)).verdict).toMatchObject({ code: "unreachable", stage: "tcp" });
  });
});

describe.skipIf(!hasTshark)("a recording in tshark", () => {
  const decoded = (file: Uint8Array, port: number, ...options: readonly string[]): string =>
    withCaptureFile(file, (path) => tshark(path, "-d", `tcp.port==${port},tpkt`, ...options));

  it("is RDP, with the request, the answer and its protocol", async () => {
    const { file } = await record("nla-required");
    const fields = ["-e", "rdp.negReq.requestedProtocols", "-e", "rdp.negReq.selectedProtocol"];
    const rows = decoded(file, portOf("nla-required"), "-Y", "rdp.neg_type", "-T", "fields", ...fields);
    expect(rows.split("\n").slice(0, 2)).toEqual(["0x0000000b\t", "\t0x00000008"]);
  });

  it("shows the NTLM challenge, since the secrets are there", async () => {
    const { file } = await record("nla-required");
    const rows = withCaptureFile(file, (path) =>
      tshark(path, "-Y", "ntlmssp.messagetype == 2", "-T", "fields", "-e", "ntlmssp.challenge.target_name"),
    );
    expect(rows.trim()).toBe("LAB");
  });

  it.each(["nla-required", "nla-optional", "credssp-refused"])(
    "%s at full depth: of NTLM there is NEGOTIATE and CHALLENGE, and never an AUTHENTICATE",
    { timeout: 120_000 },
    async (id) => {
      const { file } = await record(id, { depth: "full", deadlineMs: 60_000 });
      const types = withCaptureFile(file, (path) =>
        tshark(path, "-Y", "ntlmssp", "-T", "fields", "-e", "ntlmssp.messagetype"),
      );
      const seen = new Set(types.split(/[\s,]+/).filter((type) => type !== ""));
      expect(seen.has("0x00000001")).toBe(true);
      expect(seen.has("0x00000003")).toBe(false);
    },
  );

  it("has the verdict as a comment on the last packet, and good checksums", async () => {
    const { file, probe } = await record("alert-40");
    const comments = withCaptureFile(file, (path) => tshark(path, "-T", "fields", "-e", "frame.comment"));
    expect(comments).toContain(`rdprobe: ${probe.verdict.code} at ${probe.verdict.stage} (critical)`);
    const bad = withCaptureFile(file, (path) =>
      tshark(
        path,
        "-o",
        "tcp.check_checksum:TRUE",
        "-o",
        "ip.check_checksum:TRUE",
        "-Y",
        "tcp.checksum.status == 0 || ip.checksum.status == 0",
      ),
    );
    expect(bad).toBe("");
  });
});

describe("rdprobe --pcap", () => {
  beforeAll(ensureBuilt, 150_000);

  it("records a scan, and rdprobe pcap gives its verdicts again", async () => {
    const path = join(folder, "scan.pcapng");
    const targets = ["nla-required", "tls10-only", "port-closed"].map((id) => `127.0.0.1:${portOf(id)}`);
    const live = await rdprobe(["--json", "--pcap", path, ...targets]);
    const again = await rdprobe(["pcap", "--json", "-q", path]);
    const verdicts = (stdout: string) =>
      new Set(
        resultsIn(stdout)
          .filter(({ source }) => source.kind === "live" || source.followUpOf === undefined)
          .map(({ target, verdict }) => `${target.input} ${verdict.code} ${verdict.stage}`),
      );
    expect(verdicts(again.stdout)).toEqual(verdicts(live.stdout));
    expect(readFileSync(path).subarray(0, 4)).toEqual(Buffer.from([0x0a, 0x0d, 0x0d, 0x0a]));
  });

  it("ended by a kill in the middle leaves what was done by then", async () => {
    const path = join(folder, "killed.pcapng");
    const targets = ["nla-required", "silent"].map((id) => `127.0.0.1:${portOf(id)}`);
    const header = 100;
    const isDue = () => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 10 * header;
    await rdprobeUntil(isDue, "SIGKILL", ["--pcap", path, ...targets]);
    const { results, faults } = judged(readFileSync(path));
    expect(faults).toEqual([]);
    expect(results[0]?.target.port).toBe(portOf("nla-required"));
  });

  it("that cannot be written is said before anything is sent: exit 2", async () => {
    const path = join(folder, "none", "x.pcapng");
    const { code, stdout, stderr } = await rdprobe(["--pcap", path, `127.0.0.1:${portOf("nla-required")}`]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(`rdprobe: --pcap: cannot write ${path}: no such file or directory\n`);
  });
});
