import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes/hex.ts";
import { decodeRdpeudpDatagram, encodeRdpeudpDatagram } from "../../../src/rdpeudp/datagram.ts";
import { hasRdpudpFlags } from "../../../src/rdpeudp/flags.ts";
import { synDatagram } from "../../../src/rdpeudp/syn-datagram.ts";
import { readCapture } from "../../capture/support/read-capture.ts";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import { outputOf } from "../servers/programs/processes.ts";

const FOLDER = "../shared/pcaps/udp";
const RDP_PORT = 3389;
const isHere = existsSync(FOLDER);
if (!isHere) process.stderr.write(`notice: ${FOLDER} is absent; captures of others are not read\n`);

const datagramsOf = (name: string): readonly Uint8Array[] =>
  readCapture(readFileSync(join(FOLDER, name))).datagrams.map(({ payload }) => payload);

const decodedIn = (name: string) =>
  datagramsOf(name).map((bytes) => {
    const decoded = decodeRdpeudpDatagram(bytes);
    if (decoded.status !== "done") throw new Error(JSON.stringify(decoded));
    return decoded.value;
  });

describe.skipIf(!isHere)("RDP-UDP captures of other projects", () => {
  it("unanswered: the same SYN three times, with a correlation id, of version 2", () => {
    const datagrams = decodedIn("zeek__rdpeudp-handshake-fail.pcap");
    expect(datagrams).toHaveLength(3);
    for (const { sourceAck, syn, correlation, synEx, rest } of datagrams) {
      expect(sourceAck).toBe(0xffffffff);
      expect(syn).toEqual({
        initialSequenceNumber: 0xee4071dc,
        upStreamMtuBytes: 1232,
        downStreamMtuBytes: 1232,
      });
      expect(toHex(correlation?.correlationId ?? new Uint8Array())).toBe("f8530360ca7f4241a67374e5201a0000");
      expect(synEx).toEqual({ flags: 1, version: 2, cookieHash: null });
      expect(rest.every((byte) => byte === 0)).toBe(true);
    }
  });

  it("answered: a SYN of a version without a name, and a SYN+ACK that settles on version 2", () => {
    const [syn, answer] = decodedIn("zeek__rdpeudp-handshake-success.pcap");
    expect(syn?.synEx).toEqual({ flags: 1, version: 3, cookieHash: null });
    expect(answer?.synEx).toEqual({ flags: 1, version: 2, cookieHash: null });
    expect(answer?.sourceAck).toBe(syn?.syn?.initialSequenceNumber);
    expect(hasRdpudpFlags(answer?.flags ?? 0, "syn", "ack")).toBe(true);
  });

  it.each(["zeek__rdpeudp-handshake-fail.pcap", "zeek__rdpeudp-handshake-success.pcap"])(
    "%s: every datagram comes out as it went in",
    (name) => {
      const datagrams = datagramsOf(name);
      expect(datagrams.length).toBeGreaterThan(0);
      for (const bytes of datagrams) {
        const decoded = decodeRdpeudpDatagram(bytes);
        if (decoded.status !== "done") throw new Error(JSON.stringify(decoded));
        expect(toHex(encodeRdpeudpDatagram(decoded.value))).toBe(toHex(bytes));
      }
    },
  );
});

describeWhere(commandsAvailable("text2pcap", "tshark"))("our SYN in the eyes of Wireshark", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "rdprobe-rdpeudp-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What Wireshark's dissector of RDP-UDP sees in a datagram. */
  const dissected = async (datagram: Uint8Array, fields: readonly string[]): Promise<readonly string[]> => {
    const [text, pcap] = [join(folder, "syn.txt"), join(folder, "syn.pcap")];
    writeFileSync(text, `0000 ${toHex(datagram).replace(/../g, "$& ")}\n`);
    await outputOf("text2pcap", ["-q", "-u", `50000,${RDP_PORT}`, text, pcap]);
    const options = ["-d", `udp.port==${RDP_PORT},rdpudp`, "-T", "fields"];
    const seen = await outputOf("tshark", [
      "-r",
      pcap,
      ...options,
      ...fields.flatMap((field) => ["-e", field]),
    ]);
    return seen.trim().split("\t");
  };

  it("is one of version 2", async () => {
    const syn = synDatagram({ initialSequenceNumber: 0x12345678, version: 2 });
    const fields = [
      "rdpudp.flags.syn",
      "rdpudp.flags.synex",
      "rdpudp.initialsequencenumber",
      "rdpudp.synex.version",
    ];
    const [isSyn, isSynEx, number, version] = await dissected(syn, fields);
    expect([isSyn, isSynEx]).toEqual(["1", "1"]);
    expect(Number(number)).toBe(0x12345678);
    expect(Number(version)).toBe(2);
  });
});
