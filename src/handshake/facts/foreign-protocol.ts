/** Names the protocol of a peer that does not speak X.224, from the first bytes that it sent. */
import { latin1Text } from "../../bytes/latin1.ts";

export type ForeignProtocol = "http" | "ssh" | "tls" | "smtp" | "ftp" | "vnc" | "iso-tsap";

/** First match wins; the text is the start of the answer as Latin-1. */
const BANNERS: readonly (readonly [ForeignProtocol, RegExp])[] = [
  ["ssh", /^SSH-\d/],
  ["http", /^HTTP\/\d|^<(!doctype|html)/i],
  ["vnc", /^RFB \d{3}\.\d{3}/],
  ["ftp", /^(220|421)[ -][^\n]*ftp/i],
  ["smtp", /^(220|421|554)[ -][^\n]*(smtp|mail)/i],
];

/** Bytes of the answer that are looked at and kept as evidence. */
export const FOREIGN_SAMPLE_BYTES = 96;

/** The protocol that `bytes` are the start of, or null where they fit none of the known ones. */
export const recogniseForeign = (bytes: Uint8Array): ForeignProtocol | null => {
  if (isTlsRecord(bytes)) return "tls";
  const text = latin1Text(bytes.subarray(0, FOREIGN_SAMPLE_BYTES));
  return BANNERS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
};

/** An alert or handshake record of SSL 3 to TLS 1.3 (RFC 8446 5.1). */
const isTlsRecord = ([type, major, minor = 0xff]: Uint8Array): boolean =>
  (type === 0x15 || type === 0x16) && major === 3 && minor <= 4;
