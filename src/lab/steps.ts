/** The steps that a scenario's behaviour is made of: what the server does next on one connection. */
import { type Decoded, done, need } from "../bytes/decoded.ts";
import type { AcceptedConnection, TlsServerOptions } from "../transport/accepted-connection.ts";
import { decodeConnectionRequest } from "../x224/connection-request.ts";
import { encodeServerTpdu, type ServerTpdu } from "../x224/server-tpdu.ts";
import type { Answer } from "./answers.ts";
import { decodeHelloRecords } from "./hello-records.ts";
import type { Identity } from "./certificates/identities.ts";

/** A forgotten client is dropped after this time. */
export const CONNECTION_LIFETIME_MS = 60_000;

/** One client's visit to one scenario. */
interface Visit {
  readonly connection: AcceptedConnection;
  /** What the server shows in TLS; null for scenarios that never come so far. */
  readonly identity: Identity | null;
  /** What the other machines behind the port show. */
  readonly farm: readonly Identity[];
  /** Counts one more ClientHello of all that came to the port, and gives the count: 1 for the first. */
  readonly countHello: () => number;
}

/** Does its part; true when the next step follows, false when the visit is over. */
export type Step = (visit: Visit) => Promise<boolean>;

export type TlsPolicy = Omit<TlsServerOptions, "key" | "cert">;

export const CLIENT_LIMITS = { timeoutMs: CONNECTION_LIFETIME_MS, maxSizeBytes: 0x10000 } as const;
/** So that a client has seen its connect succeed before the reset comes. */
const ACCEPT_PAUSE_MS = 20;
/** A client without CredSSP says nothing after TLS; it is not waited for. */
const FIRST_WORD_PATIENCE_MS = 2_000;
/** A brake on endless streams: about 8 MB a second at most. */
const STREAM_PAUSE_MS = 2;
const TLS_RECORD_HEADER_SIZE = 5;

/** Takes one Connection Request. */
export const readRequest: Step = async ({ connection }) =>
  (await connection.receive(decodeConnectionRequest, CLIENT_LIMITS)) !== null;

/** Takes a Connection Request and answers it; closes, as a server must, where the answer is a refusal. */
export const answer =
  (to: Answer, dribblePauseMs = 0): Step =>
  async ({ connection }) => {
    const request = await connection.receive(decodeConnectionRequest, CLIENT_LIMITS);
    if (request === null) return false;
    const tpdu = to(request);
    const bytes = encodeServerTpdu(tpdu);
    const isSent = await (dribblePauseMs > 0
      ? connection.dribble(bytes, dribblePauseMs)
      : connection.write(bytes));
    if (!isSent || !isRefusal(tpdu)) return isSent;
    await connection.end();
    return false;
  };

/** Takes whatever the client says first, in any protocol. */
export const hearAnything: Step = ({ connection }) => connection.hears(CONNECTION_LIFETIME_MS);

/** Takes the TLS record that begins the client's handshake, as a rule all of its ClientHello. */
export const readClientHello: Step = async ({ connection }) =>
  (await connection.receive(decodeTlsRecord, CLIENT_LIMITS)) !== null;

/** Completes a TLS handshake as the server. */
export const startTls =
  (policy: TlsPolicy = {}): Step =>
  async ({ connection, identity }) =>
    identity !== null && (await connection.startTls({ ...keyAndCertificate(identity), ...policy }));

/** Completes a TLS handshake as one machine of a farm after the other. */
export const startTlsInTurn =
  (policy: TlsPolicy = {}): Step =>
  async ({ connection, identity, farm, countHello }) => {
    const members = identity === null ? farm : [identity, ...farm];
    if ((await connection.peek(decodeHelloRecords, CLIENT_LIMITS)) === null) return false;
    const member = members[(countHello() - 1) % members.length];
    return member !== undefined && (await connection.startTls({ ...keyAndCertificate(member), ...policy }));
  };

/** Waits for the client's first bytes inside TLS: a TSRequest, where CredSSP was selected. */
export const hearFirstWord: Step = async ({ connection }) => {
  await connection.hears(FIRST_WORD_PATIENCE_MS);
  return true;
};

export const send =
  (bytes: Uint8Array): Step =>
  ({ connection }) =>
    connection.write(bytes);

/** Sends the same bytes again and again, until the client goes. */
export const sendForEver =
  (bytes: Uint8Array): Step =>
  async ({ connection }) => {
    const end = CONNECTION_LIFETIME_MS / STREAM_PAUSE_MS;
    for (let turn = 0; turn < end; turn += 1) {
      if (!(await connection.write(bytes)) || !(await connection.pause(STREAM_PAUSE_MS))) break;
    }
    return false;
  };

/** Keeps the connection open and says nothing more. */
export const stayOpen: Step = async ({ connection }) => {
  await connection.drain(CONNECTION_LIFETIME_MS);
  return false;
};

export const close: Step = async ({ connection }) => {
  await connection.end();
  return false;
};

export const reset: Step = ({ connection }) => {
  connection.reset();
  return Promise.resolve(false);
};

export const pauseAfterAccept: Step = ({ connection }) => connection.pause(ACCEPT_PAUSE_MS);

const isRefusal = (tpdu: ServerTpdu): boolean =>
  tpdu.kind !== "connection-confirm" || tpdu.negotiation?.type === "failure";

const keyAndCertificate = ({ key, cert }: Identity): Pick<Identity, "key" | "cert"> => ({ key, cert });

const decodeTlsRecord = (bytes: Uint8Array): Decoded<Uint8Array> => {
  const [, , , high, low] = bytes;
  if (high === undefined || low === undefined) return need(TLS_RECORD_HEADER_SIZE - bytes.length);
  const size = TLS_RECORD_HEADER_SIZE + high * 0x100 + low;
  return bytes.length < size ? need(size - bytes.length) : done(bytes.subarray(0, size), size);
};
