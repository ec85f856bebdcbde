import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concatBytes } from "../../../src/bytes/concat-bytes.ts";
import { SECRETS_TYPE_TLS_KEY_LOG } from "../../../src/capture/file/pcapng-block.ts";
import { createPcapngWriter } from "../../../src/capture/write/pcapng-writer.ts";
import {
  packetsOfTranscript,
  TRANSCRIPT_LINK_TYPE,
} from "../../../src/handshake/conversation/transcript-packets.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { probeAddress } from "../../../src/scan/one/probe-address.ts";
import type { ConnectionTraffic } from "../../../src/transport/converse.ts";
import { DEFAULT_EXPIRY } from "../../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";
import { judged } from "../../judging/judged.ts";

const REFUSALS = ["credssp-refused", "reset-after-tls", "closed-after-tls", "silent-after-tls"] as const;

const IDS = ["nla-required", ...REFUSALS] as const;

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: IDS });
});

afterAll(() => lab.close());

interface Seen {
  readonly probe: Result;
  readonly first: ConnectionTraffic;
  readonly startedAtMs: number;
}

/** The first connection of a probe, as somebody else's capture would have it: nothing says that it is ours. */
const seen = async (id: string): Promise<Seen> => {
  const port = lab.listeners.find(({ scenario }) => scenario.id === id)?.port ?? 0;
  const traffic: ConnectionTraffic[] = [];
  const self = {
    onTraffic: () => (one: ConnectionTraffic) => {
      traffic.push(one);
    },
    onDatagrams: () => {},
    restarted: () => self,
    finish: () => {},
  };
  const startedAtMs = Date.now();
  const probe = await probeAddress(
    {
      input: `127.0.0.1:${port}`,
      host: "127.0.0.1",
      endpoint: { address: "127.0.0.1", port, family: 4 },
      resolution: null,
    },
    {
      ...{ timeoutMs: 1500, deadlineMs: 5000, pauseMs: 0, depth: "standard", routing: null },
      ...{ reference: REFERENCE, expiry: DEFAULT_EXPIRY, recording: { begin: () => self, flush: () => {} } },
    },
  );
  const [first] = traffic;
  if (first === undefined) throw new Error("no traffic");
  return { probe, first, startedAtMs };
};

const captureOf = ({ first, startedAtMs }: Seen, secrets: "none" | "before" | "behind"): Uint8Array => {
  const writer = createPcapngWriter({ linkType: TRANSCRIPT_LINK_TYPE });
  const packets = packetsOfTranscript(first.transcript, {
    client: first.local ?? { address: "127.0.0.1", port: 40_000 },
    server: first.remote,
    originMs: startedAtMs,
    startedAtMs: first.startedAtMs,
    index: 1,
    comment: "",
  }).map((packet) => writer.packet(packet));
  const block = writer.secrets(SECRETS_TYPE_TLS_KEY_LOG, new TextEncoder().encode(first.keyLog));
  return concatBytes(
    writer.header(),
    ...(secrets === "before" ? [block] : []),
    ...packets,
    ...(secrets === "behind" ? [block] : []),
  );
};

const only = (file: Uint8Array, keyLog?: string): Result => {
  const { results } = judged(file, keyLog === undefined ? {} : { keyLog });
  const [result] = results;
  if (result === undefined || results.length > 1) throw new Error(`${results.length} results`);
  return result;
};

describe("a capture of TLS 1.3 with CredSSP inside", () => {
  it("without secrets shows the negotiation and TLS, and neither certificate nor challenge", async () => {
    const capture = await seen("nla-required");
    const result = only(captureOf(capture, "none"));
    expect(result.tls).toMatchObject({ version: "1.3" });
    expect(result).toMatchObject({ certificate: null, credssp: null, ntlm: null });
    // The certificate and what CredSSP said are hidden, and the client did not go on.
    expect(result.verdict).toMatchObject({ code: "inconclusive", stage: "certificate" });
  });

  it.each(["before", "behind"] as const)(
    "with the secrets in the file, %s the packets, shows both",
    async (where) => {
      const capture = await seen("nla-required");
      const result = only(captureOf(capture, where));
      expect(result.certificate?.sha256).toBe(capture.probe.certificate?.sha256);
      expect(result.credssp).toEqual(capture.probe.credssp);
      expect(result.ntlm).toMatchObject({ dnsComputer: "rdplab.lab.test", osVersion: "10.0.20348" });
    },
  );

  it("with a key log beside the file shows both", async () => {
    const capture = await seen("nla-required");
    const result = only(captureOf(capture, "none"), capture.first.keyLog);
    expect(result.certificate?.sha256).toBe(capture.probe.certificate?.sha256);
    expect(result.ntlm?.dnsComputer).toBe("rdplab.lab.test");
  });

  it("with another session's secrets says that they do not fit", async () => {
    const capture = await seen("nla-required");
    const wrong = capture.first.keyLog.replace(/ [0-9a-f]+$/gm, ` ${"ab".repeat(48)}`);
    const result = only(captureOf(capture, "none"), wrong);
    expect(result.findings.map(({ code }) => code)).toContain("secrets-do-not-fit");
    expect(result.ntlm).toBeNull();
  });
});

describe("CredSSP that fails, in a capture with secrets", () => {
  it.each(REFUSALS)("%s: the verdict of the probe itself", async (id) => {
    const capture = await seen(id);
    const result = only(captureOf(capture, "before"));
    const { code, stage } = capture.probe.verdict;
    expect(result.verdict).toMatchObject({ code, stage });
    expect(result.credssp).toEqual(capture.probe.credssp);
  });
});
