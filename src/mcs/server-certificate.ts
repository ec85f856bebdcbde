/** [MS-RDPBCGR] 2.2.1.4.3.1 SERVER_CERTIFICATE: the key of Standard RDP Security, bare or in an X.509 chain. */
import { bad, type Decoded } from "../bytes/decoded.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";

const CERT_CHAIN_VERSION_1 = 1;
const CERT_CHAIN_VERSION_2 = 2;
const TEMPORARY = 0x80000000;
const BB_RSA_KEY_BLOB = 6;
const BB_RSA_SIGNATURE_BLOB = 8;
const RSA1 = 0x31415352;
const RSA_PUBLIC_KEY_HEADER_BYTES = 20;

/** [MS-RDPBCGR] 2.2.1.4.3.1.1.1 RSA Public Key (RSA_PUBLIC_KEY). */
interface RsaPublicKey {
  readonly keyBits: number;
  /** The most that can be encrypted with the key. */
  readonly dataBytes: number;
  readonly publicExponent: number;
  /** Little endian, with the 8 zeros that end it. */
  readonly modulus: Uint8Array;
}

/** [MS-RDPBCGR] 2.2.1.4.3.1.1 Server Proprietary Certificate; it is signed with a key that everybody knows. */
export interface ProprietaryCertificate {
  readonly kind: "proprietary";
  readonly isTemporary: boolean;
  /** 1 is RSA with MD5. */
  readonly signatureAlgorithm: number;
  /** 1 is RSA. */
  readonly keyAlgorithm: number;
  readonly publicKey: RsaPublicKey;
  /** Little endian, with the 8 zeros that end it. */
  readonly signature: Uint8Array;
}

/** [MS-RDPELE] 2.2.1.4.2 X.509 Certificate Chain. */
export interface X509Chain {
  readonly kind: "x509-chain";
  readonly isTemporary: boolean;
  /** DER, the root first and the server's own last. */
  readonly certificates: readonly Uint8Array[];
  readonly padding: Uint8Array;
}

export type ServerCertificate = ProprietaryCertificate | X509Chain;

/** Decodes a whole certificate; `size` is its length. */
export const decodeServerCertificate = (bytes: Uint8Array): Decoded<ServerCertificate> => {
  const reader = new Reader(bytes);
  const dwVersion = reader.u32le("serverCertificate.dwVersion");
  const isTemporary = dwVersion >= TEMPORARY;
  const version = isTemporary ? dwVersion - TEMPORARY : dwVersion;
  if (reader.fault === null && version !== CERT_CHAIN_VERSION_1 && version !== CERT_CHAIN_VERSION_2) {
    return bad("serverCertificate.dwVersion", 0, `version ${version} is not known`);
  }
  const value =
    version === CERT_CHAIN_VERSION_2 ? readChain(reader, isTemporary) : readProprietary(reader, isTemporary);
  reader.end("serverCertificate");
  return reader.result(value, bytes.length);
};

export const encodeServerCertificate = (certificate: ServerCertificate): Uint8Array => {
  const flag = certificate.isTemporary ? TEMPORARY : 0;
  if (certificate.kind === "x509-chain") {
    const writer = new Writer().u32le(flag + CERT_CHAIN_VERSION_2).u32le(certificate.certificates.length);
    for (const der of certificate.certificates) writer.u32le(der.length).bytes(der);
    return writer.bytes(certificate.padding).finish();
  }
  const { publicKey, signature } = certificate;
  return new Writer()
    .u32le(flag + CERT_CHAIN_VERSION_1)
    .u32le(certificate.signatureAlgorithm)
    .u32le(certificate.keyAlgorithm)
    .u16le(BB_RSA_KEY_BLOB)
    .u16le(RSA_PUBLIC_KEY_HEADER_BYTES + publicKey.modulus.length)
    .u32le(RSA1)
    .u32le(publicKey.modulus.length)
    .u32le(publicKey.keyBits)
    .u32le(publicKey.dataBytes)
    .u32le(publicKey.publicExponent)
    .bytes(publicKey.modulus)
    .u16le(BB_RSA_SIGNATURE_BLOB)
    .u16le(signature.length)
    .bytes(signature)
    .finish();
};

const readProprietary = (reader: Reader, isTemporary: boolean): ProprietaryCertificate => {
  const signatureAlgorithm = reader.u32le("serverCertificate.dwSigAlgId");
  const keyAlgorithm = reader.u32le("serverCertificate.dwKeyAlgId");
  const keyBlob = readBlob(reader, BB_RSA_KEY_BLOB, "serverCertificate.publicKeyBlob");
  const publicKey = readPublicKey(keyBlob);
  if (keyBlob.fault !== null) reader.rejectWith(keyBlob.fault);
  const signature = readBlob(reader, BB_RSA_SIGNATURE_BLOB, "serverCertificate.signatureBlob").rest();
  return { kind: "proprietary", isTemporary, signatureAlgorithm, keyAlgorithm, publicKey, signature };
};

const readBlob = (reader: Reader, type: number, field: string): Reader => {
  const at = reader.offset;
  const actual = reader.u16le(`${field}Type`);
  if (actual !== type) reader.reject(`${field}Type`, `type ${actual} where ${type} is wanted`, at);
  return reader.sub(reader.u16le(`${field}Len`), field);
};

const readPublicKey = (blob: Reader): RsaPublicKey => {
  const at = blob.offset;
  if (blob.u32le("rsaPublicKey.magic") !== RSA1) blob.reject("rsaPublicKey.magic", "not RSA1", at);
  const modulusBytes = blob.u32le("rsaPublicKey.keylen");
  const keyBits = blob.u32le("rsaPublicKey.bitlen");
  const dataBytes = blob.u32le("rsaPublicKey.datalen");
  const publicExponent = blob.u32le("rsaPublicKey.pubExp");
  const modulus = blob.bytes(modulusBytes, "rsaPublicKey.modulus");
  blob.end("rsaPublicKey");
  return { keyBits, dataBytes, publicExponent, modulus };
};

const readChain = (reader: Reader, isTemporary: boolean): X509Chain => {
  const count = reader.u32le("x509CertificateChain.numCertBlobs");
  const certificates: Uint8Array[] = [];
  while (certificates.length < count && reader.fault === null) {
    const length = reader.u32le("x509CertificateChain.cbCert");
    certificates.push(reader.bytes(length, "x509CertificateChain.abCert"));
  }
  return { kind: "x509-chain", isTemporary, certificates, padding: reader.rest() };
};
