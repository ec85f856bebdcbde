/**
 * The responder farm of the benchmarks, in a process of its own: one port on every address of 127.0.0.0/8
 * that answers X.224 and TLS 1.2 with a real certificate. Prints its port, and its CPU time when told to.
 */
import { createServer, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { fromHex } from "../../src/bytes/hex.ts";
import { mintCertificate } from "../../src/lab/certificates.ts";

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
    socket.write(CONFIRM);
    const secured = new TLSSocket(socket, { isServer: true, secureContext });
    secured.on("error", () => socket.destroy()).resume();
  });
};

const server = createServer(serve).listen({ host: "0.0.0.0", port: 0, backlog: 4096 }, () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" && address !== null ? address.port : 0 });
});
process.on("message", () => process.send?.({ cpu: process.cpuUsage() }));
process.on("disconnect", () => process.exit());
