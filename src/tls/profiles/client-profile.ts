/** What one client offers in its ClientHello: all that the hello is built from, and all that it can agree to. */

/** How well a profile is known. */
type ProfileConfidence =
  /** Read off a hello of this very client. */
  | "captured"
  /** The vendor's documents, and a capture of the same system's TLS that agrees. */
  | "documented-and-captured"
  /** The vendor's documents alone. */
  | "documented"
  /** Carried over from the nearest release that is documented. */
  | "assumed";

export interface ClientProfile {
  readonly id: string;
  /** For people: `Windows 11 24H2 / 25H2`. */
  readonly name: string;
  /** Documents and captures that the profile rests on. */
  readonly source: readonly string[];
  readonly confidence: ProfileConfidence;
  /** What is not certain of it; empty where nothing is. */
  readonly note: string;
  /** Version in the record around the first hello. */
  readonly recordVersion: number;
  /** `legacy_version` in the hello. */
  readonly helloVersion: number;
  /** The supported_versions extension in its order, or null where the client has none. */
  readonly supportedVersions: readonly number[] | null;
  /** Oldest version that the client agrees to, a value of TLS_VERSION. */
  readonly minVersion: number;
  /** Newest version that the client agrees to, a value of TLS_VERSION. */
  readonly maxVersion: number;
  /** Codes in the client's order, signalling values included. */
  readonly cipherSuites: readonly number[];
  readonly groups: readonly number[];
  /** Groups that a key share goes along for; empty before TLS 1.3. */
  readonly keyShareGroups: readonly number[];
  /** Empty before TLS 1.2. */
  readonly signatureAlgorithms: readonly number[];
  /** Codes of the `ec_point_formats` extension. */
  readonly pointFormats: readonly number[];
  /** Codes of the `psk_key_exchange_modes` extension; empty before TLS 1.3. */
  readonly pskModes: readonly number[];
  /** Types of the extensions in the order of the hello; server_name is left out where no name is sent. */
  readonly extensionOrder: readonly number[];
  /** Bytes of the session id: 32 in TLS 1.3's compatibility mode, otherwise none. */
  readonly sessionIdLength: number;
  /** Does server_name carry a name only, an address as well, or is it never sent? */
  readonly sni: "name" | "name-or-address" | "none";
  /** Shortest RSA key that the client takes from a server. */
  readonly minRsaBits: number;
  /** Shortest prime that the client takes from a server in a finite-field exchange. */
  readonly minDhBits: number;
  /**
   * Oldest version in which the client takes a signature of the server's, a value of TLS_VERSION. Before TLS 1.2 that
   * is MD5 and SHA-1 (RFC 4346 7.4.3), which OpenSSL 3 has at its security level 0 alone; a key exchange without a
   * signature goes on.
   */
  readonly minSignedVersion: number;
  /** Ends a handshake before TLS 1.3 whose ServerHello has no renegotiation_info (RFC 5746 4.1). */
  readonly demandsSecureRenegotiation: boolean;
  /** Goes on with a certificate whose key is Ed25519 or Ed448, where the hello has a scheme for it. */
  readonly takesEdDsa: boolean;
  /** Holds an RSA key exchange to the certificate's keyUsage: keyEncipherment is to be in it (RFC 5246 7.4.2). */
  readonly demandsKeyEncipherment: boolean;
  /**
   * Lowest CredSSP version that the client takes of a server ([MS-CSSP] 2.2.1): 5 for Windows with the update of May
   * 2018, which made the policy Mitigated the default (CVE-2018-0886, KB4093492); 2, the lowest that there is, before.
   */
  readonly minCredSspVersion: number;
  /** Asks for CredSSP and no other layer in its Connection Request, unless told otherwise. */
  readonly offersNlaAlone?: true;
}

/** Rows whose ids are known as types: declarations then name the ids, and not every suite. */
export const profileTable = <Id extends string>(
  rows: readonly [Row<Id>, ...Row<Id>[]],
): readonly [Row<Id>, ...Row<Id>[]] => rows;

type Row<Id extends string> = ClientProfile & { readonly id: Id };
