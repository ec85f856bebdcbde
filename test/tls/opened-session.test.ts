import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeyLog } from "../../src/tls/key-log.ts";
import { type OpenedSession, openSession } from "../../src/tls/opened-session.ts";
import { CONTENT_TYPE } from "../../src/tls/record.ts";
import { readCertificate } from "../../src/x509/certificate-facts.ts";
import { type Certificates, hasOpenssl, makeCertificates } from "./openssl-server.ts";
import { ANSWERED, captureSession, SAID } from "./openssl-session.ts";
import { RFC_8448_APPLICATION_DATA, RFC_8448_CLIENT, RFC_8448_KEY_LOG, RFC_8448_SERVER } from "./rfc8448.ts";

const keyLogOf = (text: string): KeyLog => {
  const log = new KeyLog();
  log.add(text);
  return log;
};

const opened = (client: Uint8Array, server: Uint8Array, keyLog: string): OpenedSession => {
  const session = openSession(client, server, keyLogOf(keyLog));
  if (session === null) throw new Error("the session was not opened");
  return session;
};

const textOf = ({ records }: OpenedSession, side: "client" | "server"): string =>
  records
    .filter(({ from, contentType }) => from === side && contentType === CONTENT_TYPE.applicationData)
    .map(({ bytes }) => Buffer.from(bytes).toString())
    .join("");

describe("RFC 8448 3, Simple 1-RTT Handshake", () => {
  it("is opened to its last record: certificate, data of both sides, close_notify", () => {
    const session = opened(RFC_8448_CLIENT, RFC_8448_SERVER, RFC_8448_KEY_LOG);
    expect(session.fits).toBe(true);
    expect(session.chain?.map((der) => readCertificate(der).commonName)).toEqual(["rsa"]);
    const bytes = RFC_8448_APPLICATION_DATA;
    const { applicationData, alert } = CONTENT_TYPE;
    expect(session.records.map(({ from, contentType, bytes: said }) => [from, contentType, said])).toEqual([
      ["client", applicationData, bytes],
      ["client", alert, Uint8Array.of(1, 0)],
      ["server", applicationData, bytes],
      ["server", alert, Uint8Array.of(1, 0)],
    ]);
    expect(session.records.map(({ endOffset }) => endOffset)).toEqual([
      RFC_8448_CLIENT.length - 24,
      RFC_8448_CLIENT.length,
      RFC_8448_SERVER.length - 24,
      RFC_8448_SERVER.length,
    ]);
  });

  it("any prefix of both sides gives a prefix of the records", () => {
    const all = opened(RFC_8448_CLIENT, RFC_8448_SERVER, RFC_8448_KEY_LOG).records;
    fc.assert(
      fc.property(
        fc.integer({ min: 201, max: RFC_8448_CLIENT.length }),
        fc.integer({ min: 95, max: RFC_8448_SERVER.length }),
        (client, server) => {
          const cut = opened(
            RFC_8448_CLIENT.subarray(0, client),
            RFC_8448_SERVER.subarray(0, server),
            RFC_8448_KEY_LOG,
          );
          expect(cut.fits).toBe(true);
          const ends = { client, server };
          expect(cut.records).toEqual(all.filter(({ from, endOffset }) => endOffset <= ends[from]));
        },
      ),
    );
  });

  it("a changed byte behind the hello ends the reading, and is never taken for data", () => {
    const all = opened(RFC_8448_CLIENT, RFC_8448_SERVER, RFC_8448_KEY_LOG).records;
    fc.assert(
      fc.property(
        fc.integer({ min: 95, max: RFC_8448_SERVER.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, by) => {
          const server = RFC_8448_SERVER.slice();
          server[at] = (server[at] ?? 0) ^ by;
          const { records, chain } = opened(RFC_8448_CLIENT, server, RFC_8448_KEY_LOG);
          for (const record of records) expect(all).toContainEqual(record);
          if (at < 95 + 679) expect(chain).toBeNull();
        },
      ),
    );
  });

  it("without the application's secrets the handshake alone is opened", () => {
    const handshakeOnly = RFC_8448_KEY_LOG.split("\n")
      .filter((line) => line.includes("HANDSHAKE"))
      .join("\n");
    const session = opened(RFC_8448_CLIENT, RFC_8448_SERVER, handshakeOnly);
    expect(session).toMatchObject({ records: [], fits: false });
    expect(session.chain).toHaveLength(1);
  });

  it("with another's secrets nothing is opened", () => {
    const other = RFC_8448_KEY_LOG.replace(/ [0-9a-f]{64}\n/g, ` ${"5a".repeat(32)}\n`);
    expect(opened(RFC_8448_CLIENT, RFC_8448_SERVER, other)).toEqual({
      records: [],
      chain: null,
      fits: false,
    });
  });

  it("an unknown session is none", () => {
    expect(openSession(RFC_8448_CLIENT, RFC_8448_SERVER, keyLogOf(""))).toBeNull();
  });

  it("arbitrary bytes with known secrets never throw", () => {
    const log = keyLogOf(RFC_8448_KEY_LOG);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (client, server) => {
        const session = openSession(
          Uint8Array.from([...RFC_8448_CLIENT.subarray(0, 201), ...client]),
          Uint8Array.from([...RFC_8448_SERVER.subarray(0, 95), ...server]),
          log,
        );
        expect(session?.records).toEqual([]);
      }),
    );
  });
});

const TLS_1_3 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];

const OLDER: readonly (readonly [version: string, cipher: string, options: readonly string[]])[] = [
  ["-tls1_2", "ECDHE-RSA-AES128-GCM-SHA256", []],
  ["-tls1_2", "ECDHE-RSA-AES256-GCM-SHA384", []],
  ["-tls1_2", "ECDHE-RSA-CHACHA20-POLY1305", []],
  ["-tls1_2", "AES128-SHA", []],
  ["-tls1_2", "AES128-SHA", ["-no_etm"]],
  ["-tls1_2", "AES256-SHA256", []],
  ["-tls1_2", "ECDHE-RSA-AES256-SHA384", []],
  ["-tls1_2", "ECDHE-RSA-AES256-SHA384", ["-no_etm"]],
  ["-tls1_1", "AES256-SHA", []],
  ["-tls1_1", "AES256-SHA", ["-no_etm"]],
  ["-tls1", "AES128-SHA", []],
  ["-tls1", "AES128-SHA", ["-no_etm"]],
];

describe.skipIf(!hasOpenssl)("sessions of openssl s_client and s_server, with their key log", () => {
  let certificates: Certificates;

  beforeAll(() => {
    certificates = makeCertificates();
  });
  afterAll(() => certificates.remove());

  it.each(TLS_1_3)("TLS 1.3, %s", async (suite) => {
    const options = [...certificates.options("rsa"), "-tls1_3", "-ciphersuites", suite];
    const { client, server, keyLog } = await captureSession(options, ["-tls1_3"]);
    const session = opened(client, server, keyLog);
    expect(session.fits).toBe(true);
    expect(session.chain?.map((der) => readCertificate(der).commonName)).toEqual(["rsa.example"]);
    expect(textOf(session, "client")).toBe(`${SAID}\n`);
    expect(textOf(session, "server")).toBe(`${ANSWERED}\n`);
  });

  it.each(OLDER)("%s, %s %j", async (version, cipher, options) => {
    const common = [version, "-cipher", `${cipher}:@SECLEVEL=0`, ...options];
    const session = await captureSession([...certificates.options("rsa"), ...common], common);
    const read = opened(session.client, session.server, session.keyLog);
    expect(read).toMatchObject({ fits: true, chain: null });
    expect(textOf(read, "client")).toBe(`${SAID}\n`);
    expect(textOf(read, "server")).toBe(`${ANSWERED}\n`);
  });
});
