import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ntlmRequest } from "../../../src/credssp/credssp-request.ts";
import { decodeTsRequest } from "../../../src/credssp/ts-request.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { SCENARIOS } from "../../../src/lab/scenarios.ts";
import {
  BIG_HELLO_LIMIT_BYTES,
  FLIGHT_CUT_BYTES,
  FLIGHT_LIMIT_BYTES,
  TLS_SHAPES,
} from "../../../src/lab/tls-shapes.ts";
import type { ClientProfile } from "../../../src/tls/profiles/client-profile.ts";
import { clientProfile, DEFAULT_CLIENT_ID } from "../../../src/tls/profiles/client-profiles.ts";
import {
  EVERYTHING_PROFILE,
  SHORT_ANSWER_PROFILE,
  SMALL_PROFILE,
} from "../../../src/tls/profiles/probe-profiles.ts";
import { profileOfVersions } from "../../../src/tls/profiles/profile-variants.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { VERDICTS } from "../../../src/verdict/verdicts.ts";
import { readCertificate } from "../../../src/x509/certificate-facts.ts";
import {
  ASK,
  CONFIRM_SIZE_BYTES,
  converse,
  type FlightSummary,
  helloBytes,
  type Reply,
  say,
} from "./hello-client.ts";
import { type End, RawClient } from "./raw-client.ts";

const { ssl3, tls10, tls11, tls12, tls13 } = TLS_VERSION;
const HOUR_MS = 3_600_000;
const DAYS = 24;

const profileOf = (profile: ClientProfile | null): ClientProfile => {
  if (profile === null) throw new Error("no such profile");
  return profile;
};

const WINDOWS_11 = profileOf(clientProfile(DEFAULT_CLIENT_ID));

/** Clients by a short name: Windows 11 as it is and held to some versions, and others that ask one thing. */
const CLIENTS = {
  win11: WINDOWS_11,
  "win11 with 1.2 alone": profileOf(profileOfVersions(WINDOWS_11, tls12, tls12)),
  "win11 with 1.0 alone": profileOf(profileOfVersions(WINDOWS_11, tls10, tls10)),
  "win11 with 1.3 and 1.2": profileOf(profileOfVersions(WINDOWS_11, tls12, tls13)),
  "win11 without a key share": { ...WINDOWS_11, keyShareGroups: [] },
  "win11 with Ed25519": { ...WINDOWS_11, signatureAlgorithms: [0x0807] },
  everything: EVERYTHING_PROFILE,
  "everything with 1.2 alone": profileOf(profileOfVersions(EVERYTHING_PROFILE, tls12, tls12)),
  "everything with SSL 3 alone": profileOf(profileOfVersions(EVERYTHING_PROFILE, ssl3, ssl3)),
  small: SMALL_PROFILE,
  "short answer": SHORT_ANSWER_PROFILE,
} as const satisfies Readonly<Record<string, ClientProfile>>;

type Client = keyof typeof CLIENTS;

let lab: Lab;
const clients: RawClient[] = [];

const dial = (id: string): RawClient => {
  const listener = lab.listeners.find(({ scenario }) => scenario.id === id);
  if (listener === undefined) throw new Error(`no scenario ${id}`);
  const client = new RawClient(listener.port);
  clients.push(client);
  return client;
};

const ask = (id: string, client: Client): Promise<Reply> =>
  converse(dial(id), helloBytes(CLIENTS[client], "pc.example"));

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: TLS_SHAPES.map(({ id }) => id) });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});
afterAll(() => lab.close());

describe("the table of TLS shapes", () => {
  it("has ids of its own, titles of one line, and verdicts that exist", () => {
    const others = new Set(
      SCENARIOS.filter((scenario) => !TLS_SHAPES.includes(scenario)).map(({ id }) => id),
    );
    for (const { id, title, verdict } of TLS_SHAPES) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(title).toMatch(/^[^\r\n]{5,100}$/);
      expect(Object.keys(VERDICTS)).toContain(verdict);
      expect(others.has(id)).toBe(false);
    }
    expect(new Set(TLS_SHAPES.map(({ id }) => id)).size).toBe(TLS_SHAPES.length);
  });

  it("is proved on the wire below, shape by shape", () => {
    const proved = [...ANSWERS.map(([id]) => id), ...CERTIFICATES.map(([id]) => id), ...ON_THEIR_OWN];
    expect([...new Set(proved)].sort()).toEqual(TLS_SHAPES.map(({ id }) => id).sort());
  });
});

const NOTHING: FlightSummary = {
  version: null,
  suite: null,
  group: null,
  exchange: null,
  certificates: null,
  alert: null,
  retry: false,
  sizeBytes: 0,
};
const WORKS_12 = { version: tls12, suite: 0xc030, group: 0x1d, certificates: 1, alert: null } as const;
const WORKS_10 = { version: tls10, exchange: "ecdhe", certificates: 1, alert: null } as const;
const ALERT = (description: number) => ({ ...NOTHING, alert: description, sizeBytes: 7 });
const RSA_SUITE = { group: null, exchange: null, certificates: 1, alert: null } as const;

/** Shape, client, what it hears behind the Connection Confirm, how the connection ends. */
const ANSWERS: readonly (readonly [string, Client, Partial<FlightSummary>, End])[] = [
  ["key-unreadable", "win11", NOTHING, "rst"],
  ["key-unreadable", "everything", NOTHING, "rst"],
  ["key-unreadable", "win11 with 1.0 alone", NOTHING, "rst"],
  ["key-unreadable", "small", NOTHING, "rst"],
  ["tls13-intolerant", "win11", NOTHING, "rst"],
  ["tls13-intolerant", "everything", NOTHING, "rst"],
  ["tls13-intolerant", "win11 with 1.2 alone", WORKS_12, "open"],
  ["tls13-intolerant", "everything with 1.2 alone", { version: tls12, certificates: 1 }, "open"],
  ["tls13-intolerant", "win11 with 1.0 alone", WORKS_10, "open"],
  ["big-hello-dropped", "win11", NOTHING, "open"],
  ["big-hello-dropped", "everything with 1.2 alone", NOTHING, "open"],
  ["big-hello-dropped", "small", WORKS_12, "open"],
  ["big-hello-reset", "win11", NOTHING, "rst"],
  ["big-hello-reset", "everything with 1.2 alone", NOTHING, "rst"],
  ["big-hello-reset", "small", WORKS_12, "open"],
  ["content-filter", "win11", NOTHING, "rst"],
  ["content-filter", "small", NOTHING, "rst"],
  ["tls10-hello-only", "win11", WORKS_10, "open"],
  ["tls10-hello-only", "win11 with 1.0 alone", WORKS_10, "open"],
  ["tls10-hello-only", "win11 with 1.3 and 1.2", NOTHING, "rst"],
  ["tls12-refused-alert", "win11", { version: tls11, certificates: 1 }, "open"],
  ["tls12-refused-alert", "win11 with 1.3 and 1.2", ALERT(70), "fin"],
  ["ssl3-only", "win11", NOTHING, "rst"],
  ["ssl3-only", "everything with SSL 3 alone", { ...RSA_SUITE, version: ssl3, suite: 0x35 }, "open"],
  ["ssl3-to-everybody", "win11", { ...RSA_SUITE, version: ssl3, suite: 0x35 }, "open"],
  ["ssl3-to-everybody", "win11 with 1.0 alone", { ...RSA_SUITE, version: ssl3, suite: 0x35 }, "open"],
  ["3des-only", "win11", NOTHING, "rst"],
  ["3des-only", "everything", { ...RSA_SUITE, version: tls12, suite: 0x0a }, "open"],
  ["3des-only-alert", "win11", ALERT(40), "fin"],
  ["3des-only-alert", "everything", { ...RSA_SUITE, version: tls12, suite: 0x0a }, "open"],
  ["rc4-only", "win11", NOTHING, "rst"],
  ["rc4-only", "everything", { ...RSA_SUITE, version: tls12, suite: 0x05 }, "open"],
  ["export-only", "win11", NOTHING, "rst"],
  ["export-only", "everything", { ...RSA_SUITE, exchange: "rsa-export", suite: 0x03 }, "open"],
  ["null-only", "win11", NOTHING, "rst"],
  ["null-only", "everything", { ...RSA_SUITE, version: tls12, suite: 0x3b }, "open"],
  ["anon-only", "win11", NOTHING, "rst"],
  ["anon-only", "everything", { suite: 0xa7, exchange: "dhe", certificates: null }, "open"],
  ["ecdsa-suites-with-rsa-certificate", "win11", ALERT(40), "fin"],
  ["ecdsa-suites-with-rsa-certificate", "everything", ALERT(40), "fin"],
  ["ed25519-certificate", "win11", ALERT(40), "fin"],
  ["ed25519-certificate", "win11 with 1.2 alone", ALERT(40), "fin"],
  ["ed25519-certificate", "win11 with Ed25519", { version: tls13, suite: 0x1302, alert: null }, "open"],
  ["flight-lost", "win11", NOTHING, "open"],
  ["flight-lost", "win11 with 1.2 alone", NOTHING, "open"],
  ["flight-lost", "short answer", ALERT(40), "fin"],
  ["flight-lost", "win11 without a key share", { version: null, retry: true, alert: null }, "open"],
  ["flight-cut", "win11", { version: null, alert: null, sizeBytes: FLIGHT_CUT_BYTES }, "open"],
  ["flight-cut", "short answer", ALERT(40), "fin"],
];

describe("what a TLS shape answers on the wire", () => {
  it.each(ANSWERS)("%s to %s: %j, then %s", async (id, client, expected, end) => {
    const reply = await ask(id, client);
    expect(reply.summary).toMatchObject(expected);
    expect(reply.end).toBe(end);
  });

  it("is silence in place of a flight that is longer than what is lost", async () => {
    const { summary } = await ask("tls13-intolerant", "win11 with 1.2 alone");
    expect(summary.sizeBytes).toBeGreaterThan(FLIGHT_LIMIT_BYTES);
    expect(FLIGHT_CUT_BYTES).toBeLessThan(FLIGHT_LIMIT_BYTES);
  });

  it("is no flight for the second hello either, once a HelloRetryRequest came through", async () => {
    const client = dial("flight-lost");
    const first = await converse(client, helloBytes(CLIENTS["win11 without a key share"]));
    const second = await say(client, [Uint8Array.of(20, 3, 3, 0, 1, 1), helloBytes(CLIENTS.win11)]);
    expect(second.end).toBe("open");
    expect(second.summary).toEqual(first.summary);
  });

  it("is FIN to a client that goes on with keys that nobody has", async () => {
    const client = dial("rc4-only");
    await converse(client, helloBytes(CLIENTS.everything));
    expect(await say(client, [Uint8Array.of(22, 3, 3, 0, 4, 16, 0, 0, 0)])).toMatchObject({ end: "fin" });
  });

  it("shows keys of 512 bits in an export suite, and a prime of 3072 in an anonymous one", async () => {
    const exported = (await ask("export-only", "everything")).flight.keyExchange;
    const anonymous = (await ask("anon-only", "everything")).flight.keyExchange;
    if (exported?.kind !== "rsa-export" || anonymous?.kind !== "dhe") throw new Error("other exchanges");
    expect(exported.modulus).toHaveLength(512 / 8);
    expect(anonymous.prime).toHaveLength(3072 / 8);
    expect(anonymous.signature).toBeNull();
  });
});

const ON_THEIR_OWN = ["first-hello-reset", "farm"];

describe("devices that look at the size of a hello", () => {
  const sized = (sizeBytes: number): Uint8Array => {
    const spare = sizeBytes - helloBytes(CLIENTS["win11 with 1.2 alone"], "").length;
    const bytes = helloBytes(CLIENTS["win11 with 1.2 alone"], "a".repeat(spare));
    expect(bytes).toHaveLength(sizeBytes);
    return bytes;
  };

  it("stand between the default client's hello, whatever its name, and a small one", () => {
    expect(helloBytes(CLIENTS.win11).length).toBeGreaterThan(BIG_HELLO_LIMIT_BYTES);
    expect(helloBytes(CLIENTS.small).length).toBeLessThan(BIG_HELLO_LIMIT_BYTES);
  });

  it.each([
    ["big-hello-dropped", 0, tls12, "open"],
    ["big-hello-dropped", 1, null, "open"],
    ["big-hello-reset", 0, tls12, "open"],
    ["big-hello-reset", 1, null, "rst"],
  ])("%s at the limit and %d bytes", async (id, over, version, end) => {
    const reply = await converse(dial(id), sized(BIG_HELLO_LIMIT_BYTES + over));
    expect({ version: reply.summary.version, end: reply.end }).toEqual({ version, end });
  });

  it.each([["big-hello-dropped", "open"] as const, ["big-hello-reset", "rst"] as const])(
    "%s is not deceived by two segments",
    async (id, end) => {
      const bytes = helloBytes(CLIENTS.win11);
      const reply = await converse(dial(id), bytes.slice(0, 100), bytes.slice(100));
      expect(reply).toMatchObject({ summary: NOTHING, end });
    },
  );
});

describe("content-filter", () => {
  it.each([1, 5, 60, -1])("lets a hello through that is cut at byte %d", async (at) => {
    const bytes = helloBytes(CLIENTS["win11 with 1.2 alone"]);
    const reply = await converse(dial("content-filter"), bytes.slice(0, at), bytes.slice(at));
    expect(reply).toMatchObject({ summary: WORKS_12, end: "open" });
  });
});

describe("first-hello-reset", () => {
  it("resets the first, third and fifth ClientHello; connections without one do not count", async () => {
    const ends: End[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const { end } = await ask("first-hello-reset", "win11");
      ends.push(end);
      const silent = dial("first-hello-reset");
      silent.send(ASK);
      await silent.hears(CONFIRM_SIZE_BYTES);
      silent.destroy();
    }
    expect(ends).toEqual(["rst", "open", "rst", "open", "rst"]);
  });
});

describe("farm", () => {
  it("shows one certificate and the other in turn", async () => {
    const names: (string | null)[] = [];
    const digests = new Set<string>();
    for (let turn = 0; turn < 4; turn += 1) {
      const { flight } = await ask("farm", "win11 with 1.2 alone");
      const leaf = readCertificate(flight.certificates?.[0] ?? new Uint8Array(0));
      names.push(leaf.commonName);
      digests.add(leaf.sha256);
    }
    expect(names).toEqual(["RDPLAB", "RDPLAB2", "RDPLAB", "RDPLAB2"]);
    expect(digests.size).toBe(2);
  });
});

interface Leaf {
  readonly key?: string;
  readonly signature?: string;
  readonly selfSigned?: boolean;
  /** Hours from now to the ends of the validity. */
  readonly validHours?: readonly [number, number];
  readonly extendedKeyUsage?: readonly string[];
  readonly keyUsage?: readonly string[];
  /** Common names as they were sent. */
  readonly chain?: readonly string[];
  readonly suite?: number;
}

/** Shape, what its certificate is. */
const CERTIFICATES: readonly (readonly [string, Leaf])[] = [
  ["certificate-expires-soon", { validHours: [-173 * DAYS, 10 * DAYS], selfSigned: true }],
  [
    "certificate-windows-overdue",
    { validHours: [-186 * DAYS, -3 * DAYS], key: "rsa 2048", selfSigned: true },
  ],
  ["certificate-issued-expired", { validHours: [-210 * DAYS, -27 * DAYS], selfSigned: false }],
  ["certificate-md5", { signature: "md5WithRSAEncryption", key: "rsa 2048" }],
  ["certificate-rsa512", { key: "rsa 512" }],
  ["certificate-client-eku", { extendedKeyUsage: ["clientAuth"] }],
  ["certificate-no-encipherment", { keyUsage: ["digitalSignature"], key: "rsa 2048", suite: 0x009d }],
  ["chain-out-of-order", { chain: ["RDPLAB", "RDPLAB Root CA", "RDPLAB Issuing CA"], selfSigned: false }],
  ["chain-incomplete", { chain: ["RDPLAB"], selfSigned: false }],
  ["chain-huge", { selfSigned: false }],
];

describe("what a certificate shape shows", () => {
  it.each(CERTIFICATES)("%s", async (id, expected) => {
    const now = Date.now();
    const { flight } = await ask(id, "win11 with 1.2 alone");
    const chain = (flight.certificates ?? []).map((der) => readCertificate(der));
    const [leaf] = chain;
    const hours = (date: Date | null | undefined) => Math.round((Number(date) - now) / HOUR_MS);
    const seen = {
      key: leaf?.key?.type === "rsa" ? `rsa ${leaf.key.bits}` : null,
      signature: leaf?.signature?.name,
      selfSigned: leaf?.selfSigned,
      validHours: [hours(leaf?.notBefore), hours(leaf?.notAfter)],
      extendedKeyUsage: leaf?.extendedKeyUsage,
      keyUsage: leaf?.keyUsage,
      chain: chain.map(({ commonName }) => commonName),
      suite: flight.hello?.cipherSuite,
    };
    expect(seen).toMatchObject(expected);
  });

  it("certificate-windows-overdue is in Windows' own form: one CN, 183 days, no other name", async () => {
    const { flight } = await ask("certificate-windows-overdue", "win11 with 1.2 alone");
    const facts = readCertificate(flight.certificates?.[0] ?? new Uint8Array(0));
    expect(facts).toMatchObject({ singleCommonName: true, subjectAltNames: [], selfSigned: true });
    expect((Number(facts.notAfter) - Number(facts.notBefore)) / HOUR_MS).toBe(183 * DAYS);
  });

  it("chain-huge is over 32 KiB, in order, under the 100 KiB that OpenSSL takes", async () => {
    const { flight } = await ask("chain-huge", "win11 with 1.2 alone");
    const ders = flight.certificates ?? [];
    const size = ders.reduce((sum, der) => sum + der.length, 0);
    expect(size).toBeGreaterThan(32 * 1024);
    expect(size).toBeLessThan(100 * 1024);
    const chain = ders.map((der) => readCertificate(der));
    expect(chain.slice(0, -1).map(({ issuer }) => issuer)).toEqual(
      chain.slice(1).map(({ subject }) => subject),
    );
  });
});

describe("real TLS behind a shape", () => {
  const small = { maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES256-GCM-SHA384" } as const;

  it.each([
    ["tls13-intolerant", small, "TLSv1.2"],
    ["big-hello-dropped", small, "TLSv1.2"],
    ["big-hello-reset", small, "TLSv1.2"],
    ["tls10-hello-only", {}, "TLSv1"],
    ["tls12-refused-alert", {}, "TLSv1.1"],
    ["certificate-expires-soon", {}, "TLSv1.3"],
    ["certificate-windows-overdue", {}, "TLSv1.3"],
    ["certificate-md5", {}, "TLSv1.2"],
    ["certificate-rsa512", {}, "TLSv1.2"],
    ["certificate-client-eku", {}, "TLSv1.3"],
    ["certificate-no-encipherment", {}, "TLSv1.2"],
    ["chain-out-of-order", {}, "TLSv1.3"],
    ["chain-incomplete", {}, "TLSv1.3"],
    ["chain-huge", {}, "TLSv1.3"],
    ["farm", {}, "TLSv1.3"],
  ] as const)("%s completes with %j", async (id, options, version) => {
    const client = dial(id);
    client.send(ASK);
    await client.hears(CONFIRM_SIZE_BYTES);
    const secured = await client.startTls(options);
    expect(secured.getProtocol()).toBe(version);
    secured.destroy();
  });

  it("goes on to CredSSP where the hello gets through", async () => {
    const client = dial("tls13-intolerant");
    client.send(ASK);
    await client.hears(CONFIRM_SIZE_BYTES);
    const secured = await client.startTls(small);
    const answer = new Promise<Buffer>((resolve) => secured.once("data", resolve));
    secured.write(ntlmRequest());
    expect(decodeTsRequest(await answer)).toMatchObject({ status: "done", value: { version: 6 } });
    secured.destroy();
  });
});
