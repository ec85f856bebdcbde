/** What rdprobe's own TLS client cannot do, in words: nothing of it speaks against the server. */
import { cipherSuite } from "../../tls/tables/cipher-suites.ts";
import type { TlsLimit } from "../../tls/client/tls-fault.ts";
import { groupName } from "../../tls/tables/named-groups.ts";
import { signatureSchemeName } from "../../tls/tables/signature-schemes.ts";
import { tlsVersionName } from "../../tls/tables/versions.ts";
import { printedVersion } from "../rules/offered-version.ts";

/** Lower case, no full stop: why the handshake could not be finished. */
export const limitText = (limit: TlsLimit): string =>
  `rdprobe cannot finish this handshake: ${reasonOf(limit)}`;

const hex = (code: number): string => `0x${code.toString(16).padStart(4, "0")}`;

const reasonOf = (limit: TlsLimit): string => {
  switch (limit.kind) {
    case "version":
      return `the server selects ${printedVersion(tlsVersionName(limit.version) ?? hex(limit.version))}`;
    case "suite":
      return `it has no ${cipherSuite(limit.cipherSuite)?.name ?? hex(limit.cipherSuite)}`;
    case "group":
      return `it has no ${groupName(limit.group) ?? hex(limit.group)}`;
    case "key-size":
      return `a key of ${limit.bits} bits is more or less than it computes with`;
    case "key-type":
      return "it does not read the kind of public key in the certificate";
    case "certificate-size":
      return `the Certificate message has ${limit.sizeBytes} bytes, more than it reads`;
    case "signature-scheme":
      return `it has no ${signatureSchemeName(limit.scheme) ?? hex(limit.scheme)}`;
  }
};
