import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { readClientFlight } from "../../../src/tls/wire/client-flight.ts";
import {
  type ClientHello,
  decodeClientHello,
  encodeClientHello,
  encodeClientHelloRecord,
  serverName,
} from "../../../src/tls/wire/client-hello.ts";
import type { ClientProfile } from "../../../src/tls/profiles/client-profile.ts";
import { CLIENT_PROFILES, clientProfile } from "../../../src/tls/profiles/client-profiles.ts";
import { EXTENSION, extensionData } from "../../../src/tls/wire/extension.ts";
import {
  decodeSignatureAlgorithms,
  decodeSupportedGroups,
  decodeSupportedVersions,
  wellFormed,
} from "../../../src/tls/wire/extension-lists.ts";
import { clientHelloOf } from "../../../src/tls/profiles/hello-of-profile.ts";
import { decodeClientKeyShares } from "../../../src/tls/wire/key-share.ts";
import { type TlsVersionName, tlsVersionCode } from "../../../src/tls/tables/versions.ts";
import { CAPTURED_HELLOS } from "./captured-hellos.ts";
import { valueIn } from "../../tls/expectations.ts";

const INGREDIENTS = {
  serverName: "pc.example",
  isAddress: false,
  random: new Uint8Array(32).fill(1),
  sessionId: new Uint8Array(32).fill(2),
  keyShares: (group: number) => new Uint8Array(group === 0x1d ? 32 : 65).fill(group),
};

const profileCalled = (id: string): ClientProfile => {
  const found = clientProfile(id);
  if (found === null) throw new Error(`no profile is called ${id}`);
  return found;
};

const typesOf = (hello: ClientHello): readonly number[] => (hello.extensions ?? []).map(({ type }) => type);

describe("The hello of a client profile", () => {
  it.each(CLIENT_PROFILES.map((profile) => [profile.id, profile] as const))(
    "%s: has what the profile says, in its order",
    (_, profile) => {
      const body = encodeClientHello(clientHelloOf(profile, INGREDIENTS));
      const hello = valueIn(decodeClientHello(body), body);
      expect(hello).toMatchObject({
        version: profile.helloVersion,
        random: INGREDIENTS.random,
        sessionId: INGREDIENTS.sessionId.slice(0, profile.sessionIdLength),
        cipherSuites: profile.cipherSuites,
        compressionMethods: [0],
      });
      expect(typesOf(hello)).toEqual(profile.extensionOrder);
      expect(factsOf(hello)).toEqual({
        supportedVersions: profile.supportedVersions,
        groups: profile.groups,
        keyShareGroups: profile.keyShareGroups,
        signatureAlgorithms: profile.signatureAlgorithms,
      });
    },
  );

  it.each([
    ["a name from a client that sends names only", "freerdp-openssl", "pc.example", false, "pc.example"],
    ["no address from a client that sends names only", "freerdp-openssl", "192.0.2.7", true, null],
    ["an address from mstsc", "win11-mstsc-nla", "192.0.2.7", true, "192.0.2.7"],
    ["nothing where there is no name", "win11-mstsc-nla", null, false, null],
  ])("has in server_name %s", (_, id, name, isAddress, expected) => {
    const profile = profileCalled(id);
    const hello = clientHelloOf(profile, { ...INGREDIENTS, serverName: name, isAddress });
    expect(serverName(hello)).toBe(expected);
    expect(typesOf(hello)).toEqual(
      profile.extensionOrder.filter((type) => type !== EXTENSION.serverName || expected !== null),
    );
  });

  it("has no server_name where the client never sends one", () => {
    const hello = clientHelloOf({ ...profileCalled("win11-mstsc-nla"), sni: "none" }, INGREDIENTS);
    expect(serverName(hello)).toBeNull();
  });

  it.each([
    ["a random of another size", { random: new Uint8Array(31) }, "client hello: random of 31 bytes, not 32"],
    [
      "a session id of another size",
      { sessionId: new Uint8Array(0) },
      "client hello: session id of 0 bytes, not 32",
    ],
  ])("%s is the caller's mistake", (_, wrong, message) => {
    expect(() => clientHelloOf(profileCalled("win7-mstsc"), { ...INGREDIENTS, ...wrong })).toThrow(
      new RangeError(message),
    );
  });

  it("an extension that cannot be made is the caller's mistake", () => {
    const profile = { ...profileCalled("win7-mstsc"), extensionOrder: [4242] };
    expect(() => clientHelloOf(profile, INGREDIENTS)).toThrow(/no extension of type 4242/);
  });
});

/** What a hello offers besides its own fields. */
const factsOf = ({ extensions }: ClientHello) => {
  const shares = wellFormed(extensionData(extensions, EXTENSION.keyShare), decodeClientKeyShares);
  return {
    supportedVersions: wellFormed(
      extensionData(extensions, EXTENSION.supportedVersions),
      decodeSupportedVersions,
    ),
    groups: wellFormed(extensionData(extensions, EXTENSION.supportedGroups), decodeSupportedGroups),
    keyShareGroups: shares?.map(({ group }) => group) ?? [],
    signatureAlgorithms:
      wellFormed(extensionData(extensions, EXTENSION.signatureAlgorithms), decodeSignatureAlgorithms) ?? [],
  };
};

describe("The hellos of captured clients, in this tree's own table", () => {
  it.each(CAPTURED_HELLOS.map((captured) => [captured.id, captured] as const))(
    "%s, byte for byte",
    (id, { record }) => {
      const profile = profileCalled(id);
      const hello = encodeClientHelloRecord(clientHelloOf(profile, INGREDIENTS), profile.recordVersion);
      expect(toHex(hello)).toBe(toHex(fromHex(record)));
    },
  );
});

const SHARED = new URL("../../../../shared/", import.meta.url);

interface ReadHello {
  readonly id: string;
  readonly source: string;
  readonly same_as?: string;
  readonly record_version: string;
  readonly client_version: string;
  readonly session_id_bytes: number;
  readonly supported_versions: readonly TlsVersionName[] | null;
  readonly cipher_suites: readonly string[];
  readonly groups: readonly string[];
  readonly key_share_groups: readonly string[];
  readonly signature_algorithms: readonly string[];
  readonly extensions: readonly number[];
}

const READ_HELLOS = new URL("facts/mstsc-hellos.json", SHARED);

const readHellos: readonly ReadHello[] = existsSync(READ_HELLOS)
  ? JSON.parse(readFileSync(READ_HELLOS, "utf8"))
  : [];

const hexCodes = (texts: readonly string[]) => texts.map((text) => Number.parseInt(text, 16));

if (readHellos.length === 0) {
  process.stderr.write(`skipped: hellos read off captures: ${fileURLToPath(READ_HELLOS)} is not at hand\n`);
}

describe.skipIf(readHellos.length === 0)(
  "The hellos of mstsc and FreeRDP, against what was read off captures (skipped where that is not at hand)",
  () => {
    it("are of five clients", () => {
      expect(readHellos).toHaveLength(5);
    });

    it.each(readHellos.map((read) => [read.id, read] as const))("%s, byte for byte", (id, read) => {
      const whole = { ...readHellos.find((other) => other.id === read.same_as), ...read };
      const profile = profileCalled(id);
      const record = encodeClientHelloRecord(clientHelloOf(profile, INGREDIENTS), profile.recordVersion);
      expect(toHex(record)).toBe(recordAsRead(whole));
      const own = CAPTURED_HELLOS.find((captured) => captured.id === id);
      expect(own?.source).toBe(read.source);
      expect(toHex(fromHex(own?.record ?? ""))).toBe(recordAsRead(whole));
    });

    it.each(readHellos.map((read) => [read.id, read] as const))("%s", (id, read) => {
      const whole = { ...readHellos.find((other) => other.id === read.same_as), ...read };
      const profile = profileCalled(id);
      const hello = clientHelloOf(profile, INGREDIENTS);
      expect(profile.recordVersion).toBe(Number(whole.record_version));
      expect(hello.version).toBe(Number(whole.client_version));
      expect(hello.sessionId).toHaveLength(whole.session_id_bytes);
      expect(hello.cipherSuites).toEqual(hexCodes(whole.cipher_suites));
      expect(typesOf(hello)).toEqual(whole.extensions);
      expect(factsOf(hello)).toEqual({
        supportedVersions: whole.supported_versions?.map(tlsVersionCode) ?? null,
        groups: hexCodes(whole.groups),
        keyShareGroups: hexCodes(whole.key_share_groups),
        signatureAlgorithms: hexCodes(whole.signature_algorithms),
      });
    });
  },
);

/** `hex` behind its length, in a field of `width` bytes. */
const sized = (width: number, hex: string): string =>
  (hex.length / 2).toString(16).padStart(2 * width, "0") + hex;

/** The record of a hello that was read off a capture, put together in hex by the RFCs alone. */
const recordAsRead = (read: ReadHello): string => {
  const { serverName: name, random, sessionId, keyShares } = INGREDIENTS;
  const shares = read.key_share_groups.map(
    (group) => group + sized(2, toHex(keyShares(Number(`0x${group}`)))),
  );
  const versions = (read.supported_versions ?? []).map((version) => `030${Number(version.slice(2)) + 1}`);
  /** OpenSSL lists three formats, Schannel the uncompressed one alone. */
  const pointFormats = read.id.startsWith("freerdp") ? "000102" : "00";
  const data: Readonly<Record<number, string>> = {
    [EXTENSION.serverName]: sized(2, `00${sized(2, toHex(new TextEncoder().encode(name)))}`),
    [EXTENSION.statusRequest]: "0100000000",
    [EXTENSION.supportedGroups]: sized(2, read.groups.join("")),
    [EXTENSION.ecPointFormats]: sized(1, pointFormats),
    [EXTENSION.signatureAlgorithms]: sized(2, read.signature_algorithms.join("")),
    [EXTENSION.supportedVersions]: sized(1, versions.join("")),
    [EXTENSION.pskKeyExchangeModes]: "0101",
    [EXTENSION.keyShare]: sized(2, shares.join("")),
    [EXTENSION.renegotiationInfo]: "00",
  };
  const extensions = read.extensions.map(
    (type) => type.toString(16).padStart(4, "0") + sized(2, data[type] ?? ""),
  );
  const body = [
    read.client_version.slice(2) + toHex(random),
    sized(1, toHex(sessionId.slice(0, read.session_id_bytes))),
    ...[sized(2, read.cipher_suites.join("")), sized(1, "00"), sized(2, extensions.join(""))],
  ].join("");
  return `16${read.record_version.slice(2)}${sized(2, `01${sized(3, body)}`)}`;
};

/** The hellos in a capture, as bytes; none where tshark or the capture is missing. */
const helloRecordsIn = (capture: string): readonly Uint8Array[] => {
  const path = fileURLToPath(new URL(`pcaps/${capture}`, SHARED));
  if (!existsSync(path)) return [];
  const filter = "tcp.dstport == 3389 && tcp.payload[0:2] == 16:03 && tcp.payload[5] == 1";
  const fields = ["-T", "fields", "-e", "tcp.payload"];
  const { stdout } = spawnSync("tshark", ["-r", path, "-Y", filter, ...fields], {
    encoding: "utf8",
    timeout: 15_000,
  });
  return (stdout ?? "").split("\n").filter(Boolean).map(fromHex);
};

const padded = (bytes: Uint8Array, size: number): Uint8Array => {
  const whole = new Uint8Array(size);
  whole.set(bytes);
  return whole;
};

/** FreeRDP 2.11.7 of Debian 12, to a raw listener on 127.0.0.57. */
const FREERDP_RECORD = fromHex(`
  16030101370100013303031c8bf225fc6c285a8741a9ecaff81059aed3ee2701f85f136a478a1d4f97e21b20590a0bfe
  0228b9adb6e3a4411cb65844a850ed61f36a8782c24e6b4de8490654003e130213031301c02cc030009fcca9cca8ccaa
  c02bc02f009ec024c028006bc023c0270067c00ac0140039c009c0130033009d009c003d003c0035002f00ff010000ac
  0000000f000d00000a3132372e302e302e3537000b000403000102000a00160014001d0017001e001900180100010101
  0201030104002300000016000000170000000d002a0028040305030603080708080809080a080b080408050806040105
  010601030303010302040205020602002b0009080304030303020301002d00020101003300260024001d0020233ed0ce
  f3cc3e33dc3c9afd88bf735aaf4cbf5cc848ace715cdda4433f03214`);

const CAPTURED: readonly (readonly [string, string, readonly Uint8Array[]])[] = [
  ["win11-mstsc-nla", "Kerberos, by name", helloRecordsIn("wireshark-rdp__rdp-nla-kerberos-auth1.pcapng")],
  ["win11-mstsc-nla", "NTLM, by address", helloRecordsIn("wireshark-rdp__rdp-nla-ntlm-rejected1.pcapng")],
  ["win7-mstsc", "by address", helloRecordsIn("zeek__rdp-to-ssl.pcap")],
  ["freerdp-openssl3", "by address", [FREERDP_RECORD]],
];

describe("The hellos of captured clients, byte for byte", () => {
  for (const [id, how, records] of CAPTURED) {
    describe.skipIf(records.length === 0)(
      `${id}, ${how} (skipped where tshark or the capture is missing)`,
      () => {
        it("with their random, session id, name and key share put in, the same bytes come out", () => {
          for (const record of records) {
            const captured = readClientFlight(record).hello;
            if (captured === null) throw new Error("the capture has no hello");
            const shares =
              wellFormed(extensionData(captured.extensions, EXTENSION.keyShare), decodeClientKeyShares) ?? [];
            const profile = profileCalled(id);
            const name = serverName(captured);
            const hello = clientHelloOf(profile, {
              serverName: name,
              isAddress: /^[\d.]+$/.test(name ?? ""),
              random: captured.random,
              sessionId: padded(captured.sessionId, 32),
              keyShares: (group) =>
                shares.find((share) => share.group === group)?.keyExchange ?? new Uint8Array(0),
            });
            expect(encodeClientHelloRecord(hello, profile.recordVersion)).toEqual(record);
          }
        });
      },
    );
  }
});
