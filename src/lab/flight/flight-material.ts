/** What a flight is made of besides the policy, and how its messages become bytes. */
import { encodeHandshakeMessage, type HandshakeMessage } from "../../tls/wire/handshake-message.ts";
import type { ServerCertificate } from "../policies/hello-policy.ts";

export interface DhParameters {
  /** Big endian, as are the others. */
  readonly prime: Uint8Array;
  readonly generator: Uint8Array;
  readonly publicValue: Uint8Array;
}

export interface KeyPair {
  readonly publicValue: Uint8Array;
  /** The secret shared with the holder of this public value; null for one that the group does not have. */
  readonly agree: (peer: Uint8Array) => Uint8Array | null;
}

export interface FlightMaterial {
  /** Null: anonymous suites only. */
  readonly certificate: ServerCertificate | null;
  readonly randomBytes: (sizeBytes: number) => Uint8Array;
  /** A key pair of a named group. */
  readonly keyPair: (group: number) => KeyPair;
  readonly dhParameters: (bits: number) => DhParameters;
}

/** What becomes of the messages after all is signed, and before TLS 1.3 encrypts them. */
export type Says = (messages: readonly HandshakeMessage[]) => readonly HandshakeMessage[];

export const NO_COMPRESSION = 0;
export const EMPTY = new Uint8Array(0);

export const encoded = (messages: readonly HandshakeMessage[]): Uint8Array =>
  joined(messages.map(encodeHandshakeMessage));

export const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
