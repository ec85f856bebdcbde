/**
 * The responder farm of the benchmarks, in a process of its own: one port on every address of 127.0.0.0/8
 * that answers X.224 and TLS with a real certificate, each answer after the delay given in milliseconds.
 * Prints its port, and its CPU time when told to.
 *
 *   farm.ts [DELAY_MS [tls-1.2|tls-1.3]]
 */
import { createServer, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";
import { choose } from "../../src/lab/answers.ts";
import { mintCertificate } from "../../src/lab/certificates/certificates.ts";
import { challengeAnswer } from "../../src/lab/credssp-steps.ts";
import { decodeConnectionRequest } from "../../src/x224/connection-request.ts";
import { encodeServerTpdu } from "../../src/x224/server-tpdu.ts";

const DELAY_MS = Number(process.argv[2] ?? 0);

/** A Windows server of old, without NLA; and one as Windows Server 2022 is installed. */
const SERVERS = {
  "tls-1.2": { nla: "unsupported", version: { maxVersion: "TLSv1.2" } },
  "tls-1.3": { nla: "required", version: { minVersion: "TLSv1.3" } },
} as const;
const isServer = (name: string): name is keyof typeof SERVERS => Object.hasOwn(SERVERS, name);
const name = process.argv[3] ?? "tls-1.2";
if (!isServer(name)) throw new RangeError(`${name} is none of ${Object.keys(SERVERS).join(", ")}`);
const { nla, version } = SERVERS[name];
const answer = choose({ nla });

const DAY_MS = 86_400_000;
const now = Date.now();
const { keyPem, chainPem } = mintCertificate({
  commonName: "FARM",
  notBefore: new Date(now - DAY_MS),
  notAfter: new Date(now + 100 * DAY_MS),
});
const secureContext = createSecureContext({ key: keyPem, cert: chainPem, ...version });
/** One for all: what it costs to make is the farm's and not the scanner's. */
const challenge = challengeAnswer();

const serve = (socket: Socket): void => {
  socket.setNoDelay(true).on("error", () => socket.destroy());
  socket.once("data", (bytes) => {
    if (DELAY_MS === 0) negotiate(socket, bytes);
    else setTimeout(() => negotiate(socket, bytes), DELAY_MS);
  });
};

/** The whole request is in the first segment: the benchmarks send nothing else. */
const negotiate = (socket: Socket, bytes: Uint8Array): void => {
  const request = decodeConnectionRequest(bytes);
  if (request.status !== "done") {
    socket.destroy();
    return;
  }
  const tpdu = answer(request.value);
  const isSelected = tpdu.kind === "connection-confirm" && tpdu.negotiation?.type === "response";
  if (!isSelected) {
    socket.end(encodeServerTpdu(tpdu)).resume();
    return;
  }
  socket.write(encodeServerTpdu(tpdu));
  const carrier = DELAY_MS === 0 ? socket : delayed(socket);
  const secured = new TLSSocket(carrier, { isServer: true, secureContext });
  secured.on("error", () => socket.destroy());
  if (nla === "required") secured.once("data", () => secured.write(challenge));
  secured.resume();
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
