/**
 * Servers that send without end and as fast as they can, in a process of their own: their work must not slow
 * down the probe, nor their memory count as the probe's. Takes the addresses to listen on; prints the port of
 * each kind as JSON, and goes on until it is ended.
 */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";

interface Flood {
  /** One for each time that the client speaks before the flood begins. */
  readonly answers: readonly Uint8Array[];
  /** Sent once, at the next time that it speaks. */
  readonly opening: Uint8Array;
  /** Sent again and again behind that. */
  readonly endless: Uint8Array;
  /** How many bytes go out at a time. */
  readonly chunkSize: number;
}

const bytes = (...parts: readonly (number | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "number" ? [part] : [...part])));

const zeros = (count: number): Uint8Array => new Uint8Array(count);

/** A record of TLS 1.2. RFC 5246 6.2.1 */
const record = (type: number, fragment: Uint8Array): Uint8Array =>
  bytes(type, 3, 3, fragment.length >> 8, fragment.length & 0xff, fragment);

const repeated = (piece: Uint8Array): Uint8Array => {
  const times = Math.max(1, Math.floor(0x4000 / piece.length));
  return Uint8Array.from(Array.from({ length: times }, () => [...piece]).flat());
};

const ALERT = 21;
const HANDSHAKE = 22;
const SERVER_HELLO = 2;
const CERTIFICATE = 11;

/** Selects TLS; [MS-RDPBCGR] 2.2.1.2.1. */
const SELECTS_TLS = Buffer.from("030000130ed000001234000200080001000000", "hex");

/** A ServerHello of TLS 1.2 with ECDHE_RSA_WITH_AES_256_GCM_SHA384. */
const HELLO = bytes(SERVER_HELLO, 0, 0, 38, 3, 3, zeros(32).fill(7), 0, 0xc0, 0x30, 0);

/** Elements of two bytes, as many as a certificate can hold; ASN.1 readers make an object of each. */
const TINY_ELEMENTS = (() => {
  const size = 0xf000;
  const nulls = Uint8Array.from({ length: size }, (_, index) => (index % 2 === 0 ? 5 : 0));
  const sequence = bytes(0x30, 0x83, 0, size >> 8, size & 0xff, nulls);
  const listed = (content: Uint8Array) => bytes(0, content.length >> 8, content.length & 0xff, content);
  const list = listed(listed(sequence));
  return bytes(CERTIFICATE, 0, list.length >> 8, list.length & 0xff, list);
})();

const inRecords = (message: Uint8Array): Uint8Array => {
  const records: number[] = [];
  for (let at = 0; at < message.length; at += 0x4000) {
    records.push(...record(HANDSHAKE, message.subarray(at, at + 0x4000)));
  }
  return Uint8Array.from(records);
};

const NOTHING = zeros(0);
const WHOLE = 0x4000;

/** By what is sent; the names are the test's. */
const FLOODS: Readonly<Record<string, Flood>> = {
  "tpkts of another kind": {
    answers: [],
    opening: NOTHING,
    endless: zeros(0x4000).fill(3),
    chunkSize: WHOLE,
  },
  "one long TPKT, byte by byte": {
    answers: [],
    opening: bytes(3, 0, 0x0f, 0xff, 2, 0xf0, 0x80),
    endless: zeros(0x4000).fill(0x64),
    chunkSize: 1,
  },
  "text without an end of line": {
    answers: [],
    opening: NOTHING,
    endless: zeros(0x4000).fill(0x41),
    chunkSize: 1,
  },
  "handshake records that mean nothing": {
    answers: [SELECTS_TLS],
    opening: NOTHING,
    endless: record(HANDSHAKE, zeros(0x4000)),
    chunkSize: WHOLE,
  },
  "records of no bytes": {
    answers: [SELECTS_TLS],
    opening: NOTHING,
    endless: repeated(record(HANDSHAKE, NOTHING)),
    chunkSize: WHOLE,
  },
  "records of one byte": {
    answers: [SELECTS_TLS],
    opening: record(HANDSHAKE, bytes(SERVER_HELLO, 0xff, 0xff, 0xff)),
    endless: repeated(record(HANDSHAKE, zeros(1))),
    chunkSize: WHOLE,
  },
  "one message of 16 MiB": {
    answers: [SELECTS_TLS],
    opening: record(HANDSHAKE, bytes(HELLO, CERTIFICATE, 0xff, 0xff, 0xff)),
    endless: record(HANDSHAKE, zeros(0x4000)),
    chunkSize: WHOLE,
  },
  warnings: {
    answers: [SELECTS_TLS],
    opening: NOTHING,
    endless: repeated(record(ALERT, bytes(1, 90))),
    chunkSize: WHOLE,
  },
  "a certificate of tiny elements": {
    answers: [SELECTS_TLS],
    opening: bytes(record(HANDSHAKE, HELLO), inRecords(TINY_ELEMENTS)),
    endless: record(HANDSHAKE, zeros(0x4000)),
    chunkSize: WHOLE,
  },
};

const serve = async (socket: Socket, flood: Flood): Promise<void> => {
  for (const answer of [...flood.answers, flood.opening]) {
    await once(socket, "data");
    socket.write(answer);
  }
  socket.resume();
  const { endless, chunkSize } = flood;
  for (let at = 0; !socket.destroyed; at = (at + chunkSize) % endless.length) {
    const isFull = !socket.write(endless.subarray(at, at + chunkSize));
    // Even where the client takes all at once, others are to have their turn.
    if (isFull) await Promise.race([once(socket, "drain"), once(socket, "close")]);
    else if (at % 256 === 0) await new Promise(setImmediate);
  }
};

const listenOn = async (host: string, port: number, flood: Flood): Promise<number> => {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    serve(socket, flood).catch(() => socket.destroy());
  });
  await once(server.listen(port, host), "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

const [, , ...hosts] = process.argv;
const ports: Record<string, number> = {};
for (const [kind, flood] of Object.entries(FLOODS)) {
  ports[kind] = 0;
  for (const host of hosts) ports[kind] = await listenOn(host, ports[kind], flood);
}
process.stdout.write(`${JSON.stringify(ports)}\n`);
