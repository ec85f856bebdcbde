/** Where the fleet's NATS is, and who we are there: the same options wherever it is spoken to. */
import { hostname } from "node:os";
import type { Command } from "commander";
import type { NatsConnection } from "@nats-io/transport-node";
import { type Centre, openCentre } from "../../fleet/nats/centre.ts";
import { connectNats, FleetError, type NatsPlace } from "../../fleet/nats/connect.ts";
import { MissingPackageError } from "../../fleet/nats/load.ts";
import { InputError } from "../inputs/input-error.ts";

export interface NatsFlags {
  readonly nats: string;
  readonly creds?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

const DEFAULT_NATS = "nats://127.0.0.1:4222";

export const addNatsOptions = (command: Command): Command =>
  command
    .optionsGroup("NATS:")
    .option("--nats <url>", "the server, tls://nats:4222; several with commas", DEFAULT_NATS)
    .option("--creds <file>", "credentials (JWT and seed), or an nkey's seed")
    .option("--tls-ca <file>", "certificates of the authorities that the server's is issued by")
    .option("--tls-cert <file>", "our own certificate, where the server asks for one")
    .option("--tls-key <file>", "its key");

/** @throws InputError that says why not. */
export const connectAs = (flags: NatsFlags, command: string, waits = false): Promise<NatsConnection> =>
  connectNats(placeOf(flags, command), waits).catch(toInputError);

const toInputError = (error: unknown): never => {
  if (error instanceof FleetError || error instanceof MissingPackageError)
    throw new InputError(error.message);
  throw error;
};

/**
 * Runs with the centre's side of NATS, and closes it.
 * @throws InputError where NATS, or what stands there, is in the way.
 */
export const withCentre = async <T>(
  flags: NatsFlags,
  command: string,
  run: (centre: Centre) => Promise<T>,
): Promise<T> => {
  const nc = await connectAs(flags, command);
  try {
    return await openCentre(nc).then(run).catch(toInputError);
  } finally {
    await nc.close();
  }
};

const placeOf = ({ nats, creds, tlsCa, tlsCert, tlsKey }: NatsFlags, command: string): NatsPlace => ({
  servers: nats,
  name: `rdprobe ${command} ${hostname()}`,
  ...(creds === undefined ? {} : { creds }),
  ...(tlsCa === undefined ? {} : { ca: tlsCa }),
  ...(tlsCert === undefined ? {} : { certificate: tlsCert }),
  ...(tlsKey === undefined ? {} : { key: tlsKey }),
});
