/** A key pair for who connects to NATS: the seed goes into a file, the public key to the server's configuration. */
import { writeFile } from "node:fs/promises";
import { loadTransport } from "../../fleet/nats/load.ts";
import { OutputError } from "../outputs/output-error.ts";
import { reasonOf } from "../screen/system-error.ts";

/** Gives the public key. @throws OutputError where the file is there already, or cannot be written. */
export const writeNewKey = async (path: string): Promise<string> => {
  const { nkeys } = await loadTransport();
  const pair = nkeys.createUser();
  const seed = new TextDecoder().decode(pair.getSeed());
  await writeFile(path, `${seed}\n`, { flag: "wx", mode: 0o600 }).catch((error: unknown) => {
    throw new OutputError(`--new-key: cannot write ${path}: ${reasonOf(error)}`);
  });
  return pair.getPublicKey();
};
