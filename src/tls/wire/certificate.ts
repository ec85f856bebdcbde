/** The Certificate message, of TLS up to 1.2 (RFC 5246 7.4.2) and of TLS 1.3 (RFC 8446 4.4.2). */
import type { Decoded } from "../../bytes/decoded.ts";
import type { Reader } from "../../bytes/reader.ts";
import { Writer } from "../../bytes/writer.ts";
import { type Extension, readExtensions, writeExtensions } from "./extension.ts";
import { decodeWhole, readList, readOpaque, writeOpaque } from "./vector.ts";

/** More is refused, so that a message of tiny entries cannot cost much. */
const MAX_CHAIN_LENGTH = 100;

export interface CertificateMessage {
  /** DER, the leaf first; empty where a client has none. */
  readonly chain: readonly Uint8Array[];
}

interface CertificateEntry {
  readonly certificate: Uint8Array;
  readonly extensions: readonly Extension[];
}

export interface CertificateMessage13 {
  /** Empty in a handshake's own Certificate message. */
  readonly context: Uint8Array;
  /** The leaf first. */
  readonly entries: readonly CertificateEntry[];
}

/** Reads the body of a certificate message of SSL 3 to TLS 1.2. The DER is not looked into. */
export const decodeCertificate = (body: Uint8Array): Decoded<CertificateMessage> =>
  decodeWhole(body, "certificate", (reader) => ({
    chain: readChain(reader, (part) => readOpaque(part, 3, "certificate.asn1_cert")),
  }));

/** @throws RangeError when a certificate or the list does not fit its length field. */
export const encodeCertificate = (message: CertificateMessage): Uint8Array =>
  new Writer()
    .prefixed(3, (list) => {
      for (const certificate of message.chain) writeOpaque(list, 3, certificate);
    })
    .finish();

/** Reads the body of a certificate message of TLS 1.3, once it is decrypted. */
export const decodeCertificate13 = (body: Uint8Array): Decoded<CertificateMessage13> =>
  decodeWhole(body, "certificate", (reader) => ({
    context: readOpaque(reader, 1, "certificate.certificate_request_context"),
    entries: readChain(reader, (part) => ({
      certificate: readOpaque(part, 3, "certificate.cert_data"),
      extensions: readExtensions(part, "certificate.extensions"),
    })),
  }));

/** @throws RangeError when a part does not fit its length field. */
export const encodeCertificate13 = (message: CertificateMessage13): Uint8Array =>
  writeOpaque(new Writer(), 1, message.context)
    .prefixed(3, (list) => {
      for (const { certificate, extensions } of message.entries) {
        writeExtensions(writeOpaque(list, 3, certificate), extensions);
      }
    })
    .finish();

const readChain = <T>(reader: Reader, entry: (part: Reader) => T): readonly T[] => {
  let count = 0;
  return readList(reader, 3, "certificate.certificate_list", (part) => {
    count += 1;
    if (count > MAX_CHAIN_LENGTH) {
      part.reject("certificate.certificate_list", `more than ${MAX_CHAIN_LENGTH} certificates`);
    }
    return entry(part);
  });
};
