/** Whether the server has the key of its certificate: what it signed verifies (RFC 5246 7.4.3, RFC 8446 4.4.3). */
import type { Decoded } from "../../../bytes/decoded.ts";
import { Writer } from "../../../bytes/writer.ts";
import type { KeyExchangeSignature } from "../../wire/server-key-exchange.ts";
import { decodeWhole, readOpaque } from "../../wire/vector.ts";
import type { LeafKey } from "./certificate-check.ts";
import { groupOfCurve } from "../curves.ts";
import type { Offer } from "../offer.ts";
import { legacyRule, type SchemeRule, schemeRule, verifies } from "./signature-verification.ts";
import { faultOf, type TlsFault } from "../tls-fault.ts";

export interface SignedKeyExchange {
  readonly signature: KeyExchangeSignature;
  /** The body of the message up to its signature. */
  readonly parameters: Uint8Array;
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
  /** TLS 1.0 to 1.2. */
  readonly version: number;
}

export interface CertificateVerify {
  readonly scheme: number;
  readonly signature: Uint8Array;
}

/** Reads the body of a certificate_verify message of TLS 1.3. */
export const decodeCertificateVerify = (body: Uint8Array): Decoded<CertificateVerify> =>
  decodeWhole(body, "certificate_verify", (reader) => ({
    scheme: reader.u16("certificate_verify.algorithm"),
    signature: readOpaque(reader, 2, "certificate_verify.signature"),
  }));

/** That a signature of the server's was verified with its certificate's key: nothing else makes one. */
export class ServerProof {
  /** The scheme that was signed with; null before TLS 1.2. */
  readonly scheme: number | null;

  private constructor(scheme: number | null) {
    this.scheme = scheme;
  }

  /** Verifies the signature of a ServerKeyExchange. */
  static ofKeyExchange(signed: SignedKeyExchange, leaf: LeafKey, offer: Offer): ServerProof | TlsFault {
    const { scheme, bytes } = signed.signature;
    const chosen = scheme === null ? legacySchemeOf(leaf) : schemeOf12(scheme, leaf, offer);
    if ("kind" in chosen) return chosen;
    const { clientRandom, serverRandom, parameters } = signed;
    const content = new Writer(clientRandom.length + serverRandom.length + parameters.length)
      .bytes(clientRandom)
      .bytes(serverRandom)
      .bytes(parameters)
      .finish();
    return verifies(chosen, leaf.key, content, bytes)
      ? new ServerProof(scheme)
      : mismatch(KEY_EXCHANGE, parameters.length);
  }

  /**
   * Verifies a CertificateVerify.
   * @param transcript the hash of all messages before it
   */
  static ofCertificateVerify(
    { scheme, signature }: CertificateVerify,
    transcript: Uint8Array,
    leaf: LeafKey,
    offer: Offer,
  ): ServerProof | TlsFault {
    const chosen = schemeOf13(scheme, leaf, offer);
    if ("kind" in chosen) return chosen;
    const content = new Uint8Array(SIGNED_PREFIX.length + transcript.length);
    content.set(SIGNED_PREFIX);
    content.set(transcript, SIGNED_PREFIX.length);
    return verifies(chosen, leaf.key, content, signature)
      ? new ServerProof(scheme)
      : mismatch(CERTIFICATE_VERIFY, 2);
  }
}

const KEY_EXCHANGE = "server_key_exchange";
const CERTIFICATE_VERIFY = "certificate_verify";

/** RFC 8446 4.4.3. */
const SIGNED_PREFIX = new Writer()
  .bytes(new Uint8Array(64).fill(0x20))
  .bytes(new TextEncoder().encode("TLS 1.3, server CertificateVerify"))
  .u8(0)
  .finish();

const mismatch = (message: string, offset: number): TlsFault =>
  faultOf("signature", message, "signature", "it does not verify with the certificate's key", offset);

const hex = (code: number): string => `0x${code.toString(16).padStart(4, "0")}`;

const unfit = (message: string, leaf: LeafKey, scheme: number): TlsFault =>
  faultOf(
    "signature",
    message,
    "algorithm",
    `scheme ${hex(scheme)} does not fit a key of type ${leaf.type}${leaf.curve === null ? "" : ` on ${leaf.curve}`}`,
  );

const notOffered = (message: string, scheme: number): TlsFault =>
  faultOf("not-offered", message, "algorithm", `signature scheme ${hex(scheme)} was not offered`);

const legacySchemeOf = (leaf: LeafKey): SchemeRule | TlsFault =>
  legacyRule(leaf.type) ??
  faultOf(
    "signature",
    KEY_EXCHANGE,
    "signature",
    `a key of type ${leaf.type} has no signature before TLS 1.2`,
  );

const schemeOf12 = (scheme: number, leaf: LeafKey, offer: Offer): SchemeRule | TlsFault => {
  const found = schemeRule(scheme);
  if (found === null || found.key !== leaf.type) return unfit(KEY_EXCHANGE, leaf, scheme);
  if (leaf.type === "ec" && !isCurveOffered(leaf, offer)) {
    return faultOf(
      "not-offered",
      "certificate",
      "certificate_list",
      `a key on ${leaf.curve ?? "an explicit curve"} was not offered`,
    );
  }
  // SHA-1 is what TLS 1.2 falls back to (RFC 5246 7.4.1.4.1), and OpenSSL takes it unasked.
  const isOffered = offer.signatureSchemes?.includes(scheme) === true || found.hash === "sha1";
  return isOffered ? found : notOffered(KEY_EXCHANGE, scheme);
};

const isCurveOffered = ({ curve }: LeafKey, { groups }: Offer): boolean => {
  const group = curve === null ? null : groupOfCurve(curve);
  return group !== null && (groups === null || groups.includes(group));
};

const schemeOf13 = (scheme: number, leaf: LeafKey, offer: Offer): SchemeRule | TlsFault => {
  const found = schemeRule(scheme);
  const fits =
    found !== null &&
    found.key === leaf.type &&
    !OLD_HASHES.has(found.hash) &&
    (leaf.type !== "rsa" || found.pss) &&
    leaf.type !== "dsa" &&
    (found.curve === null || found.curve === leaf.curve);
  if (!fits) return unfit(CERTIFICATE_VERIFY, leaf, scheme);
  return offer.signatureSchemes?.includes(scheme) === true ? found : notOffered(CERTIFICATE_VERIFY, scheme);
};

const OLD_HASHES: ReadonlySet<string | null> = new Set(["sha1", "sha224"]);
