import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Decoded } from "../../../src/bytes/decoded.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { EXTENSION, type Extension, extensionData, extensionName } from "../../../src/tls/wire/extension.ts";
import {
  decodeEcPointFormats,
  decodePskKeyExchangeModes,
  decodeSelectedVersion,
  decodeSignatureAlgorithms,
  decodeSupportedGroups,
  decodeSupportedVersions,
  ecPointFormats,
  pskKeyExchangeModes,
  selectedVersion,
  signatureAlgorithms,
  supportedGroups,
  supportedVersions,
  wellFormed,
} from "../../../src/tls/wire/extension-lists.ts";
import {
  decodeRenegotiationInfo,
  decodeStatusRequest,
  encryptThenMac,
  extendedMasterSecret,
  postHandshakeAuth,
  renegotiationInfo,
  sessionTicket,
  statusRequest,
} from "../../../src/tls/tables/extension-signals.ts";
import {
  clientKeyShares,
  decodeClientKeyShares,
  decodeRetryGroup,
  decodeServerKeyShare,
  retryGroup,
  serverKeyShare,
} from "../../../src/tls/wire/key-share.ts";
import { decodeServerNames, hostName, hostNameOf, serverNames } from "../../../src/tls/wire/server-name.ts";
import { anyByte, anyBytes, anyCode } from "../arbitraries.ts";
import { expectRoundTrip, expectTolerance, faultIn, valueIn } from "../expectations.ts";

const codes = fc.array(anyCode, { maxLength: 30 });
const octets = fc.array(anyByte, { maxLength: 30 });
const entry = fc.record({ group: anyCode, keyExchange: anyBytes(70) });

/** Builder, reader, values. */
const check = <T>(
  build: (value: T) => Extension,
  decode: (data: Uint8Array) => Decoded<T>,
  values: fc.Arbitrary<T>,
) => {
  const codec = { decode, encode: (value: T) => build(value).data };
  expectRoundTrip(codec, values);
  expectTolerance(codec, values.map(codec.encode));
};

describe("Hello extensions that carry a value", () => {
  it.each<[string, () => void]>([
    ["supported_groups", () => check(supportedGroups, decodeSupportedGroups, codes)],
    ["ec_point_formats", () => check(ecPointFormats, decodeEcPointFormats, octets)],
    ["signature_algorithms", () => check(signatureAlgorithms, decodeSignatureAlgorithms, codes)],
    ["psk_key_exchange_modes", () => check(pskKeyExchangeModes, decodePskKeyExchangeModes, octets)],
    ["supported_versions of a client", () => check(supportedVersions, decodeSupportedVersions, codes)],
    ["supported_versions of a server", () => check(selectedVersion, decodeSelectedVersion, anyCode)],
    [
      "key_share of a client",
      () => check(clientKeyShares, decodeClientKeyShares, fc.array(entry, { maxLength: 4 })),
    ],
    ["key_share of a server", () => check(serverKeyShare, decodeServerKeyShare, entry)],
    ["key_share of a HelloRetryRequest", () => check(retryGroup, decodeRetryGroup, anyCode)],
    ["renegotiation_info", () => check(renegotiationInfo, decodeRenegotiationInfo, anyBytes(60))],
    [
      "status_request",
      () =>
        check(
          statusRequest,
          decodeStatusRequest,
          fc.record({ statusType: anyByte, responderIds: anyBytes(20), requestExtensions: anyBytes(20) }),
        ),
    ],
    [
      "server_name",
      () =>
        check(
          serverNames,
          decodeServerNames,
          fc.array(fc.record({ nameType: anyByte, name: anyBytes(30) }), { maxLength: 3 }),
        ),
    ],
  ])("%s encodes to the bytes that it came from, and no bytes throw", (_, run) => {
    expect(run).not.toThrow();
  });

  it.each<[string, Extension, number, string]>([
    ["supported_groups", supportedGroups([0x001d, 0x0017]), 10, "0004001d0017"],
    ["ec_point_formats", ecPointFormats([0]), 11, "0100"],
    ["signature_algorithms", signatureAlgorithms([0x0804]), 13, "00020804"],
    ["encrypt_then_mac", encryptThenMac(), 22, ""],
    ["extended_master_secret", extendedMasterSecret(), 23, ""],
    ["session_ticket", sessionTicket(), 35, ""],
    ["supported_versions", supportedVersions([0x0304, 0x0303]), 43, "0403040303"],
    ["psk_key_exchange_modes", pskKeyExchangeModes([1]), 45, "0101"],
    ["post_handshake_auth", postHandshakeAuth(), 49, ""],
    ["key_share", clientKeyShares([{ group: 29, keyExchange: fromHex("aabb") }]), 51, "0006001d0002aabb"],
    ["renegotiation_info", renegotiationInfo(), 65281, "00"],
    ["status_request", statusRequest(), 5, "0100000000"],
    ["server_name", hostName("pc.example"), 0, "000d00000a70632e6578616d706c65"],
  ])("%s looks as it does on the wire", (name, extension, type, hex) => {
    expect({ type: extension.type, data: toHex(extension.data) }).toEqual({ type, data: hex });
    expect(extensionName(type)).toBe(name);
  });

  it.each<[string, (data: Uint8Array) => Decoded<unknown>, string, string, number]>([
    ["a list longer than its extension", decodeSupportedGroups, "0006001d", "supported_groups", 2],
    ["half a code", decodeSupportedGroups, "0003001d00", "supported_groups", 4],
    ["bytes behind the list", decodeSupportedVersions, "0203040000", "supported_versions", 3],
    [
      "a key share longer than its list",
      decodeClientKeyShares,
      "0005001d002000",
      "key_share.key_exchange",
      6,
    ],
    ["a name longer than its list", decodeServerNames, "000400000f61", "server_name.host_name", 5],
    ["no data", decodeSelectedVersion, "", "supported_versions.selected_version", 0],
  ])("%s is a fault that names field and offset", (_, decode, hex, field, offset) => {
    expect(faultIn(decode(fromHex(hex)))).toMatchObject({ field, offset });
  });
});

describe("The host name in server_name (RFC 6066 3)", () => {
  it("is the first entry of type host_name", () => {
    const names = [
      { nameType: 9, name: fromHex("61") },
      { nameType: 0, name: fromHex("c3a4") },
    ];
    expect(hostNameOf(names)).toBe("ä");
    expect(hostNameOf(names.slice(0, 1))).toBeNull();
  });

  it("survives bytes that are no text", () => {
    const { data } = serverNames([{ nameType: 0, name: fromHex("ff00") }]);
    expect(hostNameOf(valueIn(decodeServerNames(data), data))).toBe("\ufffd\u0000");
  });
});

describe("An extension in a list", () => {
  const list = [
    { type: EXTENSION.keyShare, data: fromHex("001d") },
    { type: EXTENSION.keyShare, data: fromHex("0017") },
  ];

  it.each([
    ["the first of its type", list, "001d"],
    ["none in an empty list", [], null],
    ["none in a hello that ends before extensions", null, null],
  ])("is %s", (_, extensions, hex) => {
    const data = extensionData(extensions, EXTENSION.keyShare);
    expect(data === null ? null : toHex(data)).toBe(hex);
  });

  it.each([
    ["absent", null, null],
    ["malformed", fromHex("1d"), null],
    ["well formed", fromHex("001d"), 0x001d],
  ])("gives null or its value: %s", (_, data, value) => {
    expect(wellFormed(data, decodeRetryGroup)).toBe(value);
  });

  it("has no name where IANA has none", () => {
    expect(extensionName(0x4a4a)).toBeNull();
  });
});
