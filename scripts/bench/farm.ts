/**
 * The responder farm of the benchmarks, in a process of its own: one port on every address of 127.0.0.0/8
 * that answers X.224 and TLS 1.2 with a real certificate, each answer after the delay given in milliseconds.
 * Prints its port, and its CPU time when told to.
 */
import { createServer, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";
import { fromHex } from "../../src/bytes/hex.ts";
import { mintCertificate } from "../../src/lab/certificates.ts";

const DELAY_MS = Number(process.argv[2] ?? 0);

/** Selects TLS, as a Windows server without NLA does. */
const CONFIRM = fromHex("030000130ed0000012340002 1f08 0001000000");
const DAY_MS = 86_400_000;
const now = Date.now();
const { keyPem, chainPem } = mintCertificate({
  commonName: "FARM",
  notBefore: new Date(now - DAY_MS),
  notAfter: new Date(now + 100 * DAY_MS),
});
const secureContext = createSecureContext({ key: keyPem, cert: chainPem, maxVersion: "TLSv1.2" });

const serve = (socket: Socket): void => {
  socket.setNoDelay(true).on("error", () => socket.destroy());
  socket.once("data", () => {
    const answer = (): void => {
      socket.write(CONFIRM);
      const carrier = DELAY_MS === 0 ? socket : delayed(socket);
      const secured = new TLSSocket(carrier, { isServer: true, secureContext });
      secured.on("error", () => socket.destroy()).resume();
    };
    if (DELAY_MS === 0) answer();
    else setTimeout(answer, DELAY_MS);
  });
};

/** What is written to it leaves after the delay. */
const delayed = (socket: Socket): Duplex => {
  const stream = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, callback) => {
      setTimeout(() => socket.destroyed || socket.write(chunk), DELAY_MS);
      callback();
    },
    final: (callback) => {
      setTimeout(() => socket.end(), DELAY_MS);
      callback();
    },
  });
  socket.on("data", (chunk) => stream.push(chunk)).once("end", () => stream.push(null));
  socket.once("close", () => stream.destroy());
  stream.on("error", () => socket.destroy());
  return stream;
};

const server = createServer(serve).listen({ host: "0.0.0.0", port: 0, backlog: 4096 }, () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" && address !== null ? address.port : 0 });
});
process.on("message", () => process.send?.({ cpu: process.cpuUsage() }));
process.on("disconnect", () => process.exit());
