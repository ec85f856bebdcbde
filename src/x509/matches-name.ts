/** Whether a certificate names the host that was dialled ([RFC 6125] 6.4, [RFC 9525] 6.3). */
import { domainToASCII } from "node:url";
import type { CertificateFacts } from "./certificate-facts.ts";
import { formatIpAddress, parseIpAddress } from "./ip-address.ts";

/**
 * Compares case-insensitively with every subjectAltName of the kind: dNSName, where `*` may stand for the
 * whole left-most label, for a host name; iPAddress, by value, for an address. The common name counts where
 * there is neither, as it does for Windows' own certificates.
 * @param hostOrAddress a host name, which may end in a dot, or an address, which may stand in brackets.
 */
export const matchesName = (facts: CertificateFacts, hostOrAddress: string): boolean => {
  const address = normalAddress(hostOrAddress);
  const dnsNames = namesOf(facts, "DNS:");
  const addresses = namesOf(facts, "IP:");
  const common =
    dnsNames.length + addresses.length > 0 || facts.commonName === null ? [] : [facts.commonName];
  if (address !== null) return [...addresses, ...common].some((name) => normalAddress(name) === address);
  const host = hostName(hostOrAddress);
  if (host === null) return false;
  const names = [...dnsNames.map(asciiName), ...common.map(hostName)];
  return names.some((name) => name !== null && matchesPattern(name, host));
};

const namesOf = (facts: CertificateFacts, prefix: "DNS:" | "IP:"): readonly string[] =>
  facts.subjectAltNames.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));

/** A name in DNS has up to 255 bytes (RFC 1035 2.3.4), an address fewer: what is longer matches nothing. */
const MAX_LENGTH = 255;

const normalAddress = (text: string): string | null => {
  const bytes = text.length > MAX_LENGTH ? null : parseIpAddress(text);
  return bytes === null ? null : formatIpAddress(bytes);
};

/** Lower case without a dot at the end; null for what is no name in ASCII, as a dNSName has to be (RFC 5280 7.2). */
const asciiName = (name: string): string | null =>
  name.length <= MAX_LENGTH && /^[\x20-\x7e]+$/.test(name) ? name.toLowerCase().replace(/\.$/, "") : null;

/**
 * The same of a name in any script, by its A-labels. The length is looked at first: the work of the conversion
 * grows faster than the name.
 */
const hostName = (name: string): string | null =>
  asciiName(name) ?? (name.length > MAX_LENGTH ? null : asciiName(domainToASCII(name)));

/** A wildcard stands for one label and needs two more behind it: `*.com` matches nothing. */
const matchesPattern = (pattern: string, host: string): boolean => {
  if (!pattern.startsWith("*.")) return pattern === host;
  const parent = pattern.slice(2);
  const firstDot = host.indexOf(".");
  return firstDot > 0 && parent.includes(".") && host.slice(firstDot + 1) === parent;
};
