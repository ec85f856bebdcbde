/** How a ClientHello and a ServerHello begin: version, random, session id (RFC 8446 4.1.2 and 4.1.3). */
import type { Reader } from "../../bytes/reader.ts";
import { readOpaque } from "./vector.ts";

export const RANDOM_SIZE_BYTES = 32;

export const MAX_SESSION_ID_SIZE_BYTES = 32;

export interface HelloStart {
  /** `legacy_version`. */
  readonly version: number;
  /** 32 bytes. */
  readonly random: Uint8Array;
  /** Up to 32 bytes. */
  readonly sessionId: Uint8Array;
}

/** @param message its name in front of a field's: `client_hello`. */
export const readHelloStart = (reader: Reader, message: string): HelloStart => {
  const version = reader.u16(`${message}.version`);
  const random = reader.bytes(RANDOM_SIZE_BYTES, `${message}.random`);
  const sessionIdAt = reader.offset;
  const sessionId = readOpaque(reader, 1, `${message}.session_id`);
  if (sessionId.length > MAX_SESSION_ID_SIZE_BYTES)
    reader.reject(`${message}.session_id`, `length ${sessionId.length} is over 32`, sessionIdAt);
  return { version, random, sessionId };
};
