import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import {
  type ConnectResponse,
  connectResponse,
  decodeConnectResponse,
  encodeConnectResponse,
} from "../../src/mcs/connect-response.ts";
import { decodeDomainParameters, SERVER_PARAMETERS } from "../../src/mcs/domain-parameters.ts";
import { rdpFacts } from "../../src/mcs/rdp-facts.ts";
import type { ServerBlock } from "../../src/mcs/server-blocks.ts";
import { expectNoClaimBeyond, expectSameUnderEveryCut } from "../support/codec-laws.ts";
import { mutated } from "../credssp/mutation.ts";
import { SPECIFIED_CONNECT_RESPONSE } from "./examples.ts";

const decoded = (bytes: Uint8Array): ConnectResponse => {
  const result = decodeConnectResponse(bytes);
  if (result.status !== "done") throw new Error(`not decoded: ${JSON.stringify(result)}`);
  return result.value;
};

const patched = (at: number, ...values: readonly number[]): Uint8Array => {
  const copy = Uint8Array.from(SPECIFIED_CONNECT_RESPONSE);
  copy.set(values, at);
  return copy;
};

const OVER_TLS = connectResponse([
  { kind: "core", version: 0x00080011, clientRequestedProtocols: 1, earlyCapabilityFlags: 0x0f },
  { kind: "network", mcsChannelId: 1003, channelIds: [1004, 1005] },
  { kind: "security", encryptionMethod: 0, encryptionLevel: 0 },
  { kind: "messageChannel", mcsChannelId: 1006 },
  { kind: "multitransport", flags: 0x0103 },
  { kind: "unknown", type: 0x0c99, body: Uint8Array.of(1, 2, 3) },
]);

describe("MCS Connect-Response ([MS-RDPBCGR] 2.2.1.4)", () => {
  it("the example of 4.1.4 decodes to the documented values", () => {
    const pdu = decoded(SPECIFIED_CONNECT_RESPONSE);
    expect(pdu).toMatchObject({
      result: 0,
      calledConnectId: 0,
      conference: { nodeId: 31219, tag: 1, result: 0 },
      blocks: [
        { kind: "core", version: 0x00080004, clientRequestedProtocols: 0 },
        { kind: "network", mcsChannelId: 1003, channelIds: [1004, 1005, 1006] },
        { kind: "security", encryptionMethod: 2, encryptionLevel: 2 },
      ],
    });
    expect(decodeDomainParameters(pdu.domainParameters)).toMatchObject({ value: SERVER_PARAMETERS });
  });

  it("the facts of the example of 4.1.4 are those of a Windows server with Standard RDP Security", () => {
    expect(rdpFacts(decoded(SPECIFIED_CONNECT_RESPONSE))).toMatchObject({
      version: { code: 0x00080004, name: "5.0-8.1" },
      clientRequestedProtocols: 0,
      earlyCapabilityFlags: null,
      encryptionMethod: 2,
      encryptionMethods: ["128-bit"],
      encryptionLevel: { code: 2, name: "client-compatible" },
      serverRandom: fromHex("1011772030610a12e434a11ef2c39f317da45f01893496e0ff1108697f1ac3d2"),
      certificate: { kind: "proprietary", publicKey: { keyBits: 512, publicExponent: 65537 } },
      certificateFault: null,
    });
  });

  it("the example of 4.1.4 encodes to the byte", () => {
    expect(toHex(encodeConnectResponse(decoded(SPECIFIED_CONNECT_RESPONSE)))).toBe(
      toHex(SPECIFIED_CONNECT_RESPONSE),
    );
  });

  it("the facts over TLS have a version and no encryption", () => {
    expect(rdpFacts(decoded(encodeConnectResponse(OVER_TLS)))).toEqual({
      result: { code: 0, name: "rt-successful" },
      version: { code: 0x00080011, name: "10.12" },
      clientRequestedProtocols: 1,
      earlyCapabilityFlags: 0x0f,
      encryptionMethod: 0,
      encryptionMethods: [],
      encryptionLevel: { code: 0, name: "none" },
      serverRandom: null,
      certificate: null,
      certificateFault: null,
    });
  });

  it("blocks keep their order, and unknown ones their bytes", () => {
    expect(decoded(encodeConnectResponse(OVER_TLS)).blocks).toEqual(OVER_TLS.blocks);
  });

  it("without blocks there are no facts", () => {
    expect(rdpFacts(decoded(encodeConnectResponse(connectResponse([]))))).toMatchObject({
      version: null,
      encryptionMethod: null,
      encryptionMethods: [],
      encryptionLevel: null,
    });
  });

  it("a certificate that cannot be read is told, and hides nothing else", () => {
    const serverCertificate = Uint8Array.of(3, 0, 0, 0);
    const keys = { serverRandom: new Uint8Array(32), serverCertificate };
    const pdu = connectResponse([{ kind: "security", encryptionMethod: 0x10, encryptionLevel: 4, keys }]);
    expect(rdpFacts(decoded(encodeConnectResponse(pdu)))).toMatchObject({
      encryptionMethods: ["fips"],
      encryptionLevel: { name: "fips" },
      certificate: null,
      certificateFault: { field: "serverCertificate.dwVersion", reason: "version 3 is not known" },
    });
  });

  it("a server that refuses may leave its user data empty", () => {
    const pdu: ConnectResponse = { ...connectResponse([]), result: 14, conference: null };
    const bytes = encodeConnectResponse(pdu);
    expect(toHex(bytes)).toBe(`0300002e02f0807f66240a010e020100301a${toHex(pdu.domainParameters)}0400`);
    expect(decoded(bytes)).toMatchObject(pdu);
    expect(rdpFacts(decoded(bytes)).result).toEqual({ code: 14, name: "rt-unspecified-failure" });
  });

  it("lengths in more octets than needed, as xrdp writes them, are kept", () => {
    const framing = {
      connectLengthOctets: 3,
      userDataLengthOctets: 3,
      gcc: { connectPduLength: 42, connectPduLengthOctets: 1, blocksLengthOctets: 2 },
    };
    const bytes = encodeConnectResponse({ ...OVER_TLS, framing });
    expect(toHex(bytes)).toContain("7f668200");
    expect(decoded(bytes)).toEqual({ ...OVER_TLS, framing });
  });

  it.each([
    ["an odd count of channels is padded", [1004], undefined, "eb030100ec030000"],
    ["an even count is not", [1004, 1005], undefined, "eb030200ec03ed03"],
    ["padding that is missing stays so", [1004], new Uint8Array(0), "eb030100ec03"],
    ["padding that is not zero stays so", [1004], Uint8Array.of(1, 2), "eb030100ec030102"],
  ])("%s", (_, channelIds, rest, hex) => {
    const block: ServerBlock = { kind: "network", mcsChannelId: 1003, channelIds, ...(rest && { rest }) };
    const bytes = encodeConnectResponse(connectResponse([block]));
    expect(toHex(bytes)).toContain(hex);
    expect(decoded(bytes).blocks).toEqual([block]);
  });

  it("is the same however the network cuts it", () => {
    expectSameUnderEveryCut(decodeConnectResponse, SPECIFIED_CONNECT_RESPONSE);
    expectSameUnderEveryCut(decodeConnectResponse, encodeConnectResponse(OVER_TLS));
    expectSameUnderEveryCut(decodeConnectResponse, patched(7, 0x21));
  });

  it.each([
    [
      "a Disconnect Provider Ultimatum",
      fromHex("0300000902f0802180"),
      "connectResponse",
      7,
      "tag 0x2180 where 0x7f66 is wanted",
    ],
    ["a result of no bytes", patched(13, 0), "connectResponse.result", 12, "a number in 0 bytes"],
    [
      "a connect id in more bytes than needed",
      fromHex("0300001302f080 7f6609 0a0100 02020000 3000"),
      "connectResponse.calledConnectId",
      13,
      "a number in 2 bytes",
    ],
    ["a tag of two bytes", patched(61, 2), "gcc.tag.length", 61, "a tag of 2 bytes"],
    ["another H.221 key", patched(67, 0x4e), "gcc.userData", 67, "other bytes than RDP has here"],
    ["core data of 2 bytes", patched(75, 6, 0), "serverCore.version", 77, "4 bytes wanted, 2 left"],
    [
      "a block of length 0",
      patched(75, 0, 0),
      "userDataHeader.length",
      75,
      "length 0 is shorter than its own header",
    ],
    [
      "more channel ids than there is room for",
      patched(91, 0xff, 0xff),
      "serverNetwork.channelIdArray",
      101,
      "2 bytes wanted, 0 left",
    ],
    [
      "a random that is longer than its block",
      patched(113, 0xff, 0xff, 0xff, 0xff),
      "serverSecurity.serverRandom",
      121,
      "4294967295 bytes wanted, 216 left",
    ],
    [
      "a certificate that is longer than its block",
      patched(117, 0xb9),
      "serverSecurity.serverCertificate",
      153,
      "185 bytes wanted, 184 left",
    ],
  ])("%s is a fault that names field and offset", (_, bytes, field, offset, reason) => {
    expect(decodeConnectResponse(bytes)).toEqual({ status: "bad", fault: { field, offset, reason } });
  });

  it("whatever decodes encodes to the same bytes", () => {
    const seeds = mutated(SPECIFIED_CONNECT_RESPONSE, encodeConnectResponse(OVER_TLS));
    fc.assert(
      fc.property(seeds, (bytes) => {
        expectNoClaimBeyond(decodeConnectResponse, bytes);
        const result = decodeConnectResponse(bytes);
        if (result.status !== "done") return;
        expect(toHex(encodeConnectResponse(result.value))).toBe(toHex(bytes.subarray(0, result.size)));
        expect(rdpFacts(result.value)).toHaveProperty("certificateFault");
      }),
      { numRuns: 1000 },
    );
  });

  it("arbitrary user data never throws and always ends", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
        const head = SPECIFIED_CONNECT_RESPONSE.subarray(0, 71);
        const bytes = Uint8Array.from([...head, 0x80, data.length, ...data]);
        bytes.set([0x03, 0x00, 0x00, bytes.length], 0);
        bytes.set([0x82, 0x00, bytes.length - 12], 9);
        bytes.set([0x82, 0x00, bytes.length - 50], 47);
        expectNoClaimBeyond(decodeConnectResponse, bytes);
      }),
    );
  });
});
