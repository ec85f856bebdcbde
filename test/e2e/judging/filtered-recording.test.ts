/** A recording of our own that went through a filter: what one side sent, with the marks that are left. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concatBytes } from "../../../src/bytes/concat-bytes.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { SCENARIOS } from "../../../src/lab/scenarios.ts";
import { judged } from "../../judging/judged.ts";
import { recordProbe } from "../../judging/recorded.ts";

const ENHANCED_PACKET_BLOCK = 6;
const PACKET_DATA_OFFSET = 28;
const DESTINATION_PORT_OFFSET = 2;

/** The blocks of a recording without the TCP packets of the other side (raw IPv4, as recordings are written). */
const onlyFrom = (side: "client" | "server", port: number, file: Uint8Array): Uint8Array => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const kept: Uint8Array[] = [];
  for (let at = 0; at < file.length; ) {
    const length = view.getUint32(at + 4, true);
    const packet = at + PACKET_DATA_OFFSET;
    const isPacket = view.getUint32(at, true) === ENHANCED_PACKET_BLOCK;
    const tcp = packet + 4 * (view.getUint8(packet) & 0xf);
    const isToServer = isPacket && view.getUint16(tcp + DESTINATION_PORT_OFFSET) === port;
    if (!isPacket || isToServer === (side === "client")) kept.push(file.subarray(at, at + length));
    at += length;
  }
  return concatBytes(...kept);
};

let lab: Lab;
const IDS = SCENARIOS.map(({ id }) => id).filter((id) => id !== "dribble");

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: IDS });
});

afterAll(() => lab.close());

/** What a certificate's dates say is said by the server's side alone as well. */
const OF_DATES: ReadonlySet<string> = new Set(["certificate-expired", "certificate-not-yet-valid"]);

/** What needs the client's side to be said. */
const OF_THE_REQUEST: ReadonlySet<string> = new Set(["unrequested-protocol", "bytes-before-client-hello"]);

/** What only the comparison of several hellos tells from an alert. */
const OF_SEVERAL_HELLOS: ReadonlySet<string> = new Set(["no-shared-cipher", "no-shared-tls-version"]);

describe("a recording with one side alone", () => {
  it.concurrent.each(IDS)("%s: accuses nobody of what is not there", { timeout: 20_000 }, async (id) => {
    const port = lab.listeners.find(({ scenario }) => scenario.id === id)?.port ?? expect.unreachable(id);
    const { probe, file } = await recordProbe(port);
    const asLive: string[] = [probe.verdict.code, "inconclusive"];
    const ofClient = judged(onlyFrom("client", port, file));
    const ofServer = judged(onlyFrom("server", port, file));
    expect([...ofClient.faults, ...ofServer.faults]).toEqual([]);
    for (const { verdict } of ofClient.results) expect(asLive).toContain(verdict.code);
    // Without the marks, what the probe asked afterwards is a connection like others.
    const [first] = ofServer.results;
    if (OF_SEVERAL_HELLOS.has(probe.verdict.code)) asLive.push("tls-alert");
    if (first !== undefined && !OF_DATES.has(first.verdict.code))
      expect(asLive).toContain(first.verdict.code);
    const accusations = ofServer.results.flatMap(({ findings }) => findings.map(({ code }) => code));
    expect(accusations.filter((code) => OF_THE_REQUEST.has(code))).toEqual([]);
    const stages = [...ofClient.results, ...ofServer.results].flatMap((result) => result.stages);
    expect(stages.filter(({ durationMs }) => (durationMs ?? 0) < 0)).toEqual([]);
  });

  it("is none of a silent server: it says which side is there", async () => {
    const port = lab.listeners.find(({ scenario }) => scenario.id === "nla-required")?.port;
    const { file } = await recordProbe(port ?? expect.unreachable("nla-required"));
    const [only, ...others] = judged(onlyFrom("client", port ?? 0, file)).results;
    expect(others).toEqual([]);
    expect(only?.verdict).toMatchObject({ code: "inconclusive", stage: "negotiation" });
    expect(only?.verdict.causes.map(({ code }) => code)).toEqual(["capture-incomplete"]);
  });
});
