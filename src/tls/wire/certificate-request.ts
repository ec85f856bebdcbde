/** CertificateRequest of SSL 3 to TLS 1.2: the server wants a client certificate (RFC 5246 7.4.4). */
import type { Decoded } from "../../bytes/decoded.ts";
import { Writer } from "../../bytes/writer.ts";
import {
  decodeWhole,
  readList,
  readOpaque,
  readU8List,
  readU16List,
  writeOpaque,
  writeU16List,
} from "./vector.ts";
import { TLS_VERSION } from "../tables/versions.ts";

export interface CertificateRequest {
  /** 1 is rsa_sign, 2 dss_sign, 64 ecdsa_sign. */
  readonly certificateTypes: readonly number[];
  /** Null before TLS 1.2. */
  readonly signatureAlgorithms: readonly number[] | null;
  /** Distinguished names in DER. */
  readonly authorities: readonly Uint8Array[];
}

/**
 * Reads the body of a certificate_request message.
 * @param version the negotiated version, at most TLS 1.2: the request of TLS 1.3 is another, and encrypted
 */
export const decodeCertificateRequest = (body: Uint8Array, version: number): Decoded<CertificateRequest> =>
  decodeWhole(body, "certificate_request", (reader) => ({
    certificateTypes: readU8List(reader, 1, "certificate_request.certificate_types"),
    signatureAlgorithms:
      version >= TLS_VERSION.tls12
        ? readU16List(reader, 2, "certificate_request.signature_algorithms")
        : null,
    authorities: readList(reader, 2, "certificate_request.certificate_authorities", (part) =>
      readOpaque(part, 2, "certificate_request.distinguished_name"),
    ),
  }));

/** The body of the message. @throws RangeError when a part does not fit its length field. */
export const encodeCertificateRequest = (request: CertificateRequest): Uint8Array => {
  const writer = writeOpaque(new Writer(), 1, request.certificateTypes);
  if (request.signatureAlgorithms !== null) writeU16List(writer, 2, request.signatureAlgorithms);
  return writer
    .prefixed(2, (list) => {
      for (const authority of request.authorities) writeOpaque(list, 2, authority);
    })
    .finish();
};
