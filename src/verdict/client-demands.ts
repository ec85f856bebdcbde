/** What a client demands of a server's choice that its hello does not say: it ends the handshake itself. */
import type { CipherSuite } from "../tls/cipher-suites.ts";
import { cipherSuite } from "../tls/cipher-suites.ts";
import type { ClientProfile } from "../tls/client-profile.ts";
import type { CertificateFacts } from "../x509/certificate-facts.ts";
import { type Agreement, disagreement } from "./client-outcomes.ts";

/** The parts of a server's choice that a client can object to. */
export interface ServerChoice {
  readonly suite: number;
  /** Size of the prime in a finite-field exchange, else null. */
  readonly dhBits: number | null;
}

/** Why the client does not go on, or null where it does (facts: key sizes and key usage of Schannel). */
export const objection = (
  profile: ClientProfile,
  choice: ServerChoice,
  certificates: readonly CertificateFacts[],
): Agreement | null => {
  const suite = cipherSuite(choice.suite);
  const leaf = suite === null ? null : leafFor(suite, certificates);
  return keyTooShort(profile, leaf) ?? primeTooShort(profile, choice) ?? wrongKeyUsage(suite, leaf);
};

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

const wrongKeyUsage = (suite: CipherSuite | null, leaf: CertificateFacts | null): Agreement | null => {
  const keyUsage = leaf?.keyUsage ?? null;
  if (suite?.keyExchange !== "rsa" || keyUsage === null || keyUsage.includes("keyEncipherment")) return null;
  return disagreement(
    "key-usage",
    `the server chooses ${suite.name}, and its certificate's key usage (${keyUsage.join(", ")}) has no keyEncipherment`,
  );
};
