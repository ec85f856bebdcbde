import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cipherSuite } from "../../src/tls/tables/cipher-suites.ts";
import type { ClientProfile } from "../../src/tls/profiles/client-profile.ts";
import { CLIENT_PROFILES, clientProfile, DEFAULT_CLIENT_ID } from "../../src/tls/profiles/client-profiles.ts";
import { EXTENSION } from "../../src/tls/wire/extension.ts";
import { groupName } from "../../src/tls/tables/named-groups.ts";
import { profileOfVersions, WIDEST_PROFILE } from "../../src/tls/profiles/profile-variants.ts";
import { signatureSchemeName } from "../../src/tls/tables/signature-schemes.ts";
import { TLS_VERSION, type TlsVersionName, tlsVersionCode } from "../../src/tls/tables/versions.ts";

const { tls10, tls11, tls12, tls13 } = TLS_VERSION;

const PROFILES: readonly ClientProfile[] = [...CLIENT_PROFILES, WIDEST_PROFILE];

const byId = PROFILES.map((profile) => [profile.id, profile] as const);

const profileCalled = (id: string): ClientProfile => {
  const found = clientProfile(id);
  if (found === null) throw new Error(`no profile is called ${id}`);
  return found;
};

describe("The client profiles", () => {
  it("have an id each, and the reference client is mstsc of Windows 11 with NLA", () => {
    expect(new Set(PROFILES.map(({ id }) => id)).size).toBe(PROFILES.length);
    expect(profileCalled(DEFAULT_CLIENT_ID)).toMatchObject({ id: "win11-mstsc-nla", confidence: "captured" });
    expect(clientProfile("win3.11")).toBeNull();
  });

  it.each(byId)("%s: every number is known, and none comes twice", (_, profile) => {
    expect(profile.cipherSuites.map(cipherSuite)).not.toContain(null);
    expect(profile.groups.map(groupName)).not.toContain(null);
    expect(profile.signatureAlgorithms.map(signatureSchemeName)).not.toContain(null);
    for (const list of [
      profile.cipherSuites,
      profile.groups,
      profile.signatureAlgorithms,
      profile.extensionOrder,
    ]) {
      expect(new Set(list).size).toBe(list.length);
    }
  });

  it.each(byId)("%s: its versions agree with each other and with its extensions", (_, profile) => {
    const { minVersion, maxVersion, helloVersion, supportedVersions, extensionOrder } = profile;
    expect(minVersion).toBeLessThanOrEqual(maxVersion);
    expect(helloVersion).toBe(Math.min(maxVersion, tls12));
    const is13 = maxVersion === tls13;
    expect(supportedVersions === null ? null : [supportedVersions.at(0), supportedVersions.at(-1)]).toEqual(
      is13 ? [maxVersion, minVersion] : null,
    );
    for (const type of [EXTENSION.supportedVersions, EXTENSION.keyShare, EXTENSION.pskKeyExchangeModes]) {
      expect(extensionOrder.includes(type)).toBe(is13);
    }
    expect(profile.sessionIdLength).toBe(is13 ? 32 : 0);
    expect(profile.pskModes.length > 0).toBe(is13);
    expect(profile.groups).toEqual(expect.arrayContaining([...profile.keyShareGroups]));
    expect(profile.keyShareGroups.length > 0).toBe(is13);
  });

  it.each(byId)("%s: its lists are sent if they are not empty, and only then", (_, profile) => {
    const sent = (type: number) => profile.extensionOrder.includes(type);
    expect(sent(EXTENSION.supportedGroups)).toBe(profile.groups.length > 0);
    expect(sent(EXTENSION.signatureAlgorithms)).toBe(profile.signatureAlgorithms.length > 0);
    expect(profile.pointFormats.length > 0 || !sent(EXTENSION.ecPointFormats)).toBe(true);
  });

  it.each(byId)("%s: every suite is of a version that it has on", (_, profile) => {
    const misplaced = profile.cipherSuites.map(cipherSuite).filter((suite) => {
      const isOfRange =
        suite !== null && suite.minVersion <= profile.maxVersion && suite.maxVersion >= profile.minVersion;
      return !isOfRange;
    });
    expect(misplaced).toEqual([]);
  });

  it("the widest offers whatever a Windows profile does on its defaults", () => {
    const changed = new Set(["win11-mlkem", "win11-fips"]);
    for (const profile of CLIENT_PROFILES.filter(({ id }) => id.startsWith("win") && !changed.has(id))) {
      expect(WIDEST_PROFILE.cipherSuites).toEqual(expect.arrayContaining([...profile.cipherSuites]));
      expect(WIDEST_PROFILE.groups).toEqual(expect.arrayContaining([...profile.groups]));
      expect(WIDEST_PROFILE.signatureAlgorithms).toEqual(
        expect.arrayContaining([...profile.signatureAlgorithms]),
      );
    }
  });
});

describe("A profile held to some versions", () => {
  const reference = profileCalled(DEFAULT_CLIENT_ID);

  it("of TLS 1.2 has nothing of TLS 1.3 left", () => {
    const held = profileOfVersions(reference, tls10, tls12);
    expect(held).toMatchObject({
      helloVersion: tls12,
      recordVersion: tls10,
      supportedVersions: null,
      keyShareGroups: [],
      maxVersion: tls12,
      sessionIdLength: 0,
      extensionOrder: [0, 5, 13, 35, 10, 23, 65281],
    });
    expect(held?.cipherSuites).toEqual(reference.cipherSuites.filter((code) => code >> 8 !== 0x13));
  });

  it("of TLS 1.0 has no signature algorithms, and CBC suites alone", () => {
    const held = profileOfVersions(reference, tls10, tls10);
    expect(held).toMatchObject({
      helloVersion: tls10,
      recordVersion: tls10,
      signatureAlgorithms: [],
      minVersion: tls10,
    });
    expect(held?.extensionOrder).not.toContain(EXTENSION.signatureAlgorithms);
    expect(held?.cipherSuites).toEqual([0xc00a, 0xc009, 0xc014, 0xc013, 0x0035, 0x002f]);
  });

  it("of TLS 1.3 alone says so in supported_versions", () => {
    const held = profileOfVersions(reference, tls13, tls13);
    expect(held).toMatchObject({
      supportedVersions: [tls13],
      cipherSuites: [0x1302, 0x1301],
      minVersion: tls13,
    });
    expect(held?.extensionOrder).toEqual(reference.extensionOrder);
  });

  it.each([
    ["versions that the client does not have", "win7-mstsc", tls12, tls13],
    ["an empty range", "win11-mstsc-nla", tls12, tls11],
  ])("is null for %s", (_, id, min, max) => {
    expect(profileOfVersions(profileCalled(id), min, max)).toBeNull();
  });
});

const FACTS = new URL("../../../shared/facts/", import.meta.url);

interface DocumentedClient {
  readonly id: string;
  readonly tls_versions_enabled_by_default: readonly TlsVersionName[];
  readonly cipher_suites: readonly { readonly hex: string; readonly tls: readonly TlsVersionName[] }[];
  readonly groups: readonly { readonly hex: string }[];
  readonly signature_algorithms: readonly { readonly hex: string }[];
  readonly min_rsa_bits: number;
  readonly min_dh_bits: number;
}

const DOCUMENTED = new URL("windows-clients.json", FACTS);

const documented: readonly DocumentedClient[] = existsSync(DOCUMENTED)
  ? JSON.parse(readFileSync(DOCUMENTED, "utf8"))
  : [];

const codesOf = (entries: readonly { readonly hex: string }[]) =>
  entries.map(({ hex }) => Number.parseInt(hex, 16));

describe.skipIf(documented.length === 0)(
  "The Windows profiles, against the collected facts (skipped where they are not at hand)",
  () => {
    it("are the sixteen of them, in order", () => {
      expect(CLIENT_PROFILES.slice(0, documented.length).map(({ id }) => id)).toEqual(
        documented.map(({ id }) => id),
      );
      expect(documented).toHaveLength(16);
    });

    it.each(documented.map((client) => [client.id, client] as const))("%s", (id, client) => {
      const enabled = client.tls_versions_enabled_by_default;
      const versions = enabled.map(tlsVersionCode);
      const offered = client.cipher_suites.filter(({ tls }) =>
        tls.some((version) => enabled.includes(version)),
      );
      expect(profileCalled(id)).toMatchObject({
        minVersion: Math.min(...versions),
        maxVersion: Math.max(...versions),
        cipherSuites: codesOf(offered),
        groups: codesOf(client.groups),
        signatureAlgorithms: Math.max(...versions) >= tls12 ? codesOf(client.signature_algorithms) : [],
        minRsaBits: client.min_rsa_bits,
        minDhBits: client.min_dh_bits,
      });
    });
  },
);
