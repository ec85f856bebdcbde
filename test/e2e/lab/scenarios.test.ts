import type { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes/hex.ts";
import { ntlmRequest, spnegoRequest } from "../../../src/credssp/credssp-request.ts";
import { decodeNtlmChallenge } from "../../../src/credssp/ntlm-challenge.ts";
import { decodeTsRequest } from "../../../src/credssp/ts-request.ts";
import { FAULTY_HANDSHAKES } from "../../../src/lab/faulty-handshakes.ts";
import { HOSTILE_NAME } from "../../../src/lab/certificates/identities.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { MCS_SCENARIOS } from "../../../src/lab/policies/mcs-scenarios.ts";
import { SCENARIOS } from "../../../src/lab/scenarios.ts";
import { TLS_SHAPES } from "../../../src/lab/tls-shapes.ts";
import { VERDICTS } from "../../../src/verdict/verdicts.ts";
import { encodeConnectionRequest } from "../../../src/x224/connection-request.ts";
import { PROTOCOL } from "../../../src/x224/protocols.ts";
import { chainOf, type End, RawClient } from "./raw-client.ts";

const HOUR_MS = 3_600_000;
const { rdp, ssl, hybrid, rdstls, hybridEx } = PROTOCOL;
const STANDARD = ssl | hybrid | hybridEx;

const request = (requestedProtocols: number | null): string =>
  toHex(
    encodeConnectionRequest({
      kind: "connection-request",
      destinationReference: 0,
      sourceReference: 0,
      classOptions: 0,
      routing: null,
      negotiation: requestedProtocols === null ? null : { flags: 0, requestedProtocols },
      correlation: null,
    }),
  );
/** As much of a ClientHello as a record's header tells. */
const HELLO = "16030100050100000101";
const ASK = request(STANDARD);
const confirm = (negotiation: string): string => `030000130ed000001234 00${negotiation}`.replaceAll(" ", "");
const selects = (protocol: number, flags = "1f"): string =>
  confirm(`02${flags}0800${protocol.toString(16).padStart(2, "0")}000000`);
const fails = (code: number): string => confirm(`03000800${code.toString(16).padStart(2, "0")}000000`);
const ascii = (text: string): string => toHex(new TextEncoder().encode(text));
const CONFIRMED = selects(hybridEx);

let lab: Lab;
const clients: RawClient[] = [];

const dial = (id: string): RawClient => {
  const listener = lab.listeners.find(({ scenario }) => scenario.id === id);
  if (listener === undefined) throw new Error(`no scenario ${id}`);
  const client = new RawClient(listener.port);
  clients.push(client);
  return client;
};

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0 });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});
afterAll(() => lab.close());

describe("the table of scenarios", () => {
  it("has an id in kebab case and a title of one line for each", () => {
    for (const { id, title } of SCENARIOS) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(title).toMatch(/^[^\r\n]{5,100}$/);
    }
    expect(new Set(SCENARIOS.map(({ id }) => id)).size).toBe(SCENARIOS.length);
  });

  it("shows every verdict that a listener on loopback can deserve", () => {
    const elsewhere = ["name-not-found", "dns-failure", "port-filtered", "unreachable", "proxy-failed"];
    const expected = Object.keys(VERDICTS).filter((code) => !elsewhere.includes(code));
    expect([...new Set(SCENARIOS.map(({ verdict }) => verdict))].sort()).toEqual(expected.sort());
  });

  it("is proved on the wire below, scenario by scenario", () => {
    const proved = [
      ...PLAIN.map(([id]) => id),
      ...SECURED.map(([id]) => id),
      ...CREDSSP.map(([id]) => id),
      ...ON_THEIR_OWN,
    ];
    const shapes = [...TLS_SHAPES, ...FAULTY_HANDSHAKES, ...MCS_SCENARIOS].map(({ id }) => id);
    expect([...new Set([...proved, ...shapes])].sort()).toEqual(SCENARIOS.map(({ id }) => id).sort());
  });
});

/** Scenario, what the client sends (each after an answer to the one before), all that it hears, the end. */
const PLAIN: readonly (readonly [string, readonly string[], string, End])[] = [
  ["nla-required", [request(ssl)], fails(5), "fin"],
  ["nla-required", [request(rdp)], fails(5), "fin"],
  ["nla-required", [request(null)], "0300000902f0802180", "fin"],
  ["nla-required", [request(ssl | hybrid)], selects(hybrid), "open"],
  ["nla-required", [ASK], selects(hybridEx), "open"],
  ["nla-optional", [request(ssl)], selects(ssl), "open"],
  ["nla-optional", [ASK], selects(hybridEx), "open"],
  ["nla-optional", [request(rdp)], fails(1), "fin"],
  ["tls-without-nla", [ASK], selects(ssl), "open"],
  ["tls-without-nla", [request(hybrid)], fails(1), "fin"],
  ["tls-without-nla", ["16030100010a"], "", "fin"],
  ["unknown-flag", [ASK], selects(ssl, "3f"), "open"],
  ["failure-1", [ASK], fails(1), "fin"],
  ["failure-2", [ASK], fails(2), "fin"],
  ["failure-3", [ASK], fails(3), "fin"],
  ["failure-4", [ASK], fails(4), "fin"],
  ["failure-5", [ASK], fails(5), "fin"],
  ["failure-6", [ASK], fails(6), "fin"],
  ["failure-7", [ASK], fails(7), "fin"],
  ["failure-99", [ASK], fails(99), "fin"],
  ["disconnect-request", [ASK], "0300000b06800000123488", "fin"],
  ["error-tpdu", [ASK], "030000090470000003", "fin"],
  ["mcs-disconnect", [ASK], "0300000902f0802180", "fin"],
  ["no-negotiation-data", [ASK], "0300000b06d00000123400", "open"],
  ["coalesced", [ASK], "0300000b06d000001234000300000902f0802180", "open"],
  ["selects-rdp", [ASK], selects(rdp), "open"],
  ["xrdp-key-unreadable", [ASK], selects(rdp, "01"), "open"],
  ["xrdp-tls-unusable", [ASK, HELLO], `${selects(ssl, "01")}0300000902f0802180`, "fin"],
  ["selects-unrequested", [ASK], selects(rdstls), "open"],
  ["selects-unrequested", [request(ssl | rdstls)], selects(PROTOCOL.rdsaad), "open"],
  ["port-closed", [], "", "refused"],
  ["reset-on-accept", [], "", "rst"],
  ["reset-after-request", [ASK], "", "rst"],
  ["reset-after-hello", [ASK, HELLO], CONFIRMED, "rst"],
  ["closed-on-accept", [], "", "fin"],
  ["closed-after-request", [ASK], "", "fin"],
  ["closed-after-hello", [ASK, HELLO], CONFIRMED, "fin"],
  ["silent", [ASK], "", "open"],
  ["silent-after-hello", [ASK, HELLO], CONFIRMED, "open"],
  ["reply-stops", [ASK], "030000130ed0000012340002", "open"],
  ["reply-cut-off", [ASK], "030000130ed0000012340002", "fin"],
  ["alert-40", [ASK, HELLO], `${CONFIRMED}15030300020228`, "fin"],
  ["alert-70", [ASK, HELLO], `${CONFIRMED}15030300020246`, "fin"],
  ["alert-71", [ASK, HELLO], `${CONFIRMED}15030300020247`, "fin"],
  ["alert-80", [ASK, HELLO], `${CONFIRMED}15030300020250`, "fin"],
  ["ssh", [], ascii("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"), "open"],
  ["smtp", [], ascii("220 mail.lab.test ESMTP Postfix\r\n"), "open"],
  ["ftp", [], ascii("220 ProFTPD Server (lab) [127.0.0.1] FTP\r\n"), "open"],
  ["vnc", [], ascii("RFB 003.008\n"), "open"],
  ["iso-tsap", [ASK], "0300001611d00001000700c0010ac1020100c2020102", "open"],
  ["tls-alert-to-request", [ASK], "15030300020246", "fin"],
  ["tls-without-x224", [ASK], "", "fin"],
  ["tpkt-length-too-short", [ASK], "030000030ed000001234000200080001000000", "open"],
  ["tpkt-length-too-long", [ASK], "0300ffff0ed000001234000200080001000000", "open"],
  ["tpkt-length-disagrees", [ASK], "030000400ed000001234000200080001000000", "open"],
  ["tpkt-of-garbage", [ASK], "030000130ed01badf00dffdeadbeefdeadbeef", "open"],
  ["garbage", [ASK], "deadbeef8badf00d00ff00ffa5a5a5a5c0ffee00facefeed", "open"],
  [
    "garbage-after-hello",
    [ASK, HELLO],
    `${CONFIRMED}deadbeef8badf00d00ff00ffa5a5a5a5c0ffee00facefeed`,
    "open",
  ],
];

describe("what a scenario answers on the wire", () => {
  it.each(PLAIN)("%s to %j: %s, then %s", async (id, sends, hex, end) => {
    const client = dial(id);
    for (const [index, bytes] of sends.entries()) {
      client.send(bytes);
      if (index < sends.length - 1) await client.hears(19);
    }
    if (end === "open") await client.hears(hex.length / 2);
    expect(await client.ends(end === "open" ? 60 : undefined)).toMatchObject({ hex, end });
  });
});

type Secured = {
  readonly version: string;
  readonly commonName?: string;
  readonly key?: string;
  readonly chain?: readonly string[];
  /** Hours from now to the ends of the validity. */
  readonly validHours?: readonly [number, number];
};
const DAYS = 24;
const VALID = [-10 * DAYS, 173 * DAYS] as const;

/** Scenario, what the client asks for, what TLS shows. */
const SECURED: readonly (readonly [string, number, Secured])[] = [
  ["nla-required", STANDARD, { version: "TLSv1.3", commonName: "RDPLAB", validHours: VALID }],
  ["nla-optional", ssl, { version: "TLSv1.3" }],
  ["tls-without-nla", STANDARD, { version: "TLSv1.2", key: "rsa 2048" }],
  ["tls13-without-nla", STANDARD, { version: "TLSv1.3" }],
  ["tls13-only", STANDARD, { version: "TLSv1.3" }],
  ["tls10-only", STANDARD, { version: "TLSv1" }],
  ["unknown-flag", STANDARD, { version: "TLSv1.3" }],
  ["certificate-expired", STANDARD, { version: "TLSv1.3", validHours: [-210 * DAYS, -27 * DAYS] }],
  ["certificate-not-yet-valid", STANDARD, { version: "TLSv1.3", validHours: [20 * DAYS, 203 * DAYS] }],
  ["certificate-ec", STANDARD, { version: "TLSv1.3", key: "ec prime256v1" }],
  ["certificate-rsa1024-sha1", STANDARD, { version: "TLSv1.2", key: "rsa 1024" }],
  [
    "certificate-chain",
    STANDARD,
    { version: "TLSv1.3", chain: ["RDPLAB", "RDPLAB Issuing CA", "RDPLAB Root CA"] },
  ],
  ["certificate-hostile-name", STANDARD, { version: "TLSv1.3", commonName: HOSTILE_NAME }],
];

describe("what a scenario shows in TLS", () => {
  it.each(SECURED)("%s", async (id, asked, expected) => {
    const now = Date.now();
    const client = dial(id);
    client.send(request(asked));
    await client.hears(19);
    const secured = await client.startTls();
    const chain = chainOf(secured);
    const [leaf] = chain;
    const hours = (date = "") => Math.round((new Date(date).getTime() - now) / HOUR_MS);
    const seen: Required<Secured> = {
      version: secured.getProtocol() ?? "",
      commonName: leaf === undefined ? "" : commonNameOf(leaf),
      key: leaf === undefined ? "" : keyOf(leaf),
      chain: chain.map(commonNameOf),
      validHours: [hours(leaf?.validFrom), hours(leaf?.validTo)],
    };
    expect(seen).toMatchObject(expected);
    secured.destroy();
  });

  it("certificate-rsa1024-sha1 is signed with SHA-1", async () => {
    const client = dial("certificate-rsa1024-sha1");
    client.send(ASK);
    await client.hears(19);
    const secured = await client.startTls();
    const sha1WithRsa = "06092a864886f70d010105";
    expect(toHex(secured.getPeerCertificate().raw)).toContain(sha1WithRsa);
    secured.destroy();
  });

  it.each([
    ["tls10-only", { minVersion: "TLSv1.2" }, "TLSV1_ALERT_PROTOCOL_VERSION"],
    ["tls13-only", { maxVersion: "TLSv1.2" }, "TLSV1_ALERT_PROTOCOL_VERSION"],
    ["tls-without-nla", { minVersion: "TLSv1.3" }, "TLSV1_ALERT_PROTOCOL_VERSION"],
    ["dhe-only", { ciphers: "ECDHE-RSA-AES256-GCM-SHA384", maxVersion: "TLSv1.2" }, "HANDSHAKE_FAILURE"],
  ] as const)("%s answers %j with an alert", async (id, options, code) => {
    const client = dial(id);
    client.send(ASK);
    await client.hears(19);
    await expect(client.startTls(options)).rejects.toMatchObject({ code: expect.stringContaining(code) });
  });

  it("dhe-only takes a client that offers DHE", async () => {
    const client = dial("dhe-only");
    client.send(ASK);
    await client.hears(19);
    const secured = await client.startTls();
    expect(secured.getCipher().name).toBe("DHE-RSA-AES256-GCM-SHA384");
    secured.destroy();
  });

  it("tls-without-x224 speaks TLS at once", async () => {
    const secured = await dial("tls-without-x224").startTls();
    expect(secured.getProtocol()).toBe("TLSv1.3");
    secured.destroy();
  });

  it.each([
    ["reset-after-tls", "rst"],
    ["closed-after-tls", "fin"],
    ["silent-after-tls", "open"],
  ])("%s: %s at the first word of CredSSP", async (id, end) => {
    const client = dial(id);
    client.send(ASK);
    await client.hears(19);
    const secured = await client.startTls();
    const ended = new Promise<string>((resolve) => {
      secured.once("end", () => resolve("fin"));
      secured.on("error", () => resolve("rst"));
      setTimeout(() => resolve("open"), 300);
    });
    secured.resume();
    secured.write("a TSRequest");
    expect(await ended).toBe(end);
    secured.destroy();
  });
});

/** Scenarios with a test that fits no table. */
const ON_THEIR_OWN = [
  "clock-ahead",
  "renamed-computer",
  "dhe-only",
  "dribble",
  "endless",
  "endless-after-hello",
  "http",
  "reset-after-tls",
  "closed-after-tls",
  "silent-after-tls",
];

const BLOCKED = 0xc0000418;
const SAYS_NOTHING = { version: 6, errorCode: null, computer: null, aheadMinutes: null } as const;

/** Scenario, what it is asked, and what its TSRequest says. */
const CREDSSP: readonly (readonly [string, Uint8Array, object])[] = [
  ["nla-required", ntlmRequest(), { version: 6, errorCode: null, computer: "RDPLAB", aheadMinutes: 0 }],
  ["nla-required", spnegoRequest(), { version: 6, errorCode: null, computer: "RDPLAB", aheadMinutes: 0 }],
  ["credssp-refused", ntlmRequest(), { version: 6, errorCode: BLOCKED, computer: null, aheadMinutes: null }],
  [
    "credssp-spnego-only",
    ntlmRequest(),
    { version: 6, errorCode: BLOCKED, computer: null, aheadMinutes: null },
  ],
  [
    "credssp-spnego-only",
    spnegoRequest(),
    { version: 6, errorCode: null, computer: "RDPLAB", aheadMinutes: 0 },
  ],
  ["credssp-version-2", ntlmRequest(), { version: 2, errorCode: null, computer: "RDPLAB", aheadMinutes: 0 }],
  ["credssp-version-4", ntlmRequest(), { version: 4, errorCode: null, computer: "RDPLAB", aheadMinutes: 0 }],
  [
    "credssp-broken-pairs",
    ntlmRequest(),
    { version: 6, errorCode: null, computer: "RDPLAB", aheadMinutes: 0 },
  ],
  ["credssp-empty", ntlmRequest(), SAYS_NOTHING],
  ["credssp-spnego-reject", ntlmRequest(), SAYS_NOTHING],
  ["clock-ahead", ntlmRequest(), { version: 6, errorCode: null, computer: "RDPLAB", aheadMinutes: 30 }],
  ["renamed-computer", ntlmRequest(), { version: 6, errorCode: null, computer: "NEWNAME", aheadMinutes: 0 }],
  ["credssp-version-3", ntlmRequest(), { version: 3, errorCode: null, computer: "RDPLAB", aheadMinutes: 0 }],
  ["credssp-kerberos-only", ntlmRequest(), SAYS_NOTHING],
  ["credssp-other-mechanism", ntlmRequest(), SAYS_NOTHING],
];

describe("CredSSP inside TLS", () => {
  it.each(CREDSSP)("%s answers a TSRequest", async (id, request, expected) => {
    const client = dial(id);
    client.send(ASK);
    await client.hears(19);
    const secured = await client.startTls();
    secured.write(request);
    const [bytes] = await once(secured, "data");
    const answer = decodeTsRequest(bytes);
    secured.destroy();
    if (answer.status !== "done") throw new Error(`no TSRequest: ${answer.status}`);
    const token = answer.value.negoTokens?.[0];
    const challenge = token === undefined ? null : decodeNtlmChallenge(token);
    const facts = challenge?.status === "done" ? challenge.value : null;
    const aheadMs = facts?.serverTime == null ? null : facts.serverTime.getTime() - Date.now();
    expect({
      version: answer.value.version,
      errorCode: answer.value.errorCode,
      computer: facts?.netbiosComputer ?? null,
      aheadMinutes: aheadMs === null ? null : Math.abs(Math.round(aheadMs / 60_000)),
    }).toEqual(expected);
  });
});

describe("scenarios that need a test of their own", () => {
  it("http answers anything with 400 and closes", async () => {
    const client = dial("http");
    client.send(ASK);
    const { hex, end } = await client.ends();
    expect(hex.startsWith(ascii("HTTP/1.1 400 Bad Request\r\n"))).toBe(true);
    expect(end).toBe("fin");
  });

  it("dribble sends every byte in a segment of its own, and TLS completes", async () => {
    const client = dial("dribble");
    client.send(ASK);
    const { hex, chunks } = await client.hears(19);
    expect(hex).toBe(selects(ssl));
    expect(chunks).toBeGreaterThan(10);
    const secured = await client.startTls();
    expect(secured.getProtocol()).toBe("TLSv1.2");
    secured.destroy();
  });

  it("endless never stops by itself", async () => {
    const client = dial("endless");
    client.send(ASK);
    const { hex, end } = await client.hears(500_000);
    expect(end).toBe("open");
    expect(hex.length / 2).toBeGreaterThanOrEqual(500_000);
    expect(hex.slice(0, 12)).toBe("030303030303");
  });

  it("endless-after-hello sends whole records of HelloRequests without end", async () => {
    const client = dial("endless-after-hello");
    client.send(ASK);
    await client.hears(19);
    client.send(HELLO);
    const { hex, end } = await client.hears(500_000);
    expect(end).toBe("open");
    const records = hex.slice(19 * 2);
    const recordHexSize = 2 * (5 + 0x4000);
    expect(records.slice(0, 18)).toBe("160303400000000000");
    expect(records.slice(recordHexSize, recordHexSize + 18)).toBe("160303400000000000");
  });
});

const commonNameOf = (certificate: X509Certificate): string => `${certificate.toLegacyObject().subject.CN}`;

const keyOf = ({ publicKey }: X509Certificate): string => {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  return `${publicKey.asymmetricKeyType} ${modulusLength ?? namedCurve}`;
};
