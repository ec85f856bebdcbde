/** What stops a handshake: a fault of the server's, or a limit of our own. */

export type TlsFaultKind =
  /** Bytes that break their form. */
  | "decode"
  /** A message or record that is not due. */
  | "order"
  /** A choice that was not among what the hello offered. */
  | "not-offered"
  /** A certificate that cannot be read, or whose key does not fit the suite. */
  | "certificate"
  /** A signature that does not verify with the certificate's key. */
  | "signature"
  /** A Finished that does not verify. */
  | "finished"
  /** A record that does not open, or breaks the rules of records. */
  | "record";

export interface TlsFault {
  readonly kind: TlsFaultKind;
  /** `server_hello`, `certificate_verify`; `record` and `alert` where it is not a handshake message. */
  readonly message: string;
  /** Dotted name in the specification's words: `server_hello.cipher_suite`. */
  readonly field: string;
  /** Offset in the server's TLS bytes, as near as it can be told. */
  readonly offset: number;
  /** Lower case, no full stop. */
  readonly reason: string;
}

export type TlsLimit =
  /** SSL 3, and what is newer than TLS 1.3. */
  | { readonly kind: "version"; readonly version: number }
  /** RC4, export, DSS, NULL, anonymous, static Diffie-Hellman, CCM, Camellia and others. */
  | { readonly kind: "suite"; readonly cipherSuite: number }
  /** A group that this Node has not. */
  | { readonly kind: "group"; readonly group: number }
  /** A finite field or an RSA key of a size that is not computed with. */
  | { readonly kind: "key-size"; readonly bits: number }
  /** A kind of public key that is not read, by the content bytes of its OID in hex. */
  | { readonly kind: "key-type"; readonly algorithm: string }
  /** A Certificate message that is longer than we read. */
  | { readonly kind: "certificate-size"; readonly sizeBytes: number }
  /** A scheme that this Node cannot verify. */
  | { readonly kind: "signature-scheme"; readonly scheme: number };

/** A fault whose offset counts from the start of a message's body. */
export const faultOf = (
  kind: TlsFaultKind,
  message: string,
  field: string,
  reason: string,
  offset = 0,
): TlsFault => ({
  kind,
  message,
  field: field === "" ? message : `${message}.${field}`,
  offset,
  reason,
});

export const FAULT_KINDS: ReadonlySet<unknown> = new Set<TlsFaultKind>([
  "decode",
  "order",
  "not-offered",
  "certificate",
  "signature",
  "finished",
  "record",
]);

/** Each kind of limit with the name of what it tells. */
export const LIMIT_VALUES: ReadonlyMap<unknown, string> = new Map<TlsLimit["kind"], string>([
  ["version", "version"],
  ["suite", "cipherSuite"],
  ["group", "group"],
  ["key-size", "bits"],
  ["key-type", "algorithm"],
  ["certificate-size", "sizeBytes"],
  ["signature-scheme", "scheme"],
]);
