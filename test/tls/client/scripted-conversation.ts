/** Our TLS client and a server in memory, up to where neither has anything more to say. */
import type { ClientProfile } from "../../../src/tls/profiles/client-profile.ts";
import { createTlsClient, type TlsClient } from "../../../src/tls/client/tls-client.ts";
import type { TlsEntropy } from "../../../src/tls/client/tls-entropy.ts";
import type { TlsFault } from "../../../src/tls/client/tls-fault.ts";
import { WIDEST_PROFILE } from "../../../src/tls/profiles/profile-variants.ts";
import { TlsWitness } from "../../../src/tls/decrypt/tls-witness.ts";
import { TLS_ENTROPY } from "../../../src/transport/entropy/tls-entropy.ts";

export interface ScriptedServer {
  /** The records that it answers with. */
  receive(bytes: Uint8Array): readonly Uint8Array[];
  /** What the client sent under keys, record by record. */
  opened(): readonly Uint8Array[];
}

export interface Conversation {
  readonly client: TlsClient;
  readonly reading: ReturnType<TlsClient["reading"]>;
  /** Each flight of the client's. */
  readonly said: readonly Uint8Array[];
}

/** More flights than any handshake has. */
const MAX_TURNS = 8;

export const converse = (
  server: ScriptedServer,
  profile: ClientProfile = WIDEST_PROFILE,
  entropy: TlsEntropy = TLS_ENTROPY,
): Conversation => {
  const client = createTlsClient({
    ...{ profile, serverName: "pc.example", isAddress: false, entropy, onSecret: null },
  });
  const said: Uint8Array[] = [];
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    const bytes = client.output();
    if (bytes === null) break;
    said.push(bytes);
    client.receive(joined(server.receive(bytes)));
  }
  return { client, reading: client.reading(), said };
};

/** The fault that stopped the handshake. @throws Error where another thing did, or a witness was handed out */
export const faultOf = ({ reading }: Conversation): TlsFault => {
  const { outcome } = reading;
  if (outcome.kind !== "fault") throw new Error(`no fault: ${JSON.stringify(outcome)}`);
  return outcome.fault;
};

/** @throws Error where the handshake did not come through */
export const witnessOf = ({ reading }: Conversation): TlsWitness => {
  const { outcome } = reading;
  if (outcome.kind !== "established" || !TlsWitness.isWitness(outcome.witness)) {
    throw new Error(`no witness: ${JSON.stringify(outcome)}`);
  }
  return outcome.witness;
};

export const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

export const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const index = at < 0 ? bytes.length + at : at;
  return bytes.map((byte, place) => (place === index ? byte ^ 1 : byte));
};
