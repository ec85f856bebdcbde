import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../../src/bytes/concat-bytes.ts";
import {
  block,
  enhancedPacketBlock,
  fields,
  interfaceBlock,
  obsoletePacketBlock,
  option,
  pcapngFile,
  sectionBlock,
  simplePacketBlock,
} from "../support/capture-files.ts";
import { ascii, data, handshake, ipPacket, START_MS, syn, timed } from "../support/conversation.ts";
import { readCapture } from "../support/read-capture.ts";

const RAW_IP = 101;
const SYN = ipPacket(syn);
const orders = [
  { order: "little endian", littleEndian: true },
  { order: "big endian", littleEndian: false },
];

describe.each(orders)("pcapng file, $order ([draft-ietf-opsawg-pcapng] 4)", ({ littleEndian: le }) => {
  const section = sectionBlock(le);
  const rawIp = interfaceBlock(le, RAW_IP);
  const head = concatBytes(section, rawIp);

  it("tells hardware, operating system and application of a section", () => {
    const options = [
      option(le, 2, ascii("x86_64")),
      option(le, 3, ascii("Linux")),
      option(le, 4, ascii("dumpcap")),
      option(le, 0, new Uint8Array(0)),
    ];
    expect(readCapture(sectionBlock(le, ...options)).events).toEqual([
      {
        type: "section",
        format: "pcapng",
        hardware: "x86_64",
        operatingSystem: "Linux",
        application: "dumpcap",
      },
    ]);
  });

  it.each([
    {
      kind: "enhanced",
      build: () => enhancedPacketBlock(le, 0, 1_700_000_000_000_250n, { bytes: SYN }),
      at: START_MS + 0.25,
    },
    {
      kind: "obsolete",
      build: () => obsoletePacketBlock(le, 0, 1_700_000_000_000_250n, { bytes: SYN }),
      at: START_MS + 0.25,
    },
    { kind: "simple, which has no time", build: () => simplePacketBlock(le, SYN), at: 0 },
  ])("reads a packet block: $kind", ({ build, at }) => {
    const read = readCapture(concatBytes(head, build()));
    expect(read.faults).toEqual([]);
    expect(read.story(0)).toEqual(["syn client", "end capture-ended"]);
    expect(read.streamEvents[0]?.timeMs).toBe(at);
  });

  it("a simple packet block is cut at the interface's snapshot length", () => {
    const bytes = ipPacket(data("client", 1, "hello"));
    const file = concatBytes(
      section,
      interfaceBlock(le, RAW_IP, bytes.length - 2),
      simplePacketBlock(le, bytes),
    );
    const read = readCapture(file);
    expect(read.faults).toEqual(["packet-truncated packet.capturedLength"]);
    expect(read.story(0)).toEqual(["data client 0+3", "gap client 3+2", "end capture-ended"]);
  });

  it.each([
    { resolution: 0, ticks: 1_700_000_000n, at: START_MS },
    { resolution: 3, ticks: 1_700_000_000_001n, at: START_MS + 1 },
    { resolution: 6, ticks: 1_700_000_000_000_500n, at: START_MS + 0.5 },
    { resolution: 9, ticks: 1_700_000_000_000_500_000n, at: START_MS + 0.5 },
    { resolution: 0x80 + 10, ticks: 1_700_000_000n * 1024n + 512n, at: START_MS + 500 },
  ])("if_tsresol $resolution", ({ resolution, ticks, at }) => {
    const described = interfaceBlock(le, RAW_IP, 0, option(le, 9, Uint8Array.of(resolution)));
    const read = readCapture(
      concatBytes(section, described, enhancedPacketBlock(le, 0, ticks, { bytes: SYN })),
    );
    expect(read.streamEvents[0]?.timeMs).toBe(at);
  });

  it.each([
    { name: "forward", seconds: 1_600_000_000n, at: START_MS },
    { name: "backward", seconds: -1n, at: 99_999_999_000 },
    { name: "further than a Date goes", seconds: 2n ** 62n, at: 8.64e15 },
  ])("if_tsoffset $name", ({ seconds, at }) => {
    const value = new Uint8Array(8);
    new DataView(value.buffer).setBigInt64(0, seconds, le);
    const described = interfaceBlock(le, RAW_IP, 0, option(le, 14, value));
    const packet = enhancedPacketBlock(le, 0, 100_000_000_000_000n, { bytes: SYN });
    expect(readCapture(concatBytes(section, described, packet)).streamEvents[0]?.timeMs).toBe(at);
  });

  it("keeps several interfaces of one section apart", () => {
    const ethernet = concatBytes(Uint8Array.from([...new Array<number>(12).fill(2), 8, 0]), SYN);
    const file = concatBytes(
      head,
      interfaceBlock(le, 1, 0, option(le, 2, ascii("eth0")), option(le, 9, Uint8Array.of(9))),
      enhancedPacketBlock(le, 1, 5_000_000n, { bytes: ethernet }),
      enhancedPacketBlock(le, 0, 6_000n, { bytes: SYN }),
    );
    const read = readCapture(file);
    expect(read.faults).toEqual([]);
    expect(read.story(0)).toEqual(["syn client", "syn client again", "end capture-ended"]);
    expect(read.streamEvents.map(({ timeMs }) => timeMs)).toEqual([5, 6, 6]);
    expect(read.events).toContainEqual({
      type: "interface",
      id: 1,
      linkType: 1,
      snapLengthBytes: 0,
      name: "eth0",
    });
  });

  it("starts interfaces anew in a section of the other byte order", () => {
    const other = concatBytes(
      sectionBlock(!le),
      interfaceBlock(!le, RAW_IP),
      enhancedPacketBlock(!le, 0, 0n, { bytes: SYN }),
    );
    const read = readCapture(concatBytes(head, interfaceBlock(le, 147), other));
    expect(read.faults).toEqual([]);
    expect(read.counts.streams).toBe(1);
    expect(
      readCapture(concatBytes(head, sectionBlock(!le), enhancedPacketBlock(!le, 0, 0n, { bytes: SYN })))
        .faults,
    ).toEqual(["block-damaged pcapng.packet.interfaceId"]);
  });

  it("passes over unknown blocks of any size without keeping them", () => {
    const unknown = block(le, 0x0bad, new Uint8Array(6_000_000));
    const read = readCapture(concatBytes(head, unknown, enhancedPacketBlock(le, 0, 0n, { bytes: SYN })), {
      chunkBytes: 65_536,
    });
    expect(read.faults).toEqual([]);
    expect(read.counts.streams).toBe(1);
  });

  it("gives the secrets of a Decryption Secrets Block", () => {
    const keys = ascii("CLIENT_RANDOM 00 11");
    const secrets = block(le, 10, concatBytes(fields(le, [4, 0x544c534b], [4, keys.length]), keys));
    const read = readCapture(concatBytes(head, secrets));
    expect(read.events.at(-1)).toEqual({ type: "secrets", secretsType: 0x544c534b, data: keys });
  });

  const good = enhancedPacketBlock(le, 0, 0n, { bytes: SYN });
  const patched = (at: number, ...replacement: readonly (readonly [2 | 4, number])[]): Uint8Array => {
    const copy = good.slice();
    copy.set(fields(le, ...replacement), at < 0 ? copy.length + at : at);
    return copy;
  };
  it.each([
    {
      name: "a trailing length that differs",
      damaged: patched(-4, [4, 8]),
      fault: "pcapng.block.trailingTotalLength",
    },
    {
      name: "an interface that is not described",
      damaged: patched(8, [4, 7]),
      fault: "pcapng.packet.interfaceId",
    },
    {
      name: "a captured length beyond the block",
      damaged: patched(20, [4, 4000]),
      fault: "pcapng.packet.capturedLength",
    },
    {
      name: "a captured length of 2^32-1",
      damaged: patched(20, [4, 0xffffffff]),
      fault: "pcapng.packet.capturedLength",
    },
    {
      name: "a packet block too short for its fields",
      damaged: block(le, 6, new Uint8Array(4)),
      fault: "pcapng.block.totalLength",
    },
    {
      name: "secrets longer than their block",
      damaged: block(le, 10, fields(le, [4, 1], [4, 5])),
      fault: "pcapng.secrets.length",
    },
    {
      name: "an option beyond its block",
      damaged: interfaceBlock(le, RAW_IP, 0, fields(le, [2, 2], [2, 100])),
      fault: "pcapng.interface.options",
    },
  ])("$name is a damaged block, and the next one is read", ({ damaged, fault }) => {
    const read = readCapture(concatBytes(head, damaged, good));
    expect(read.faults).toEqual([`block-damaged ${fault}`]);
    expect(read.counts.streams).toBe(1);
  });

  it.each([0, 8, 11, 13, 0xffffffff])(
    "a block length of %i loses the framing, and what came before counts",
    (length) => {
      const lying = concatBytes(fields(le, [4, 6], [4, length]), new Uint8Array(64));
      const read = readCapture(concatBytes(head, good, lying));
      expect(read.faults).toEqual(["file-damaged pcapng.block.totalLength"]);
      expect(read.counts.packets).toBe(1);
    },
  );

  it("a packet block that claims to be huge is passed over, not gathered", () => {
    const lying = concatBytes(fields(le, [4, 6], [4, 0x7ffffffc]), new Uint8Array(64));
    const read = readCapture(concatBytes(head, good, lying));
    expect(read.faults).toEqual(["block-damaged pcapng.block.totalLength", "file-truncated file"]);
    expect(read.counts.packets).toBe(1);
  });

  it("a byte-order magic that is none loses the framing", () => {
    const read = readCapture(
      fields(le, [4, 0x0a0d0d0a], [4, 28], [4, 0x12345678], [4, 0], [4, 0], [4, 0], [4, 28]),
    );
    expect(read.faults).toEqual(["file-damaged pcapng.section.byteOrderMagic"]);
  });

  it("a simple packet without an interface is a damaged block", () => {
    expect(readCapture(concatBytes(section, simplePacketBlock(le, SYN))).faults).toEqual([
      "block-damaged pcapng.simplePacket",
    ]);
  });

  const conversation = [...handshake, data("client", 1, "hello"), data("server", 1, "world", 6)];
  const file = pcapngFile(le, RAW_IP, timed(conversation.map((segment) => ipPacket(segment))));

  it("reads the same in chunks of every size", () => {
    const whole = readCapture(file);
    expect(whole.payload(0, "server")).toEqual(ascii("world"));
    for (let chunkBytes = 1; chunkBytes <= file.length; chunkBytes += 1) {
      const read = readCapture(file, { chunkBytes });
      expect({ chunkBytes, counts: read.counts }).toEqual({ chunkBytes, counts: whole.counts });
      expect(read.story(0)).toEqual(whole.story(0));
    }
  });

  it("a file cut at any offset gives the packets before the cut and at most one fault", () => {
    for (let size = 4; size < file.length; size += 1) {
      const read = readCapture(file.subarray(0, size));
      expect(["", "file-truncated file"]).toContain(read.faults.join());
      expect(read.counts.packets).toBeLessThan(conversation.length);
    }
  });

  it("arbitrary bytes after the first blocks neither throw nor hang", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 1, max: 50 }), (rest, chunkBytes) => {
        const read = readCapture(concatBytes(head, good, rest), { chunkBytes });
        expect(read.counts.packets).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it("blocks of known types with arbitrary bodies neither throw nor stop the reading", () => {
    const type = fc.constantFrom(1, 2, 3, 6, 10);
    fc.assert(
      fc.property(fc.array(fc.tuple(type, fc.uint8Array({ maxLength: 80 })), { maxLength: 6 }), (list) => {
        const blocks = list.map(([kind, body]) => block(le, kind, body));
        expect(readCapture(concatBytes(head, ...blocks, good)).streams.length).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});
