import { connect } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { type MintedCertificate, mintCertificate } from "../../../src/lab/certificates/certificates.ts";
import { handshakeSigner } from "../../../src/lab/flight/handshake-signatures.ts";
import type { HelloPolicy, Refusal, ServerCertificate } from "../../../src/lab/policies/hello-policy.ts";
import { answerHelloBy } from "../../../src/lab/hello-steps.ts";
import type { Identity } from "../../../src/lab/certificates/identities.ts";
import { dhParametersOf, keyPairOf } from "../../../src/lab/key-exchange-values.ts";
import { NAMED_GROUP } from "../../../src/tls/tables/named-groups.ts";
import { EVERYTHING_PROFILE, SMALL_PROFILE } from "../../../src/tls/profiles/probe-profiles.ts";
import { CONTENT_TYPE, decodeRecord } from "../../../src/tls/wire/record.ts";
import { sizeInBits } from "../../../src/tls/wire/server-key-exchange.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { type Listener, listen } from "../../../src/transport/listener.ts";
import { eventually } from "../../support/eventually.ts";
import { helloBytes, say } from "./hello-client.ts";
import { RawClient } from "./raw-client.ts";

const { tls10, tls11, tls12, tls13 } = TLS_VERSION;
const NOW = Date.now();

const mint = (key: "rsa-2048" | "ec-p256", freshKey = false): MintedCertificate =>
  mintCertificate({
    commonName: "RDPLAB",
    key,
    freshKey,
    notBefore: new Date(NOW - 60_000),
    notAfter: new Date(NOW + 3_600_000),
  });
const RSA = mint("rsa-2048");
const EC = mint("ec-p256");

const identityOf = (
  authentication: ServerCertificate["authentication"],
  { keyPem, chainPem, chain }: MintedCertificate,
  { privateKey }: MintedCertificate,
): Identity => ({
  key: keyPem,
  cert: chainPem,
  certificate: { authentication, chain, sign: handshakeSigner(privateKey) },
});

/** Shows its certificate, and signs with its key or with that of another. */
const IDENTITIES = {
  rsa: identityOf("rsa", RSA, RSA),
  ec: identityOf("ecdsa", EC, EC),
  "rsa signed by another": identityOf("rsa", RSA, mint("rsa-2048", true)),
  "ec signed by another": identityOf("ecdsa", EC, mint("ec-p256", true)),
} as const;

const POLICY: HelloPolicy = {
  versions: [tls10, tls11, tls12, tls13],
  cipherSuites: [0x1302, 0xc030, 0x009f, 0xc014, 0x0033, 0x009d, 0x0035],
  groups: [NAMED_GROUP.secp384r1, NAMED_GROUP.x25519],
  preference: "server",
  dhBits: 2048,
  readsSupportedVersions: true,
  refusal: { kind: "reset" },
};

let listener: Listener | null = null;
let client: RawClient | null = null;
/** The content type of the record that the client sent behind the flight. */
let nextRecord: number | null = null;

/** A port behind which the policy answers, and a FIN follows what the client says then. */
const serve = async (policy: Partial<HelloPolicy>, identity: Identity = IDENTITIES.rsa): Promise<number> => {
  const step = answerHelloBy({ ...POLICY, ...policy });
  listener = await listen({
    host: "127.0.0.1",
    port: 0,
    lifetimeMs: 5_000,
    serve: async (connection) => {
      const visit = { connection, identity, farm: [], countHello: () => 1 };
      if (!(await step(visit))) return;
      const record = await connection.receive(decodeRecord, { timeoutMs: 2_000, maxSizeBytes: 0x4000 });
      nextRecord = record?.contentType ?? null;
      await connection.end();
    },
  });
  return listener.port;
};

afterEach(async () => {
  client?.destroy();
  await listener?.close();
  listener = null;
  nextRecord = null;
});

/** The code of the error that OpenSSL's handshake ends in. */
const opensslSays = (port: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({
      host: "127.0.0.1",
      port,
      rejectUnauthorized: false,
      minVersion: "TLSv1",
      ciphers: "ALL:@SECLEVEL=0",
    });
    socket.on("secureConnect", () => resolve("connected"));
    socket.on("error", (fault: NodeJS.ErrnoException) => resolve(fault.code ?? fault.message));
  });

/** It took the flight, sent its keys and its Finished, and met the FIN. */
const WENT_ON = /^ECONNRESET$/;
const { alert, handshake } = CONTENT_TYPE;

/** What is signed does not fit the certificate. */
const BAD_SIGNATURE =
  /^ERR_SSL_(BAD_SIGNATURE|(LAST|FIRST)_OCTET_INVALID|SLEN_(RECOVERY|CHECK)_FAILED|INVALID_PADDING|DATA_TOO_LARGE_FOR_MODULUS|BLOCK_TYPE_IS_NOT_01|PADDING_CHECK_FAILED)$/;
const ECDHE_ECDSA = [0xc02c, 0xc009];

describe("What OpenSSL makes of a flight written by hand", () => {
  it.each<[string, keyof typeof IDENTITIES, Partial<HelloPolicy>, RegExp, number]>([
    ["ECDHE on P-384 in TLS 1.2", "rsa", { versions: [tls12], cipherSuites: [0xc030] }, WENT_ON, handshake],
    ["ECDHE in TLS 1.1", "rsa", { versions: [tls11], cipherSuites: [0xc014] }, WENT_ON, handshake],
    ["ECDHE in TLS 1.0", "rsa", { versions: [tls10], cipherSuites: [0xc014] }, WENT_ON, handshake],
    ["ECDSA in TLS 1.2", "ec", { versions: [tls12], cipherSuites: ECDHE_ECDSA }, WENT_ON, handshake],
    ["ECDSA in TLS 1.0", "ec", { versions: [tls10], cipherSuites: ECDHE_ECDSA }, WENT_ON, handshake],
    ["DHE with 2048 bits", "rsa", { versions: [tls12], cipherSuites: [0x009f] }, WENT_ON, handshake],
    [
      "DHE with 1024 bits in TLS 1.1",
      "rsa",
      { versions: [tls11], cipherSuites: [0x0033], dhBits: 1024 },
      WENT_ON,
      handshake,
    ],
    ["RSA in TLS 1.2", "rsa", { versions: [tls12], cipherSuites: [0x009d] }, WENT_ON, handshake],
    ["RSA in TLS 1.0", "rsa", { versions: [tls10], cipherSuites: [0x0035] }, WENT_ON, handshake],
    [
      "another's signature in TLS 1.2",
      "rsa signed by another",
      { versions: [tls12], cipherSuites: [0xc030] },
      BAD_SIGNATURE,
      alert,
    ],
    [
      "another's signature in TLS 1.0",
      "rsa signed by another",
      { versions: [tls10], cipherSuites: [0xc014] },
      BAD_SIGNATURE,
      alert,
    ],
    [
      "another's ECDSA signature",
      "ec signed by another",
      { versions: [tls12], cipherSuites: ECDHE_ECDSA },
      BAD_SIGNATURE,
      alert,
    ],
    ["another's signature in TLS 1.3", "rsa signed by another", { versions: [tls13] }, BAD_SIGNATURE, alert],
  ])("%s", async (_, identity, policy, says, next) => {
    expect(await opensslSays(await serve(policy, IDENTITIES[identity]))).toMatch(says);
    await eventually(() => nextRecord !== null, { timeoutMs: 2_000 });
    expect(nextRecord).toBe(next);
  });

  it.each<[string, keyof typeof IDENTITIES, Partial<HelloPolicy>]>([
    ["AES-128-GCM", "rsa", { cipherSuites: [0x1301] }],
    ["AES-256-GCM", "rsa", { cipherSuites: [0x1302] }],
    ["ChaCha20", "rsa", { cipherSuites: [0x1303] }],
    ["ECDSA", "ec", {}],
    ["X448", "rsa", { groups: [NAMED_GROUP.x448] }],
    ["P-256", "rsa", { groups: [NAMED_GROUP.secp256r1] }],
    ["P-521, after a HelloRetryRequest", "rsa", { groups: [NAMED_GROUP.secp521r1] }],
    [
      "AES-128-GCM after a HelloRetryRequest",
      "ec",
      { cipherSuites: [0x1301], groups: [NAMED_GROUP.secp384r1] },
    ],
  ])("TLS 1.3 is whole: %s", async (_, identity, policy) => {
    const port = await serve(
      { versions: [tls13], groups: [NAMED_GROUP.x25519], ...policy },
      IDENTITIES[identity],
    );
    expect(await opensslSays(port)).toBe("connected");
  });
});

describe("A hello that fits nothing", () => {
  it.each<[string, Refusal, object]>([
    ["an alert and a FIN", { kind: "alert", description: 71 }, { summary: { alert: 71 }, end: "fin" }],
    ["RST", { kind: "reset" }, { summary: { sizeBytes: 0 }, end: "rst" }],
    ["FIN", { kind: "close" }, { summary: { sizeBytes: 0 }, end: "fin" }],
    ["silence", { kind: "silence" }, { summary: { sizeBytes: 0 }, end: "open" }],
  ])("is answered with %s", async (_, refusal, expected) => {
    const port = await serve({ cipherSuites: [0x00a7], refusal });
    client = new RawClient(port);
    const reply = await say(client, [helloBytes(SMALL_PROFILE)], 0);
    expect({ summary: reply.summary, end: reply.end }).toMatchObject(expected);
  });

  it("is not asked for a third time", async () => {
    const port = await serve({ versions: [tls13], groups: [NAMED_GROUP.secp384r1] });
    client = new RawClient(port);
    const hello = helloBytes(EVERYTHING_PROFILE);
    expect(await say(client, [hello], 0)).toMatchObject({ summary: { retry: true }, end: "open" });
    expect(await say(client, [hello], 0)).toMatchObject({ end: "rst" });
  });
});

describe("Values for a key exchange", () => {
  it.each([
    ["x25519", NAMED_GROUP.x25519, 32, null],
    ["x448", NAMED_GROUP.x448, 56, null],
    ["secp256r1", NAMED_GROUP.secp256r1, 65, 4],
    ["secp384r1", NAMED_GROUP.secp384r1, 97, 4],
    ["secp521r1", NAMED_GROUP.secp521r1, 133, 4],
  ])("in %s have the group's size and form", (_, group, size, form) => {
    const value = keyPairOf(group).publicValue;
    expect(value).toHaveLength(size);
    if (form !== null) expect(value[0]).toBe(form);
  });

  it("there are none in a group that the lab does not know", () => {
    expect(() => keyPairOf(0x0100)).toThrow(new RangeError("lab: no key pair in group 0x100"));
  });

  it.each([512, 768, 1024, 2048, 4096])("over a prime of %d bits are less than the prime", (bits) => {
    const { prime, generator, publicValue } = dhParametersOf(bits);
    expect(sizeInBits(prime)).toBe(bits);
    expect(generator).toHaveLength(1);
    expect(sizeInBits(publicValue)).toBeLessThanOrEqual(bits);
    expect(dhParametersOf(bits).prime).toEqual(prime);
  });
});
