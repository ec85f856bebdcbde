import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/hex.ts";
import type { ClientBlock } from "../../src/mcs/client-blocks.ts";
import type { ClientCore } from "../../src/mcs/client-core.ts";
import { connectInitial } from "../../src/mcs/client-settings.ts";
import {
  type ConnectInitial,
  decodeConnectInitial,
  encodeConnectInitial,
} from "../../src/mcs/connect-initial.ts";
import {
  decodeDomainParameters,
  encodeDomainParameters,
  MAXIMUM_PARAMETERS,
  MINIMUM_PARAMETERS,
  TARGET_PARAMETERS,
} from "../../src/mcs/domain-parameters.ts";
import { expectNoClaimBeyond, expectSameUnderEveryCut } from "../support/codec-laws.ts";
import { mutated } from "../credssp/mutation.ts";
import { SPECIFIED_CONNECT_INITIAL, STANDARD_CONNECT_INITIAL, TLS_CONNECT_INITIAL } from "./examples.ts";

const decoded = (bytes: Uint8Array): ConnectInitial => {
  const result = decodeConnectInitial(bytes);
  if (result.status !== "done") throw new Error(`not decoded: ${JSON.stringify(result)}`);
  return result.value;
};

/** The example with bytes written over its own from `at` on. */
const patched = (at: number, ...values: readonly number[]): Uint8Array => {
  const copy = Uint8Array.from(SPECIFIED_CONNECT_INITIAL);
  copy.set(values, at);
  return copy;
};

const MINIMAL_CORE: ClientCore = {
  kind: "core",
  version: 0x00080001,
  desktopWidth: 640,
  desktopHeight: 480,
  colorDepth: 0xca00,
  sasSequence: 0xaa03,
  keyboardLayout: 0,
  clientBuild: 419,
  clientName: "",
  keyboardType: 0,
  keyboardSubType: 0,
  keyboardFunctionKey: 0,
  imeFileName: "",
};

const TLS = connectInitial({ serverSelectedProtocol: 1, encryptionMethods: 0 });
const withBlocks = (...blocks: readonly ClientBlock[]): ConnectInitial => ({ ...TLS, blocks });

describe("MCS Connect-Initial ([MS-RDPBCGR] 2.2.1.3)", () => {
  it("the example of 4.1.3 decodes to the documented values", () => {
    expect(decoded(SPECIFIED_CONNECT_INITIAL)).toMatchObject({
      callingDomainSelector: Uint8Array.of(1),
      calledDomainSelector: Uint8Array.of(1),
      upwardFlag: 0xff,
      blocks: [
        {
          kind: "core",
          version: 0x00080004,
          desktopWidth: 1280,
          desktopHeight: 1024,
          colorDepth: 0xca01,
          sasSequence: 0xaa03,
          keyboardLayout: 0x409,
          clientBuild: 3790,
          clientName: "ELTONS-DEV2",
          keyboardType: 4,
          keyboardFunctionKey: 12,
          postBeta2ColorDepth: 0xca01,
          clientProductId: 1,
          highColorDepth: 24,
          supportedColorDepths: 7,
          earlyCapabilityFlags: 1,
          clientDigProductId: "69712-783-0357974-42714",
          connectionType: 0,
          serverSelectedProtocol: 0,
        },
        { kind: "cluster", flags: 0x0d, redirectedSessionId: 0 },
        { kind: "security", encryptionMethods: 0x1b, extEncryptionMethods: 0 },
        {
          kind: "network",
          channels: [
            { name: "rdpdr", options: 0x80800000 },
            { name: "cliprdr", options: 0xc0a00000 },
            { name: "rdpsnd", options: 0xc0000000 },
          ],
        },
      ],
    });
  });

  it("the example of 4.1.3 holds the documented domain parameters", () => {
    const pdu = decoded(SPECIFIED_CONNECT_INITIAL);
    expect(decodeDomainParameters(pdu.targetParameters)).toMatchObject({ value: TARGET_PARAMETERS });
    expect(decodeDomainParameters(pdu.minimumParameters)).toMatchObject({ value: MINIMUM_PARAMETERS });
    expect(decodeDomainParameters(pdu.maximumParameters)).toMatchObject({ value: MAXIMUM_PARAMETERS });
  });

  it.each([
    ["the example of 4.1.3", SPECIFIED_CONNECT_INITIAL],
    ["the probe's own over TLS", TLS_CONNECT_INITIAL],
    ["the probe's own with Standard RDP Security", STANDARD_CONNECT_INITIAL],
  ])("%s encodes to the byte, with and without the framing that it came in", (_, bytes) => {
    const { framing, ...plain } = decoded(bytes);
    expect(framing).toMatchObject({ connectLengthOctets: 3, userDataLengthOctets: 3 });
    expect(toHex(encodeConnectInitial(plain))).toBe(toHex(bytes));
    expect(toHex(encodeConnectInitial({ ...plain, ...(framing && { framing }) }))).toBe(toHex(bytes));
  });

  it.each([
    ["over TLS", { serverSelectedProtocol: 1, encryptionMethods: 0 }, TLS_CONNECT_INITIAL],
    [
      "with Standard RDP Security",
      { serverSelectedProtocol: 0, encryptionMethods: 0x1b },
      STANDARD_CONNECT_INITIAL,
    ],
  ])("the probe sends 416 bytes %s", (_, settings, bytes) => {
    expect(toHex(encodeConnectInitial(connectInitial(settings)))).toBe(toHex(bytes));
  });

  it("is the same however the network cuts it", () => {
    expectSameUnderEveryCut(decodeConnectInitial, SPECIFIED_CONNECT_INITIAL);
    expectSameUnderEveryCut(decodeConnectInitial, patched(4, 0x06));
    expectSameUnderEveryCut(decodeConnectInitial, patched(7, 0x30));
  });

  it("a client of RDP 4.0 ends its core data before all optional fields", () => {
    const bytes = encodeConnectInitial(withBlocks(MINIMAL_CORE));
    expect(decoded(bytes).blocks).toEqual([MINIMAL_CORE]);
  });

  it.each([
    [
      "physical size and scale",
      {
        desktopPhysicalWidth: 300,
        desktopPhysicalHeight: 200,
        desktopOrientation: 90,
        desktopScaleFactor: 150,
        deviceScaleFactor: 140,
      },
    ],
    [
      "bytes that are not specified yet",
      {
        desktopPhysicalWidth: 300,
        desktopPhysicalHeight: 200,
        desktopOrientation: 90,
        desktopScaleFactor: 150,
        deviceScaleFactor: 140,
        rest: Uint8Array.of(1, 2),
      },
    ],
  ])("newer core data has %s", (_, more) => {
    const [core] = TLS.blocks;
    if (core?.kind !== "core") throw new Error("no core data");
    const pdu = withBlocks({ ...core, ...more });
    expect(decoded(encodeConnectInitial(pdu)).blocks).toEqual(pdu.blocks);
  });

  it("blocks of unknown types are kept, in their place", () => {
    const monitor: ClientBlock = { kind: "unknown", type: 0xc005, body: Uint8Array.of(1, 2, 3) };
    const cluster: ClientBlock = {
      kind: "cluster",
      flags: 1,
      redirectedSessionId: 2,
      rest: Uint8Array.of(9),
    };
    const bytes = encodeConnectInitial(withBlocks(monitor, cluster, monitor));
    expect(decoded(bytes).blocks).toEqual([monitor, cluster, monitor]);
  });

  it("what a client left behind the NUL of its name is not lost", () => {
    const bytes = encodeConnectInitial(withBlocks({ ...MINIMAL_CORE, clientName: "HOST\0GARBAGE\ud800" }));
    expect(decoded(bytes).blocks).toMatchObject([{ clientName: "HOST\0GARBAGE\ud800" }]);
  });

  it.each([
    ["a name that is too long", { ...MINIMAL_CORE, clientName: "A".repeat(17) }],
    ["an optional field after one that is absent", { ...MINIMAL_CORE, serialNumber: 1 }],
    ["a number that does not fit", { ...MINIMAL_CORE, desktopWidth: 65536 }],
  ])("%s cannot be encoded", (_, core) => {
    expect(() => encodeConnectInitial(withBlocks(core))).toThrow(RangeError);
  });

  it.each([
    ["another TPKT version", patched(0, 0x16), "tpkt.version", 0, "0x16 where 0x03 is wanted"],
    ["a TPKT length without a PDU", patched(2, 0, 7), "tpkt.length", 2, "length 7 leaves no room for a PDU"],
    ["another TPDU", patched(5, 0xe0), "x224Data.code", 5, "0xe0 where 0xf0 is wanted"],
    [
      "a TPDU that is not the last of its packet",
      patched(6, 0x00),
      "x224Data.eot",
      6,
      "0x00 where 0x80 is wanted",
    ],
    ["another MCS PDU", patched(8, 0x66), "connectInitial", 7, "tag 0x7f66 where 0x7f65 is wanted"],
    ["an indefinite length", patched(9, 0x80), "connectInitial.length", 9, "a length of 0 bytes"],
    ["a length of 4 bytes", patched(9, 0x84), "connectInitial.length", 9, "a length of 4 bytes"],
    [
      "a length beyond the packet",
      patched(10, 0x02),
      "connectInitial.length",
      9,
      "660 bytes wanted, 404 left",
    ],
    [
      "a length short of the packet",
      patched(11, 0x93),
      "connectInitial.length",
      7,
      "length 403 before 404 bytes",
    ],
    [
      "a selector of the wrong type",
      patched(12, 0x05),
      "connectInitial.callingDomainSelector",
      12,
      "tag 0x05 where 0x04 is wanted",
    ],
    [
      "a boolean of no bytes",
      patched(18, 0x01, 0x00),
      "connectInitial.upwardFlag",
      18,
      "a boolean of 0 bytes",
    ],
    ["other bytes than GCC's", patched(113, 0x15), "gcc.connectData", 113, "other bytes than RDP has here"],
    ["a fragmented PER length", patched(116, 0xc1), "gcc.connectPdu.length", 116, "a fragmented length"],
    [
      "another H.221 key",
      patched(127, 0x62),
      "gcc.conferenceCreateRequest",
      127,
      "other bytes than RDP has here",
    ],
    [
      "user data that is longer than the PDU",
      patched(131, 0x1d),
      "gcc.userData",
      132,
      "285 bytes wanted, 284 left",
    ],
    ["user data that is shorter than the PDU", patched(131, 0x1b), "gcc.userData", 415, "1 bytes left over"],
    [
      "a block of length 0",
      patched(134, 0, 0),
      "userDataHeader.length",
      134,
      "length 0 is shorter than its own header",
    ],
    [
      "a block of length 3",
      patched(134, 3, 0),
      "userDataHeader.length",
      134,
      "length 3 is shorter than its own header",
    ],
    [
      "a block beyond the user data",
      patched(134, 0xff, 0xff),
      "userDataHeader.length",
      136,
      "65531 bytes wanted, 280 left",
    ],
    [
      "more channels than there is room for",
      patched(376, 0xff, 0xff, 0xff, 0xff),
      "clientNetwork.channelDefArray.name",
      416,
      "8 bytes wanted, 0 left",
    ],
  ])("%s is a fault that names field and offset", (_, bytes, field, offset, reason) => {
    expect(decodeConnectInitial(bytes)).toEqual({ status: "bad", fault: { field, offset, reason } });
  });

  it("whatever decodes encodes to the same bytes", () => {
    const seeds = mutated(
      SPECIFIED_CONNECT_INITIAL,
      TLS_CONNECT_INITIAL,
      encodeConnectInitial(withBlocks(MINIMAL_CORE)),
    );
    fc.assert(
      fc.property(seeds, (bytes) => {
        expectNoClaimBeyond(decodeConnectInitial, bytes);
        const result = decodeConnectInitial(bytes);
        if (result.status === "done") {
          const again = encodeConnectInitial(result.value);
          expect(toHex(again)).toBe(toHex(bytes.subarray(0, result.size)));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("DomainParameters ([T.125] 7)", () => {
  it("numbers may take more bytes than they need", () => {
    const wide = Uint8Array.from(
      Array.from({ length: 8 }, (_, i) => [0x02, 0x04, 0x00, 0x00, 0x00, i]).flat(),
    );
    expect(decodeDomainParameters(wide)).toMatchObject({
      status: "done",
      value: { maxChannelIds: 0, protocolVersion: 7 },
    });
  });

  it.each([
    [
      "seven numbers",
      encodeDomainParameters(TARGET_PARAMETERS).subarray(0, 22),
      "domainParameters.protocolVersion",
    ],
    [
      "nine numbers",
      Uint8Array.from([...encodeDomainParameters(TARGET_PARAMETERS), 2, 1, 0]),
      "domainParameters",
    ],
    ["a number of no bytes", Uint8Array.of(2, 0), "domainParameters.maxChannelIds"],
    ["a number of six bytes", Uint8Array.of(2, 6, 1, 2, 3, 4, 5, 6), "domainParameters.maxChannelIds"],
  ])("%s are a fault", (_, bytes, field) => {
    expect(decodeDomainParameters(bytes)).toMatchObject({ status: "bad", fault: { field } });
  });
});
