/** RDP Negotiation Failure (RDP_NEG_FAILURE): [MS-RDPBCGR] 2.2.1.2.2. */
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import { readNegotiationLength, writeNegotiation } from "./negotiation-structure.ts";

export const NEGOTIATION_FAILURE_TYPE = 0x03;

/** [MS-RDPBCGR] 2.2.1.2.2, field failureCode; 7 is what servers with Entra ID send, and not in its version 61. */
export const FAILURE_CODES = [
  { code: 1, name: "SSL_REQUIRED_BY_SERVER" },
  { code: 2, name: "SSL_NOT_ALLOWED_BY_SERVER" },
  { code: 3, name: "SSL_CERT_NOT_ON_SERVER" },
  { code: 4, name: "INCONSISTENT_FLAGS" },
  { code: 5, name: "HYBRID_REQUIRED_BY_SERVER" },
  { code: 6, name: "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER" },
  { code: 7, name: "ENTRA_AUTH_REQUIRED_BY_SERVER" },
] as const;

export interface NegotiationFailure {
  readonly type: "failure";
  /** No flag is defined; kept as they came. */
  readonly flags: number;
  /** One of {@link FAILURE_CODES}, or a number without a name. */
  readonly failureCode: number;
}

/** The specification's name of a failure code, or null. */
export const failureName = (code: number): string | null =>
  FAILURE_CODES.find((failure) => failure.code === code)?.name ?? null;

/** Reads what follows the type byte; faults are the reader's. */
export const readNegotiationFailure = (reader: Reader): NegotiationFailure => {
  const flags = reader.u8("rdpNegFailure.flags");
  readNegotiationLength(reader, "rdpNegFailure.length");
  return { type: "failure", flags, failureCode: reader.u32le("rdpNegFailure.failureCode") };
};

export const writeNegotiationFailure = (writer: Writer, failure: NegotiationFailure): void =>
  writeNegotiation(writer, NEGOTIATION_FAILURE_TYPE, failure.flags, failure.failureCode);
