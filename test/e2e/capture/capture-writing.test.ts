import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCaptureReader } from "../../../src/capture/capture-reader.ts";
import { concatBytes } from "../../../src/bytes/concat-bytes.ts";
import { internetChecksum } from "../../../src/capture/ip/internet-checksum.ts";
import { LINK_TYPE } from "../../../src/capture/link/link-layer.ts";
import { buildTcpPacket, buildUdpPacket } from "../../../src/capture/write/packet-builder.ts";
import { SECRETS_TYPE_TLS_KEY_LOG } from "../../../src/capture/file/pcapng-block.ts";
import { createPcapngWriter, type PcapngWriterOptions } from "../../../src/capture/write/pcapng-writer.ts";
import {
  createTcpConversationWriter,
  type TcpConversationOptions,
} from "../../../src/capture/write/tcp-conversation-writer.ts";
import type { UdpDatagram } from "../../../src/capture/ip/udp-datagram.ts";
import { ascii, CLIENT, CLIENT_6, SERVER, SERVER_6, START_MS } from "../../capture/support/conversation.ts";
import { readCapture } from "../../capture/support/read-capture.ts";
import { hasTshark, tshark, withCaptureFile } from "./support/tshark.ts";

const LONG = ascii("server hello ".repeat(400));

const record = (
  conversation: TcpConversationOptions,
  form: Partial<PcapngWriterOptions> = {},
): Uint8Array => {
  const writer = createPcapngWriter({
    linkType: conversation.linkType ?? LINK_TYPE.ethernet,
    hardware: "x86_64",
    operatingSystem: "Linux 6",
    application: "rdprobe",
    interfaceName: "probe",
    ...form,
  });
  const tcp = createTcpConversationWriter(conversation);
  const packets = [
    ...tcp.syn(START_MS, "attempt 1"),
    ...tcp.syn(START_MS + 1000),
    ...tcp.synAck(START_MS + 1010.25),
    ...tcp.data("client", ascii("hello"), START_MS + 1011),
    ...tcp.data("server", LONG, START_MS + 1012),
    ...tcp.fin("client", START_MS + 1013),
    ...tcp.data("server", ascii("bye"), START_MS + 1014),
    ...tcp.fin("server", START_MS + 1015),
  ];
  return concatBytes(writer.header(), ...packets.map((packet) => writer.packet(packet)));
};

const forms = [
  { name: "Ethernet, IPv4", client: CLIENT, server: SERVER },
  { name: "Ethernet, IPv6", client: CLIENT_6, server: SERVER_6 },
  { name: "raw IPv4", client: CLIENT, server: SERVER, linkType: LINK_TYPE.raw },
  { name: "raw IPv6", client: CLIENT_6, server: SERVER_6, linkType: LINK_TYPE.raw },
  {
    name: "the wrap of both sequence numbers",
    client: CLIENT,
    server: SERVER,
    clientSequence: 0xffffffff,
    serverSequence: 0xfffffffe,
  },
  { name: "segments of 100 bytes", client: CLIENT, server: SERVER, maxSegmentBytes: 100 },
] as const;

describe("a conversation written and read back", () => {
  it.each(forms)("$name", ({ name, ...conversation }) => {
    const read = readCapture(record(conversation));
    expect({ name, faults: read.faults }).toEqual({ name, faults: [] });
    expect(read.payload(0, "client")).toEqual(ascii("hello"));
    expect(read.payload(0, "server")).toEqual(concatBytes(LONG, ascii("bye")));
    expect(read.story(0).slice(0, 4)).toEqual([
      "syn client",
      "syn client again",
      "synack server",
      "data client 0+5",
    ]);
    expect(read.story(0).slice(-3)).toEqual(["data server 5200+3", "fin server", "end capture-ended"]);
    expect(read.streams[0]).toMatchObject({ client: conversation.client, server: conversation.server });
    expect(read.events[0]).toMatchObject({
      hardware: "x86_64",
      operatingSystem: "Linux 6",
      application: "rdprobe",
    });
    expect(read.events[1]).toMatchObject({ name: "probe" });
  });

  it.each([
    { littleEndian: true, resolution: "microseconds" },
    { littleEndian: false, resolution: "microseconds" },
    { littleEndian: true, resolution: "nanoseconds" },
    { littleEndian: false, resolution: "nanoseconds" },
  ] as const)("little endian $littleEndian, $resolution", (form) => {
    const read = readCapture(record({ client: CLIENT, server: SERVER }, form));
    expect(read.faults).toEqual([]);
    expect(read.streamEvents.slice(0, 3).map(({ timeMs }) => timeMs - START_MS)).toEqual([0, 1000, 1010.25]);
  });

  it("keeps a time to the microsecond", () => {
    const writer = createPcapngWriter({ linkType: LINK_TYPE.raw });
    const [packet] = createTcpConversationWriter({
      client: CLIENT,
      server: SERVER,
      linkType: LINK_TYPE.raw,
    }).syn(0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), (timeUs) => {
        const bytes = packet?.bytes ?? new Uint8Array(0);
        const file = concatBytes(writer.header(), writer.packet({ timeMs: timeUs / 1000, bytes }));
        expect(Math.round((readCapture(file).streamEvents[0]?.timeMs ?? 0) * 1000)).toBe(timeUs);
      }),
    );
  });

  it("a refused connection is a SYN and the RST that acknowledges it", () => {
    const tcp = createTcpConversationWriter({ client: CLIENT, server: SERVER });
    const writer = createPcapngWriter({ linkType: LINK_TYPE.ethernet });
    const packets = [...tcp.syn(1), ...tcp.rst("server", 2)].map((packet) => writer.packet(packet));
    const read = readCapture(concatBytes(writer.header(), ...packets));
    expect(read.story(0)).toEqual(["syn client", "rst server", "end capture-ended"]);
    expect(read.streamEvents[1]).toMatchObject({ packet: { flags: 0x14, sequence: 0, acknowledgment: 1 } });
  });

  it("secrets come back as they were", () => {
    const writer = createPcapngWriter({ linkType: LINK_TYPE.raw });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (data) => {
        const file = concatBytes(writer.header(), writer.secrets(SECRETS_TYPE_TLS_KEY_LOG, data));
        expect(readCapture(file).events.at(-1)).toEqual({
          type: "secrets",
          secretsType: SECRETS_TYPE_TLS_KEY_LOG,
          data,
        });
      }),
    );
  });
});

describe("the packet builder", () => {
  const fields = { source: CLIENT, destination: SERVER, sequence: 0, acknowledgment: 0, flags: 0, window: 0 };
  it.each([
    { name: "addresses of different families", wrong: { destination: SERVER_6 } },
    { name: "an address that is none", wrong: { source: { address: "rdp.example", port: 1 } } },
    { name: "options of 3 bytes", wrong: { options: new Uint8Array(3) } },
    { name: "options of 44 bytes", wrong: { options: new Uint8Array(44) } },
    { name: "more payload than IPv4 holds", wrong: { payload: new Uint8Array(65_500) } },
    {
      name: "more payload than IPv6 holds",
      wrong: { source: CLIENT_6, destination: SERVER_6, payload: new Uint8Array(65_520) },
    },
  ])("refuses $name", ({ wrong }) => {
    expect(() => buildTcpPacket({ ...fields, ...wrong })).toThrow(RangeError);
  });

  it.each([0, 65_001, 1.5])("refuses segments of %d bytes", (maxSegmentBytes) => {
    expect(() => createTcpConversationWriter({ client: CLIENT, server: SERVER, maxSegmentBytes })).toThrow(
      RangeError,
    );
  });

  it("sums as RFC 1071 3 shows", () => {
    expect(internetChecksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7))).toBe(0x220d);
    expect(internetChecksum(Uint8Array.of(0xff, 0xff), Uint8Array.of(0x01))).toBe(0xfeff);
  });
});

describe.skipIf(!hasTshark)("what is written, in tshark's eyes", () => {
  const COMPLAINTS =
    '_ws.malformed or _ws.expert.severity >= "Warning" or tcp.checksum.status == 0 or ip.checksum.status == 0 ' +
    "or tcp.analysis.lost_segment or tcp.analysis.ack_lost_segment or tcp.analysis.out_of_order";
  const checks = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];

  it.each(forms)("$name: no complaint, and the same payload", ({ name, ...conversation }) => {
    withCaptureFile(record(conversation), (path) => {
      expect({ name, complaints: tshark(path, ...checks, "-Y", COMPLAINTS) }).toEqual({
        name,
        complaints: "",
      });
      const checksums = tshark(path, ...checks, "-T", "fields", "-e", "tcp.checksum.status")
        .trim()
        .split("\n");
      expect(new Set(checksums)).toEqual(new Set(["1"]));
      const followed = tshark(path, "-q", "-z", "follow,tcp,raw,0");
      expect(
        followed
          .match(/^\t[0-9a-f]+$/gm)
          ?.join("")
          .replace(/\t/g, ""),
      ).toBe(Buffer.from(concatBytes(LONG, ascii("bye"))).toString("hex"));
    });
  });

  it("one bit changed is a complaint", () => {
    const bytes = record({ client: CLIENT, server: SERVER });
    bytes.set([0x69], Buffer.from(bytes).indexOf("hello"));
    withCaptureFile(bytes, (path) => expect(tshark(path, ...checks, "-Y", COMPLAINTS)).not.toBe(""));
  });

  it("comments and times are there", () => {
    withCaptureFile(record({ client: CLIENT, server: SERVER }), (path) => {
      const lines = tshark(path, "-T", "fields", "-e", "frame.comment", "-e", "frame.time_epoch").split("\n");
      expect(lines[0]).toBe("attempt 1\t1700000000.000000000");
      expect(lines[2]).toBe("\t1700000001.010250000");
    });
  });
});

describe("a UDP datagram written and read back", () => {
  it.each([
    ["IPv4", CLIENT, SERVER],
    ["IPv6", CLIENT_6, SERVER_6],
  ])("over %s, with a good checksum", (_name, source, destination) => {
    const writer = createPcapngWriter({ linkType: LINK_TYPE.raw });
    // Odd lengths are padded for the checksum alone.
    const payloads = [ascii("odd"), ascii("even"), new Uint8Array(0)];
    const packets = payloads.map((payload) => buildUdpPacket({ source, destination, payload }));
    const file = concatBytes(
      writer.header(),
      ...packets.map((bytes) => writer.packet({ timeMs: START_MS, bytes })),
    );
    const read: UdpDatagram[] = [];
    const reader = createCaptureReader({
      onEvent: ({ type }) => expect(type).not.toBe("fault"),
      onStreamEvent: () => {},
      onDatagram: (datagram) => read.push(datagram),
    });
    reader.receive(file);
    reader.finish();
    expect(read.map(({ payload }) => payload)).toEqual(payloads);
    expect(read[0]).toMatchObject({ source, destination });
    if (!hasTshark) return;
    const options = ["-o", "udp.check_checksum:TRUE", "-T", "fields", "-e", "udp.checksum.status"];
    expect(withCaptureFile(file, (path) => tshark(path, ...options))).toBe("1\n1\n1\n");
  });

  it("of two families is refused", () => {
    const mixed = { source: CLIENT, destination: SERVER_6, payload: new Uint8Array(1) };
    expect(() => buildUdpPacket(mixed)).toThrow(RangeError);
  });
});
