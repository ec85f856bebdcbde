/** What readers are given: recorded streams of the fixtures, flights made up, and either with a few bytes changed. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeAlert } from "../../../src/tls/wire/alert.ts";
import { encodeCertificate } from "../../../src/tls/wire/certificate.ts";
import { encodeCertificateRequest } from "../../../src/tls/wire/certificate-request.ts";
import { CLIENT_PROFILES, type ClientProfile } from "../../../src/tls/profiles/client-profiles.ts";
import { encodeClientHello } from "../../../src/tls/wire/client-hello.ts";
import { selectedVersion } from "../../../src/tls/wire/extension-lists.ts";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../../../src/tls/wire/handshake-message.ts";
import { clientHelloOf } from "../../../src/tls/profiles/hello-of-profile.ts";
import { CONTENT_TYPE, encodeRecord } from "../../../src/tls/wire/record.ts";
import { encodeServerHello } from "../../../src/tls/wire/server-hello.ts";
import { encodeServerKeyExchange } from "../../../src/tls/wire/server-key-exchange.ts";
import { readCapture } from "../../capture/support/read-capture.ts";
import type { Random } from "./random.ts";
import { joined } from "./wire-bytes.ts";

export { joined };

/** Both sides of one connection. */
interface Recorded {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

const FIXTURES = join(import.meta.dirname, "../../../fixtures");

/** The capture files of the fixtures. */
export const CAPTURES: readonly Uint8Array[] = readdirSync(FIXTURES, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".pcap"))
  .sort()
  .map((name) => Uint8Array.from(readFileSync(join(FIXTURES, name))));

/** All connections of the fixtures. */
const RECORDED: readonly Recorded[] = CAPTURES.flatMap((file) => {
  const { streams, payload } = readCapture(file);
  return streams.map(({ number }) => ({
    client: payload(number, "client"),
    server: payload(number, "server"),
  }));
});

/** What stands at the start of a recorded side, its TPKT taken off where `isBehindTpkt`. */
const recordedSides = (side: keyof Recorded, isBehindTpkt: boolean): readonly Uint8Array[] =>
  RECORDED.map((recorded) => recorded[side])
    .map((bytes) => (isBehindTpkt ? bytes.subarray((bytes[2] ?? 0) * 0x100 + (bytes[3] ?? 0)) : bytes))
    .filter(({ length }) => length > 0);

const SIDES = {
  client: { start: recordedSides("client", false), behind: recordedSides("client", true) },
  server: { start: recordedSides("server", false), behind: recordedSides("server", true) },
};

/** One side of a recorded connection: from its start, or from behind its first TPKT on. */
export const recorded = (random: Random, side: keyof Recorded, from: "start" | "behind"): Uint8Array => {
  const [first, ...rest] = SIDES[side][from];
  if (first === undefined) throw new Error(`no fixture has bytes of a ${side}`);
  return random.pick([first, ...rest]);
};

/** The same bytes with one to three of them changed, added or taken away. */
export const damaged = (bytes: Uint8Array, random: Random): Uint8Array => {
  let result = bytes;
  for (let edits = random.between(1, 3); edits > 0; edits -= 1) {
    // The heads of structures matter most, and stand in front.
    const at = random.oneIn(2) ? random.magnitude(0, result.length) : random.between(0, result.length);
    const added = random.oneIn(3)
      ? random.bytes(random.between(1, 3))
      : new Uint8Array([random.between(0, 255)]);
    const dropped = random.between(0, 2);
    result = joined([result.subarray(0, at), added, result.subarray(at + dropped)]);
  }
  return result;
};

/** Sometimes damaged, mostly not. */
export const perhapsDamaged = (bytes: Uint8Array, random: Random): Uint8Array =>
  random.oneIn(3) ? damaged(bytes, random) : bytes;

/** What may follow a structure in the same packet. */
export const trailer = (random: Random): Uint8Array =>
  random.bytes(random.pick([0, 0, 1, 5, random.between(1, 60)]));

/** Messages in records that are cut without regard to them, each of another size where `sizeOf` says so. */
const inRecords = (messages: Uint8Array, version: number, sizeOf: () => number): Uint8Array => {
  const records: Uint8Array[] = [];
  for (let at = 0; at < messages.length; ) {
    const fragment = messages.subarray(at, at + sizeOf());
    records.push(encodeRecord({ contentType: CONTENT_TYPE.handshake, version, fragment }));
    at += fragment.length;
  }
  return joined(records);
};

/** Sizes of records: all alike, or each another one. */
const recordSizes = (random: Random): (() => number) => {
  const each = random.magnitude(20, 16_384);
  return random.oneIn(2) ? () => each : () => random.magnitude(1, 16_384);
};

/** Handshake messages and what comes behind them, still to be cut into records. */
export interface Flight {
  readonly messages: Uint8Array;
  readonly version: number;
  readonly end: Uint8Array;
}

/** A server's flight with certificates of 1 to 60 KiB. */
export const serverFlight = (random: Random): Flight => {
  const version = random.pick([0x0301, 0x0302, 0x0303, 0x0303, 0x0304]);
  const recordVersion = Math.min(version, 0x0303);
  const messages = [serverHello(version, random)];
  if (version < 0x0304) {
    messages.push(certificates(random), keyExchange(version, random));
    if (random.oneIn(3)) messages.push(certificateRequest(version, random));
    if (!random.oneIn(4)) messages.push(message(HANDSHAKE_TYPE.serverHelloDone, new Uint8Array(0)));
  }
  return { messages: joined(messages), version: recordVersion, end: endOfFlight(recordVersion, random) };
};

/** A client's one or two hellos. */
export const clientFlight = (random: Random): Flight => {
  const [first, ...rest]: readonly [ClientProfile, ...ClientProfile[]] = CLIENT_PROFILES;
  const hello = (): Uint8Array => {
    const made = clientHelloOf(random.pick([first, ...rest]), {
      serverName: "host.example",
      isAddress: random.oneIn(3),
      random: random.bytes(32),
      sessionId: random.bytes(32),
      keyShares: () => random.bytes(32),
    });
    return message(HANDSHAKE_TYPE.clientHello, encodeClientHello(made));
  };
  const messages = random.oneIn(4) ? [hello(), hello(), ...(random.oneIn(4) ? [hello()] : [])] : [hello()];
  return { messages: joined(messages), version: 0x0301, end: endOfFlight(0x0303, random) };
};

const message = (type: number, body: Uint8Array): Uint8Array => encodeHandshakeMessage({ type, body });

const serverHello = (version: number, random: Random): Uint8Array =>
  message(
    HANDSHAKE_TYPE.serverHello,
    encodeServerHello({
      version: Math.min(version, 0x0303),
      random: random.bytes(32),
      sessionId: random.bytes(random.pick([0, 32])),
      cipherSuite: version === 0x0304 ? 0x1301 : random.pick([0xc030, 0xc013, 0x009e, 0x002f]),
      compressionMethod: 0,
      extensions: version === 0x0304 ? [selectedVersion(version)] : random.pick([null, []]),
    }),
  );

const certificates = (random: Random): Uint8Array => {
  const count = random.between(1, 4);
  const chain = Array.from({ length: count }, () => patterned(random.magnitude(256, 61_440 / count), random));
  return message(HANDSHAKE_TYPE.certificate, encodeCertificate({ chain }));
};

/** Bytes of which no two places look alike, at a cost that does not count. */
const patterned = (size: number, random: Random): Uint8Array => {
  const step = random.between(1, 255);
  return Uint8Array.from({ length: size }, (_, at) => (at * step + (at >> 8)) & 0xff);
};

const keyExchange = (version: number, random: Random): Uint8Array =>
  message(
    HANDSHAKE_TYPE.serverKeyExchange,
    encodeServerKeyExchange({
      kind: "ecdhe",
      group: 0x0017,
      point: random.bytes(65),
      signature: { scheme: version === 0x0303 ? 0x0401 : null, bytes: random.bytes(256) },
    }),
  );

const certificateRequest = (version: number, random: Random): Uint8Array =>
  message(
    HANDSHAKE_TYPE.certificateRequest,
    encodeCertificateRequest({
      certificateTypes: [1, 64],
      signatureAlgorithms: version === 0x0303 ? [0x0401, 0x0403] : null,
      authorities: Array.from({ length: random.between(0, 3) }, () => random.bytes(random.between(0, 80))),
    }),
  );

/** What may come behind a flight's messages: nothing, an alert, what is encrypted, what is no TLS. */
const endOfFlight = (version: number, random: Random): Uint8Array => {
  const record = (contentType: number, fragment: Uint8Array): Uint8Array =>
    encodeRecord({ contentType, version, fragment });
  switch (random.between(0, 4)) {
    case 0:
      return record(
        CONTENT_TYPE.alert,
        encodeAlert({ level: random.between(1, 2), description: random.between(0, 120) }),
      );
    case 1:
      return joined([
        record(CONTENT_TYPE.changeCipherSpec, Uint8Array.of(1)),
        record(CONTENT_TYPE.handshake, random.bytes(40)),
      ]);
    case 2:
      return record(CONTENT_TYPE.applicationData, random.bytes(random.between(0, 300)));
    case 3:
      return random.bytes(random.between(0, 20));
    default:
      return new Uint8Array(0);
  }
};

/** The flight in records of some sizes, or one that a real server sent. */
export const flightBytes = ({ messages, version, end }: Flight, random: Random): Uint8Array =>
  joined([inRecords(messages, version, recordSizes(random)), end]);
