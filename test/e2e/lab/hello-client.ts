/** ClientHellos of profiles as bytes, and what a server of the lab says to them. */
import { createECDH } from "node:crypto";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { type ClientHello, encodeClientHelloRecord } from "../../../src/tls/wire/client-hello.ts";
import type { ClientProfile } from "../../../src/tls/profiles/client-profile.ts";
import { clientHelloOf } from "../../../src/tls/profiles/hello-of-profile.ts";
import { NAMED_GROUP } from "../../../src/tls/tables/named-groups.ts";
import { readServerFlight, type ServerFlight } from "../../../src/tls/wire/server-flight.ts";
import { negotiatedVersion, selectedGroup } from "../../../src/tls/wire/server-hello.ts";
import { encodeConnectionRequest } from "../../../src/x224/connection-request.ts";
import type { End, RawClient } from "./raw-client.ts";

/** Asks for TLS, CredSSP, and CredSSP with early user authorization. */
export const ASK = toHex(
  encodeConnectionRequest({
    kind: "connection-request",
    destinationReference: 0,
    sourceReference: 0,
    classOptions: 0,
    routing: null,
    negotiation: { flags: 0, requestedProtocols: 0x0b },
    correlation: null,
  }),
);
export const CONFIRM_SIZE_BYTES = 19;

/** Silence is counted in turns, which a machine that is busy makes longer for both sides alike. */
const TURN_MS = 5;
const TURNS_OF_SILENCE = 40;
const TURNS_BEHIND_AN_ANSWER = 4;
const MAX_TURNS = 600;

/** The same share whenever it is asked for: hellos of one profile are the same. */
const shares = new Map<number, Uint8Array>();

const keyShare = (group: number): Uint8Array => {
  const share = shares.get(group) ?? newShare(group);
  shares.set(group, share);
  return share;
};

const newShare = (group: number): Uint8Array => {
  const size = FIXED_SIZES.get(group);
  if (size !== undefined) return new Uint8Array(size).fill(9);
  return createECDH(group === NAMED_GROUP.secp256r1 ? "prime256v1" : "secp384r1").generateKeys();
};

/** Bytes of a share that nobody here computes with. */
const FIXED_SIZES: ReadonlyMap<number, number> = new Map([
  [NAMED_GROUP.x25519, 32],
  [NAMED_GROUP.X25519MLKEM768, 1216],
]);

export const helloFor = (profile: ClientProfile, serverName: string | null = null): ClientHello =>
  clientHelloOf(profile, {
    serverName,
    isAddress: false,
    random: new Uint8Array(32).fill(1),
    sessionId: new Uint8Array(32).fill(2),
    keyShares: keyShare,
  });

export const helloBytes = (profile: ClientProfile, serverName: string | null = null): Uint8Array =>
  encodeClientHelloRecord(helloFor(profile, serverName), profile.recordVersion);

/** What the flight says, without bytes. */
export interface FlightSummary {
  /** Null where there is no ServerHello. */
  readonly version: number | null;
  readonly suite: number | null;
  readonly group: number | null;
  readonly exchange: string | null;
  readonly certificates: number | null;
  readonly alert: number | null;
  readonly retry: boolean;
  readonly sizeBytes: number;
}

export interface Reply {
  readonly flight: ServerFlight;
  readonly summary: FlightSummary;
  readonly end: End;
}

const summaryOf = (flight: ServerFlight): FlightSummary => {
  const { hello, keyExchange } = flight;
  const inHello = hello === null ? null : selectedGroup(hello);
  return {
    version: hello === null ? null : negotiatedVersion(hello),
    suite: hello?.cipherSuite ?? null,
    group: inHello ?? (keyExchange?.kind === "ecdhe" ? keyExchange.group : null),
    exchange: keyExchange?.kind ?? null,
    certificates: flight.certificates?.length ?? null,
    alert: flight.alert?.description ?? null,
    retry: flight.helloRetryRequest !== null,
    sizeBytes: flight.sizeBytes,
  };
};

/** Sends these segments behind the Connection Confirm, and waits for a whole answer, the end, or silence. */
export const converse = async (client: RawClient, ...segments: readonly Uint8Array[]): Promise<Reply> => {
  client.send(ASK);
  await client.hears(CONFIRM_SIZE_BYTES);
  return say(client, segments);
};

/** The same on a connection whose Connection Confirm, or what else is not TLS, has come. */
export const say = async (
  client: RawClient,
  segments: readonly Uint8Array[],
  skipBytes = CONFIRM_SIZE_BYTES,
): Promise<Reply> => {
  for (const [index, segment] of segments.entries()) {
    if (index > 0) await client.hears(Number.POSITIVE_INFINITY, SEGMENT_PAUSE_MS);
    client.send(toHex(segment));
  }
  let quietTurns = 0;
  let sizeBytes = 0;
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    const { hex, end } = await client.hears(Number.POSITIVE_INFINITY, TURN_MS);
    quietTurns = hex.length / 2 === sizeBytes ? quietTurns + 1 : 0;
    sizeBytes = hex.length / 2;
    const enough = isAnswered(flightIn(hex, skipBytes)) ? TURNS_BEHIND_AN_ANSWER : TURNS_OF_SILENCE;
    if (end !== "open" || quietTurns >= enough) break;
  }
  const { hex, end } = client.heard;
  const flight = flightIn(hex, skipBytes);
  return { flight, summary: summaryOf(flight), end };
};

const SEGMENT_PAUSE_MS = 30;

const flightIn = (hex: string, skipBytes: number): ServerFlight =>
  readServerFlight(fromHex(hex.slice(2 * skipBytes)));

const isAnswered = (flight: ServerFlight): boolean => flight.helloDone || flight.encrypted;
