/** A real TLS server on GnuTLS: what OpenSSL's cannot leave out, such as renegotiation_info. */
import { createServer } from "node:net";
import { once } from "node:events";
import { type Availability, commandsAvailable } from "../../../support/availability.ts";
import { eventually } from "../../../support/eventually.ts";
import { startProcess } from "./processes.ts";

export const gnutlsAvailable = (): Availability => commandsAvailable("gnutls-serv");

export interface GnutlsServer {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";
const READY_MS = 10_000;

/** @throws Error when it does not listen in time. */
export const startGnutlsServer = async (
  { certificateFile, keyFile }: { readonly certificateFile: string; readonly keyFile: string },
  priority: string,
): Promise<GnutlsServer> => {
  const port = await freePort();
  const files = ["--x509certfile", certificateFile, "--x509keyfile", keyFile];
  const server = await startProcess("gnutls-serv", [
    ...["--port", String(port), "--priority", priority, "--echo", ...files],
  ]);
  const isReady = await eventually(
    () => server.hasEnded() || /listening on IPv4/i.test(server.stdout() + server.stderr()),
    { timeoutMs: READY_MS },
  );
  if (!isReady || server.hasEnded()) {
    await server.stop();
    throw new Error(`gnutls-serv does not listen: ${server.stderr()}${server.stdout()}`);
  }
  return { host: HOST, port, stop: () => server.stop("SIGKILL") };
};

/** A port that nothing listened on a moment ago: gnutls-serv takes none of its own. */
const freePort = async (): Promise<number> => {
  const holder = createServer().listen(0, HOST);
  await once(holder, "listening");
  const address = holder.address();
  holder.close();
  await once(holder, "close");
  if (typeof address !== "object" || address === null) throw new Error("no free port");
  return address.port;
};
