/** Peers that do what no server should, at each stage of a handshake. */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { fromHex } from "../../src/bytes/hex.ts";
import { encodeTsRequest } from "../../src/credssp/ts-request.ts";
import { mintCertificate } from "../../src/lab/certificates/certificates.ts";
import { encodeCertificate } from "../../src/tls/wire/certificate.ts";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../../src/tls/wire/handshake-message.ts";
import { encodeServerHello } from "../../src/tls/wire/server-hello.ts";
import { CHALLENGE_V2 } from "../credssp/examples.ts";
import { SPECIFIED_CONNECT_RESPONSE } from "../mcs/examples.ts";

/** What a stage has to say: as it should be, and wrong in some ways. */
interface Words {
  readonly valid: Uint8Array;
  readonly wrongType: Uint8Array;
  readonly huge: Uint8Array;
  readonly zero: Uint8Array;
}

interface Attacked {
  readonly socket: Socket;
  readonly write: (bytes: Uint8Array) => boolean;
  readonly words: Words;
}

const isOpen = (socket: Socket): boolean => !socket.destroyed && socket.writable;

/** Until the socket is gone. */
const every = (socket: Socket, ms: number, work: (turn: number) => void): void => {
  let turn = 0;
  const timer = setInterval(() => {
    if (isOpen(socket)) work(turn++);
    else clearInterval(timer);
  }, ms);
  socket.once("close", () => clearInterval(timer));
};

const endlessly = (socket: Socket, write: (bytes: Uint8Array) => boolean, bytes: Uint8Array): void => {
  const more = (): void => {
    while (isOpen(socket) && write(bytes));
  };
  socket.on("drain", more);
  more();
};

const half = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, Math.ceil(bytes.length / 2));

const record = (type: number, fragment: Uint8Array): Uint8Array =>
  Uint8Array.from([type, 3, 3, fragment.length >> 8, fragment.length & 0xff, ...fragment]);

export const BEHAVIOURS: Readonly<Record<string, (attacked: Attacked) => void>> = {
  rst: ({ socket }) => socket.resetAndDestroy(),
  fin: ({ socket }) => socket.end(),
  silence: () => {},
  "half, and FIN": ({ socket, write, words }) => {
    write(half(words.valid));
    socket.end();
  },
  "half, and silence": ({ write, words }) => void write(half(words.valid)),
  "a byte each 200 ms": ({ socket, write, words }) =>
    every(socket, 200, (turn) => void write(words.valid.subarray(turn, turn + 1))),
  "a byte, and silence": ({ write, words }) => void write(words.valid.subarray(0, 1)),
  garbage: ({ write }) => void write(fromHex("f00dfeed".repeat(40))),
  "endless garbage": ({ socket, write, words }) => {
    write(words.valid.subarray(0, 2));
    endlessly(socket, write, new Uint8Array(65_536).fill(0x41));
  },
  "endless repetition": ({ socket, write, words }) => endlessly(socket, write, words.valid),
  "a huge length": ({ write, words }) => void write(words.huge),
  "a length of zero": ({ write, words }) => void write(words.zero),
  "the wrong type": ({ write, words }) => void write(words.wrongType),
  doubled: ({ write, words }) => {
    write(words.valid);
    write(words.valid);
  },
  reordered: ({ write, words }) => {
    write(words.valid.subarray(Math.ceil(words.valid.length / 2)));
    write(half(words.valid));
  },
  late: ({ socket, write, words }) => void setTimeout(() => isOpen(socket) && write(words.valid), 250),
  "an alert": ({ write }) => void write(record(21, Uint8Array.of(2, 80))),
  "1,000 empty records": ({ write }) => {
    for (let count = 0; count < 1000; count += 1) write(record(22, new Uint8Array(0)));
  },
  "16 MiB message": ({ socket, write }) => {
    write(record(22, Uint8Array.of(11, 0xff, 0xff, 0xff)));
    endlessly(socket, write, record(22, new Uint8Array(16_000)));
  },
  "never reads": ({ socket }) => void socket.pause(),
  "right, and RST": ({ socket, write, words }) => {
    write(words.valid);
    setTimeout(() => socket.resetAndDestroy(), 5);
  },
  "right, and FIN": ({ socket, write, words }) => {
    write(words.valid);
    socket.end();
  },
};

const confirm = (selected: number): Uint8Array =>
  fromHex(`030000130ed0000012340002000800${selected.toString(16).padStart(2, "0")}000000`);
const message = (type: number, body: Uint8Array): Uint8Array => encodeHandshakeMessage({ type, body });

const hello = message(
  HANDSHAKE_TYPE.serverHello,
  encodeServerHello({
    ...{ version: 0x0303, random: new Uint8Array(32).fill(7), sessionId: new Uint8Array(0) },
    ...{ cipherSuite: 0xc030, compressionMethod: 0, extensions: null },
  }),
);

const { keyPem, chainPem } = mintCertificate({
  commonName: "hostile.example",
  notBefore: new Date(Date.now() - 86_400_000),
  notAfter: new Date(Date.now() + 86_400_000 * 90),
});
const certificate = Uint8Array.from(Buffer.from(chainPem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64"));
const contexts = {
  tls12: createSecureContext({ key: keyPem, cert: chainPem, maxVersion: "TLSv1.2" }),
  tls13: createSecureContext({ key: keyPem, cert: chainPem, minVersion: "TLSv1.3" }),
};

const challenge = encodeTsRequest({ version: 6, negoTokens: [CHALLENGE_V2] });
const CREDSSP: Words = {
  valid: challenge,
  wrongType: new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n"),
  huge: fromHex("3084ffffffff"),
  zero: fromHex("3000"),
};

/** Behind TLS, once the client has sent its first message. */
const behindTls =
  (context: SecureContext) =>
  (socket: Socket, turn: number, attack: (attacked: Omit<Attacked, "socket">) => void): void => {
    if (turn > 0) return;
    socket.write(confirm(2));
    socket.removeAllListeners("data");
    const tls = new TLSSocket(socket, { isServer: true, secureContext: context });
    tls.on("error", () => socket.destroy());
    tls.once("data", () => attack({ write: (bytes) => !tls.destroyed && tls.write(bytes), words: CREDSSP }));
  };

/** What each stage's words stand for, and when they are said. */
export const STAGES: Readonly<
  Record<string, (socket: Socket, turn: number, attack: (attacked: Omit<Attacked, "socket">) => void) => void>
> = {
  accept: (socket, turn, attack) => {
    if (turn === 0)
      attack({
        write: (bytes) => socket.write(bytes),
        words: {
          valid: confirm(2),
          wrongType: fromHex("030000130e700000123400021f080008000000"),
          huge: fromHex("0300ffff0ed00000123400021f08000800"),
          zero: fromHex("03000000"),
        },
      });
  },
  "server hello": (socket, turn, attack) => {
    if (turn === 0) socket.write(confirm(2));
    if (turn === 1)
      attack({
        write: (bytes) => socket.write(bytes),
        words: {
          valid: record(22, hello),
          wrongType: record(22, message(99, new Uint8Array(40))),
          huge: record(22, Uint8Array.of(2, 0xff, 0xff, 0xff, 3, 3)),
          zero: Uint8Array.of(22, 3, 3, 0, 0),
        },
      });
  },
  certificate: (socket, turn, attack) => {
    if (turn === 0) socket.write(confirm(2));
    if (turn !== 1) return;
    socket.write(record(22, hello));
    const valid = record(
      22,
      message(HANDSHAKE_TYPE.certificate, encodeCertificate({ chain: [certificate] })),
    );
    attack({
      write: (bytes) => socket.write(bytes),
      words: {
        valid,
        wrongType: record(22, message(20, new Uint8Array(12))),
        huge: record(22, Uint8Array.of(11, 0xff, 0xff, 0xff)),
        zero: record(22, Uint8Array.of(11, 0, 0, 3, 0, 0, 0)),
      },
    });
  },
  "a chain of 100": (socket, turn, attack) => {
    if (turn === 0) socket.write(confirm(2));
    if (turn !== 1) return;
    socket.write(record(22, hello));
    const chain = Array.from({ length: 100 }, () => certificate);
    const whole = message(HANDSHAKE_TYPE.certificate, encodeCertificate({ chain }));
    const records: number[] = [];
    for (let at = 0; at < whole.length; at += 16_000)
      for (const byte of record(22, whole.subarray(at, at + 16_000))) records.push(byte);
    const valid = Uint8Array.from(records);
    attack({
      write: (bytes) => socket.write(bytes),
      words: {
        valid,
        wrongType: valid.subarray(5),
        huge: valid.subarray(0, 40_000),
        zero: record(22, Uint8Array.of(11, 0, 0, 0)),
      },
    });
  },
  "credssp over TLS 1.2": behindTls(contexts.tls12),
  "credssp over TLS 1.3": behindTls(contexts.tls13),
  mcs: (socket, turn, attack) => {
    if (turn === 0) socket.write(confirm(0));
    if (turn === 1)
      attack({
        write: (bytes) => socket.write(bytes),
        words: {
          valid: SPECIFIED_CONNECT_RESPONSE,
          wrongType: fromHex("0300000902f0802180"),
          huge: fromHex("0300ffff02f0807f6683ffffff"),
          zero: fromHex("0300000702f080"),
        },
      });
  },
};

interface HostilePeer {
  readonly stage: string;
  readonly behaviour: string;
  readonly host: string;
  readonly port: number;
}

export interface HostilePeers extends AsyncDisposable {
  readonly peers: readonly HostilePeer[];
  /** At how many of them a client has come as far as the behaviour, since the last `forget`. */
  begun(): number;
  forget(): void;
}

/** One listener a cell, each at an address of its own. */
export const startHostilePeers = async (
  network: string,
  behaviours: readonly string[] = Object.keys(BEHAVIOURS),
): Promise<HostilePeers> => {
  const begun = new Set<string>();
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const peers: HostilePeer[] = [];
  for (const [stage, speak] of Object.entries(STAGES)) {
    for (const [behaviour, behave] of Object.entries(BEHAVIOURS)) {
      if (!behaviours.includes(behaviour)) continue;
      const host = `${network}.${1 + (peers.length >> 7)}.${1 + (peers.length & 127)}`;
      const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
        sockets.add(socket);
        let turn = 0;
        socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
        socket.on("end", () => socket.end());
        socket.on("data", () =>
          speak(socket, turn++, (attacked) => {
            begun.add(host);
            behave({ socket, ...attacked });
          }),
        );
      });
      await once(server.listen(0, host), "listening");
      const address = server.address();
      servers.push(server);
      peers.push({
        stage,
        behaviour,
        host,
        port: typeof address === "object" && address !== null ? address.port : 0,
      });
    }
  }
  return {
    peers,
    begun: () => begun.size,
    forget: () => begun.clear(),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
};
