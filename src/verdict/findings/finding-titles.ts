/** What a finding is called in the answer's first line, where it is graver than the verdict. */
import type { Finding } from "../result/result.ts";

/** Behind "RDP works, but": lower case, no full stop, at most 38 characters. */
const DRAWBACKS: Readonly<Record<string, string>> = {
  "addresses-differ": "not at every address of the name",
  "bytes-before-client-hello": "bytes come before TLS begins",
  "certificate-differs-between-connections": "its certificate changes",
  "certificate-differs-between-addresses": "each address has its own certificate",
  "certificate-fell-back": "its issued certificate is not used",
  "certificate-hash-weak": "the certificate's signature is weak",
  "certificate-key-short": "the certificate's key is short",
  "certificate-key-usage": "the certificate's key usage is wrong",
  "certificate-name-mismatch": "the certificate has another name",
  "certificate-not-for-servers": "the certificate is not for servers",
  "certificate-not-for-this-computer": "the certificate has another name",
  "certificate-not-readable": "part of the certificate is unreadable",
  "chain-out-of-order": "the certificates are in a wrong order",
  "chain-too-long": "its certificates are very large",
  "cipher-suite-weak": "it chooses a weak cipher suite",
  "cipher-suite-weak-accepted": "it accepts a weak cipher suite",
  "clock-skew": "the server's clock is wrong",
  "comes-and-goes": "not every time",
  "credssp-unpatched": "its CredSSP is unpatched",
  "ended-behind-tls": "the server is silent after TLS",
  "farm-member-bad": "a machine behind the address is bad",
  "logon-refused": "the logon was refused",
  "mcs-not-answered": "the server stops after TLS",
  "ntlm-challenge-unread-part": "part of its NTLM answer is unreadable",
  "nla-not-settled": "whether NLA is required is unclear",
  "packets-lost": "packets are lost on the way",
  "rdp-file-value-invalid": "a setting of the file is not valid",
  "rdp-file-setting-twice": "the file has a setting twice",
  "rdp-file-alternate-address": "the file names two computers",
  "rdp-file-signature-incomplete": "the file's signature is incomplete",
  "rdp-file-token-not-sent": "the file's token does not fit",
  "rdp-file-gateway-missing": "the file's gateway is missing",
  "rdp-file-nla-off": "the file does not offer NLA",
  "rdp-file-negotiation-off": "the file does not negotiate",
  "rdp-file-authentication-strict": "the file trusts no such certificate",
  "rdp-file-entra": "the file signs in by Entra ID",
  "rdp-gateway-not-found": "the gateway has no address",
  "rdp-gateway-not-answering": "the gateway does not answer",
  "rdp-gateway-certificate": "mstsc refuses the gateway",
  "requested-protocols-rewritten": "a device rewrites the request",
  "standard-security-accepted": "it also allows sessions without TLS",
  "standard-security-used": "without TLS or NLA",
  "standard-security-unencrypted": "without any encryption",
  "standard-security-weak-key": "the key of its encryption is short",
  "tls-version-old": "only with an old TLS version",
  "unrequested-protocol": "it picks a layer not asked for",
  "weak-encryption-method": "the encryption is easy to break",
  "works-by-address-fails-by-name": "by address only, not by name",
};

/** Where clients do not get in, although the handshake ended well: whole titles, at most 52 characters. */
const REFUSED_BY_CLIENTS: Readonly<Record<string, string>> = {
  "certificate-key-refused": "mstsc refuses the certificate: its key is too short",
  "chain-too-long": "Windows clients refuse its certificates: too large",
};

/** Behind `works`, what speaks against it; `works` is what the verdict is called. */
export const findingTitle = (
  { code, severity, summary }: Pick<Finding, "code" | "severity" | "summary">,
  works: string,
): string => {
  const refused = severity === "critical" ? REFUSED_BY_CLIENTS[code] : undefined;
  return refused ?? `${works}, but ${DRAWBACKS[code] ?? firstClause(summary)}`;
};

const firstClause = (summary: string): string => summary.split(/[;:(]/, 1)[0]?.trim() ?? "";
