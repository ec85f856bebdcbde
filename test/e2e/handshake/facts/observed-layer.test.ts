import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ObservedLayer } from "../../../../src/handshake/facts/observed-layer.ts";
import { KeyLog } from "../../../../src/tls/decrypt/key-log.ts";
import { readCertificate } from "../../../../src/x509/certificate-facts.ts";
import { type Certificates, hasOpenssl, makeCertificates } from "../../tls/openssl-server.ts";
import { ANSWERED, captureSession, SAID } from "../../tls/openssl-session.ts";
import {
  RFC_8448_APPLICATION_DATA,
  RFC_8448_CLIENT,
  RFC_8448_KEY_LOG,
  RFC_8448_SERVER,
} from "../../../tls/rfc8448.ts";

/** The end of the ClientHello, and of the ServerHello. */
const CLIENT_HELLO = 201;
const SERVER_HELLO = 95;

const keyLogOf = (text: string): KeyLog => {
  const log = new KeyLog();
  log.add(text);
  return log;
};

/** Both sides as they were sent: the hello first, then all of the server, then the rest of the client. */
const observed = (
  client: Uint8Array,
  server: Uint8Array,
  keyLog: KeyLog,
  hello = CLIENT_HELLO,
): ObservedLayer => {
  const layer = new ObservedLayer(keyLog);
  layer.sent(client.subarray(0, hello));
  layer.received(server);
  layer.sent(client.subarray(hello));
  return layer;
};

const namesIn = (layer: ObservedLayer): readonly (string | null)[] | null =>
  layer.facts().flight.certificates?.map((der) => readCertificate(der).commonName) ?? null;

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe("RFC 8448 3, Simple 1-RTT Handshake, seen from outside", () => {
  const LOG = keyLogOf(RFC_8448_KEY_LOG);

  it("is verified and opened to its last record with its secrets", () => {
    const layer = observed(RFC_8448_CLIENT, RFC_8448_SERVER, LOG);
    expect(layer.state).toMatchObject({
      kind: "established",
      witness: { proof: "verified", version: 0x0304 },
    });
    expect(layer.secrets).toBe("read");
    expect(namesIn(layer)).toEqual(["rsa"]);
    expect(layer.sealed).toEqual(RFC_8448_APPLICATION_DATA);
    expect(layer.opened).toEqual(RFC_8448_APPLICATION_DATA);
    expect(layer.facts().sessionAlert).toEqual({ level: 1, description: 0 });
  });

  it("without secrets its client shows by going on that it was right", () => {
    const layer = observed(RFC_8448_CLIENT, RFC_8448_SERVER, new KeyLog());
    expect(layer.secrets).toBe("none");
    expect(layer.sealed).toHaveLength(0);
    expect(layer.state.kind).not.toBe("fault");
  });

  it("any prefix of the server's bytes is verified only with the whole Finished", () => {
    const end = SERVER_HELLO + 679;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: RFC_8448_SERVER.length }), (size) => {
        const layer = new ObservedLayer(LOG);
        layer.sent(RFC_8448_CLIENT.subarray(0, CLIENT_HELLO));
        layer.received(RFC_8448_SERVER.subarray(0, size));
        expect(layer.state.kind).toBe(size >= end ? "established" : "unfinished");
        if (size < end) expect(layer.state).toMatchObject({ owes: "server" });
      }),
    );
  });

  it("a changed byte of the server's handshake is never verified", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: SERVER_HELLO + 678 }),
        fc.integer({ min: 1, max: 255 }),
        (at, by) => {
          const server = RFC_8448_SERVER.slice();
          server[at] = (server[at] ?? 0) ^ by;
          const layer = new ObservedLayer(LOG);
          layer.sent(RFC_8448_CLIENT.subarray(0, CLIENT_HELLO));
          layer.received(server);
          const { state } = layer;
          // The version in a record's header is not protected up to the ServerHello (RFC 8446 5.1).
          if (at === 2) return;
          expect(state.kind === "established" && state.witness.proof).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("without the application's secrets the handshake alone is opened", () => {
    const handshakeOnly = RFC_8448_KEY_LOG.split("\n")
      .filter((line) => line.includes("HANDSHAKE"))
      .join("\n");
    const layer = observed(RFC_8448_CLIENT, RFC_8448_SERVER, keyLogOf(handshakeOnly));
    expect(layer.secrets).toBe("unfit");
    expect(namesIn(layer)).toHaveLength(1);
    expect(layer.opened).toHaveLength(0);
  });

  it("with another's secrets nothing is opened, and nothing is held against the server", () => {
    const other = RFC_8448_KEY_LOG.replace(/ [0-9a-f]{64}\n/g, ` ${"5a".repeat(32)}\n`);
    const layer = observed(RFC_8448_CLIENT, RFC_8448_SERVER, keyLogOf(other));
    expect(layer.secrets).toBe("unfit");
    expect(namesIn(layer)).toBeNull();
    expect(layer.state.kind).not.toBe("fault");
  });

  it("arbitrary bytes with known secrets never throw, and are never verified", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (client, server) => {
        const layer = observed(
          Uint8Array.from(Buffer.concat([RFC_8448_CLIENT.subarray(0, CLIENT_HELLO), client])),
          Uint8Array.from(Buffer.concat([RFC_8448_SERVER.subarray(0, SERVER_HELLO), server])),
          LOG,
        );
        expect(layer.state.kind).not.toBe("established");
        expect(layer.opened).toHaveLength(0);
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

  const helloSize = (client: Uint8Array): number => 5 + (client[3] ?? 0) * 256 + (client[4] ?? 0);

  it.each(TLS_1_3)("TLS 1.3, %s", async (suite) => {
    const options = [...certificates.options("rsa"), "-tls1_3", "-ciphersuites", suite];
    const { client, server, keyLog } = await captureSession(options, ["-tls1_3"]);
    const layer = observed(client, server, keyLogOf(keyLog), helloSize(client));
    expect(layer.state).toMatchObject({ kind: "established", witness: { proof: "verified" } });
    expect(layer.secrets).toBe("read");
    expect(namesIn(layer)).toEqual(["rsa.example"]);
    expect(text(layer.sealed)).toBe(`${SAID}\n`);
    expect(text(layer.opened)).toBe(`${ANSWERED}\n`);
  });

  it.each(OLDER)("%s, %s %j", async (version, cipher, options) => {
    const common = [version, "-cipher", `${cipher}:@SECLEVEL=0`, ...options];
    const session = await captureSession([...certificates.options("rsa"), ...common], common);
    const { client, server, keyLog } = session;
    // The client's second flight stands before the server's Finished.
    const layer = new ObservedLayer(keyLogOf(keyLog));
    const done = endOfFlight(server);
    layer.sent(client.subarray(0, helloSize(client)));
    layer.received(server.subarray(0, done));
    layer.sent(client.subarray(helloSize(client)));
    layer.received(server.subarray(done));
    expect(layer.state).toMatchObject({ kind: "established", witness: { proof: "verified" } });
    expect(layer.secrets).toBe("read");
    expect(text(layer.sealed)).toBe(`${SAID}\n`);
    expect(text(layer.opened)).toBe(`${ANSWERED}\n`);
  });
});

/** Where the server's records in the clear end: one past its ServerHelloDone. */
const endOfFlight = (server: Uint8Array): number => {
  const at = Buffer.from(server).indexOf(Buffer.from([14, 0, 0, 0]));
  return at + 4;
};
