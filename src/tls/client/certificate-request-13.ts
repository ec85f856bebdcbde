/** CertificateRequest of TLS 1.3: the server wants a client certificate (RFC 8446 4.3.2). */
import type { Decoded } from "../../bytes/decoded.ts";
import type { CertificateRequest } from "../wire/certificate-request.ts";
import { EXTENSION, type Extension, extensionData, readExtensions } from "../wire/extension.ts";
import { decodeSignatureAlgorithms, wellFormed } from "../wire/extension-lists.ts";
import { decodeWhole, readOpaque } from "../wire/vector.ts";

export interface CertificateRequest13 {
  /** Comes back in the client's Certificate. */
  readonly context: Uint8Array;
  readonly extensions: readonly Extension[];
}

/** Reads the body of the message. */
export const decodeCertificateRequest13 = (body: Uint8Array): Decoded<CertificateRequest13> =>
  decodeWhole(body, "certificate_request", (reader) => ({
    context: readOpaque(reader, 1, "certificate_request.certificate_request_context"),
    extensions: readExtensions(reader, "certificate_request.extensions"),
  }));

/** In the words of the older message; null where signature_algorithms is missing, which the server has to send. */
export const asCertificateRequest = ({ extensions }: CertificateRequest13): CertificateRequest | null => {
  const data = extensionData(extensions, EXTENSION.signatureAlgorithms);
  const signatureAlgorithms = wellFormed(data, decodeSignatureAlgorithms);
  return signatureAlgorithms === null ? null : { certificateTypes: [], signatureAlgorithms, authorities: [] };
};
