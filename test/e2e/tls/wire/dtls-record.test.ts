import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../../src/bytes/hex.ts";
import type { DatagramOutcome } from "../../../../src/handshake/facts/datagram-outcome.ts";
import { gatewayUdpProbe } from "../../../../src/handshake/listeners/udp-listeners.ts";
import {
  DTLS_VERSION,
  decodeDtlsHandshake,
  decodeDtlsRecord,
  dtlsClientHello,
  dtlsHandshakeRecord,
  encodeDtlsHandshake,
  encodeDtlsRecord,
  readDtlsAnswer,
} from "../../../../src/tls/wire/dtls-record.ts";
import { exchangeDatagram } from "../../../../src/transport/udp-exchange.ts";
import { startProcess } from "../../servers/programs/processes.ts";
import { expectRoundTrip, expectTolerance, faultIn, valueIn } from "../../../tls/expectations.ts";
import { type Certificates, hasOpenssl, makeCertificates } from "../openssl-server.ts";

const record = { decode: decodeDtlsRecord, encode: encodeDtlsRecord };
const handshake = { decode: decodeDtlsHandshake, encode: encodeDtlsHandshake };

describe("DTLS records (RFC 6347 4.1)", () => {
  it("have an epoch and a number of 48 bits before their length", () => {
    const bytes = fromHex("16 fefd 0001 123456789abc 0003 aabbcc");
    expect(valueIn(decodeDtlsRecord(bytes), bytes)).toEqual({
      contentType: 22,
      version: DTLS_VERSION.dtls12,
      epoch: 1,
      sequenceNumber: 0x123456789abc,
      fragment: fromHex("aabbcc"),
    });
  });

  it("come out as they went in", () => {
    expectRoundTrip(
      record,
      fc.record({
        contentType: fc.constantFrom(20, 21, 22, 23, 24),
        version: fc.integer({ min: 0xfe00, max: 0xfeff }),
        epoch: fc.nat(0xffff),
        sequenceNumber: fc.nat(2 ** 48 - 1),
        fragment: fc.uint8Array({ maxLength: 80 }),
      }),
    );
  });

  it("are read from whatever a peer sends", () => {
    expectTolerance(record, fc.constant(fromHex("16 feff 0000 000000000000 0002 0102 ff")));
  });

  it.each([
    ["ff", "dtlsRecord.type", 0],
    ["160303", "dtlsRecord.version", 1],
    ["16feff", "dtlsRecord.epoch", 3],
    ["16feff0000", "dtlsRecord.sequence_number", 5],
    ["16feff0000000000000000", "dtlsRecord.length", 11],
    ["16feff0000000000000000000501", "dtlsRecord.fragment", 13],
    ["", "dtlsRecord.type", 0],
  ])("%j is a fault that names field and offset", (hex, field, offset) => {
    expect(faultIn(decodeDtlsRecord(fromHex(hex)))).toMatchObject({ field, offset });
  });
});

describe("DTLS handshake fragments (RFC 6347 4.2.2)", () => {
  it("come out as they went in", () => {
    const fragments = fc.uint8Array({ maxLength: 60 }).chain((fragment) =>
      fc.record({
        type: fc.nat(255),
        length: fc.integer({ min: fragment.length, max: 0xffffff }),
        messageSequence: fc.nat(0xffff),
        fragmentOffset: fc.constant(0),
        fragment: fc.constant(fragment),
      }),
    );
    expectRoundTrip(handshake, fragments);
    expectTolerance(handshake, fc.constant(fromHex("03 000004 0000 000001 000002 aabb")));
  });

  it("longer than their message are a fault that names field and offset", () => {
    expect(faultIn(decodeDtlsHandshake(fromHex("02 000004 0000 000003 000002 aabb")))).toMatchObject({
      field: "dtlsHandshake.fragment_length",
      offset: 9,
    });
  });
});

describe("A first DTLS ClientHello (RFC 6347 4.2.1)", () => {
  it("is that of TLS with an empty cookie behind the session id", () => {
    const bytes = dtlsClientHello({
      version: DTLS_VERSION.dtls12,
      random: new Uint8Array(32).fill(0xab),
      sessionId: fromHex("0102"),
      cipherSuites: [0xc02f],
      compressionMethods: [0],
      extensions: null,
    });
    const body = `fefd ${"ab".repeat(32)} 02 0102 00 0002 c02f 01 00`;
    const frame = "16 feff 0000 000000000000 0038 01 00002c 0000 000000 00002c";
    expect(toHex(bytes)).toBe(toHex(fromHex(frame + body)));
  });
});

describe("What a DTLS server answers first", () => {
  it.each([
    ["HelloVerifyRequest", dtlsHandshakeRecord(0xfeff, 3, fromHex("feff00")), "hello-verify-request"],
    ["ServerHello", dtlsHandshakeRecord(0xfefd, 2, fromHex("fefd")), "server-hello"],
    ["an alert", fromHex("15 fefd 0000 000000000000 0002 0228"), "alert"],
    ["application data", fromHex("17 fefd 0000 000000000000 0002 0228"), "other"],
    ["another message", dtlsHandshakeRecord(0xfefd, 1, fromHex("fefd")), "other"],
  ])("%s is told apart", (_, datagram, message) => {
    expect(readDtlsAnswer(datagram)?.message).toBe(message);
  });

  it.each(["", "1503030002022800", "16feff", "0b127f15004010050f94ea0b"])("%j is no DTLS", (hex) => {
    expect(readDtlsAnswer(fromHex(hex))).toBeNull();
  });
});

if (!hasOpenssl) process.stderr.write("notice: openssl is absent; no real DTLS server is asked\n");

describe.skipIf(!hasOpenssl)("openssl s_server in DTLS", () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = makeCertificates();
  });
  afterAll(() => certificates.remove());

  const freePort = async (): Promise<number> => {
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    const { port } = socket.address();
    socket.close();
    return port;
  };

  it("takes our hello for a ClientHello, and answers with a HelloVerifyRequest", async () => {
    const port = await freePort();
    const args = [
      "s_server",
      "-dtls",
      "-listen",
      "-accept",
      `127.0.0.1:${port}`,
      ...certificates.options("rsa"),
    ];
    // It would end with its standard input.
    const server = await startProcess("sh", ["-c", 'sleep 60 | openssl "$@"', "openssl", ...args]);
    const endpoint = { address: "127.0.0.1", port, family: 4 } as const;
    try {
      const hello = gatewayUdpProbe(new Uint8Array(32).fill(7));
      let outcome: DatagramOutcome = { kind: "silence" };
      for (let turn = 0; turn < 40 && outcome.kind !== "answer"; turn += 1) {
        outcome = await exchangeDatagram(endpoint, hello, 250);
        if (outcome.kind !== "answer") await sleep(100);
      }
      if (outcome.kind !== "answer") throw new Error(`no answer: ${outcome.kind}`);
      expect(readDtlsAnswer(outcome.bytes)?.message).toBe("hello-verify-request");
    } finally {
      await server.stop();
    }
  });
});
