/** A connection to NATS that comes back by itself, whatever happens to the server or the way there. */
import { readFile } from "node:fs/promises";
import type { Authenticator, NatsConnection } from "@nats-io/transport-node";
import { loadTransport } from "./load.ts";

export interface NatsPlace {
  /** `nats://host:4222`, `tls://host:4222`, several with commas. */
  readonly servers: string;
  /** A credentials file (JWT and seed), or a file with the seed of an nkey alone. */
  readonly creds?: string;
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** As the server shows it. */
  readonly name: string;
}

/** NATS cannot be reached, or does not let us in. */
export class FleetError extends Error {
  override readonly name = "FleetError";
}

const CONNECT_MS = 10_000;

/**
 * Connects; later breaks are mended without a word.
 * @param waits whether to go on trying where nobody answers at first.
 * @throws FleetError, MissingPackageError
 */
export const connectNats = async (place: NatsPlace, waits: boolean): Promise<NatsConnection> => {
  const transport = await loadTransport();
  const authenticator = place.creds === undefined ? null : await authenticatorOf(place.creds);
  const wantsTls = /(^|,)\s*tls:\/\//i.test(place.servers) || place.ca !== undefined;
  const servers = place.servers.split(",").map((server) => server.trim());
  const user = userOf(servers[0] ?? "");
  try {
    return await transport.connect({
      servers: servers.map(withoutUser),
      name: place.name,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      waitOnFirstConnect: waits,
      timeout: CONNECT_MS,
      pingInterval: 5000,
      maxPingOut: 2,
      ignoreAuthErrorAbort: waits,
      ...(authenticator === null ? user : { authenticator }),
      ...(wantsTls ? { tls: tlsOf(place) } : {}),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FleetError(`--nats: ${servers.map(withoutUser).join(",")}: ${reason.toLowerCase()}`);
  }
};

const tlsOf = ({ ca, certificate, key }: NatsPlace): Readonly<Record<string, string>> => ({
  ...(ca === undefined ? {} : { caFile: ca }),
  ...(certificate === undefined ? {} : { certFile: certificate }),
  ...(key === undefined ? {} : { keyFile: key }),
});

/** `nats://user:password@host`. */
const userOf = (server: string): { user?: string; pass?: string } => {
  const match = /^[a-z]+:\/\/([^:@/]+):([^@/]+)@/i.exec(server);
  return match === null
    ? {}
    : { user: decodeURIComponent(match[1] ?? ""), pass: decodeURIComponent(match[2] ?? "") };
};

const withoutUser = (server: string): string => server.replace(/^([a-z]+:\/\/)[^@/]*@/i, "$1");

const authenticatorOf = async (path: string): Promise<Authenticator> => {
  const transport = await loadTransport();
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new FleetError(`--creds: cannot read ${path}: ${error instanceof Error ? error.message : ""}`);
  });
  const text = bytes.toString("latin1");
  if (text.includes("NATS USER JWT")) return transport.credsAuthenticator(bytes);
  const seed = /^\s*(SU[A-Z2-7]{56})\s*$/m.exec(text)?.[1];
  if (seed === undefined)
    throw new FleetError(`--creds: ${path} is neither a credentials file nor an nkey's seed`);
  return transport.nkeyAuthenticator(new TextEncoder().encode(seed));
};
