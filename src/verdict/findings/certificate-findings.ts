/** What is worth saying of the server's certificate and its chain, beside its validity. */
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import type { ProbeConnection } from "../../handshake/plan/probe-plan.ts";
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import { DAY_MS, daysBetween } from "../days-left.ts";
import type { RemedyId } from "../remedies/remedies.ts";
import type { Evidence, Finding } from "../result/result.ts";
import { looksMadeByWindows } from "../server/windows-certificate.ts";

/** Days left from which on an expiry is worth a word. */
export interface ExpiryThresholds {
  readonly warningDays: number;
  readonly criticalDays: number;
}

export const DEFAULT_EXPIRY: ExpiryThresholds = { warningDays: 30, criticalDays: 14 };

/** Thresholds that somebody has set count for every certificate, also for one that Windows replaces. */
const isDefault = ({ warningDays, criticalDays }: ExpiryThresholds): boolean =>
  warningDays === DEFAULT_EXPIRY.warningDays && criticalDays === DEFAULT_EXPIRY.criticalDays;

/** What the rules look at. */
export interface CertificateMaterial {
  readonly leaf: CertificateFacts;
  /** Leaf first, as the server sent it. */
  readonly chain: readonly CertificateFacts[];
  readonly main: ConnectionFacts;
  readonly connections: readonly ProbeConnection[];
  readonly now: Date;
  readonly expiry: ExpiryThresholds;
}

type Rule = (material: CertificateMaterial) => readonly Finding[];

/** All findings about the certificate. */
export const certificateFindings = (material: CertificateMaterial): readonly Finding[] =>
  RULES.flatMap((rule) => rule(material));

const found = (
  code: string,
  severity: Finding["severity"],
  summary: string,
  evidence: Evidence = {},
  remedies: readonly RemedyId[] = [],
): readonly Finding[] => [{ code, severity, stage: "certificate", summary, evidence, remedies }];

const expiresSoon: Rule = ({ leaf, now, expiry }) => {
  if (leaf.notAfter === null) return [];
  const days = (leaf.notAfter.getTime() - now.getTime()) / DAY_MS;
  if (days < 0 || days > expiry.warningDays) return [];
  const whole = Math.floor(days);
  const isReplaced = looksMadeByWindows(leaf) && isDefault(expiry);
  const severity = days <= expiry.criticalDays ? "critical" : "warning";
  return found(
    "certificate-expires-soon",
    isReplaced ? "info" : severity,
    `the certificate expires in ${whole} day${whole === 1 ? "" : "s"} (${leaf.notAfter.toISOString().slice(0, 10)})${
      isReplaced ? "; it looks like the one that Windows makes, and replaces by itself" : ""
    }`,
    { daysLeft: daysBetween(now, leaf.notAfter) },
    isReplaced ? [] : ["bind-new-certificate"],
  );
};

/** The least that Schannel's client takes (facts 5.4), and what is held for safe today (NIST SP 800-57). */
const MSTSC_MIN_RSA_BITS = 1024;
const SAFE_RSA_BITS = 2048;

const weakKey: Rule = ({ leaf: { key } }) => {
  if (
    key === null ||
    key.bits === null ||
    !(key.type === "rsa" || key.type === "rsa-pss" || key.type === "dsa")
  )
    return [];
  if (key.bits < MSTSC_MIN_RSA_BITS) {
    return found(
      "certificate-key-refused",
      "critical",
      `the key has ${key.bits} bits: mstsc takes no RSA key under ${MSTSC_MIN_RSA_BITS}`,
      { bits: key.bits },
      ["rebuild-rdp-certificate"],
    );
  }
  if (key.bits >= SAFE_RSA_BITS) return [];
  return found(
    "certificate-key-short",
    "warning",
    `the key has ${key.bits} bits, less than the ${SAFE_RSA_BITS} that are considered safe`,
    {
      bits: key.bits,
    },
  );
};

const WEAK_HASHES: ReadonlySet<string> = new Set(["md2", "md5", "sha1"]);

const weakHash: Rule = ({ leaf }) => {
  const hash = leaf.signature?.hash ?? null;
  if (hash === null || !WEAK_HASHES.has(hash)) return [];
  const severity = hash === "sha1" ? "warning" : "critical";
  return found(
    "certificate-hash-weak",
    severity,
    `the certificate is signed with ${hash.toUpperCase()}, which is broken`,
    { hash },
  );
};

const notForServers: Rule = ({ leaf: { extendedKeyUsage } }) => {
  if (
    extendedKeyUsage === null ||
    extendedKeyUsage.includes("serverAuth") ||
    extendedKeyUsage.includes("anyExtendedKeyUsage")
  ) {
    return [];
  }
  return found(
    "certificate-not-for-servers",
    "warning",
    `the certificate's extended key usage lacks serverAuth (it has ${extendedKeyUsage.join(", ")}): clients may refuse it`,
    { extendedKeyUsage: extendedKeyUsage.join(", ") },
    ["bind-new-certificate"],
  );
};

/** TLS_RSA_ suites encrypt to the key; all others sign with it (RFC 5246 7.4.2). */
const usageExcludesExchange: Rule = ({ leaf, main }) => {
  const { keyUsage } = leaf;
  const exchange = main.tls?.cipher?.suite?.keyExchange ?? null;
  if (keyUsage === null || exchange === null) return [];
  const needed = exchange === "rsa" ? "keyEncipherment" : "digitalSignature";
  // Windows' own certificates have keyEncipherment alone and are used with ECDHE everywhere.
  const isWindowsOwn = leaf.selfSigned === true && leaf.singleCommonName;
  if (keyUsage.includes(needed) || (needed === "digitalSignature" && isWindowsOwn)) return [];
  const severity = needed === "keyEncipherment" ? "warning" : "info";
  return found(
    "certificate-key-usage",
    severity,
    `the certificate's key usage (${keyUsage.join(", ") || "none"}) lacks ${needed}, which the negotiated key exchange needs`,
    { keyUsage: keyUsage.join(", "), needed },
  );
};

const isIssuedBy = (certificate: CertificateFacts, issuer: CertificateFacts): boolean =>
  certificate.issuer !== null && certificate.issuer === issuer.subject;

const chainOrder: Rule = ({ chain }) => {
  const ordered = chain.slice(1).every((issuer, index) => {
    const certificate = chain[index];
    return certificate !== undefined && isIssuedBy(certificate, issuer);
  });
  if (ordered) return [];
  const subjects = chain.map(({ subject }) => subject ?? "?").join(" | ");
  return found(
    "chain-out-of-order",
    "warning",
    "the certificates do not follow one another: each should be issued by the next",
    {
      subjects,
    },
  );
};

const chainIncomplete: Rule = ({ leaf, chain }) => {
  if (
    leaf.selfSigned === true ||
    leaf.issuer === null ||
    chain.some((issuer) => leaf !== issuer && isIssuedBy(leaf, issuer))
  ) {
    return [];
  }
  return found(
    "chain-incomplete",
    "info",
    `the server sends no certificate of the issuer (${leaf.issuer}): clients that do not have it cannot build the chain`,
    { issuer: leaf.issuer },
  );
};

/** Schannel's limits on handshake messages: a server's 16 KiB, a client's 32 KiB (facts 5.4). */
const CLIENT_LIMIT_BYTES = 0x8000;
const NOTEWORTHY_BYTES = 0x4000;

const chainTooLong: Rule = ({ chain }) => {
  const sizeBytes = chain.reduce((sum, { der }) => sum + der.length + 3, 3);
  if (sizeBytes <= NOTEWORTHY_BYTES) return [];
  const tooLong = sizeBytes > CLIENT_LIMIT_BYTES;
  return found(
    "chain-too-long",
    tooLong ? "critical" : "warning",
    `the certificates take ${sizeBytes} bytes; ${tooLong ? "Windows clients refuse more than 32 KiB" : "that is more than 16 KiB, close to what clients accept"}`,
    { sizeBytes },
  );
};

const windowsRenewalFails: Rule = ({ leaf, now }) => {
  const { notBefore, notAfter } = leaf;
  if (notBefore === null || notAfter === null || notAfter >= now || !looksMadeByWindows(leaf)) return [];
  const days = (notAfter.getTime() - notBefore.getTime()) / DAY_MS;
  return found(
    "windows-certificate-not-renewed",
    "critical",
    "this looks like the certificate that Windows makes and renews by itself (self-signed, 183 days), and it is past its end: renewal itself fails",
    { validityDays: Math.round(days) },
    ["rebuild-rdp-certificate", "machine-keys-permissions"],
  );
};

const differsBetweenConnections: Rule = ({ leaf, connections }) => {
  const digests = new Set(
    connections.flatMap(({ facts }) => facts.tls?.chain.slice(0, 1).map(({ sha256 }) => sha256) ?? []),
  );
  digests.add(leaf.sha256);
  if (digests.size < 2) return [];
  return found(
    "certificate-differs-between-connections",
    "warning",
    `${digests.size} different certificates came from this one address: a farm, or a device in front`,
    { certificates: [...digests].join(", ") },
  );
};

/** Of one address, or of the addresses of one name. @param where the issued one is seen */
export const fellBack = (where: string): readonly Finding[] =>
  found(
    "certificate-fell-back",
    "warning",
    `a self-signed certificate answers here, and ${where}: Windows falls back to its own where the issued one cannot be used`,
  );

const fellBackInTurn: Rule = ({ leaf, connections }) => {
  const all = [leaf, ...connections.flatMap(({ facts }) => facts.tls?.chain.slice(0, 1) ?? [])];
  const isMixed = [true, false].every((own) => all.some(({ selfSigned }) => selfSigned === own));
  return isMixed ? fellBack("an issued one as well") : [];
};

const RULES: readonly Rule[] = [
  expiresSoon,
  windowsRenewalFails,
  weakKey,
  weakHash,
  notForServers,
  usageExcludesExchange,
  chainOrder,
  chainIncomplete,
  chainTooLong,
  differsBetweenConnections,
  fellBackInTurn,
];
