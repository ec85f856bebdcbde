import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FlightMaterial } from "../../src/lab/flight/flight-material.ts";
import { answerHello, type HelloAnswer } from "../../src/lab/hello-answer.ts";
import type { HelloPolicy, ServerCertificate } from "../../src/lab/policies/hello-policy.ts";
import {
  type CipherSuite,
  cipherSuite,
  cipherSuites,
  isSuiteOfVersion,
} from "../../src/tls/tables/cipher-suites.ts";
import type { ClientHello } from "../../src/tls/wire/client-hello.ts";
import { EXTENSION, extensionData } from "../../src/tls/wire/extension.ts";
import {
  signatureAlgorithms,
  supportedGroups,
  supportedVersions,
} from "../../src/tls/wire/extension-lists.ts";
import { renegotiationInfo } from "../../src/tls/tables/extension-signals.ts";
import { clientKeyShares } from "../../src/tls/wire/key-share.ts";
import { readServerFlight, type ServerFlight } from "../../src/tls/wire/server-flight.ts";
import { negotiatedVersion, selectedGroup } from "../../src/tls/wire/server-hello.ts";
import { sizeInBits } from "../../src/tls/wire/server-key-exchange.ts";
import { TLS_VERSION, TLS_VERSIONS } from "../../src/tls/tables/versions.ts";

const { ssl3, tls10, tls11, tls12, tls13 } = TLS_VERSION;
const X25519 = 0x001d;
const P256 = 0x0017;
const P384 = 0x0018;
const CHAIN = [new Uint8Array(300).fill(0x30), new Uint8Array(200).fill(0x31)];

const certificateOf = (authentication: ServerCertificate["authentication"]): ServerCertificate => ({
  authentication,
  chain: CHAIN,
  sign: () => new Uint8Array(64).fill(0x51),
});

const materialOf = (certificate: ServerCertificate | null): FlightMaterial => ({
  certificate,
  randomBytes: (size) => new Uint8Array(size).fill(0x5a),
  keyPair: (group) => ({
    publicValue: new Uint8Array(group === X25519 ? 32 : 65).fill(4),
    agree: () => new Uint8Array(32).fill(7),
  }),
  dhParameters: (bits) => ({
    prime: new Uint8Array(bits / 8).fill(0xff),
    generator: Uint8Array.of(2),
    publicValue: new Uint8Array(bits / 8).fill(3),
  }),
});

const POLICY: HelloPolicy = {
  versions: [ssl3, tls10, tls11, tls12, tls13],
  cipherSuites: cipherSuites().map(({ code }) => code),
  groups: [X25519, P256, P384],
  preference: "server",
  dhBits: 2048,
  readsSupportedVersions: true,
  refusal: { kind: "reset" },
};

interface Offer {
  readonly version: number;
  readonly suites: readonly number[];
  /** Null where the hello has no such extension. */
  readonly versions?: readonly number[] | null;
  readonly groups?: readonly number[] | null;
  readonly shares?: readonly number[];
  readonly schemes?: readonly number[] | null;
}

const offering = ({
  version,
  suites,
  versions = null,
  groups = [X25519, P256],
  shares = [],
  schemes = [0x0804, 0x0401, 0x0403, 0x0202],
}: Offer): ClientHello => ({
  version: Math.min(version, tls12),
  random: new Uint8Array(32).fill(1),
  sessionId: new Uint8Array(32).fill(2),
  cipherSuites: suites,
  compressionMethods: [0],
  extensions: [
    renegotiationInfo(),
    ...(versions === null ? [] : [supportedVersions(versions)]),
    ...(groups === null ? [] : [supportedGroups(groups)]),
    ...(schemes === null ? [] : [signatureAlgorithms(schemes)]),
    ...(shares.length === 0
      ? []
      : [clientKeyShares(shares.map((group) => ({ group, keyExchange: new Uint8Array(32) })))]),
  ],
});

/** A hello for this version alone, as far as one can say so. */
const offeringVersion = (version: number, rest: Omit<Offer, "version">): ClientHello =>
  offering({ version, ...(version === tls13 ? { versions: [tls13], shares: [X25519] } : {}), ...rest });

const flightOf = (answer: HelloAnswer): ServerFlight => {
  if (answer.kind === "refusal") throw new Error(`refused for its ${answer.why}`);
  return readServerFlight(answer.bytes);
};

const ANSWERED: ReadonlySet<string> = new Set(["rsa", "dhe", "ecdhe", "any"]);

/** The kind of key that a suite needs; null for none. */
const keyKindOf = ({ authentication }: CipherSuite): ServerCertificate["authentication"] | null => {
  if (authentication === "anon") return null;
  return authentication === "dss" || authentication === "ecdsa" ? authentication : "rsa";
};

/** TLS 1.3 with CCM, ShangMi and GOST is not sealed here. */
const isAnswered = (suite: CipherSuite): boolean =>
  ANSWERED.has(suite.keyExchange) && (suite.keyExchange !== "any" || /_GCM_SHA|_CHACHA20_/.test(suite.name));

const PAIRS = TLS_VERSIONS.flatMap(({ code: version }) =>
  cipherSuites()
    .filter((suite) => isSuiteOfVersion(suite, version) && isAnswered(suite))
    .map((suite) => ({ version, suite })),
);

const EXPORT_BITS = { early: 512, late: 1024 } as const;

/** What the ServerKeyExchange of a suite is, and what it shows. */
const exchangeExpected = (suite: CipherSuite, version: number, group: number, dhBits: number): unknown => {
  const exportBits = suite.name.includes("EXPORT1024") ? EXPORT_BITS.late : EXPORT_BITS.early;
  if (version === tls13 || (suite.keyExchange === "rsa" && !suite.isExport)) return null;
  if (suite.keyExchange === "ecdhe") return { kind: "ecdhe", group };
  if (suite.keyExchange === "dhe") return { kind: "dhe", bits: suite.isExport ? exportBits : dhBits };
  return { kind: "rsa-export", bits: exportBits };
};

const exchangeSeen = ({ keyExchange }: ServerFlight): unknown => {
  switch (keyExchange?.kind) {
    case "ecdhe":
      return { kind: "ecdhe", group: keyExchange.group };
    case "dhe":
      return { kind: "dhe", bits: sizeInBits(keyExchange.prime) };
    case "rsa-export":
      return { kind: "rsa-export", bits: sizeInBits(keyExchange.modulus) };
    default:
      return keyExchange;
  }
};

describe("A flight written by hand", () => {
  it("covers every version, and every kind of exchange and key", () => {
    const kinds = new Set(
      PAIRS.map(({ version, suite: { keyExchange, authentication, isExport } }) =>
        [version.toString(16), keyExchange, authentication, isExport ? "export" : ""].join(" "),
      ),
    );
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        "300 rsa rsa ",
        "300 rsa rsa export",
        "301 dhe anon export",
        "302 ecdhe ecdsa ",
        "303 ecdhe rsa ",
        "303 dhe dss ",
        "303 dhe anon ",
        "304 any any ",
      ]),
    );
  });

  it("reads back as what was selected, over all versions, suites, groups and primes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PAIRS),
        fc.constantFrom(X25519, P256, P384),
        fc.constantFrom(512, 1024, 2048),
        fc.array(fc.nat({ max: 0xffff }), { maxLength: 5 }),
        fc.constantFrom("server" as const, "client" as const),
        ({ version, suite }, group, dhBits, strangeSuites, preference) => {
          const kind = keyKindOf(suite);
          const hello = offeringVersion(version, {
            suites: [suite.code, ...strangeSuites],
            groups: [group],
            shares: version === tls13 ? [group] : [],
          });
          const policy = { ...POLICY, versions: [version], cipherSuites: [suite.code], dhBits, preference };
          const answer = answerHello(hello, policy, materialOf(kind === null ? null : certificateOf(kind)));
          expect(answer.kind).toBe("flight");
          const flight = flightOf(answer);
          const seen = {
            fault: flight.fault,
            version: flight.hello === null ? null : negotiatedVersion(flight.hello),
            suite: flight.hello?.cipherSuite,
            group: flight.hello === null ? null : selectedGroup(flight.hello),
            exchange: exchangeSeen(flight),
            certificates: flight.certificates,
            helloDone: flight.helloDone,
            encrypted: flight.encrypted,
          };
          const is13 = version === tls13;
          expect(seen).toEqual({
            fault: null,
            version,
            suite: suite.code,
            group: is13 ? group : null,
            exchange: exchangeExpected(suite, version, group, dhBits),
            certificates: is13 || kind === null ? null : CHAIN,
            helloDone: !is13,
            encrypted: is13,
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  it("selects nothing that one of the two has not, and refuses only where nothing fits", () => {
    const codes = fc.subarray([0x1301, 0x1302, 0xc030, 0xc02c, 0xc014, 0x009f, 0x0035, 0x000a, 0x00a7]);
    const groups = fc.subarray([X25519, P256, P384]);
    const versions = fc.subarray([ssl3, tls10, tls11, tls12, tls13]);
    fc.assert(
      fc.property(
        fc.record({ codes, groups, versions, kind: fc.constantFrom("rsa" as const, "ecdsa" as const) }),
        fc.record({ codes, groups, versions, shares: groups }),
        (server, client) => {
          const policy = {
            ...POLICY,
            versions: server.versions,
            cipherSuites: server.codes,
            groups: server.groups,
          };
          const { codes: suites, ...offer } = client;
          const hello = offering({ version: tls12, suites, ...offer });
          const answer = answerHello(hello, policy, materialOf(certificateOf(server.kind)));
          const version = server.versions.filter((one) => client.versions.includes(one)).at(-1) ?? null;
          if (answer.kind === "refusal") {
            expect(answer.why).toBe(version === null ? "version" : "cipher-suite");
            const needsOnlyAKey = [0x0035, 0x000a].some(
              (code) => server.codes.includes(code) && client.codes.includes(code),
            );
            if (version !== null && version !== tls13)
              expect(needsOnlyAKey && server.kind === "rsa").toBe(false);
            return;
          }
          const flight = flightOf(answer);
          const selected = flight.hello ?? flight.helloRetryRequest;
          expect(selected).not.toBeNull();
          if (selected === null) return;
          expect(negotiatedVersion(selected)).toBe(version);
          expect(server.codes).toContain(selected.cipherSuite);
          expect(client.codes).toContain(selected.cipherSuite);
          const suite = cipherSuite(selected.cipherSuite);
          expect(suite !== null && isSuiteOfVersion(suite, version ?? 0)).toBe(true);
          const group = selectedGroup(selected);
          if (group === null) return;
          expect(server.groups).toContain(group);
          expect(client.groups).toContain(group);
          expect(client.shares.includes(group)).toBe(answer.kind === "flight");
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** What a policy and a hello come to: version, suite, group. */
const selected = (
  policy: Partial<HelloPolicy>,
  hello: ClientHello,
  certificate: ServerCertificate | null = certificateOf("rsa"),
): string => {
  const answer = answerHello(hello, { ...POLICY, ...policy }, materialOf(certificate));
  if (answer.kind === "refusal") return `refused: ${answer.why}`;
  const flight = flightOf(answer);
  const chosen = flight.hello ?? flight.helloRetryRequest;
  if (chosen === null) return "nothing";
  const group =
    selectedGroup(chosen) ?? (flight.keyExchange?.kind === "ecdhe" ? flight.keyExchange.group : null);
  return [answer.kind, negotiatedVersion(chosen), chosen.cipherSuite, group ?? 0]
    .map((part) => (typeof part === "number" ? part.toString(16) : part))
    .join(" ");
};

const WINDOWS_11 = { version: tls12, versions: [tls13, tls12, tls11, tls10] };

describe("What a server selects", () => {
  it.each([
    [
      "the newest version of both",
      { versions: [tls10, tls12] },
      offering({ ...WINDOWS_11, suites: [0x1301, 0x0035] }),
      "flight 303 35 0",
    ],
    [
      "a version under legacy_version, where it reads no list of versions",
      { versions: [ssl3], readsSupportedVersions: false },
      offering({ ...WINDOWS_11, suites: [0x0035] }),
      "flight 300 35 0",
    ],
    [
      "no version that the list lacks, where it reads one",
      { versions: [ssl3] },
      offering({ ...WINDOWS_11, suites: [0x0035] }),
      "refused: version",
    ],
    [
      "no TLS 1.3 for a client that says so in legacy_version only",
      { versions: [tls13] },
      offering({ version: tls13, suites: [0x1301] }),
      "refused: version",
    ],
    [
      "by its own order",
      { cipherSuites: [0x0035, 0x002f] },
      offering({ version: tls12, suites: [0x002f, 0x0035] }),
      "flight 303 35 0",
    ],
    [
      "by the client's order",
      { cipherSuites: [0x0035, 0x002f], preference: "client" },
      offering({ version: tls12, suites: [0x002f, 0x0035] }),
      "flight 303 2f 0",
    ],
    [
      "the group by its own order",
      { groups: [P256, X25519] },
      offering({ version: tls12, suites: [0xc030] }),
      "flight 303 c030 17",
    ],
    [
      "any group for a client that names none",
      { groups: [P384] },
      offering({ version: tls12, suites: [0xc030], groups: null }),
      "flight 303 c030 18",
    ],
    [
      "the next suite where no group is shared",
      { groups: [P384], cipherSuites: [0xc030, 0x0035] },
      offering({ version: tls12, suites: [0xc030, 0x0035] }),
      "flight 303 35 0",
    ],
    [
      "no suite for another kind of key",
      { cipherSuites: [0xc02c] },
      offering({ version: tls12, suites: [0xc02c] }),
      "refused: cipher-suite",
    ],
    [
      "no suite whose signature the client does not take",
      { cipherSuites: [0xc030] },
      offering({ version: tls12, suites: [0xc030], schemes: [0x0403] }),
      "refused: cipher-suite",
    ],
    [
      "SHA-1 for a client that names no scheme",
      { cipherSuites: [0xc030] },
      offering({ version: tls12, suites: [0xc030], schemes: null }),
      "flight 303 c030 1d",
    ],
    [
      "no TLS 1.3 with RSA but without RSA-PSS",
      { versions: [tls13] },
      offeringVersion(tls13, { suites: [0x1301], schemes: [0x0401] }),
      "refused: cipher-suite",
    ],
    [
      "the group that has a share before a better one that has none",
      { versions: [tls13] },
      offeringVersion(tls13, { suites: [0x1301], groups: [X25519, P256], shares: [P256] }),
      "flight 304 1301 17",
    ],
    [
      "a group without a share: a HelloRetryRequest",
      { versions: [tls13], groups: [P256] },
      offeringVersion(tls13, { suites: [0x1301] }),
      "retry-request 304 1301 17",
    ],
    [
      "no pre-shared key, which the lab has none of",
      { cipherSuites: [0x008d] },
      offering({ version: tls12, suites: [0x008d] }),
      "refused: cipher-suite",
    ],
  ] as const)("is %s", (_, policy, hello, expected) => {
    expect(selected(policy, hello)).toBe(expected);
  });

  it("is nothing but anonymous suites where it has no certificate", () => {
    const suites = [0x0035, 0x00a7];
    expect(selected({ cipherSuites: suites }, offering({ version: tls12, suites }), null)).toBe(
      "flight 303 a7 0",
    );
  });

  it("is refused, and not asked for again, where the second hello has no share either", () => {
    const hello = offeringVersion(tls13, { suites: [0x1301] });
    const policy = { ...POLICY, versions: [tls13], groups: [P256] };
    expect(answerHello(hello, policy, materialOf(certificateOf("rsa")), Uint8Array.of(1))).toMatchObject({
      kind: "refusal",
      why: "key-share",
    });
  });
});

describe("The ServerHello", () => {
  const flight = (version: number, suites: readonly number[]): ServerFlight =>
    flightOf(
      answerHello(
        offeringVersion(version, { suites }),
        { ...POLICY, versions: [version] },
        materialOf(certificateOf("rsa")),
      ),
    );

  it("echoes the session id in TLS 1.3, and has one of its own before, which resumes nothing", () => {
    expect(flight(tls13, [0x1301]).hello?.sessionId).toEqual(new Uint8Array(32).fill(2));
    expect(flight(tls12, [0x0035]).hello?.sessionId).toEqual(new Uint8Array(32).fill(0x5a));
  });

  it("answers renegotiation_info, and has no extensions in SSL 3", () => {
    const { hello } = flight(tls10, [0x0035]);
    expect(extensionData(hello?.extensions ?? null, EXTENSION.renegotiationInfo)).toEqual(Uint8Array.of(0));
    expect(flight(ssl3, [0x0035]).hello?.extensions).toBeNull();
  });

  it("names the version in the records up to TLS 1.2, and 1.2 in those of TLS 1.3", () => {
    const recordVersion = (version: number, suite: number): number => {
      const answer = answerHello(
        offeringVersion(version, { suites: [suite] }),
        { ...POLICY, versions: [version] },
        materialOf(certificateOf("rsa")),
      );
      const [, major = 0, minor = 0] = answer.kind === "refusal" ? [] : answer.bytes;
      return major * 0x100 + minor;
    };
    expect([ssl3, tls10, tls11, tls12].map((version) => recordVersion(version, 0x0035))).toEqual([
      ssl3,
      tls10,
      tls11,
      tls12,
    ]);
    expect(recordVersion(tls13, 0x1301)).toBe(tls12);
  });
});
