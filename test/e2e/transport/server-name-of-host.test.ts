import { isIP } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { passHello } from "../../../src/lab/hello-steps.ts";
import { mintIdentity } from "../../../src/lab/certificates/identities.ts";
import { CONNECTION_LIFETIME_MS, startTls, stayOpen } from "../../../src/lab/steps.ts";
import { TLS_1_2, tlsOnly } from "../../../src/lab/usual-steps.ts";
import { probeAddress } from "../../../src/scan/one/probe-address.ts";
import { serverName } from "../../../src/tls/wire/client-hello.ts";
import { CLIENT_PROFILES } from "../../../src/tls/profiles/client-profiles.ts";
import { clientHelloOf } from "../../../src/tls/profiles/hello-of-profile.ts";
import { helloIngredients } from "../../../src/transport/entropy/hello-ingredients.ts";
import { type Listener, listen } from "../../../src/transport/listener.ts";
import { missingGroup } from "../../../src/transport/entropy/offerable.ts";
import { serverNameOfHost } from "../../../src/transport/server-name-of-host.ts";
import { DEFAULT_EXPIRY } from "../../../src/verdict/findings/certificate-findings.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";

/** RFC 6066 3: ASCII, no trailing dot; RFC 1035 2.3.4: labels of up to 63 bytes, 253 in all. */
const HOST_NAME = /^(?=.{1,253}$)[a-z\d_-]{1,63}(\.[a-z\d_-]{1,63})*$/i;

const NAMES = [
  ["server01.test", "server01.test"],
  ["server01.test.", "server01.test"],
  ["SERVER01", "SERVER01"],
  ["my_host.test", "my_host.test"],
  ["bücher.test", "xn--bcher-kva.test"],
  ["bücher.test.", "xn--bcher-kva.test"],
  ["BÜCHER.test", "xn--bcher-kva.test"],
  ["bücher。test。", "xn--bcher-kva.test"],
  ["例え.テスト", "xn--r8jz45g.xn--zckzah"],
] as const;

/** No form in ASCII that DNS could carry: no name is sent. */
const NAMELESS = [
  `${"ü".repeat(63)}.test`,
  `${"ü".repeat(30_000)}.test`,
  "xn--\u00fc.test",
  "\u00ad",
  "a\u200c\u0000b.ü",
  `${"a".repeat(64)}.test`,
  `${"abc.".repeat(64)}test`,
  ".",
  "",
] as const;

const ADDRESSES = [
  ["192.0.2.7", "192.0.2.7"],
  ["192.0.2.7.", "192.0.2.7"],
  ["１２７.０.０.１", "127.0.0.1"],
  ["2001:db8::7", "2001:db8::7"],
  ["fe80::7%eth0", "fe80::7"],
] as const;

/** This Node makes their key shares. */
const SPEAKABLE = CLIENT_PROFILES.filter((profile) => missingGroup(profile) === null);

const sentBy = (host: string): readonly (readonly [sni: string, name: string | null])[] =>
  SPEAKABLE.map((profile) => [profile.sni, serverName(clientHelloOf(profile, helloIngredients(host)))]);

describe("the name of a host in a ClientHello", () => {
  it.each(NAMES)("of %s is %s", (host, expected) => {
    expect(serverNameOfHost(host)).toEqual({ serverName: expected, isAddress: false });
  });

  it.each(NAMELESS)("of %j is none", (host) => {
    expect(serverNameOfHost(host)).toEqual({ serverName: null, isAddress: false });
  });

  it.each(ADDRESSES)("of %s is none, for it is the address %s", (host, address) => {
    expect(serverNameOfHost(host)).toEqual({ serverName: address, isAddress: true });
  });

  it("is what RFC 6066 3 allows, whatever the user typed and whichever the client", () => {
    const hosts = fc.oneof(
      fc.string({ unit: "binary", maxLength: 80 }),
      fc.string({ unit: "grapheme", maxLength: 300 }),
      fc.domain().map((name) => `${name}.`),
      fc.ipV4().map((address) => `${address}.`),
      fc.ipV6(),
      fc.constantFrom(...NAMES.map(([host]) => host), ...NAMELESS, ...ADDRESSES.map(([host]) => host)),
    );
    fc.assert(
      fc.property(hosts, (host) => {
        for (const [sni, name] of sentBy(host)) {
          if (name === null) continue;
          expect(sni).not.toBe("none");
          if (isIP(name) !== 0) expect(sni).toBe("name-or-address");
          else expect(name).toMatch(HOST_NAME);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("the name of a host on the wire", () => {
  const heard: (string | null)[] = [];
  let listener: Listener;

  beforeAll(async () => {
    const identity = mintIdentity("rsa-2048", new Date());
    const hear = passHello(
      ({ hello }) => {
        heard.push(serverName(hello));
        return true;
      },
      { kind: "reset" },
    );
    const steps = [tlsOnly, hear, startTls(TLS_1_2), stayOpen];
    listener = await listen({
      host: "127.0.0.1",
      port: 0,
      lifetimeMs: CONNECTION_LIFETIME_MS,
      serve: async (connection) => {
        for (const step of steps) {
          if (!(await step({ connection, identity, farm: [], countHello: () => 1 }))) return;
        }
      },
    });
  });

  afterAll(() => listener.close());

  it.each([...NAMES, [NAMELESS[0], null] as const])("of %s is %s at every depth", async (host, expected) => {
    heard.length = 0;
    for (const depth of ["quick", "standard"] as const) {
      const { target, verdict } = await probeAddress(
        {
          ...{ input: host, host, resolution: null },
          endpoint: { address: "127.0.0.1", port: listener.port, family: 4 },
        },
        {
          ...{ depth, timeoutMs: 3000, deadlineMs: 20_000, pauseMs: 0, routing: null },
          ...{ reference: REFERENCE, expiry: DEFAULT_EXPIRY },
        },
      );
      expect(target.host).toBe(host);
      expect(verdict.stage).not.toBe("tcp");
    }
    expect(heard.length).toBeGreaterThanOrEqual(2);
    expect(new Set(heard)).toEqual(new Set([expected]));
  });
});
