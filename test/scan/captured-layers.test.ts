import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ConnectionFacts } from "../../src/handshake/facts/connection-facts.ts";
import { readTranscript } from "../handshake/read-transcript.ts";
import { negotiationReport } from "../../src/verdict/result/part-reports.ts";
import { rdpReport } from "../../src/verdict/result/rdp-report.ts";
import type { SecurityReport } from "../../src/verdict/result/result.ts";
import { securityReport } from "../../src/verdict/result/security-report.ts";
import { PROTOCOLS } from "../../src/x224/protocols.ts";
import { readCapture } from "../capture/support/read-capture.ts";

const FOLDER = "../shared/pcaps";

/** What was decoded by hand. */
interface Truth {
  readonly file: string;
  readonly stream: number;
  /** Null where what the client sent is none. */
  readonly cr: { readonly requestedProtocols: number | null; readonly hex: string } | null;
  readonly cc: {
    readonly type: "rsp" | "failure" | "none";
    readonly flags: number | null;
    readonly hex: string;
    readonly selectedProtocol?: number;
    readonly failureCode?: number;
  };
  readonly mcs?: {
    readonly server: {
      readonly serverVersion: string;
      readonly clientRequestedProtocolsEcho?: number;
      readonly encryptionMethod: string;
      readonly encryptionLevel: number;
      readonly serverCertType: string;
      readonly rsaBits?: number;
    };
  } | null;
}

const isPresent = existsSync(join(FOLDER, "truth.json"));
if (!isPresent) process.stderr.write(`notice: ${FOLDER} is absent; captures of others are not read\n`);

const TRUTH: readonly Truth[] = isPresent ? JSON.parse(readFileSync(join(FOLDER, "truth.json"), "utf8")) : [];

/** A Connection Confirm whose length field is broken on purpose. */
const CRAFTED = "zeek__rdp-invalid-length.pcap";

/** What one exchange tells of NLA, by capture and stream; the others do not settle it. */
const NLA: Readonly<Record<string, SecurityReport["nla"]>> = {
  "arkime__arkime_synthetic.pcap 73": "unsupported",
  "wireshark-rdp__rdp-nla-ntlm-rejected1.pcapng 1": "required",
  "wireshark-rdp__rdp-no-tls-accepted1.pcapng 0": "unsupported",
  "zeek__rdp-proprietary-encryption.pcap 0": "unsupported",
};

const METHODS: Readonly<Record<number, string>> = { 1: "40-bit", 2: "128-bit", 8: "56-bit", 16: "fips" };
const LEVELS = ["none", "low", "client-compatible", "high", "fips"];

/** Both sides' bytes of the stream from the negotiation on: one of them runs inside SOCKS. */
const factsOf = ({ file, stream, cr, cc }: Truth): ConnectionFacts => {
  const capture = readCapture(readFileSync(join(FOLDER, file)));
  const client = fromPacket(capture.payload(stream, "client"), cr?.hex ?? "");
  const server = fromPacket(capture.payload(stream, "server"), cc.hex);
  return readTranscript(
    [
      { kind: "connected", atMs: 0 },
      { kind: "sent", atMs: 1, bytes: client },
      { kind: "received", atMs: 2, bytes: server },
    ],
    0,
  );
};

const fromPacket = (bytes: Uint8Array, hex: string): Uint8Array =>
  bytes.subarray(Math.max(0, Buffer.from(bytes).indexOf(Buffer.from(hex, "hex"))));

const named = TRUTH.map((truth) => ({ ...truth, name: `${truth.file} ${truth.stream}` }));

describe.skipIf(!isPresent)("captures of other projects, against what was decoded by hand", () => {
  it.each(named.filter(({ file }) => file !== CRAFTED))("$name: layers, flags and NLA", (truth) => {
    const facts = factsOf(truth);
    const security = securityReport([{ purpose: "offer-all", facts }]);
    const { cc, cr } = truth;
    const accepted = PROTOCOLS.filter(({ id }) => security[id] === "accepted").map(({ bit }) => bit);
    expect(accepted).toEqual(cc.type === "failure" ? [] : [cc.selectedProtocol ?? 0]);
    const asked = PROTOCOLS.filter(({ bit }) => bit !== 0 && ((cr?.requestedProtocols ?? 0) & bit) !== 0);
    if (cc.type === "failure") {
      expect(asked.map(({ id }) => security.codes[id]?.code)).toEqual(asked.map(() => cc.failureCode));
    }
    const report = negotiationReport(facts);
    expect(report?.flagsRaw ?? null).toBe(cc.flags);
    expect(report?.selectedRaw ?? null).toBe(cc.type === "rsp" ? cc.selectedProtocol : null);
    expect(security.nla).toBe(NLA[truth.name] ?? "unknown");
  });

  it.each(named.filter(({ mcs }) => mcs != null))("$name: version, encryption and certificate", (truth) => {
    const facts = factsOf(truth);
    const server = truth.mcs?.server;
    const rdp = rdpReport([{ purpose: "offer-all", facts }]);
    expect(rdp).toMatchObject({
      versionRaw: Number(server?.serverVersion),
      encryptionMethods: [METHODS[Number(server?.encryptionMethod)]],
      encryptionLevel: LEVELS[server?.encryptionLevel ?? -1],
      certificate: { kind: server?.serverCertType === "proprietary" ? "proprietary" : "x509-chain" },
    });
    if (server?.rsaBits !== undefined) expect(rdp?.certificate?.keyBits).toBe(server.rsaBits);
    const answer = facts.mcs?.answer;
    const echoed = answer?.kind === "response" ? answer.rdp.clientRequestedProtocols : null;
    expect(echoed).toBe(server?.clientRequestedProtocolsEcho ?? null);
  });

  it("a crafted length of the negotiation data settles no layer", () => {
    for (const truth of TRUTH.filter(({ file }) => file === CRAFTED)) {
      const security = securityReport([{ purpose: "offer-all", facts: factsOf(truth) }]);
      expect(PROTOCOLS.map(({ id }) => security[id])).toEqual(PROTOCOLS.map(() => "unknown"));
    }
  });

  it("the key in the X.509 chain of a licensed terminal server is read, whose algorithm OpenSSL does not know", () => {
    const truth = TRUTH.find(({ file }) => file === "zeek__rdp-x509.pcap");
    if (truth === undefined) throw new Error("no such capture");
    const rdp = rdpReport([{ purpose: "offer-all", facts: factsOf(truth) }]);
    expect(rdp?.certificate).toMatchObject({ kind: "x509-chain", keyBits: 512 });
  });
});
