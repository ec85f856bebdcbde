/** The readers of a whole conversation: both sides of a captured one, and our own TLS client against real servers. */
import { once } from "node:events";
import { connect } from "node:net";
import { createServer, type TlsOptions } from "node:tls";
import { ConversationReader } from "../../../src/handshake/conversation/conversation-reader.ts";
import { ObservedLayer } from "../../../src/handshake/facts/observed-layer.ts";
import {
  createTlsClient,
  type KeyPair,
  type TlsClient,
  type TlsEntropy,
} from "../../../src/tls/client/tls-client.ts";
import { EVERYTHING_PROFILE } from "../../../src/tls/profiles/probe-profiles.ts";
import { KeyLog } from "../../../src/tls/decrypt/key-log.ts";
import { TLS_ENTROPY } from "../../../src/transport/entropy/tls-entropy.ts";
import { mintCertificate } from "../../../src/lab/certificates/certificates.ts";
import { readCapture } from "../../capture/support/read-capture.ts";
import { spoken, type Turn } from "./capture-streams.ts";
import type { Subject } from "./law.ts";
import type { Random } from "./random.ts";
import { CAPTURES, joined, perhapsDamaged } from "./wire.ts";

/** What both sides of each connection of the fixtures said, in its order. */
const CONVERSATIONS: readonly (readonly Turn[])[] = CAPTURES.flatMap((file) => {
  const turns = new Map<number, Turn[]>();
  for (const event of readCapture(file).streamEvents) {
    if (event.type !== "data") continue;
    const known = turns.get(event.stream.number) ?? [];
    turns.set(event.stream.number, [...known, { from: event.from, bytes: event.payload.slice() }]);
  }
  return [...turns.values()];
});

export const conversationSubject = (random: Random): Subject => {
  const [first, ...others] = CONVERSATIONS;
  if (first === undefined) throw new Error("no fixture has a conversation");
  const isDamaged = random.oneIn(3);
  const turns = random
    .pick([first, ...others])
    .map(({ from, bytes }) => ({ from, bytes: isDamaged ? perhapsDamaged(bytes, random) : bytes }));
  return spoken(turns, readConversation);
};

/** Every event at one time: the clock is not what is cut. */
const readConversation = (parts: Iterable<Turn>): unknown => {
  const reader = new ConversationReader({
    isDirect: false,
    tls: () => new ObservedLayer(new KeyLog()),
    provesSelfSigned: false,
    mayMissRequest: true,
  });
  reader.receive({ kind: "connected", atMs: 0 });
  for (const { from, bytes } of parts)
    reader.receive({ kind: from === "client" ? "sent" : "received", bytes: bytes.slice(), atMs: 0 });
  reader.flush();
  return [reader.facts(0), reader.owed()];
};

/** A client whose every random byte and key is known beforehand, so that it says the same each time. */
export const sameEntropy = (): TlsEntropy => {
  const pairs = new Map<string, KeyPair>();
  const once = (name: string, make: () => KeyPair): KeyPair => {
    const pair = pairs.get(name) ?? make();
    pairs.set(name, pair);
    return pair;
  };
  return {
    bytes: (size) => new Uint8Array(size).fill(0x5c),
    keyPair: (group) => once(String(group), () => TLS_ENTROPY.keyPair(group)),
    finiteFieldKeyPair: (prime, generator) =>
      once(Buffer.from(prime).toString("hex"), () => TLS_ENTROPY.finiteFieldKeyPair(prime, generator)),
  };
};

interface Handshake {
  readonly entropy: TlsEntropy;
  /** All that the server said. */
  readonly server: Uint8Array;
}

const clientOf = (entropy: TlsEntropy): TlsClient =>
  createTlsClient({
    ...{ profile: EVERYTHING_PROFILE, serverName: "law.example", isAddress: false, entropy, onSecret: null },
  });

const GREETING = "what the server says first";

/** What OpenSSL's server says to this client, up to its first application data. */
const handshakeWith = async (options: TlsOptions): Promise<Handshake> => {
  const server = createServer(options, (socket) => {
    socket.on("error", () => {});
    socket.write(GREETING);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const socket = connect(address.port, "127.0.0.1");
  await once(socket, "connect");
  const entropy = sameEntropy();
  const client = clientOf(entropy);
  const said: Uint8Array[] = [];
  const send = (): void => {
    const bytes = client.output();
    if (bytes !== null) socket.write(bytes);
  };
  const opened: Uint8Array[] = [];
  send();
  for await (const chunk of socket) {
    const bytes = Uint8Array.from(chunk);
    said.push(bytes);
    client.receive(bytes);
    send();
    const text = client.opened();
    if (text !== null) opened.push(text);
    if (opened.reduce((size, { length }) => size + length, 0) >= GREETING.length) break;
  }
  socket.destroy();
  server.close();
  const { outcome } = client.reading();
  if (outcome.kind !== "established") throw new Error(`no handshake: ${JSON.stringify(outcome)}`);
  return { entropy, server: joined(said) };
};

const VERSIONS: readonly TlsOptions[] = [
  { minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "ALL:@SECLEVEL=0" },
  { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" },
  { maxVersion: "TLSv1.2", ciphers: "AES128-SHA" },
  { maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES256-GCM-SHA384" },
  { maxVersion: "TLSv1.2", ciphers: "AES128-CCM" },
  { minVersion: "TLSv1.3" },
  { minVersion: "TLSv1.3", ecdhCurve: "P-521" },
  { minVersion: "TLSv1.3", ciphers: "TLS_CHACHA20_POLY1305_SHA256" },
  { minVersion: "TLSv1.3", requestCert: true, rejectUnauthorized: false },
];

const { keyPem, chainPem } = mintCertificate({
  commonName: "law.example",
  notBefore: new Date(Date.now() - 86_400_000),
  notAfter: new Date(Date.now() + 86_400_000),
});

const HANDSHAKES = await Promise.all(
  VERSIONS.map((options) => handshakeWith({ key: keyPem, cert: chainPem, ...options })),
);

/** Whole handshakes with OpenSSL, and damaged ones, replayed to a client that says the same again. */
export const tlsClientSubject = (random: Random): Subject => {
  const [first, ...others] = HANDSHAKES;
  if (first === undefined) throw new Error("no handshake");
  const { entropy, server } = random.pick([first, ...others]);
  return {
    bytes: perhapsDamaged(server, random),
    read: (pieces) => {
      const client = clientOf(entropy);
      const said: Uint8Array[] = [];
      const opened: Uint8Array[] = [];
      for (const piece of pieces) {
        client.receive(piece.slice());
        const output = client.output();
        if (output !== null) said.push(output);
        const text = client.opened();
        if (text !== null) opened.push(text);
      }
      return [client.reading(), joined(said), joined(opened)];
    },
  };
};
