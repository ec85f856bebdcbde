/** A TLS server of Node's own at the other end of a conversation, in memory: both speak through one pair of streams. */
import { Duplex } from "node:stream";
import { createSecureContext, type SecureContextOptions, TLSSocket } from "node:tls";
import { setImmediate as turn } from "node:timers/promises";

export interface TlsPeer {
  /** Takes what the client sends. */
  receive(bytes: Uint8Array): void;
  /** What the server has sent since the last call, once it has had time to. */
  answer(): Promise<Uint8Array>;
  /** Says something inside the session. */
  say(bytes: Uint8Array): void;
  /** What the client said inside the session. */
  heard(): Uint8Array;
  close(): void;
}

/** How many turns of the loop the server may take for an answer. */
const TURNS = 40;

export const createTlsPeer = (
  options: SecureContextOptions & { readonly requestCert?: boolean },
): TlsPeer => {
  let sent: Buffer[] = [];
  const heard: Buffer[] = [];
  const wire = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, callback) => {
      sent.push(chunk);
      callback();
    },
  });
  const { requestCert = false, ...context } = options;
  const socket = new TLSSocket(wire, {
    isServer: true,
    secureContext: createSecureContext(context),
    requestCert,
    rejectUnauthorized: false,
  });
  socket.on("data", (chunk: Buffer) => heard.push(chunk));
  socket.on("error", () => {});
  return {
    receive: (bytes) => {
      wire.push(Buffer.from(bytes));
    },
    async answer() {
      for (let count = 0; count < TURNS; count += 1) await turn();
      const whole = Uint8Array.from(Buffer.concat(sent));
      sent = [];
      return whole;
    },
    say: (bytes) => {
      socket.write(bytes);
    },
    heard: () => Uint8Array.from(Buffer.concat(heard)),
    close: () => socket.destroy(),
  };
};
