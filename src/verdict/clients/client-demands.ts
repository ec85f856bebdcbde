/** What a client demands of a server's choice that its hello does not say: it ends the handshake itself. */
import type { CipherSuite } from "../../tls/tables/cipher-suites.ts";
import { cipherSuite } from "../../tls/tables/cipher-suites.ts";
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import { TLS_VERSION, tlsVersionName } from "../../tls/tables/versions.ts";
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import { type Agreement, disagreement } from "./client-outcomes.ts";
import { versionText } from "../result/tls-names.ts";

/** The parts of a server's choice that a client can object to. */
export interface ServerChoice {
  /** A value of TLS_VERSION. */
  readonly version: number;
  readonly suite: number;
  /** Size of the prime in a finite-field exchange, else null. */
  readonly dhBits: number | null;
  /** The ServerHello has renegotiation_info; null in TLS 1.3, and where no ServerHello was seen. */
  readonly securesRenegotiation: boolean | null;
}

/** Why the client does not go on, or null where it does (facts: key sizes and key usage of Schannel). */
export const objection = (
  profile: ClientProfile,
  choice: ServerChoice,
  certificates: readonly CertificateFacts[],
): Agreement | null => {
  const suite = cipherSuite(choice.suite);
  const leaf = suite === null ? null : leafFor(suite, certificates);
  return (
    unsecuredRenegotiation(profile, choice) ??
    keyTooShort(profile, leaf) ??
    primeTooShort(profile, choice) ??
    wrongKeyUsage(profile, suite, leaf) ??
    oldSignature(profile, choice, suite) ??
    unusableKey(profile, leaf)
  );
};

/** The ServerHello alone decides, before anything else is looked at. */
const unsecuredRenegotiation = (
  { demandsSecureRenegotiation }: ClientProfile,
  { version, securesRenegotiation }: ServerChoice,
): Agreement | null =>
  !demandsSecureRenegotiation || version >= TLS_VERSION.tls13 || securesRenegotiation !== false
    ? null
    : disagreement(
        "no-secure-renegotiation",
        "the server's ServerHello has no renegotiation_info (RFC 5746), and this client accepts no server without it",
      );

const oldSignature = (
  { minSignedVersion }: ClientProfile,
  { version }: ServerChoice,
  suite: CipherSuite | null,
): Agreement | null => {
  if (suite === null || version >= minSignedVersion || !isSigned(suite)) return null;
  const name = versionText(tlsVersionName(version) ?? "1.0");
  return disagreement(
    "signature-too-old",
    `in ${name} the server signs its key exchange with ${hashesOf(suite)}, which this client does not take`,
  );
};

const unusableKey = ({ takesEdDsa }: ClientProfile, leaf: CertificateFacts | null): Agreement | null => {
  const type = leaf?.key?.type;
  if (takesEdDsa || (type !== "ed25519" && type !== "ed448")) return null;
  const name = type === "ed25519" ? "Ed25519" : "Ed448";
  return disagreement(
    "certificate-key-kind",
    `the certificate's key is ${name}, and this client accepts no such certificate`,
  );
};

/** The server signs its share of a key exchange that is made for this connection (RFC 4346 7.4.3). */
const isSigned = ({ keyExchange, authentication }: CipherSuite): boolean =>
  (keyExchange === "dhe" || keyExchange === "ecdhe") && authentication !== "anon";

const hashesOf = ({ authentication }: CipherSuite): string =>
  authentication === "rsa" ? "MD5 and SHA-1" : "SHA-1";

/** The certificate that a server shows with a suite; null where it shows none, or it was not seen. */
export const leafFor = (
  { authentication }: CipherSuite,
  certificates: readonly CertificateFacts[],
): CertificateFacts | null =>
  certificates.find((leaf) => authentication === "any" || authenticationOf(leaf) === authentication) ?? null;

/** Which suites a certificate serves (RFC 8422 5.10 counts EdDSA among ECDSA). */
export const authenticationOf = ({ key }: CertificateFacts): CipherSuite["authentication"] | null => {
  switch (key?.type) {
    case "rsa":
    case "rsa-pss":
      return "rsa";
    case "ec":
    case "ed25519":
    case "ed448":
      return "ecdsa";
    case "dsa":
      return "dss";
    default:
      return null;
  }
};

const keyTooShort = (profile: ClientProfile, leaf: CertificateFacts | null): Agreement | null => {
  const key = leaf?.key ?? null;
  if (key === null || (key.type !== "rsa" && key.type !== "rsa-pss")) return null;
  if (key.bits === null || key.bits >= profile.minRsaBits) return null;
  return disagreement(
    "certificate-key-too-short",
    `the certificate's RSA key has ${key.bits} bits, and this client takes no less than ${profile.minRsaBits}`,
  );
};

const primeTooShort = ({ minDhBits }: ClientProfile, { dhBits }: ServerChoice): Agreement | null =>
  dhBits === null || dhBits >= minDhBits
    ? null
    : disagreement(
        "dh-prime-too-short",
        `the server's Diffie-Hellman prime has ${dhBits} bits, and this client takes no less than ${minDhBits}`,
      );

const wrongKeyUsage = (
  { demandsKeyEncipherment }: ClientProfile,
  suite: CipherSuite | null,
  leaf: CertificateFacts | null,
): Agreement | null => {
  const keyUsage = leaf?.keyUsage ?? null;
  if (!demandsKeyEncipherment) return null;
  if (suite?.keyExchange !== "rsa" || keyUsage === null || keyUsage.includes("keyEncipherment")) return null;
  return disagreement(
    "key-usage",
    `the server chooses ${suite.name}, and its certificate's key usage (${keyUsage.join(", ")}) has no keyEncipherment`,
  );
};
