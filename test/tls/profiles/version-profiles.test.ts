import { describe, expect, it } from "vitest";
import { cipherSuite, isSuiteOfVersion } from "../../../src/tls/tables/cipher-suites.ts";
import { readClientFlight } from "../../../src/tls/wire/client-flight.ts";
import {
  type ClientHello,
  encodeClientHelloRecord,
  offeredVersions,
} from "../../../src/tls/wire/client-hello.ts";
import { CLIENT_PROFILES } from "../../../src/tls/profiles/client-profiles.ts";
import { byHello } from "../../../src/tls/profiles/distinct-hellos.ts";
import { clientHelloOf } from "../../../src/tls/profiles/hello-of-profile.ts";
import {
  groupsOfVersion,
  suitesOfVersion,
  versionProfile,
} from "../../../src/tls/profiles/version-profiles.ts";
import { TLS_VERSION, TLS_VERSIONS } from "../../../src/tls/tables/versions.ts";

const INGREDIENTS = {
  serverName: "pc.example",
  isAddress: false,
  random: new Uint8Array(32),
  sessionId: new Uint8Array(32),
  keyShares: () => new Uint8Array(32),
};

const helloOf = (version: number): ClientHello | null => {
  const profile = versionProfile(version, suitesOfVersion(version), groupsOfVersion(version));
  const record = encodeClientHelloRecord(clientHelloOf(profile, INGREDIENTS), profile.recordVersion);
  return readClientFlight(record).hello;
};

describe("the hello of one version alone", () => {
  it.each(TLS_VERSIONS)("of $name offers that version and no other", ({ code }) => {
    const hello = helloOf(code);
    // A hello without a list of versions names its newest only: the server may go below, which is an answer too.
    const offered = hello === null ? [] : offeredVersions(hello);
    expect(offered[0]).toBe(code);
    if (code >= TLS_VERSION.tls13) expect(offered).toEqual([code]);
  });

  it.each(TLS_VERSIONS)("of $name has every suite of that version, and none of another", ({ code }) => {
    const suites = suitesOfVersion(code);
    expect(suites.length).toBeGreaterThan(10);
    expect(new Set(suites).size).toBe(suites.length);
    for (const one of suites) {
      const suite = cipherSuite(one);
      expect(suite !== null && isSuiteOfVersion(suite, code)).toBe(true);
    }
  });

  it("has all that any Windows client offers within the first 64, which is as far as Windows Server 2003 reads", () => {
    const offered = new Set(
      CLIENT_PROFILES.flatMap(({ id, cipherSuites }) => (id.startsWith("win") ? cipherSuites : [])),
    );
    for (const { code } of TLS_VERSIONS) {
      const first = new Set(suitesOfVersion(code).slice(0, 64));
      for (const one of offered) {
        const suite = cipherSuite(one);
        if (suite !== null && isSuiteOfVersion(suite, code)) expect(first.has(one)).toBe(true);
      }
    }
  });

  it("of SSL 3 has no extensions, and says by a suite that it knows secure renegotiation", () => {
    const hello = helloOf(TLS_VERSION.ssl3);
    expect(hello?.extensions).toBeNull();
    expect(hello?.cipherSuites.at(-1)).toBe(0x00ff);
  });

  it("carries a key share for the first group where a public value can be made, else for none", () => {
    const shares = (groups: readonly number[]) =>
      versionProfile(TLS_VERSION.tls13, [0x1301], groups).keyShareGroups;
    expect(shares([0x0018, 0x001d])).toEqual([0x0018]);
    expect(shares([0x0100, 0x001d])).toEqual([]);
    expect(versionProfile(TLS_VERSION.tls12, [0xc030], [0x001d]).keyShareGroups).toEqual([]);
  });

  it("of no version is our caller's mistake", () => {
    expect(() => versionProfile(0x0305, [], [])).toThrow(RangeError);
  });
});

describe("clients by their hello", () => {
  it("each client is in one group, and those of a group differ in nothing that is sent", () => {
    const groups = byHello(CLIENT_PROFILES);
    expect(
      groups
        .flat()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(CLIENT_PROFILES.map(({ id }) => id).toSorted());
    for (const group of groups) {
      const bytes = group.map((profile) => {
        const record = encodeClientHelloRecord(clientHelloOf(profile, INGREDIENTS), profile.recordVersion);
        return Buffer.from(record).toString("hex");
      });
      expect(new Set(bytes).size).toBe(1);
    }
    const all = groups.map(([profile]) => {
      if (profile === undefined) throw new Error("an empty group");
      return Buffer.from(
        encodeClientHelloRecord(clientHelloOf(profile, INGREDIENTS), profile.recordVersion),
      ).toString("hex");
    });
    expect(new Set(all).size).toBe(groups.length);
  });
});
