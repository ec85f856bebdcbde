/** NATS' own client, loaded only where a fleet is asked for: who has none needs none of it. */

/** A package that this command needs is not installed. */
export class MissingPackageError extends Error {
  override readonly name = "MissingPackageError";
}

const INSTALL = "npm install @nats-io/transport-node @nats-io/jetstream (-g where rdprobe was installed so)";

/** @throws MissingPackageError */
export const loadTransport = () => import("@nats-io/transport-node").catch(missing);

/** @throws MissingPackageError */
export const loadJetStream = () => import("@nats-io/jetstream").catch(missing);

const missing = (error: unknown): never => {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
  throw new MissingPackageError(`this command needs the client of NATS: ${INSTALL}`);
};
