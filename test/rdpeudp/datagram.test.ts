import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import {
  decodeRdpeudpDatagram,
  encodeRdpeudpDatagram,
  isVersionValid,
  type RdpeudpDatagram,
} from "../../src/rdpeudp/datagram.ts";
import { hasRdpudpFlags, rdpudpFlags } from "../../src/rdpeudp/flags.ts";
import { synAckDatagram, synDatagram } from "../../src/rdpeudp/syn-datagram.ts";
import { RDPUDP_VERSION, RDPUDP_VERSIONS, rdpudpVersionName } from "../../src/rdpeudp/versions.ts";
import { expectNoClaimBeyond } from "../support/codec-laws.ts";

const MTU_BYTES = 1232;

const padded = (hex: string): Uint8Array => {
  const bytes = new Uint8Array(MTU_BYTES);
  bytes.set(fromHex(hex));
  return bytes;
};

const decodedFrom = (bytes: Uint8Array): RdpeudpDatagram => {
  const decoded = decodeRdpeudpDatagram(bytes);
  if (decoded.status !== "done") throw new Error(`not decoded: ${JSON.stringify(decoded)}`);
  expect(decoded.size).toBe(bytes.length);
  return decoded.value;
};

const HASH = "00112233445566778899aabbccddeeff".repeat(2);
const CORRELATION = "f8530360ca7f4241a67374e5201a0000";

describe("RDP-UDP SYN ([MS-RDPEUDP] 3.1.5.1.1)", () => {
  it.each([
    ["version 1 names no version", { version: 0x0001 }, "ffffffff 0040 0001 12345678 04d0 04d0"],
    ["version 2", { version: 0x0002 }, "ffffffff 0040 1001 12345678 04d0 04d0 0001 0002"],
    [
      "version 3 with the hash of its cookie",
      { version: 0x0101, cookieHash: fromHex(HASH) },
      `ffffffff 0040 1001 12345678 04d0 04d0 0001 0101 ${HASH}`,
    ],
    [
      "a correlation id before the version",
      { version: 0x0002, correlationId: fromHex(CORRELATION) },
      `ffffffff 0040 1801 12345678 04d0 04d0 ${CORRELATION} ${"00".repeat(16)} 0001 0002`,
    ],
    ["lossy", { version: 0x0001, isLossy: true }, "ffffffff 0040 0201 12345678 04d0 04d0"],
  ])("%s is laid out as specified and padded to 1232 bytes", (_, options, hex) => {
    const bytes = synDatagram({ initialSequenceNumber: 0x12345678, ...options });
    expect(toHex(bytes)).toBe(toHex(padded(hex)));
    expect(toHex(encodeRdpeudpDatagram(decodedFrom(bytes)))).toBe(toHex(bytes));
  });

  it("of version 3 does not go without its cookie hash, nor any other with one", () => {
    expect(() => synDatagram({ initialSequenceNumber: 1, version: 0x0101 })).toThrow(RangeError);
    expect(() => synDatagram({ initialSequenceNumber: 1, version: 2, cookieHash: fromHex(HASH) })).toThrow(
      RangeError,
    );
  });

  it("keeps a version that the specification does not know", () => {
    const { synEx } = decodedFrom(padded("ffffffff 0040 1001 00000001 04d0 04d0 0001 0003"));
    expect(synEx).toEqual({ flags: 1, version: 3, cookieHash: null });
    expect(rdpudpVersionName(3)).toBeNull();
  });

  it("has no cookie hash where its version does not count", () => {
    const { synEx } = decodedFrom(padded(`ffffffff 0040 1001 00000001 04d0 04d0 0000 0101 ${HASH}`));
    expect(synEx).toEqual({ flags: 0, version: 0x0101, cookieHash: null });
    expect(synEx !== null && isVersionValid(synEx)).toBe(false);
  });
});

describe("RDP-UDP SYN+ACK ([MS-RDPEUDP] 3.1.5.1.3)", () => {
  it("decodes to what the specification's example documents (4.1.2)", () => {
    expect(decodedFrom(fromHex("00000042 0400 0005 00000042 04d0 04d0 000000"))).toEqual({
      sourceAck: 0x42,
      receiveWindow: 1024,
      flags: rdpudpFlags("syn", "ack"),
      syn: { initialSequenceNumber: 0x42, upStreamMtuBytes: 1232, downStreamMtuBytes: 1232 },
      correlation: null,
      synEx: null,
      rest: fromHex("000000"),
    });
  });

  it.each([
    ["the SYN's, where the server knows more", 0x0002, 0x0101, 0x0002],
    ["the server's, where the SYN knows more", 0x0101, 0x0002, 0x0002],
  ])("names the highest version that both know: %s", (_, asked, known, answered) => {
    const cookieHash = asked === RDPUDP_VERSION.version3 ? { cookieHash: fromHex(HASH) } : {};
    const syn = decodedFrom(synDatagram({ initialSequenceNumber: 7, version: asked, ...cookieHash }));
    const answer = decodedFrom(synAckDatagram(syn, { initialSequenceNumber: 9, version: known }));
    expect(answer).toMatchObject({ sourceAck: 7, synEx: { version: answered, cookieHash: null } });
    expect(hasRdpudpFlags(answer.flags, "syn", "ack", "synEx")).toBe(true);
  });

  it("names no version to a client that names none", () => {
    const syn = decodedFrom(synDatagram({ initialSequenceNumber: 7, version: 1 }));
    const bytes = synAckDatagram(syn, { initialSequenceNumber: 9, version: 0x0101 });
    expect(toHex(bytes)).toBe(toHex(padded("00000007 0040 0005 00000009 04d0 04d0")));
  });

  it("of version 3 carries no cookie hash: that is the client's", () => {
    const answer = decodedFrom(padded(`00000007 0040 1005 00000009 04d0 04d0 0001 0101 ${HASH}`));
    expect(answer.synEx?.cookieHash).toBeNull();
    expect(toHex(answer.rest.subarray(0, 32))).toBe(HASH);
  });

  it("answers a SYN and nothing else", () => {
    const ack = decodedFrom(fromHex("00000042 0400 0005 00000042 04d0 04d0"));
    expect(() => synAckDatagram(ack, { initialSequenceNumber: 1, version: 2 })).toThrow(RangeError);
  });
});

describe("RDP-UDP datagrams ([MS-RDPEUDP] 2.2.1)", () => {
  it("that are no SYN keep what follows their header", () => {
    expect(decodedFrom(fromHex("0f94ea0b 0400 000c 00000000 0b127f16"))).toMatchObject({
      syn: null,
      correlation: null,
      synEx: null,
      rest: fromHex("00000000 0b127f16"),
    });
  });

  it.each([
    ["", "rdpudpFecHeader.snSourceAck", 0],
    ["ffffffff", "rdpudpFecHeader.uReceiveWindowSize", 4],
    ["ffffffff 0040", "rdpudpFecHeader.uFlags", 6],
    ["ffffffff 0040 0001", "rdpudpSynData.snInitialSequenceNumber", 8],
    ["ffffffff 0040 0001 00000001", "rdpudpSynData.uUpStreamMtu", 12],
    ["ffffffff 0040 0001 00000001 04d0", "rdpudpSynData.uDownStreamMtu", 14],
    ["ffffffff 0040 0801 00000001 04d0 04d0 00", "rdpudpCorrelationId.uCorrelationId", 16],
    [`ffffffff 0040 0801 00000001 04d0 04d0 ${CORRELATION}`, "rdpudpCorrelationId.uReserved", 32],
    ["ffffffff 0040 1001 00000001 04d0 04d0 0001", "rdpudpSynDataEx.uUdpVer", 18],
    ["ffffffff 0040 1001 00000001 04d0 04d0 0001 0101 00", "rdpudpSynDataEx.cookieHash", 20],
  ])("cut to %j are a fault that names field and offset", (hex, field, offset) => {
    const decoded = decodeRdpeudpDatagram(fromHex(hex));
    expect(decoded).toMatchObject({ status: "bad", fault: { field, offset } });
    expectNoClaimBeyond(decodeRdpeudpDatagram, fromHex(hex));
  });

  it("cut at any offset are a fault or the same with less padding", () => {
    const bytes = synDatagram({ initialSequenceNumber: 5, version: 0x0101, cookieHash: fromHex(HASH) });
    const whole = decodedFrom(bytes);
    const partsEnd = 52;
    for (let size = 0; size < partsEnd; size += 1) {
      expect(decodeRdpeudpDatagram(bytes.subarray(0, size)).status, `${size} bytes`).toBe("bad");
    }
    for (const size of [partsEnd, partsEnd + 1, bytes.length - 1]) {
      const rest = new Uint8Array(size - partsEnd);
      expect(decodedFrom(bytes.subarray(0, size))).toEqual({ ...whole, rest });
    }
  });

  it("come out as they went in, whatever their flags", () => {
    const anything = fc.uint8Array({ maxLength: 90 });
    const syns = fc
      .tuple(anything, fc.constantFrom(0x0001, 0x0005, 0x0801, 0x1001, 0x1005, 0x1801, 0xffff))
      .map(([bytes, flags]) => Uint8Array.of(...bytes.slice(0, 6), flags >> 8, flags & 0xff, ...bytes));
    fc.assert(
      fc.property(fc.oneof(anything, syns), (bytes) => {
        expectNoClaimBeyond(decodeRdpeudpDatagram, bytes);
        const decoded = decodeRdpeudpDatagram(bytes);
        if (decoded.status === "done") {
          expect(toHex(encodeRdpeudpDatagram(decoded.value))).toBe(toHex(bytes));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("whose parts and flags disagree are not written", () => {
    const syn = decodedFrom(synDatagram({ initialSequenceNumber: 5, version: 2 }));
    for (const broken of [
      { ...syn, flags: 0 },
      { ...syn, synEx: null },
      { ...syn, flags: syn.flags | rdpudpFlags("correlationId") },
    ]) {
      expect(() => encodeRdpeudpDatagram(broken)).toThrow(RangeError);
    }
  });
});

describe("RDP-UDP's versions ([MS-RDPEUDP] 2.2.2.9)", () => {
  it("have numbers that rise with their names", () => {
    expect(RDPUDP_VERSIONS.map(({ code }) => rdpudpVersionName(code))).toEqual(["1", "2", "3"]);
    expect(Object.values(RDPUDP_VERSION)).toEqual(RDPUDP_VERSIONS.map(({ code }) => code));
  });
});
